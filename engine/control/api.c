/* api.c: the way of a request. Each step either answers it, or leaves it to the next. */
#include "control/api-parts.h"

#include <inttypes.h>
#include <string.h>
#include <weir/error.h>

#include "base/limits.h"
#include "control/access.h"
#include "control/status.h"
#include "wire/json.h"

#define CALLERS 4u

WeirApi *
weir_api_new (const WeirApiOptions *options)
{
  WeirApi *api = g_new0 (WeirApi, 1);
  const unsigned n = options->n_callers > 0 ? options->n_callers : CALLERS;

  api->options = *options;
  api->router = weir_router_new ();
  api->schemas = weir_schemas_new ();
  api->routes = g_ptr_array_new_with_free_func (g_free);
  api->callers = weir_callers_new (n, WEIR_LIMIT_CALLS);
  api->streams = weir_callers_new (n, WEIR_LIMIT_CALLS);
  weir_random_init (&api->random, weir_random_system_seed ());
  return api;
}

void
weir_api_free (WeirApi *api)
{
  if (api == NULL)
    return;
  weir_callers_free (api->callers);
  weir_callers_free (api->streams);
  weir_router_free (api->router);
  g_ptr_array_unref (api->routes);
  weir_schemas_free (api->schemas);
  g_free (api);
}

uint64_t
weir_api_next_id (WeirApi *api)
{
  return weir_random_next (&api->random);
}

/* Answers that it is not to be, with @status; 0: as the error says. Takes @error. Returns: false.
 */
static bool
refuse (WeirCall *call, int status, GError *error)
{
  call->status = status;
  weir_call_finish (call, error);
  g_error_free (error);
  return false;
}

/* The same for who may not: that is told to others, too. */
static bool
refuse_person (WeirCall *call, int status, GError *error)
{
  weir_api_note_refused (call, status, error);
  if (status == 401)
    weir_call_set_header (call, "WWW-Authenticate", "Bearer realm=\"weir\"");
  return refuse (call, status, error);
}

static bool
identify (WeirCall *call)
{
  const WeirExchange *exchange = call->exchange;
  GError *error = NULL;
  int64_t wait;
  char seconds[32];

  call->identity =
      weir_door_identify (call->api->options.door, weir_exchange_get_peer (exchange),
                          weir_exchange_get_header (exchange, "Authorization"),
                          weir_exchange_get_header (exchange, "Weir-Identity"), &wait, &error);
  if (call->identity != NULL)
    return true;
  if (wait == 0)
    return refuse_person (call, 401, error);
  g_snprintf (seconds, sizeof seconds, "%" PRId64, wait);
  weir_call_set_header (call, "Retry-After", seconds);
  return refuse_person (call, 429, error);
}

static bool
route (WeirCall *call)
{
  const char *verb = weir_exchange_get_verb (call->exchange);
  const char *path = weir_exchange_get_path (call->exchange);

  weir_router_find (call->api->router, verb, path, &call->match);
  if (call->match.allow != NULL)
    weir_call_set_header (call, "Allow", call->match.allow);
  switch (call->match.kind) {
  case WEIR_MATCH_METHOD:
    call->route = call->match.data;
    return true;
  case WEIR_MATCH_OPTIONS:
    weir_exchange_answer (call->exchange, 204, NULL, call->headers->str, NULL);
    return false;
  case WEIR_MATCH_NO_VERB:
    return refuse (call, 405,
                   g_error_new (WEIR_ERROR, WEIR_ERROR_UNSUPPORTED, "'%s' can do %s, not %s", path,
                                call->match.allow, verb));
  case WEIR_MATCH_NO_PATH:
    return refuse (call, 404,
                   g_error_new (WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is nothing at '%s'%s",
                                path, call->match.hint));
  case WEIR_MATCH_BAD_PATH:
    break;
  }
  return refuse (
      call, 400,
      g_error_new (WEIR_ERROR, WEIR_ERROR_INVALID, "the path must be percent-encoded UTF-8"));
}

static bool
parse (WeirCall *call)
{
  GError *error = NULL;

  return weir_arguments_parse (&call->match, weir_exchange_get_query (call->exchange),
                               weir_clock_get_wall (weir_clock_system ()), &call->arguments,
                               &error) ||
         refuse (call, 400, error);
}

static bool
admit (WeirCall *call)
{
  GError *error = NULL;
  int status = 0;

  return weir_access_check (call->identity, &call->arguments, &status, &error) ||
         refuse_person (call, status, error);
}

