/* request.c: one request by libcurl. What a function of the caller says is wrong is told as it is;
 * headers are kept until it is known whose they are, since redirects and logins have some too. */
#include "client.h"

#include <string.h>

/* Of all headers of one answer. */
#define HEADERS_MAX       ((size_t)256 * 1024)
#define HEADERS_COUNT_MAX 1000u

typedef struct {
  const WeirHttpRequest *request;
  CURL *handle;
  GPtrArray *headers; /* char *: name and value in turn, of the answer that is coming */
  size_t header_bytes;
  uint64_t received;
  uint64_t max_response;
  bool may_retry; /* an answer that refuses the token is not the last */
  bool is_retry;  /* it is such a one */
  bool is_told;   /* its headers */
  GError *error;  /* of a function of the caller, or of a limit */
} Transfer;

/* --- what comes --- */

static bool
tell_headers (Transfer *self)
{
  long status = 0;

  if (self->is_told || self->is_retry)
    return true;
  curl_easy_getinfo (self->handle, CURLINFO_RESPONSE_CODE, &status);
  self->is_retry = self->may_retry && status == 401;
  self->is_told = !self->is_retry;
  for (guint i = 0; self->is_told && self->request->on_header != NULL && i < self->headers->len;
       i += 2)
    if (!self->request->on_header (self->request->data, self->headers->pdata[i],
                                   self->headers->pdata[i + 1], &self->error))
      return false;
  return true;
}

static size_t
on_header (char *line, size_t one, size_t size, void *data)
{
  Transfer *self = data;
  const char *colon = memchr (line, ':', size);

  if (size >= 5 && memcmp (line, "HTTP/", 5) == 0) {
    g_ptr_array_set_size (self->headers, 0);
    self->header_bytes = 0;
    return size;
  }
  self->header_bytes += size;
  if (self->header_bytes > HEADERS_MAX || self->headers->len > 2 * HEADERS_COUNT_MAX) {
    g_set_error_literal (&self->error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                         "the server sends more headers than 256 KiB or 1000 of them");
    return 0;
  }
  if (colon == NULL)
    return size;
  g_ptr_array_add (self->headers, g_strstrip (g_strndup (line, (gsize)(colon - line))));
  g_ptr_array_add (self->headers,
                   g_strstrip (g_strndup (colon + 1, size - (gsize)(colon + 1 - line))));
  return size;
}

static size_t
on_write (char *bytes, size_t one, size_t size, void *data)
{
  Transfer *self = data;

  if (!tell_headers (self))
    return CURL_WRITEFUNC_ERROR;
  if (self->is_retry)
    return size;
  self->received += size;
  if (self->received > self->max_response) {
    g_set_error (&self->error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the answer is larger than Maximum Response Size, which is %" G_GUINT64_FORMAT
                 " bytes",
                 self->max_response);
    return CURL_WRITEFUNC_ERROR;
  }
  if (self->request->on_write != NULL &&
      !self->request->on_write (self->request->data, bytes, size, &self->error))
    return CURL_WRITEFUNC_ERROR;
  return size;
}

/* --- what goes --- */

static size_t
on_read (char *buffer, size_t one, size_t size, void *data)
{
  Transfer *self = data;
  ssize_t n = self->request->on_read (self->request->data, buffer, size, &self->error);

  return n >= 0 ? (size_t)n : CURL_READFUNC_ABORT;
}

static int
on_seek (void *data, curl_off_t offset, int origin)
{
  Transfer *self = data;

  if (offset != 0 || origin != SEEK_SET || self->request->on_rewind == NULL)
    return CURL_SEEKFUNC_CANTSEEK;
  return self->request->on_rewind (self->request->data, &self->error) ? CURL_SEEKFUNC_OK
                                                                      : CURL_SEEKFUNC_FAIL;
}

static bool
is_token (const char *text)
{
  if (text == NULL || *text == '\0')
    return false;
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("!#$%&'*+-.^_`|~", *at) == NULL)
      return false;
  return true;
}

/* Neither a name nor a value may end the line it is in. */
static bool
is_header (const WeirHttpHeader *header)
{
  if (!is_token (header->name) || header->value == NULL)
    return false;
  for (const char *at = header->value; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && *at != '\t')
      return false;
  return true;
}

static bool
check (const WeirHttpRequest *request, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (request->url != NULL ? request->url : "");

  if (g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "\"%s\" is no URL that begins with http: or https:",
                 request->url != NULL ? request->url : "");
    return false;
  }
  if (!is_token (request->method)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "the method is none; write GET, POST or another word");
    return false;
  }
  for (size_t i = 0; i < request->n_headers; i++)
    if (!is_header (&request->headers[i])) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "the header \"%s\" has characters that headers cannot have",
                   request->headers[i].name != NULL ? request->headers[i].name : "");
      return false;
    }
  return true;
}

static void
set_body (CURL *handle, const WeirHttpRequest *request, struct curl_slist **headers)
{
  bool is_post = g_str_equal (request->method, "POST");
  bool has_body = request->on_read != NULL;

  if (is_post) {
    curl_easy_setopt (handle, CURLOPT_POST, 1L);
    curl_easy_setopt (handle, CURLOPT_POSTFIELDSIZE_LARGE,
                      (curl_off_t)(has_body ? request->size : 0));
    if (has_body && request->size < 0)
      *headers = curl_slist_append (*headers, "Transfer-Encoding: chunked");
    if (!has_body)
      curl_easy_setopt (handle, CURLOPT_COPYPOSTFIELDS, "");
  } else if (has_body) {
    curl_easy_setopt (handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->size);
  }
  if (g_str_equal (request->method, "HEAD"))
    curl_easy_setopt (handle, CURLOPT_NOBODY, 1L);
  else if (!is_post && !g_str_equal (request->method, has_body ? "PUT" : "GET"))
    curl_easy_setopt (handle, CURLOPT_CUSTOMREQUEST, request->method);
}

