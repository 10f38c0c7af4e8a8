/* call.h: what a method sees of one request, all of it checked by its row, and how it answers.
 *
 * Thread: the one that the method is called on, unless said otherwise. */
#pragma once

#include "control/method.h"

#include <json-glib/json-glib.h>

/* Returns: (transfer none): of the row that was found. */
const WeirMethod *weir_call_get_method (const WeirCall *call);
const WeirIdentity *weir_call_get_identity (const WeirCall *call);

/* Parameters, decoded. @name must be in the row. Text: (transfer none) (nullable); of the others
 * @fallback when it was not given. Times are microseconds since 1970. */
const char *weir_call_get_text (const WeirCall *call, const char *name);
int64_t weir_call_get_int (const WeirCall *call, const char *name, int64_t fallback);
bool weir_call_get_bool (const WeirCall *call, const char *name, bool fallback);
int64_t weir_call_get_time (const WeirCall *call, const char *name, int64_t fallback);

/* Returns: (transfer none) (nullable): NULL when there is none. */
JsonObject *weir_call_get_body (const WeirCall *call);
const char *weir_call_get_body_text (const WeirCall *call, size_t *ret_size);

/* A header of the request, any case. Returns: (transfer none) (nullable). */
const char *weir_call_get_header (const WeirCall *call, const char *name);

/* Answers. Write JSON into what the first gives, with wire/json.h, and return true: that is the
 * answer, with status 200 unless it is set. Returns: (transfer none). */
GString *weir_call_answer (WeirCall *call);
void weir_call_set_status (WeirCall *call, int status);
void weir_call_set_header (WeirCall *call, const char *name, const char *value);
void weir_call_answer_bytes (WeirCall *call, const char *type, GBytes *bytes);

/* Returns: true when who asked has gone: a method that takes long may give up. Thread: any. */
bool weir_call_is_gone (const WeirCall *call);

/* What the audit says was there before and what is there now; @before may be NULL. */
void weir_call_note (WeirCall *call, const char *object, const char *before, const char *after);

/* An answer that goes on: lines of events, or a large content. The method returns true at once or
 * when all is written; the stream ends by weir_stream_end. Thread: any, for every function of it.
 */
typedef struct WeirStream WeirStream;

/* Returns: (transfer full): closed by weir_stream_end. */
WeirStream *weir_call_stream (WeirCall *call, const char *type);

/* Returns: false when nobody listens any more. */
bool weir_stream_write (WeirStream *stream, const void *bytes, size_t size);

/* Bytes that were written and not yet taken by the other end. */
size_t weir_stream_get_backlog (const WeirStream *stream);

/* Waits until it is at most @bytes. Returns: false when nobody listens any more. */
bool weir_stream_wait (WeirStream *stream, size_t bytes);

/* Called once on the loop when nobody listens any more. */
void weir_stream_set_closed (WeirStream *stream, void (*on_closed) (void *data), void *data);
void weir_stream_end (WeirStream *stream);
