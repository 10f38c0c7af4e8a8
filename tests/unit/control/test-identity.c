#include "control/identity.h"

#include <weir/error.h>

static const char *const own[] = { "orders", "returns", NULL };

static void
test_roles (void)
{
  for (int has = WEIR_ROLE_NONE; has <= WEIR_ROLE_ADMIN; has++) {
    g_autoptr (WeirIdentity) identity = weir_identity_new ("maria", (WeirUserRole)has, NULL);
    WeirUserRole back;

    g_assert_true (weir_role_parse (weir_role_get_text ((WeirUserRole)has), &back));
    g_assert_cmpint (back, ==, has);
    for (int wanted = WEIR_ROLE_NONE; wanted <= WEIR_ROLE_ADMIN; wanted++)
      g_assert_true (weir_identity_may (identity, (WeirUserRole)wanted, "any") == (has >= wanted));
  }
  g_assert_false (weir_role_parse ("root", &(WeirUserRole){ 0 }));
}

static void
test_flows (void)
{
  g_autoptr (WeirIdentity) bound = weir_identity_new ("maria", WEIR_ROLE_EDITOR, own);
  g_autoptr (WeirIdentity) none =
      weir_identity_new ("maria", WEIR_ROLE_EDITOR, (const char *const[]){ NULL });

  g_assert_true (weir_identity_may (bound, WEIR_ROLE_EDITOR, "orders"));
  g_assert_true (weir_identity_may (bound, WEIR_ROLE_EDITOR, NULL));
  g_assert_false (weir_identity_may (bound, WEIR_ROLE_VIEWER, "order"));
  g_assert_false (weir_identity_may (bound, WEIR_ROLE_ADMIN, "orders"));
  g_assert_false (weir_identity_may (none, WEIR_ROLE_VIEWER, "orders"));
}

static void
check_line (const char *name, const char *const *flows, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirIdentity) identity = weir_identity_new (name, WEIR_ROLE_OPERATOR, flows);
  g_autofree char *line = weir_identity_format (identity);
  g_autoptr (WeirIdentity) back = weir_identity_parse (line, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
  g_assert_cmpstr (back->name, ==, name);
  g_assert_cmpint (back->role, ==, WEIR_ROLE_OPERATOR);
  g_assert_true ((back->flows == NULL) == (flows == NULL));
  if (flows != NULL)
    g_assert_true (g_strv_equal ((const char *const *)back->flows, flows));
}

static void
test_lines (void)
{
  check_line ("maria (uid 1000)", NULL, "operator * maria%20%28uid%201000%29");
  check_line ("token *", own, "operator orders,returns token%20%2A");
  check_line ("-", (const char *const[]){ NULL }, "operator - %2D");
  check_line ("a\r\nWeir-Identity: admin * b", (const char *const[]){ "-", "a,b", "*", NULL },
              "operator %2D,a%2Cb,%2A a%0D%0AWeir%2DIdentity%3A%20admin%20%2A%20b");
}

static void
test_broken_lines (void)
{
  static const char *const lines[] = {
    "",
    "admin",
    "admin *",
    "admin * ",
    "admin  maria",
    "root * maria",
    "admin * maria b",
    "admin * maria%00b",
    "admin * maria%zz",
    "admin * %ff",
    "admin a, maria",
    "admin a,%00 maria",
    "Admin * maria",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (weir_identity_parse (lines[i], &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/identity/roles", test_roles);
  g_test_add_func ("/control/identity/flows", test_flows);
  g_test_add_func ("/control/identity/lines", test_lines);
  g_test_add_func ("/control/identity/broken-lines", test_broken_lines);
  return g_test_run ();
}
