/* json.h: JSON (RFC 8259) that comes from outside, and JSON that goes out.
 *
 * Strict: a name stands once in an object, texts are UTF-8 without NUL, and nothing is deeper or
 * more than in limits.h: json-glib's own parser crashes on what is deep enough. No I/O. A fuzz
 * target: tests/fuzz/fuzz-json.c.
 *
 * Thread: any, for every function here. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Integers that fit into 64 bits with a sign are such, all other numbers double.
 * Returns: (transfer full): never NULL on success; NULL with @error: WEIR_ERROR_INVALID, which says
 * line and column, or WEIR_ERROR_LIMIT. */
JsonNode *weir_json_parse (const char *text, size_t size, GError **error);

/* The same for what must be an object. Returns: (transfer full). */
JsonObject *weir_json_parse_object (const char *text, size_t size, GError **error);

/* --- what is in an object ---
 *
 * @where: what @object is ("operations[3]"), "" for the whole, for the message. A member that is
 * not there or null is an error if it is @needed; else *@ret_... stays as it was. What is returned
 * is owned by @object. Each returns: false with @error, WEIR_ERROR_INVALID. */
bool weir_json_get_text (JsonObject *object, const char *where, const char *name, bool needed,
                         const char **ret_text, GError **error);
bool weir_json_get_bool (JsonObject *object, const char *where, const char *name, bool needed,
                         bool *ret_value, GError **error);
bool weir_json_get_array (JsonObject *object, const char *where, const char *name, bool needed,
                          JsonArray **ret_array, GError **error);
bool weir_json_get_object (JsonObject *object, const char *where, const char *name, bool needed,
                           JsonObject **ret_object, GError **error);

typedef struct {
  int64_t min;
  int64_t max;
} WeirJsonRange;

/* An integer in @range. */
bool weir_json_get_int (JsonObject *object, const char *where, const char *name, bool needed,
                        WeirJsonRange range, int64_t *ret_value, GError **error);

/* An array of texts: *@ret_texts is (transfer full), char *. */
bool weir_json_get_texts (JsonObject *object, const char *where, const char *name, bool needed,
                          GPtrArray **ret_texts, GError **error);

/* Refuses members that are none of @names, which are closed by NULL, with the one that was probably
 * meant. */
bool weir_json_check_names (JsonObject *object, const char *where, const char *const *names,
                            GError **error);

/* --- writing ---
 *
 * Each adds one value to @out, with the comma before it where one belongs: that is seen from what
 * @out ends with. @name: NULL for an element of an array and for the whole. */
void weir_json_begin (GString *out, const char *name, char bracket); /* '{' or '[' */
void weir_json_end (GString *out, char bracket);                     /* '}' or ']' */

/* NULL is null. Bytes that are not UTF-8 become U+FFFD. */
void weir_json_put_text (GString *out, const char *name, const char *text);
void weir_json_put_texts (GString *out, const char *name, const char *const *texts, size_t n);
void weir_json_put_int (GString *out, const char *name, int64_t value);
void weir_json_put_uint (GString *out, const char *name, uint64_t value);
void weir_json_put_bool (GString *out, const char *name, bool value);

/* At most @digits behind the point; what is no finite number is null. */
void weir_json_put_real (GString *out, const char *name, double value, unsigned digits);

/* Microseconds since 1970 as RFC 3339 in UTC, "2026-11-21T03:00:00.250Z"; 0 is null. */
void weir_json_put_time (GString *out, const char *name, int64_t usec);

/* @json is JSON already. */
void weir_json_put_raw (GString *out, const char *name, const char *json);
