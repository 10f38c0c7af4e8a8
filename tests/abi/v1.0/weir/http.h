/* http.h: what a service with the interface "weir.http" offers: requests to servers, with the
 * proxy, TLS, timeouts and credentials that it is configured for.
 *
 * Bodies are read and written by functions, piece by piece, so that they need not be in memory.
 *
 * Thread: any; the functions of a request are called on the thread that makes it. */
#pragma once

#include <sys/types.h>
#include <weir/property.h>

G_BEGIN_DECLS

#define WEIR_HTTP_INTERFACE "weir.http"

typedef struct {
  const char *name;
  const char *value;
} WeirHttpHeader;

typedef struct {
  uint32_t struct_size; /* sizeof (WeirHttpRequest) */
  const char *method;   /* "GET" */
  const char *url;      /* http: or https: */
  const WeirHttpHeader *headers;
  size_t n_headers;

  /* The body that is sent; NULL: there is none. Returns: bytes; 0 at the end; -1 with @error. */
  ssize_t (*on_read) (void *data, void *buffer, size_t size, GError **error);
  /* Begins again with it, after a redirect or a login; NULL: it cannot. */
  bool (*on_rewind) (void *data, GError **error);
  int64_t size; /* of it; -1: not known */

  /* Of the answer, once it is known that it is the last: first its headers, then its body. NULL:
   * nobody wants them. */
  bool (*on_header) (void *data, const char *name, const char *value, GError **error);
  bool (*on_write) (void *data, const void *bytes, size_t size, GError **error);
  void *data; /* for all of them */
} WeirHttpRequest;

typedef struct {
  int status;        /* 200 */
  char *url;         /* that answered, after redirects */
  uint64_t received; /* bytes of the body */
  int64_t usec;      /* how long it took */
} WeirHttpResponse;

typedef struct {
  uint32_t struct_size;
  bool (*request) (void *state, const WeirHttpRequest *request, WeirHttpResponse *ret_response,
                   GError **error);
} WeirHttpMethods;

/* Makes a request and waits for the answer, whatever its status is. @ret_response: to be given to
 * weir_http_response_clear. Returns: false with @error when there is no whole answer. */
static inline bool
weir_http_request (const WeirService *service, const WeirHttpRequest *request,
                   WeirHttpResponse *ret_response, GError **error)
{
  return ((const WeirHttpMethods *)service->methods)
      ->request (service->state, request, ret_response, error);
}

static inline void
weir_http_response_clear (WeirHttpResponse *response)
{
  g_clear_pointer (&response->url, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirHttpResponse, weir_http_response_clear)

G_END_DECLS
