#include "control/router.h"

static const WeirMethod rows[] = {
  { .name = "flows.list", .verb = "GET", .path = "/v1/flows" },
  { .name = "flows.create", .verb = "POST", .path = "/v1/flows" },
  { .name = "flows.get", .verb = "GET", .path = "/v1/flows/{flow}" },
  { .name = "processors.get", .verb = "GET", .path = "/v1/flows/{flow}/processors/{processor}" },
  { .name = "processors.list", .verb = "GET", .path = "/v1/flows/{flow}/processors" },
  { .name = "tokens.list", .verb = "GET", .path = "/v1/tokens" },
  { .name = "healthz", .verb = "GET", .path = "/healthz" },
};

static WeirRouter *
make (void)
{
  WeirRouter *router = weir_router_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    weir_router_add (router, &rows[i], (void *)rows[i].name, &error);
    g_assert_no_error (error);
  }
  return router;
}

/* "flows.get orders", "405 GET, HEAD", "404; hint". */
static void
check (const char *verb, const char *path, const char *expected)
{
  g_autoptr (WeirRouter) router = make ();
  g_auto (WeirMatch) match = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  weir_router_find (router, verb, path, &match);
  switch (match.kind) {
  case WEIR_MATCH_METHOD:
    g_string_append (text, match.data);
    for (size_t i = 0; i < match.n; i++)
      g_string_append_printf (text, " %s=%s", match.names[i], match.values[i]);
    break;
  case WEIR_MATCH_OPTIONS:
    g_string_append_printf (text, "options %s", match.allow);
    break;
  case WEIR_MATCH_NO_VERB:
    g_string_append_printf (text, "405 %s", match.allow);
    break;
  case WEIR_MATCH_NO_PATH:
    g_string_append_printf (text, "404%s", match.hint);
    break;
  case WEIR_MATCH_BAD_PATH:
    g_string_append (text, "400");
    break;
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_found (void)
{
  check ("GET", "/healthz", "healthz");
  check ("GET", "/v1/flows", "flows.list");
  check ("HEAD", "/v1/flows", "flows.list");
  check ("POST", "/v1/flows", "flows.create");
  check ("GET", "/v1/flows/orders", "flows.get flow=orders");
  check ("GET", "/v1/flows/a%20b/processors/archive%2Fread",
         "processors.get flow=a b processor=archive/read");
  check ("GET", "/v1/flows/%2e%2e/processors", "processors.list flow=..");
  check ("GET", "/v1/flows/processors/processors", "processors.list flow=processors");
}

static void
test_verbs (void)
{
  check ("POST", "/v1/flows/orders", "405 GET, HEAD, OPTIONS");
  check ("DELETE", "/v1/flows", "405 GET, HEAD, POST, OPTIONS");
  check ("get", "/v1/flows", "405 GET, HEAD, POST, OPTIONS");
  check ("OPTIONS", "/v1/flows", "options GET, HEAD, POST, OPTIONS");
  check ("OPTIONS", "/v1/flow", "404, did you mean '/v1/flows'?");
}

static void
test_paths (void)
{
  check ("GET", "/", "404; '/' goes on with v1, healthz");
  check ("GET", "", "404; '/' goes on with v1, healthz");
  check ("GET", "*", "404; '*/' goes on with v1, healthz");
  check ("GET", "/healthy", "404, did you mean '/healthz'?");
  check ("GET", "/v1", "404; '/v1/' goes on with flows, tokens");
  check ("GET", "/v1/flow", "404, did you mean '/v1/flows'?");
  check ("GET", "/v1/flows/", "404; '/v1/flows/' goes on with a flow");
  check ("GET", "/v1/flows/a%20b/processor", "404, did you mean '/v1/flows/a%20b/processors'?");
  check ("GET", "/v1/flows/a/processors/b/c", "404");
  check ("GET", "/v1//flows", "404; '/v1/' goes on with flows, tokens");
  check ("GET", "/v1/flows/%zz", "400");
  check ("GET", "/v1/flows/a%00b", "400");
  check ("GET", "/v1/flows/%ff", "400");
  check ("GET", "/v1/flows/%2", "400");
}

static void
test_refused_rows (void)
{
  static const WeirMethod wrong[] = {
    { .name = "twice", .verb = "GET", .path = "/v1/flows" },
    { .name = "beside", .verb = "GET", .path = "/v1/flows/diff" },
    { .name = "other", .verb = "GET", .path = "/v1/flows/{name}/x" },
    { .name = "parameter", .verb = "GET", .path = "/v1/{flow}" },
    { .name = "no-root", .verb = "GET", .path = "v1" },
    { .name = "empty", .verb = "GET", .path = "/v1//flows" },
    { .name = "long", .verb = "GET", .path = "/{a}/{b}/{c}/{d}/{e}" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (WeirRouter) router = make ();
    g_autoptr (GError) error = NULL;

    g_assert_false (weir_router_add (router, &wrong[i], NULL, &error));
    g_assert_true (g_str_has_prefix (error->message, wrong[i].name));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/router/found", test_found);
  g_test_add_func ("/control/router/verbs", test_verbs);
  g_test_add_func ("/control/router/paths", test_paths);
  g_test_add_func ("/control/router/refused-rows", test_refused_rows);
  return g_test_run ();
}