/* Where the method is. Returns: false when it was answered or passed on. */
static bool
place (WeirCall *call)
{
  const WeirApiOptions *options = &call->api->options;
  WeirApiFlow flow = { 0 };
  g_autofree char *line = NULL;
  GError *error = NULL;

  call->target = call->route->target;
  call->trail = options->trail;
  if ((call->route->row->flags & WEIR_METHOD_FLOW) == 0)
    return true;
  if (!options->find_flow (options->data, weir_arguments_get (&call->arguments, "flow")->text,
                           &flow, &error)) {
    if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_IO))
      weir_call_set_header (call, "Retry-After", "1");
    return refuse (call, 0, error);
  }
  if (flow.socket == NULL) {
    call->target = flow.target;
    call->release = flow.release;
    call->trail = flow.trail;
    return true;
  }
  line = weir_identity_format (call->identity);
  weir_exchange_forward (call->exchange, flow.socket, line);
  g_free (flow.socket);
  return false;
}

/* What may change nothing while the audit cannot be written. */
static bool
is_audited (WeirCall *call)
{
  GError *error = NULL;

  if ((call->route->row->flags & WEIR_METHOD_AUDIT) == 0 || call->trail == NULL ||
      weir_trail_check (call->trail, &error))
    return true;
  return refuse (call, 0, error);
}

static void
on_head (void *data, WeirExchange *exchange)
{
  WeirExchange *held = weir_exchange_ref (exchange);
  WeirCall *call = weir_call_new (data, exchange);
  size_t max = 0;

  if (identify (call) && route (call) && parse (call) && admit (call) && place (call) &&
      is_audited (call)) {
    const WeirMethod *row = call->route->row;

    if (row->body != NULL)
      max = row->body_max > 0 ? row->body_max : WEIR_LIMIT_BODY;
    weir_exchange_take_body (exchange, max);
  }
  weir_exchange_unref (held);
}

/* --- the call --- */

/* "application/json; charset=utf-8" is @wanted, too; nothing is JSON. */
static bool
check_type (const WeirCall *call, const char *wanted, GError **error)
{
  const char *type = weir_exchange_get_header (call->exchange, "Content-Type");
  const size_t length = strlen (wanted);

  if (type != NULL && g_ascii_strncasecmp (type, wanted, length) == 0 &&
      (type[length] == '\0' || type[length] == ';' || type[length] == ' '))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED, "'Content-Type: %s' is expected", wanted);
  return false;
}

static bool
read_body (WeirCall *call, GError **error)
{
  const WeirMethod *row = call->route->row;
  const char *text;
  size_t size;

  if (row->body == NULL)
    return true;
  if (!check_type (call, call->route->body != NULL ? "application/json" : row->body, error)) {
    call->status = 415;
    return false;
  }
  if (call->route->body == NULL)
    return true;
  text = weir_exchange_get_body (call->exchange, &size);
  call->body = weir_json_parse (text, size, error);
  return call->body != NULL && weir_schema_check (call->route->body, call->body, error);
}

static void
perform (WeirCall *call)
{
  const WeirMethod *row = call->route->row;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) fault = NULL;

  if (read_body (call, &error))
    (void)row->handle (call, call->target, &error);
  if ((row->flags & WEIR_METHOD_AUDIT) != 0 && call->trail != NULL &&
      !weir_api_note_done (call, error, &fault) && error == NULL)
    error = g_steal_pointer (&fault);
  weir_call_release (call);
  weir_call_finish (call, error);
}

static void
on_turn (void *data)
{
  WeirCall *call = data;
  WeirExchange *exchange = call->exchange;

  if (!weir_call_is_gone (call))
    perform (call);
  weir_exchange_unref (exchange);
}

static void
on_gone (void *data)
{
  atomic_store (&((WeirCall *)data)->is_gone, true);
}

static void
on_request (void *data, WeirExchange *exchange)
{
  WeirApi *api = data;
  WeirCall *call = weir_exchange_get_data (exchange);
  const unsigned flags = call->route->row->flags;

  weir_exchange_ref (exchange);
  weir_exchange_set_closed (exchange, on_gone, call);
  if ((flags & WEIR_METHOD_QUICK) != 0) {
    on_turn (call);
    return;
  }
  if (weir_callers_push ((flags & WEIR_METHOD_STREAM) != 0 ? api->streams : api->callers, on_turn,
                         call))
    return;
  weir_call_set_header (call, "Retry-After", "1");
  (void)refuse (call, 503,
                g_error_new (WEIR_ERROR, WEIR_ERROR_LIMIT,
                             "too many requests wait for an answer; try again in a second"));
  weir_exchange_unref (exchange);
}

WeirHttpHandler
weir_api_get_handler (WeirApi *api)
{
  return (WeirHttpHandler){ .on_head = on_head, .on_request = on_request, .data = api };
}
