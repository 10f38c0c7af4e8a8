#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include <weir/error.h>

#include "api-kit.h"
#include "control/access.h"
#include "control/call.h"
#include "wire/json.h"

/* --- methods of the test --- */

static bool
on_echo (WeirCall *call, void *target, GError **error)
{
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "who", weir_call_get_identity (call)->name);
  weir_json_put_text (out, "item", weir_call_get_text (call, "item"));
  weir_json_put_int (out, "n", weir_call_get_int (call, "n", -1));
  weir_json_put_text (out, "text",
                      json_object_get_string_member (weir_call_get_body (call), "text"));
  weir_json_end (out, '}');
  return true;
}

static bool
on_fail (WeirCall *call, void *target, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS, "it is \"there\"");
  return false;
}

static bool
on_stream (WeirCall *call, void *target, GError **error)
{
  WeirStream *stream = weir_call_stream (call, "text/plain");

  for (unsigned i = 0; i < 3; i++)
    weir_stream_write (stream, "part ", 5);
  weir_stream_end (stream);
  return true;
}

static bool
on_flow (WeirCall *call, void *target, GError **error)
{
  g_string_append_printf (weir_call_answer (call), "\"%s\"", (const char *)target);
  return true;
}

static const WeirParam echo_params[] = {
  { .name = "item", .doc = "A.", .is_in_path = true, .is_required = true },
  { .name = "n", .doc = "B.", .kind = WEIR_PARAM_INT, .min = 0, .max = 9 },
  { NULL },
};

static const WeirParam flow_params[] = {
  { .name = "flow", .doc = "A.", .kind = WEIR_PARAM_FLOW, .is_in_path = true, .is_required = true },
  { NULL },
};

static const WeirMethod rows[] = {
  { .name = "test.echo",
    .verb = "POST",
    .path = "/echo/{item}",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_AUDIT,
    .doc = "A.",
    .params = echo_params,
    .body = "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":"
            "\"string\"},\"password\":{\"type\":\"string\"}}}",
    .body_max = 100,
    .status = 201,
    .handle = on_echo },
  { .name = "test.fail",
    .verb = "POST",
    .path = "/fail",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_AUDIT,
    .doc = "A.",
    .handle = on_fail },
  { .name = "test.stream",
    .verb = "GET",
    .path = "/stream",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_STREAM,
    .doc = "A.",
    .handle = on_stream },
  { .name = "test.flow",
    .verb = "GET",
    .path = "/v1/flows/{flow}",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "A.",
    .params = flow_params,
    .handle = on_flow },
  { NULL },
};

static const WeirMethodTable table = { .title = "Test", .doc = "A.", .rows = rows };

static _Atomic int n_released;

static void
on_release (void *target)
{
  atomic_fetch_add (&n_released, 1);
}

static bool
on_find_flow (void *data, const char *name, WeirApiFlow *ret_flow, GError **error)
{
  if (strcmp (name, "busy") == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "flow 'busy' starts");
    return false;
  }
  if (strcmp (name, "orders") != 0)
    return weir_access_set_no_flow (name, error);
  *ret_flow = (WeirApiFlow){ .target = (void *)"target", .release = on_release };
  return true;
}

static const WeirApiOptions options = { .find_flow = on_find_flow };

static void
set_up (ApiKit *kit, gconstpointer data)
{
  api_kit_start (kit, &table, NULL, &options);
}

static void
tear_down (ApiKit *kit, gconstpointer data)
{
  api_kit_stop (kit);
}

/* --- tests --- */

static void
test_ways (ApiKit *kit, gconstpointer data)
{
  g_autofree char *token = api_kit_add_token (kit, "night", WEIR_ROLE_OPERATOR, NULL);
  g_autofree char *server = api_kit_ask (kit, "GET", "/v1/server", token, NULL);

  g_assert_true (g_str_has_prefix (server, "200 {\"name\":\"test\""));
  g_assert_nonnull (strstr (server, "\"you\":{\"name\":\"token night\",\"role\":\"operator\"}}"));
  api_kit_check (kit, "GET /healthz", NULL, NULL, "200 {\"status\":\"ok\"}");
  api_kit_check (kit, "HEAD /healthz", NULL, NULL, "200 ");
  api_kit_check (kit, "OPTIONS /healthz", NULL, NULL, "204 ");
  api_kit_check (kit, "POST /echo/a%2Fb?n=7", token, "{\"text\":\"ä\"}",
                 "201 {\"who\":\"token night\",\"item\":\"a/b\",\"n\":7,\"text\":\"ä\"}");
  api_kit_check (kit, "GET /stream", token, NULL,
                 "200 5\r\npart \r\n5\r\npart \r\n5\r\npart \r\n0\r\n\r\n");
  api_kit_check (kit, "GET /v1/flows/orders", token, NULL, "200 \"target\"");
  g_assert_cmpint (atomic_load (&n_released), ==, 1);
}

