/* http-head.h: the head of an HTTP/1.1 request or answer, read strictly and without I/O.
 *
 * What two readers could understand in two ways is refused, never repaired: so no request can hide
 * in another one. Thread: one at a time. */
#pragma once

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  WEIR_HTTP_MORE, /* as far as it goes it is right */
  WEIR_HTTP_DONE,
  WEIR_HTTP_BAD,
} WeirHttpResult;

/* Why something is refused. */
typedef struct {
  int status;          /* to answer with */
  const char *message; /* (transfer none): a constant */
} WeirHttpFault;

/* Places in the text of the head. */
typedef struct {
  uint16_t name;
  uint16_t value;
} WeirHttpHeader;

typedef struct {
  char *text; /* owned; each part of it ends with a NUL */
  uint16_t verb;
  uint16_t path;  /* not decoded */
  uint16_t query; /* an empty text: none */
  uint16_t host;
  uint16_t status; /* of an answer */
  uint16_t n_headers;
  int64_t length; /* of the body; -1: not said */
  bool is_chunked;
  bool keeps_alive;
  bool expects_continue;
  WeirHttpHeader headers[WEIR_LIMIT_HTTP_HEADERS];
} WeirHttpHead;

/* Looks for the end of the head in the @size bytes that are there. @scanned is 0 at first, and is
 * where to go on; when it is done, the size of the head. */
WeirHttpResult weir_http_head_find (const char *bytes, size_t size, size_t *scanned,
                                    WeirHttpFault *ret_fault);

/* @bytes: a head that was found, with the empty line. Returns: false with @ret_fault, and then
 * there is nothing to clear. */
bool weir_http_head_parse_request (const char *bytes, size_t size, WeirHttpHead *ret_head,
                                   WeirHttpFault *ret_fault);
bool weir_http_head_parse_answer (const char *bytes, size_t size, WeirHttpHead *ret_head,
                                  WeirHttpFault *ret_fault);
void weir_http_head_clear (WeirHttpHead *head);

/* Returns: (transfer none): at a place in the head. */
static inline const char *
weir_http_head_at (const WeirHttpHead *head, uint16_t place)
{
  return head->text + place;
}

/* A header by its name in any case, the first one. Returns: (transfer none) (nullable). */
const char *weir_http_head_get (const WeirHttpHead *head, const char *name);

/* True for headers that are about one connection only, or about how the body is sent: who passes a
 * message on says those anew. */
bool weir_http_head_is_for_one_hop (const char *name);

/* "Not Found". Returns: (transfer none). */
const char *weir_http_get_reason (int status);
