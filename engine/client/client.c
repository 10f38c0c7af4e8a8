/* client.c: HTTP/1.1 by hand: one connection, one request at a time.
 *
 * By hand because a command that asks for one line must not take longer for a library's start than
 * for the question. */
#include "client/client.h"

#include "base/limits.h"
#include "client/link.h"
#include "client/reply-error.h"
#include "wire/buffer.h"
#include "wire/http-chunked.h"
#include "wire/http-head.h"
#include "wire/json.h"

#include <inttypes.h>
#include <string.h>
#include <weir/error.h>

struct WeirClient {
  WeirPlace *place;
  char *host;  /* as Host has it */
  char *token; /* NULL: none */
  WeirLink *link;
  bool is_used; /* the link has had an answer already */
  WeirBuffer in;
};

/* What is asked. */
typedef struct {
  const char *verb;
  const char *path;
  const char *headers; /* lines; NULL: none */
  const char *type;
  GBytes *body;
} Question;

/* Where the body goes. */
typedef struct {
  WeirClientFunc func;
  void *data;
  bool is_over; /* func wants no more */
} Sink;

WeirClient *
weir_client_new (const char *where, const char *token, GError **error)
{
  g_autoptr (WeirClient) client = g_new0 (WeirClient, 1);

  client->place = weir_place_find (where, error);
  if (client->place == NULL)
    return NULL;
  client->token = g_strdup (token);
  if (client->place->path != NULL)
    client->host = g_strdup ("localhost");
  else
    client->host = g_strdup_printf (strchr (client->place->host, ':') != NULL ? "[%s]:%s" : "%s:%s",
                                    client->place->host, client->place->port);
  client->link = weir_link_open (client->place, error);
  return client->link != NULL ? g_steal_pointer (&client) : NULL;
}

void
weir_client_free (WeirClient *client)
{
  if (client == NULL)
    return;
  weir_place_free (client->place);
  weir_link_free (client->link);
  weir_buffer_clear (&client->in);
  g_free (client->host);
  if (client->token != NULL)
    explicit_bzero (client->token, strlen (client->token));
  g_free (client->token);
  g_free (client);
}

/* Nothing more can be read from it: the next question has a new one. */
static void
hang_up (WeirClient *client)
{
  g_clear_pointer (&client->link, weir_link_free);
  weir_buffer_clear (&client->in);
}

static bool
pick_up (WeirClient *client, GError **error)
{
  if (client->link != NULL && client->is_used && weir_link_is_stale (client->link))
    hang_up (client);
  if (client->link != NULL)
    return true;
  client->is_used = false;
  client->link = weir_link_open (client->place, error);
  return client->link != NULL;
}