#define ERROR(status, code, message) \
  status " {\"error\":{\"code\":\"" code "\",\"message\":\"" message "\"}}"

static void
test_refused (ApiKit *kit, gconstpointer data)
{
  static const char *const own[] = { "orders", NULL };
  g_autofree char *token = api_kit_add_token (kit, "night", WEIR_ROLE_OPERATOR, NULL);
  g_autofree char *viewer = api_kit_add_token (kit, "day", WEIR_ROLE_VIEWER, own);
  g_autofree char *large = g_strdup_printf ("{\"text\":\"%0100d\"}", 0);

  api_kit_check (
      kit, "GET /healthy", NULL, NULL,
      ERROR ("404", "not-found", "there is nothing at '/healthy', did you mean '/healthz'?"));
  api_kit_check (kit, "DELETE /healthz", NULL, NULL,
                 ERROR ("405", "unsupported", "'/healthz' can do GET, HEAD, OPTIONS, not DELETE"));
  api_kit_check (kit, "GET /%ff", NULL, NULL,
                 ERROR ("400", "invalid", "the path must be percent-encoded UTF-8"));
  api_kit_check (kit, "POST /echo/a?n=10", token, "{\"text\":\"\"}",
                 ERROR ("400", "invalid", "parameter n: a whole number from 0 to 9 is expected"));
  api_kit_check (kit, "POST /echo/a", token, "{\"txt\":\"\"}",
                 ERROR ("400", "invalid", "body: 'text' is missing"));
  api_kit_check (kit, "POST /echo/a", token, NULL,
                 ERROR ("415", "unsupported", "'Content-Type: application/json' is expected"));
  api_kit_check (kit, "POST /echo/a", token, large,
                 ERROR ("413", "limit", "the body is larger than this method takes"));
  api_kit_check (kit, "POST /echo/a", viewer, "{\"text\":\"\"}",
                 ERROR ("403", "permission", "test.echo needs the role operator, you have viewer"));
  api_kit_check (kit, "POST /fail", viewer, NULL, ERROR ("409", "exists", "it is \\\"there\\\""));
  api_kit_check (kit, "GET /v1/flows/returns", token, NULL,
                 ERROR ("404", "not-found", "there is no flow 'returns'"));
  api_kit_check (kit, "GET /v1/flows/busy", viewer, NULL,
                 ERROR ("404", "not-found", "there is no flow 'busy'"));
  api_kit_check (kit, "GET /v1/flows/busy", token, NULL, ERROR ("503", "io", "flow 'busy' starts"));
  api_kit_check (kit, "GET /healthz", "weir_", NULL,
                 ERROR ("401", "permission", "this token is not valid, or not any more"));
}

static void
test_guessing (ApiKit *kit, gconstpointer data)
{
  g_autofree char *answer = NULL;

  for (unsigned i = 0; i < 10; i++) {
    g_autofree char *one = api_kit_ask (kit, "GET", "/v1/server", "weir_secret", NULL);

    g_assert_true (g_str_has_prefix (one, "401 "));
  }
  answer = api_kit_ask (kit, "GET", "/v1/server", "weir_secret", NULL);
  g_assert_true (g_str_has_prefix (answer, "429 "));
}

/* "maria: method: object: after: outcome" of all entries, the oldest first. */
static char *
read_trail (ApiKit *kit)
{
  g_autoptr (GPtrArray) entries = weir_trail_list (kit->trail, &(WeirTrailFilter){ 0 }, 100, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = entries->len; i-- > 0;) {
    const WeirTrailEntry *entry = entries->pdata[i];

    g_string_append_printf (text, "%s: %s: %s: %s: %s\n", entry->who, entry->method,
                            entry->object != NULL ? entry->object : "",
                            entry->after != NULL ? entry->after : "", entry->outcome);
  }
  return g_string_free (text, FALSE);
}

