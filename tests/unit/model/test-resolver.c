#include "model/resolver.h"
#include <string.h>
#include <weir/error.h>

typedef struct {
  WeirFlow *flow;
  WeirGroup *inner;
  GHashTable *overrides;
  unsigned n_reads;
  WeirResolver *resolver;
} Fixture;

static char *
read_secret (void *data, const char *source, const char *place, GError **error)
{
  Fixture *fixture = data;

  fixture->n_reads++;
  if (strcmp (source, "env:PASSWORD") == 0)
    return g_strdup ("tre'sor");
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "no such variable");
  return NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  WeirGroup *root = NULL;

  fixture->flow = weir_flow_new ("f");
  root = fixture->flow->root;
  fixture->inner = weir_group_new ("inner");
  weir_group_add (root, &fixture->inner->base, -1);
  weir_group_add_parameter (root, "lake", "/lake");
  weir_group_add_parameter (root, "raw", "#{lake}/raw");
  weir_group_add_parameter (root, "quote", "it's \"a\\b\"\n");
  weir_group_add_parameter (root, "password", "")->secret = g_strdup ("env:PASSWORD");
  weir_group_add_parameter (root, "missing", "")->secret = g_strdup ("env:NOBODY");
  weir_group_add_parameter (root, "url", "db://u:#{password}@h");
  weir_group_add_parameter (fixture->inner, "lake", "/inner");
  fixture->overrides = g_hash_table_new (g_str_hash, g_str_equal);
  fixture->resolver = weir_resolver_new (fixture->flow, fixture->overrides, read_secret, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  weir_resolver_free (fixture->resolver);
  g_hash_table_unref (fixture->overrides);
  weir_flow_free (fixture->flow);
}

static void
assert_resolves (Fixture *fixture, const WeirGroup *group, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirResolved) resolved =
      weir_resolver_resolve (fixture->resolver, group, text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (resolved->text, ==, expected);
}

static void
assert_fails (Fixture *fixture, const char *text, WeirError code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_resolver_resolve (fixture->resolver, fixture->flow->root, text, &error));
  g_assert_error (error, WEIR_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_looks_up_the_groups_around (Fixture *fixture, gconstpointer data)
{
  assert_resolves (fixture, fixture->flow->root, "a #{lake} b", "a /lake b");
  assert_resolves (fixture, fixture->inner, "#{lake}", "/inner");
  assert_resolves (fixture, fixture->inner, "#{raw}", "/lake/raw");
  assert_resolves (fixture, fixture->inner, "##{raw}", "#{raw}");
  assert_fails (fixture, "#{nobody}", WEIR_ERROR_NOT_FOUND, "'nobody'");
}

static void
test_quotes_within_expressions (Fixture *fixture, gconstpointer data)
{
  const WeirGroup *root = fixture->flow->root;

  assert_resolves (fixture, root, "${#{lake}:length()}", "${'/lake':length()}");
  assert_resolves (fixture, root, "${a:equals('#{lake}/x')}", "${a:equals('/lake/x')}");
  assert_resolves (fixture, root, "${#{quote}}", "${'it\\'s \\\"a\\\\b\\\"\\n'}");
  assert_resolves (fixture, root, "#{quote}", "it's \"a\\b\"\n");
}

static void
test_overrides_the_root (Fixture *fixture, gconstpointer data)
{
  g_hash_table_insert (fixture->overrides, (char *)"lake", (char *)"/other");
  g_hash_table_insert (fixture->overrides, (char *)"missing", (char *)"given");
  assert_resolves (fixture, fixture->flow->root, "#{raw}", "/other/raw");
  assert_resolves (fixture, fixture->inner, "#{lake}", "/inner");
  assert_resolves (fixture, fixture->inner, "#{missing}", "given");
}

static void
test_knows_what_is_secret (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text;
    bool is_secret;
    bool is_mixed;
  } cases[] = {
    { "#{lake}", false, false },    { "#{password}", true, false },
    { "x#{password}", true, true }, { "#{password}#{lake}", true, true },
    { "#{url}", true, true },       { "${#{password}}", true, true },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirResolved) resolved =
        weir_resolver_resolve (fixture->resolver, fixture->inner, cases[i].text, NULL);

    g_assert_cmpint (resolved->is_secret, ==, cases[i].is_secret);
    g_assert_cmpint (resolved->is_mixed, ==, cases[i].is_mixed);
  }
  assert_resolves (fixture, fixture->inner, "#{url}", "db://u:tre'sor@h");
  g_assert_cmpuint (fixture->n_reads, ==, 1);
}