static bool
send_question (WeirClient *client, const Question *question, GError **error)
{
  WeirBuffer out = { 0 };
  size_t size = 0;
  const void *body = question->body != NULL ? g_bytes_get_data (question->body, &size) : NULL;
  bool is_sent;

  weir_buffer_printf (&out, "%s %s HTTP/1.1\r\nHost: %s\r\n", question->verb, question->path,
                      client->host);
  if (client->token != NULL)
    weir_buffer_printf (&out, "Authorization: Bearer %s\r\n", client->token);
  if (question->headers != NULL)
    weir_buffer_append_text (&out, question->headers);
  if (question->body != NULL)
    weir_buffer_printf (&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", question->type, size);
  weir_buffer_append_text (&out, "\r\n");
  weir_buffer_append (&out, body, size);
  is_sent = weir_link_write (client->link, weir_buffer_data (&out), weir_buffer_size (&out), error);
  if (client->token != NULL)
    explicit_bzero (out.data, out.capacity);
  weir_buffer_clear (&out);
  return is_sent;
}

/* Reads some more into the buffer. Returns: false with @error, also at the end. */
static bool
read_more (WeirClient *client, GError **error)
{
  char *to = weir_buffer_reserve (&client->in, WEIR_LIMIT_HTTP_HEAD);
  ssize_t n = weir_link_read (client->link, to, WEIR_LIMIT_HTTP_HEAD, error);

  if (n == 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the server has ended the connection");
  if (n <= 0)
    return false;
  weir_buffer_grow (&client->in, n);
  return true;
}

static bool
read_one_head (WeirClient *client, WeirHttpHead *ret_head, GError **error)
{
  WeirHttpResult result = WEIR_HTTP_MORE;
  WeirHttpFault fault;
  size_t scanned = 0;

  for (;;) {
    if (weir_buffer_size (&client->in) > 0)
      result = weir_http_head_find (weir_buffer_data (&client->in), weir_buffer_size (&client->in),
                                    &scanned, &fault);
    if (result != WEIR_HTTP_MORE)
      break;
    if (!read_more (client, error))
      return false;
  }
  if (result == WEIR_HTTP_BAD ||
      !weir_http_head_parse_answer (weir_buffer_data (&client->in), scanned, ret_head, &fault)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "what answers is no server of Weir: %s",
                 fault.message);
    return false;
  }
  weir_buffer_consume (&client->in, scanned);
  return true;
}

/* Past what only says that the real one is still to come. */
static bool
read_head (WeirClient *client, WeirHttpHead *ret_head, GError **error)
{
  while (read_one_head (client, ret_head, error)) {
    if (ret_head->status >= 200)
      return true;
    weir_http_head_clear (ret_head);
  }
  return false;
}

static bool
give (Sink *sink, const char *bytes, size_t size, GError **error)
{
  g_autoptr (GError) wrong = NULL;

  if (size == 0 || sink->func (sink->data, bytes, size, &wrong))
    return true;
  sink->is_over = wrong == NULL;
  if (wrong != NULL)
    g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

static bool
read_counted (WeirClient *client, uint64_t left, Sink *sink, GError **error)
{
  while (left > 0) {
    size_t size = MIN (weir_buffer_size (&client->in), left);

    if (size == 0 && !read_more (client, error))
      return false;
    if (!give (sink, weir_buffer_data (&client->in), size, error))
      return false;
    left -= size;
    weir_buffer_consume (&client->in, size);
  }
  return true;
}

static bool
read_chunked (WeirClient *client, Sink *sink, GError **error)
{
  WeirHttpChunked chunked = { 0 };
  WeirHttpResult result = WEIR_HTTP_MORE;

  while (result == WEIR_HTTP_MORE) {
    size_t used, size;
    const char *data;

    if (weir_buffer_size (&client->in) == 0 && !read_more (client, error))
      return false;
    result = weir_http_chunked_next (&chunked, weir_buffer_data (&client->in),
                                     weir_buffer_size (&client->in), &used, &data, &size);
    if (result == WEIR_HTTP_BAD) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the server's answer is damaged");
      return false;
    }
    if (!give (sink, data, size, error))
      return false;
    weir_buffer_consume (&client->in, used);
  }
  return true;
}

static bool
read_body (WeirClient *client, const WeirHttpHead *head, const char *verb, Sink *sink,
           GError **error)
{
  if (strcmp (verb, "HEAD") == 0 || head->status == 204 || head->status == 304)
    return true;
  if (head->is_chunked)
    return read_chunked (client, sink, error);
  return read_counted (client, MAX (head->length, 0), sink, error);
}

/* Sends the question and reads the head of its answer. */
static bool
try_once (WeirClient *client, const Question *question, WeirHttpHead *ret_head, GError **error)
{
  g_autoptr (GError) unsent = NULL;

  if (!pick_up (client, error))
    return false;
  /* A server that refuses while it is asked may have said why. */
  if (!send_question (client, question, &unsent) && client->is_used)
    g_clear_pointer (&client->link, weir_link_free);
  if (client->link != NULL && read_head (client, ret_head, error))
    return true;
  if (unsent != NULL) {
    g_clear_error (error);
    g_propagate_error (error, g_steal_pointer (&unsent));
  }
  hang_up (client);
  return false;
}

/* Once more when the server has ended the connection while nothing was asked; not when the question
 * may have had an effect. */
static bool
put_question (WeirClient *client, const Question *question, WeirHttpHead *ret_head, GError **error)
{
  bool is_again = client->is_used && strcmp (question->verb, "GET") == 0;
  g_autoptr (GError) first = NULL;

  if (try_once (client, question, ret_head, is_again ? &first : error))
    return true;
  return is_again && try_once (client, question, ret_head, error);
}

static bool
collect (void *data, const char *bytes, size_t size, GError **error)
{
  GByteArray *body = data;

  if (size > WEIR_LIMIT_REPLY - body->len) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the answer is larger than %u MiB",
                 WEIR_LIMIT_REPLY >> 20);
    return false;
  }
  g_byte_array_append (body, (const guint8 *)bytes, size);
  return true;
}