static struct curl_slist *
set_request (Transfer *transfer)
{
  const WeirHttpRequest *request = transfer->request;
  CURL *handle = transfer->handle;
  struct curl_slist *headers = NULL;

  for (size_t i = 0; i < request->n_headers; i++) {
    const WeirHttpHeader *header = &request->headers[i];
    /* An empty one is written with a semicolon. */
    g_autofree char *line = *header->value != '\0'
                                ? g_strdup_printf ("%s: %s", header->name, header->value)
                                : g_strconcat (header->name, ";", NULL);

    headers = curl_slist_append (headers, line);
  }
  set_body (handle, request, &headers);
  curl_easy_setopt (handle, CURLOPT_URL, request->url);
  curl_easy_setopt (handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt (handle, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt (handle, CURLOPT_WRITEFUNCTION, on_write);
  curl_easy_setopt (handle, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt (handle, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt (handle, CURLOPT_SEEKDATA, transfer);
  if (request->on_read != NULL) {
    curl_easy_setopt (handle, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt (handle, CURLOPT_READDATA, transfer);
  }
  return headers;
}

/* --- the whole --- */

static void
get_response (const Transfer *transfer, WeirHttpResponse *ret_response)
{
  WeirHttpResponse response = { .received = transfer->received };
  long status = 0;
  curl_off_t usec = 0;
  char *url = NULL;

  curl_easy_getinfo (transfer->handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (transfer->handle, CURLINFO_TOTAL_TIME_T, &usec);
  curl_easy_getinfo (transfer->handle, CURLINFO_EFFECTIVE_URL, &url);
  response.status = (int)status;
  response.usec = usec;
  response.url = g_strdup (url != NULL ? url : transfer->request->url);
  *ret_response = response;
}

/* Returns: false with @error, which says what a function said, or libcurl. */
static bool
run (Transfer *transfer, WeirHttpResponse *ret_response, GError **error)
{
  char detail[CURL_ERROR_SIZE] = "";
  struct curl_slist *headers = set_request (transfer);
  CURLcode code;

  curl_easy_setopt (transfer->handle, CURLOPT_ERRORBUFFER, detail);
  code = curl_easy_perform (transfer->handle);
  if (code == CURLE_OK && !tell_headers (transfer))
    code = CURLE_WRITE_ERROR;
  if (code == CURLE_OK)
    get_response (transfer, ret_response);
  else if (transfer->error != NULL)
    g_propagate_error (error, g_steal_pointer (&transfer->error));
  else
    http_client_fail (code, transfer->request->url, detail, error);
  g_clear_error (&transfer->error);
  curl_slist_free_all (headers);
  return code == CURLE_OK;
}

/* Returns: 1, with an answer; 0, when that refuses @token and it may be tried once more; -1 with
 * @error. */
static int
perform (HttpClient *self, const WeirHttpRequest *request, const char *token, bool may_retry,
         WeirHttpResponse *ret_response, GError **error)
{
  Transfer transfer = { .request = request,
                        .handle = http_client_take (self),
                        .max_response = self->max_response.bytes,
                        .may_retry = may_retry };
  bool worked;

  if (token != NULL && *token == '\0') {
    curl_easy_setopt (transfer.handle, CURLOPT_HTTPAUTH, CURLAUTH_NONE);
  } else if (token != NULL) {
    curl_easy_setopt (transfer.handle, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt (transfer.handle, CURLOPT_XOAUTH2_BEARER, token);
  }
  transfer.headers = g_ptr_array_new_with_free_func (g_free);
  worked = run (&transfer, ret_response, error);
  g_ptr_array_unref (transfer.headers);
  http_client_give (self, transfer.handle);
  if (!worked)
    return -1;
  return transfer.is_retry ? 0 : 1;
}

bool
http_client_perform (HttpClient *self, const WeirHttpRequest *request, bool is_plain,
                     WeirHttpResponse *ret_response, GError **error)
{
  return check (request, error) &&
         perform (self, request, is_plain ? "" : NULL, false, ret_response, error) > 0;
}

/* With a token that may have been withdrawn: then once more, with another one. */
static bool
request_with_token (HttpClient *self, const WeirHttpRequest *request,
                    WeirHttpResponse *ret_response, GError **error)
{
  bool may_retry = request->on_read == NULL || request->on_rewind != NULL;

  for (;;) {
    g_autofree char *token = http_client_get_token (self, error);
    int found = token != NULL ? perform (self, request, token, may_retry, ret_response, error) : -1;

    if (found != 0)
      return found > 0;
    weir_http_response_clear (ret_response);
    http_client_drop_token (self, token);
    may_retry = false;
    if (request->on_rewind != NULL && !request->on_rewind (request->data, error))
      return false;
  }
}

bool
http_client_request (void *state, const WeirHttpRequest *request, WeirHttpResponse *ret_response,
                     GError **error)
{
  HttpClient *self = state;

  if (self->auth.index != HTTP_AUTH_OAUTH2)
    return http_client_perform (self, request, false, ret_response, error);
  return check (request, error) && request_with_token (self, request, ret_response, error);
}