static void
test_tells_what_has_no_value (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const WeirGroup *root = fixture->flow->root;

  assert_fails (fixture, "#{missing}", WEIR_ERROR_FAILED, "'missing'");
  g_assert_null (weir_resolver_get (fixture->resolver, root,
                                    weir_resolver_find (fixture->resolver, root, "missing", NULL),
                                    &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_cmpuint (fixture->n_reads, ==, 1);
}

static void
test_refuses_cycles (Fixture *fixture, gconstpointer data)
{
  WeirGroup *root = fixture->flow->root;
  const WeirParameter *last = NULL;
  g_autoptr (GError) error = NULL;

  weir_group_add_parameter (root, "a", "#{b}");
  weir_group_add_parameter (root, "b", "x#{c}");
  last = weir_group_add_parameter (root, "c", "#{b}");
  assert_fails (fixture, "#{a}", WEIR_ERROR_FAILED, "'a'");
  g_assert_null (weir_resolver_get (fixture->resolver, root, last, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "(b -> c -> b)"));
}

static void
test_bounds_depth_and_size (Fixture *fixture, gconstpointer data)
{
  WeirGroup *root = fixture->flow->root;
  g_autofree char *long_text = g_strnfill (600000, 'x');

  for (int i = 0; i < 18; i++) {
    g_autofree char *name = g_strdup_printf ("p%d", i);
    g_autofree char *value = g_strdup_printf ("#{p%d}#{p%d}", i + 1, i + 1);

    weir_group_add_parameter (root, name, value);
  }
  weir_group_add_parameter (root, "p18", "x");
  weir_group_add_parameter (root, "long", long_text);
  assert_fails (fixture, "#{p0}", WEIR_ERROR_FAILED, "'p0'");
  assert_fails (fixture, "#{long}#{long}", WEIR_ERROR_LIMIT, "longer than");
}

static void
test_collects_problems (Fixture *fixture, gconstpointer data)
{
  WeirProcessorNode *node = weir_processor_node_new ("read", "GetFile");
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GPtrArray) values = NULL;

  weir_group_add (fixture->inner, &node->base, -1);
  weir_properties_add (node->properties, "Good", "#{lake}");
  weir_properties_add (node->properties, "Unknown", "#{nobody}")->origin = (WeirOrigin){ 7, 3 };
  weir_properties_add (node->properties, "Missing", "#{missing}");
  weir_properties_add (node->properties, "Open", "#{");
  values = weir_resolver_resolve_all (fixture->resolver, &node->base, node->properties, problems);

  g_assert_cmpuint (values->len, ==, 4);
  g_assert_cmpstr (((WeirResolved *)values->pdata[0])->text, ==, "/inner");
  for (guint i = 1; i < 4; i++)
    g_assert_null (((WeirResolved *)values->pdata[i])->text);
  g_assert_cmpuint (problems->len, ==, 2);
  g_assert_cmpuint (((WeirProblem *)problems->pdata[0])->origin.line, ==, 7);
  g_assert_cmpstr (((WeirProblem *)problems->pdata[0])->path, ==, "inner/read");
}

static void
test_names (void)
{
  g_assert_true (weir_parameter_name_is_valid ("db.password"));
  g_assert_true (weir_parameter_name_is_valid ("a b"));
  g_assert_false (weir_parameter_name_is_valid (""));
  g_assert_false (weir_parameter_name_is_valid (" a"));
  g_assert_false (weir_parameter_name_is_valid ("a}"));
}

#define ADD(path, function) \
  g_test_add ("/model/resolver/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("groups-around", test_looks_up_the_groups_around);
  ADD ("expressions", test_quotes_within_expressions);
  ADD ("overrides", test_overrides_the_root);
  ADD ("secret", test_knows_what_is_secret);
  ADD ("no-value", test_tells_what_has_no_value);
  ADD ("cycles", test_refuses_cycles);
  ADD ("bounds", test_bounds_depth_and_size);
  ADD ("problems", test_collects_problems);
  g_test_add_func ("/model/resolver/names", test_names);
  return g_test_run ();
}