/* The answer as a whole. */
static bool
read_reply (WeirClient *client, const char *verb, const WeirHttpHead *head, WeirReply *ret_reply,
            GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  Sink sink = { collect, body };

  if (!read_body (client, head, verb, &sink, error)) {
    hang_up (client);
    return false;
  }
  client->is_used = true;
  if (!head->keeps_alive)
    hang_up (client);
  *ret_reply = (WeirReply){
    .status = head->status,
    .type = g_strdup (weir_http_head_get (head, "Content-Type")),
    .etag = g_strdup (weir_http_head_get (head, "ETag")),
    .body = g_byte_array_free_to_bytes (g_steal_pointer (&body)),
  };
  return true;
}

bool
weir_client_ask (WeirClient *client, const char *verb, const char *path, const char *type,
                 GBytes *body, WeirReply *ret_reply, GError **error)
{
  Question question = { verb, path, NULL, type, body };
  WeirReply reply = { 0 };
  WeirHttpHead head;
  bool is_read;

  if (!put_question (client, &question, &head, error))
    return false;
  is_read = read_reply (client, verb, &head, &reply, error);
  weir_http_head_clear (&head);
  if (!is_read)
    return false;
  if (reply.status >= 400) {
    weir_reply_set_error (&reply, error);
    weir_reply_clear (&reply);
    return false;
  }
  *ret_reply = reply;
  return true;
}

void
weir_reply_clear (WeirReply *reply)
{
  g_clear_pointer (&reply->type, g_free);
  g_clear_pointer (&reply->etag, g_free);
  g_clear_pointer (&reply->body, g_bytes_unref);
}

JsonNode *
weir_client_ask_json (WeirClient *client, const char *verb, const char *path, JsonNode *body,
                      GError **error)
{
  g_autofree char *text = body != NULL ? json_to_string (body, FALSE) : NULL;
  g_autoptr (GBytes) bytes = text != NULL ? g_bytes_new_static (text, strlen (text)) : NULL;
  WeirReply reply;
  JsonNode *node;
  size_t size;
  const char *answer;

  if (!weir_client_ask (client, verb, path, "application/json", bytes, &reply, error))
    return NULL;
  answer = g_bytes_get_data (reply.body, &size);
  node = size > 0 ? weir_json_parse (answer, size, error) : json_node_new (JSON_NODE_NULL);
  weir_reply_clear (&reply);
  return node;
}

bool
weir_client_listen_from (WeirClient *client, const char *path, const char *last_id,
                         WeirClientFunc func, void *data, GError **error)
{
  g_autofree char *headers =
      last_id != NULL ? g_strdup_printf ("Last-Event-ID: %s\r\n", last_id) : NULL;
  Question question = { "GET", path, headers, NULL, NULL };
  Sink sink = { func, data };
  WeirReply reply = { 0 };
  WeirHttpHead head;
  bool is_whole;

  if (!put_question (client, &question, &head, error))
    return false;
  if (head.status >= 400) {
    if (read_reply (client, "GET", &head, &reply, error))
      weir_reply_set_error (&reply, error);
    weir_reply_clear (&reply);
    weir_http_head_clear (&head);
    return false;
  }
  is_whole = read_body (client, &head, "GET", &sink, error);
  client->is_used = true;
  if (!is_whole || !head.keeps_alive)
    hang_up (client);
  weir_http_head_clear (&head);
  return is_whole || sink.is_over;
}

bool
weir_client_listen (WeirClient *client, const char *path, WeirClientFunc func, void *data,
                    GError **error)
{
  return weir_client_listen_from (client, path, NULL, func, data, error);
}