/* What changes something is there when it is answered, without secrets; so are refusals. */
static void
test_audit (ApiKit *kit, gconstpointer data)
{
  g_autofree char *token = api_kit_add_token (kit, "night", WEIR_ROLE_OPERATOR, NULL);
  g_autofree char *echo =
      api_kit_ask (kit, "POST", "/echo/x", token, "{\"text\":\"a\",\"password\":\"hunter2\"}");
  g_autofree char *fail = api_kit_ask (kit, "POST", "/fail", token, NULL);
  g_autofree char *wrong = api_kit_ask (kit, "POST", "/fail", "weir_hunter2", NULL);
  g_autofree char *role = api_kit_ask (kit, "GET", "/v1/tokens", token, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_str_has_prefix (echo, "201 "));
  g_assert_true (g_str_has_prefix (fail, "409 "));
  g_assert_true (g_str_has_prefix (wrong, "401 "));
  g_assert_true (g_str_has_prefix (role, "403 "));
  api_kit_check (kit, "POST /echo/y", token, "{\"text\":\"b\"}",
                 "201 {\"who\":\"token night\",\"item\":\"y\",\"n\":-1,\"text\":\"b\"}");
  text = read_trail (kit);
  g_assert_nonnull (strstr (text, "token night: test.echo: item x: {\"text\":\"a\",\"password\":"
                                  "\"***\"}: done\n"));
  g_assert_nonnull (strstr (text, "token night: test.fail: : : failed: it is \"there\"\n"));
  g_assert_nonnull (strstr (text, ": unknown: : : refused: 401: this token is not valid"));
  g_assert_nonnull (strstr (text, "token night: token.list: : : refused: 403: token.list needs"));
  g_assert_null (strstr (text, "hunter2"));
  g_assert_null (strstr (kit->journal->str, "hunter2"));
  g_assert_nonnull (strstr (kit->journal->str, "token night: token.list: refused: 403"));
}

/* A token that is made by the API works, says when it was used, and does not after its end. */
static void
test_tokens (ApiKit *kit, gconstpointer data)
{
  g_autofree char *made =
      api_kit_ask (kit, "POST", "/v1/tokens", NULL,
                   "{\"name\":\"night\",\"role\":\"viewer\",\"flows\":[\"orders\"],\"expires\":"
                   "\"90 d\"}");
  g_autoptr (JsonNode) node = json_from_string (made + 4, NULL);
  JsonObject *object = json_node_get_object (node);
  const char *text = json_object_get_string_member (object, "text");
  g_autofree char *list = NULL;
  g_autofree char *trail = NULL;

  g_assert_true (g_str_has_prefix (made, "201 "));
  api_kit_check (kit, "GET /v1/flows/orders", text, NULL, "200 \"target\"");
  list = api_kit_ask (kit, "GET", "/v1/tokens", NULL, NULL);
  g_assert_nonnull (strstr (list, "\"used\":\""));
  g_assert_nonnull (strstr (list, "\"expires\":\""));
  g_assert_null (strstr (list, text + 14));
  api_kit_check (kit, "DELETE /v1/tokens/night", NULL, NULL, "204 ");
  api_kit_check (kit, "GET /v1/flows/orders", text, NULL,
                 ERROR ("401", "permission", "this token is not valid, or not any more"));
  api_kit_check (kit, "DELETE /v1/tokens/night", NULL, NULL,
                 ERROR ("404", "not-found", "there is no token 'night'"));
  trail = read_trail (kit);
  g_assert_nonnull (strstr (trail, "token.add: token "));
  g_assert_null (strstr (trail, text + 14));
}

static void
test_eval (ApiKit *kit, gconstpointer data)
{
  api_kit_check (kit, "POST /v1/eval", NULL,
                 "{\"text\":\"${a:toUpper()}${HOME}\",\"attributes\":{\"a\":\"x\"}}",
                 "200 {\"value\":\"X\",\"type\":\"text\"}");
  api_kit_check (kit, "POST /v1/eval", NULL, "{\"text\":\"a\\n${b:toUper()}\"}",
                 "200 {\"error\":\"line 2, column 5: no function is called 'toUper'; did you mean "
                 "'toUpper'?\",\"line\":2,\"column\":5}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/control/api/ways", ApiKit, NULL, set_up, test_ways, tear_down);
  g_test_add ("/control/api/refused", ApiKit, NULL, set_up, test_refused, tear_down);
  g_test_add ("/control/api/guessing", ApiKit, NULL, set_up, test_guessing, tear_down);
  g_test_add ("/control/api/audit", ApiKit, NULL, set_up, test_audit, tear_down);
  g_test_add ("/control/api/tokens", ApiKit, NULL, set_up, test_tokens, tear_down);
  g_test_add ("/control/api/eval", ApiKit, NULL, set_up, test_eval, tear_down);
  return g_test_run ();
}
