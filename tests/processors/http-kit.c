#include "http-kit.h"

#include <string.h>

void
set_up (HttpKit *self, const void *data)
{
  service_kit_init (&self->kit, "HttpClient");
  self->requests = g_string_new (NULL);
  self->headers = g_string_new (NULL);
  self->answer = g_string_new (NULL);
}

void
tear_down (HttpKit *self, const void *data)
{
  service_kit_clear (&self->kit);
  g_string_free (self->requests, TRUE);
  g_string_free (self->headers, TRUE);
  g_string_free (self->answer, TRUE);
}

ssize_t
on_read (void *data, void *buffer, size_t size, GError **error)
{
  HttpKit *self = data;
  size_t n = MIN (MIN (size, 3), strlen (self->body) - self->sent);

  memcpy (buffer, self->body + self->sent, n);
  self->sent += n;
  return (ssize_t)n;
}

static bool
on_rewind (void *data, GError **error)
{
  ((HttpKit *)data)->sent = 0;
  return true;
}

static bool
on_header (void *data, const char *name, const char *value, GError **error)
{
  g_string_append_printf (((HttpKit *)data)->headers, "%s=%s ", name, value);
  return true;
}

static bool
on_write (void *data, const void *bytes, size_t size, GError **error)
{
  g_string_append_len (((HttpKit *)data)->answer, bytes, (gssize)size);
  return true;
}

bool
ask_with (HttpKit *self, const WeirHttpRequest *request, WeirHttpResponse *ret_response,
          GError **error)
{
  g_string_truncate (self->headers, 0);
  g_string_truncate (self->answer, 0);
  self->sent = 0;
  if (self->service == NULL)
    self->service = service_kit_enable (&self->kit);
  return weir_http_request (self->service, request, ret_response, error);
}

static bool
ask (HttpKit *self, const char *method, const char *url, int *ret_status, GError **error)
{
  static const WeirHttpHeader headers[] = { { "X-Kind", "order" }, { "X-Empty", "" } };
  WeirHttpRequest request = {
    sizeof (WeirHttpRequest),
    method,
    url,
    headers,
    G_N_ELEMENTS (headers),
    self->body != NULL ? on_read : NULL,
    on_rewind,
    self->body != NULL ? (int64_t)strlen (self->body) : 0,
    on_header,
    on_write,
    self,
  };
  g_auto (WeirHttpResponse) response = { 0 };

  if (!ask_with (self, &request, &response, error))
    return false;
  *ret_status = response.status;
  return true;
}

int
must_ask (HttpKit *self, const char *method, const char *url)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  ask (self, method, url, &status, &error);
  g_assert_no_error (error);
  return status;
}

void
must_fail (HttpKit *self, const char *url, WeirError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_false (ask (self, "GET", url, &status, &error));
  service_kit_assert_error (&error, code, part);
}

void
assert_has (const GString *text, const char *part)
{
  if (strstr (text->str, part) == NULL)
    g_error ("no '%s' in \"%s\"", part, text->str);
}

void
note (HttpKit *self, const char *request)
{
  g_string_append (self->requests, request);
  self->n_requests++;
}

char *
answer_fine (void *data, const char *request)
{
  note (data, request);
  return http_answer ("201 Created", "X-Id: 7\r\n", "it is there");
}
