/* timestamp.h: moments as provenance shows them, "2026-11-20 21:03:11.123456", always UTC: the form
 * of SQLite's own date functions, which sorts as text. And as people ask for them.
 *
 * Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_TIMESTAMP_LENGTH 26

/* Writes WEIR_TIMESTAMP_LENGTH characters and NUL. What is outside of the years 1 to 9999 is shown
 * as the nearest moment in them. */
void weir_timestamp_format (int64_t usec, char *ret_text);

/* The first moment whose text does not sort before @text (of @size bytes); with @is_behind: that
 * sorts behind it. Returns: INT64_MAX when there is none. */
int64_t weir_timestamp_find (const char *text, size_t size, bool is_behind);

/* What a person means: "2026-11-20", "2026-11-20 21:03:11.5", "...T21:03Z", "...+02:00", "21:03",
 * "now", "today", "yesterday", "2 hours ago", "-2h". Without a zone it is UTC. @now: wall time. */
bool weir_timestamp_parse (const char *text, int64_t now, int64_t *ret_usec, GError **error);
