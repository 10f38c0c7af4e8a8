/* call.c: see the header. */
#include "control/call-parts.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "control/status.h"

void
weir_call_release (WeirCall *call)
{
  if (call->release != NULL)
    call->release (call->target);
  call->release = NULL;
}

static void
free_call (void *data)
{
  WeirCall *call = data;

  weir_call_release (call);
  weir_identity_free (call->identity);
  weir_arguments_clear (&call->arguments);
  weir_match_clear (&call->match);
  g_clear_pointer (&call->body, json_node_unref);
  if (call->answer != NULL)
    g_string_free (call->answer, TRUE);
  if (call->headers != NULL)
    g_string_free (call->headers, TRUE);
  g_clear_pointer (&call->bytes, g_bytes_unref);
  g_free (call->object);
  g_free (call->before);
  g_free (call->after);
  g_free (call);
}

WeirCall *
weir_call_new (WeirApi *api, WeirExchange *exchange)
{
  WeirCall *call = g_new0 (WeirCall, 1);

  call->api = api;
  call->exchange = exchange;
  call->type = "application/json";
  (void)snprintf (call->id, sizeof call->id, "%016" G_GINT64_MODIFIER "x", weir_api_next_id (api));
  atomic_init (&call->is_gone, false);
  weir_exchange_set_data (exchange, call, free_call);
  return call;
}

const WeirMethod *
weir_call_get_method (const WeirCall *call)
{
  return call->route->row;
}

const WeirIdentity *
weir_call_get_identity (const WeirCall *call)
{
  return call->identity;
}

/* A name that is not in the row is a mistake in the method, which each test of it meets. */
static const WeirArgument *
get_argument (const WeirCall *call, const char *name)
{
  const WeirArgument *argument = weir_arguments_get (&call->arguments, name);

  if (argument == NULL)
    g_error ("%s asks for parameter %s, which its row has not", call->route->row->name, name);
  return argument;
}

const char *
weir_call_get_text (const WeirCall *call, const char *name)
{
  return get_argument (call, name)->text;
}

int64_t
weir_call_get_int (const WeirCall *call, const char *name, int64_t fallback)
{
  const WeirArgument *argument = get_argument (call, name);

  return argument->is_given ? argument->number : fallback;
}

bool
weir_call_get_bool (const WeirCall *call, const char *name, bool fallback)
{
  return weir_call_get_int (call, name, fallback) != 0;
}

int64_t
weir_call_get_time (const WeirCall *call, const char *name, int64_t fallback)
{
  return weir_call_get_int (call, name, fallback);
}

JsonObject *
weir_call_get_body (const WeirCall *call)
{
  return call->body != NULL && JSON_NODE_HOLDS_OBJECT (call->body)
             ? json_node_get_object (call->body)
             : NULL;
}

const char *
weir_call_get_body_text (const WeirCall *call, size_t *ret_size)
{
  return weir_exchange_get_body (call->exchange, ret_size);
}

const char *
weir_call_get_header (const WeirCall *call, const char *name)
{
  return weir_exchange_get_header (call->exchange, name);
}

GString *
weir_call_answer (WeirCall *call)
{
  if (call->answer == NULL)
    call->answer = g_string_new (NULL);
  return call->answer;
}

void
weir_call_set_status (WeirCall *call, int status)
{
  call->status = status;
}

void
weir_call_set_header (WeirCall *call, const char *name, const char *value)
{
  g_return_if_fail (strpbrk (value, "\r\n") == NULL);
  if (call->headers == NULL)
    call->headers = g_string_new (NULL);
  g_string_append_printf (call->headers, "%s: %s\r\n", name, value);
}

void
weir_call_answer_bytes (WeirCall *call, const char *type, GBytes *bytes)
{
  call->type = type;
  g_clear_pointer (&call->bytes, g_bytes_unref);
  call->bytes = g_bytes_ref (bytes);
}

void
weir_call_note (WeirCall *call, const char *object, const char *before, const char *after)
{
  g_free (call->object);
  g_free (call->before);
  g_free (call->after);
  call->object = g_strdup (object);
  call->before = g_strdup (before);
  call->after = g_strdup (after);
}

bool
weir_call_is_gone (const WeirCall *call)
{
  return atomic_load (&call->is_gone);
}

/* --- what goes on --- */

WeirStream *
weir_call_stream (WeirCall *call, const char *type)
{
  WeirStream *stream = g_new (WeirStream, 1);

  stream->exchange = weir_exchange_ref (call->exchange);
  call->has_begun = true;
  weir_call_set_header (call, "Weir-Request", call->id);
  weir_exchange_begin (call->exchange, call->status != 0 ? call->status : 200, type,
                       call->headers->str);
  return stream;
}

bool
weir_stream_write (WeirStream *stream, const void *bytes, size_t size)
{
  return weir_exchange_write (stream->exchange, bytes, size);
}

size_t
weir_stream_get_backlog (const WeirStream *stream)
{
  return weir_exchange_get_backlog (stream->exchange);
}

bool
weir_stream_wait (WeirStream *stream, size_t bytes)
{
  return weir_exchange_wait (stream->exchange, bytes);
}

void
weir_stream_set_closed (WeirStream *stream, void (*on_closed) (void *data), void *data)
{
  weir_exchange_set_closed (stream->exchange, on_closed, data);
}

void
weir_stream_end (WeirStream *stream)
{
  weir_exchange_end (stream->exchange);
  weir_exchange_unref (stream->exchange);
  g_free (stream);
}

/* --- the end --- */

static GBytes *
take_answer (WeirCall *call)
{
  if (call->bytes != NULL)
    return g_steal_pointer (&call->bytes);
  return call->answer != NULL ? g_string_free_to_bytes (g_steal_pointer (&call->answer)) : NULL;
}

void
weir_call_finish (WeirCall *call, const GError *error)
{
  g_autoptr (GBytes) body = NULL;
  int status = call->status;

  if (call->has_begun)
    return;
  weir_call_set_header (call, "Weir-Request", call->id);
  if (error != NULL) {
    if (status < 400)
      status = weir_status_of_error (error);
    body = weir_status_describe (error);
    weir_exchange_answer (call->exchange, status, "application/json", call->headers->str, body);
    return;
  }
  if (status == 0)
    status = call->route->row->status != 0 ? call->route->row->status : 200;
  body = take_answer (call);
  weir_exchange_answer (call->exchange, status, body != NULL ? call->type : NULL,
                        call->headers->str, body);
}
