#include "control/access.h"

#include <weir/error.h>

static const WeirParam of_flow[] = {
  { .name = "flow", .kind = WEIR_PARAM_FLOW, .is_in_path = true, .is_required = true },
  { .name = "with", .kind = WEIR_PARAM_FLOW },
  { NULL },
};

/* @flow, @with: NULL when the request does not name one. Returns: the status. */
static int
ask (const WeirIdentity *identity, const WeirMethod *row, const char *flow, const char *with)
{
  const WeirMatch match = { .row = row, .names = { "flow" }, .values = { flow }, .n = 1 };
  g_autofree char *query = with != NULL ? g_strconcat ("with=", with, NULL) : g_strdup ("");
  g_autoptr (GError) error = NULL;
  WeirArguments arguments;
  int status = 200;

  g_assert_true (weir_arguments_parse (&match, query, 0, &arguments, NULL));
  if (weir_access_check (identity, &arguments, &status, &error))
    g_assert_cmpint (status, ==, 200);
  else if (status == 404)
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  else
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  weir_arguments_clear (&arguments);
  return status;
}

/* Every role against every role, flows of one's own and of others: what the words say, once more.
 */
static void
test_table (void)
{
  static const char *const own[] = { "own", NULL };

  for (int has = WEIR_ROLE_NONE; has <= WEIR_ROLE_ADMIN; has++) {
    g_autoptr (WeirIdentity) whole = weir_identity_new ("a", (WeirUserRole)has, NULL);
    g_autoptr (WeirIdentity) bound = weir_identity_new ("a", (WeirUserRole)has, own);

    for (int needs = WEIR_ROLE_VIEWER; needs <= WEIR_ROLE_ADMIN; needs++) {
      const WeirMethod of_server = { .name = "m", .role = (WeirUserRole)needs };
      const WeirMethod of_all = { .name = "m",
                                  .role = (WeirUserRole)needs,
                                  .flags = WEIR_METHOD_WHOLE };
      const WeirMethod row = { .name = "m", .role = (WeirUserRole)needs, .params = of_flow };
      const int good = has == WEIR_ROLE_NONE ? 401 : has >= needs ? 200 : 403;
      const int foreign = has == WEIR_ROLE_NONE ? 401 : 404;

      g_assert_cmpint (ask (whole, &of_server, NULL, NULL), ==, good);
      g_assert_cmpint (ask (whole, &of_all, NULL, NULL), ==, good);
      g_assert_cmpint (ask (whole, &row, "own", NULL), ==, good);
      g_assert_cmpint (ask (whole, &row, "other", "more"), ==, good);
      g_assert_cmpint (ask (bound, &of_server, NULL, NULL), ==, good);
      g_assert_cmpint (ask (bound, &of_all, NULL, NULL), ==, good == 200 ? 403 : good);
      g_assert_cmpint (ask (bound, &row, "own", NULL), ==, good);
      g_assert_cmpint (ask (bound, &row, "own", "own"), ==, good);
      g_assert_cmpint (ask (bound, &row, "other", NULL), ==, foreign);
      g_assert_cmpint (ask (bound, &row, "own", "other"), ==, foreign);
    }
  }
}

/* Whether somebody is well may be asked by all, with a role or without. */
static void
test_open (void)
{
  static const char *const own[] = { "own", NULL };
  const WeirMethod row = { .name = "healthz" };
  g_autoptr (WeirIdentity) nobody = weir_identity_new ("a", WEIR_ROLE_NONE, NULL);
  g_autoptr (WeirIdentity) bound = weir_identity_new ("a", WEIR_ROLE_VIEWER, own);

  g_assert_cmpint (ask (nobody, &row, NULL, NULL), ==, 200);
  g_assert_cmpint (ask (bound, &row, NULL, NULL), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/access/table", test_table);
  g_test_add_func ("/control/access/open", test_open);
  return g_test_run ();
}
