#include "plugin/config.h"
#include <string.h>

typedef struct {
  int64_t count;
  char *text;
  const WeirExpr *expr;
  char *password;
  WeirChoice mode;
} State;

static const WeirAllowed modes[] = { { "fast", "" }, { "safe", "" }, { NULL } };

static const WeirProperty properties[] = {
  { "Count", "", WEIR_FIELD (State, count), .default_value = "3", .minimum = 1, .maximum = 9 },
  { "Text", "", WEIR_FIELD (State, text), .required = true, .example = "some words" },
  { "Expression", "", WEIR_FIELD (State, expr) },
  { "Password", "", WEIR_FIELD (State, password), .sensitive = true, .allowed = modes },
  { "Mode", "", WEIR_FIELD (State, mode), .allowed = modes, .default_value = "safe" },
};

static const WeirRelationship relationships[] = {
  { "success", "What went well." },
  { "failure", "What did not." },
};

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

#define COMMON                                                                \
  WEIR_PROCESSOR_ABI, .summary = "For tests.", .state_size = sizeof (State),  \
                      .on_trigger = on_trigger, WEIR_PROPERTIES (properties), \
                      WEIR_RELATIONSHIPS (relationships)

static const WeirProcessor plain = { COMMON, .name = "Plain" };

/* Adds a relationship for each dynamic property; refuses texts that begin with "bad". */
static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const State *self = state;

  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++)
    weir_config_add_relationship (config, weir_config_get_dynamic (config, i)->name, "Added.");
  if (!g_str_has_prefix (self->text, "bad"))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the text '%s' is bad", self->text);
  return false;
}

static const WeirDynamic dynamic = { "relationship", "condition", "A relationship each." };
static const WeirProcessor router = { COMMON, .name = "Router", .dynamic = &dynamic,
                                      .on_configure = on_configure };

static bool
refuse_silently (const void *state, WeirConfig *config, GError **error)
{
  return false;
}

static const WeirProcessor silent = { COMMON, .name = "Silent", .on_configure = refuse_silently };

#define CONFIGURE(type, problems, ...)                              \
  weir_config_new (type, (const WeirPropertyText[]){ __VA_ARGS__ }, \
                   G_N_ELEMENTS (((const WeirPropertyText[]){ __VA_ARGS__ })), problems)

static void
assert_problem (const GPtrArray *problems, guint index, const char *property, const char *message)
{
  const WeirConfigProblem *problem;

  g_assert_cmpuint (index, <, problems->len);
  problem = g_ptr_array_index (problems, index);
  g_assert_cmpstr (problem->property, ==, property);
  g_assert_cmpstr (problem->message, ==, message);
}

static void
test_fills_the_state (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (WeirConfig) config =
      CONFIGURE (&plain, problems, { "Text", "hello" }, { "Expression", "a b" });
  State *state;

  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_true (weir_config_get_type (config) == &plain);
  state = weir_config_get_state (config);
  g_assert_cmpint (state->count, ==, 3);
  g_assert_cmpstr (state->text, ==, "hello");
  g_assert_cmpuint (state->mode.index, ==, 1);
  g_assert_null (state->password);
  g_assert_true (weir_expr_is_constant (state->expr));
  g_assert_cmpuint (weir_config_get_n_dynamic (config), ==, 0);
}

/* A module may use its fields as it likes; what was stored is freed all the same. */
static void
test_frees_what_it_stored (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (WeirConfig) config =
      CONFIGURE (&plain, problems, { "Text", "hello" }, { "Expression", "a b" });
  State *state = weir_config_get_state (config);

  state->text = NULL;
  state->expr = NULL;
}

static void
test_tells_all_problems_at_once (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (GError) error = NULL;
  WeirConfig *config =
      CONFIGURE (&plain, problems, { "Count", "10" }, { "Mode", "save" }, { "Txt", "x" },
                 { "Something else", "x" }, { "Count", "2" }, { "Expression", "${}" });

  g_assert_null (config);
  g_assert_cmpuint (problems->len, ==, 7);
  assert_problem (problems, 0, "Count", "'10' is too large; the most is 9");
  assert_problem (problems, 1, "Text", "is required; for example 'some words'");
  g_assert_cmpstr (((WeirConfigProblem *)g_ptr_array_index (problems, 2))->property, ==,
                   "Expression");
  assert_problem (problems, 3, "Mode", "'save' is not allowed; did you mean 'safe'?");
  assert_problem (problems, 4, "Txt", "Plain has no such property; did you mean 'Text'?");
  assert_problem (problems, 5, "Something else",
                  "Plain has no such property; see weir inspect Plain");
  assert_problem (problems, 6, "Count", "is set more than once");

  weir_config_problems_to_error (problems, &error);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "property 'Text': is required"));
  g_assert_nonnull (strstr (error->message, "; property 'Mode': 'save'"));
}

static void
test_dynamic_properties (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (WeirConfig) config = CONFIGURE (&router, problems, { "z", "1" }, { "Text", "t" },
                                             { "a", "" }, { "success story", "2" });
  unsigned index = 99;

  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpuint (weir_config_get_n_dynamic (config), ==, 3);
  g_assert_cmpstr (weir_config_get_dynamic (config, 0)->name, ==, "z");
  g_assert_cmpstr (weir_config_get_dynamic (config, 0)->text, ==, "1");
  g_assert_true (weir_expr_is_constant (weir_config_get_dynamic (config, 0)->expr));
  g_assert_cmpstr (weir_config_get_dynamic (config, 1)->name, ==, "a");

  g_assert_cmpuint (weir_config_get_n_relationships (config), ==, 5);
  g_assert_cmpstr (weir_config_get_relationship (config, 1), ==, "failure");
  g_assert_cmpstr (weir_config_get_relationship (config, 2), ==, "z");
  g_assert_cmpstr (weir_config_get_relationship_description (config, 0), ==, "What went well.");
  g_assert_cmpstr (weir_config_get_relationship_description (config, 4), ==, "Added.");
  g_assert_true (weir_config_find_relationship (config, "a", &index));
  g_assert_cmpuint (index, ==, 3);
  g_assert_true (weir_config_find_relationship (config, "success", &index));
  g_assert_cmpuint (index, ==, 0);
  g_assert_false (weir_config_find_relationship (config, "Success", &index));
  g_assert_cmpuint (index, ==, 0);
}

static void
test_module_refuses (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();

  g_assert_null (CONFIGURE (&router, problems, { "Text", "bad" }));
  assert_problem (problems, 0, NULL, "the text 'bad' is bad");
  g_assert_null (CONFIGURE (&router, problems, { "Text", "t" }, { "success", "x" }));
  assert_problem (problems, 1, NULL,
                  "relationship 'success' exists already; rename the property that adds it");
  g_assert_null (CONFIGURE (&router, problems, { "Text", "t" }, { "", "x" }));
  assert_problem (problems, 2, "", "a property needs a name");
  g_assert_null (CONFIGURE (&silent, problems, { "Text", "t" }));
  assert_problem (problems, 3, NULL, "Silent refuses this configuration without saying why");
  g_assert_null (CONFIGURE (&router, problems, { "Text", "bad\033" }));
  assert_problem (problems, 4, NULL, "the text 'bad\\x1b' is bad");
  g_assert_cmpuint (problems->len, ==, 5);
}

/* Half a state is none that a module should have to expect. */
static void
test_module_is_not_asked_about_wrong_properties (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();

  g_assert_null (CONFIGURE (&silent, problems, { "Text", "t" }, { "Count", "x" }));
  g_assert_cmpuint (problems->len, ==, 1);
  assert_problem (problems, 0, "Count", "'x' is not a whole number");
}

static void
test_secrets_are_not_told (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  const char *refused = "is refused; the value is sensitive, so it is not shown here";

  g_assert_null (CONFIGURE (&plain, problems, { "Text", "t" }, { "Password", "hunter2" }));
  assert_problem (problems, 0, "Password", refused);
  g_assert_null (CONFIGURE (&plain, problems, { "Text", "t" }, { "Count", "hunter2", true }));
  assert_problem (problems, 1, "Count", refused);
  g_assert_null (CONFIGURE (&router, problems, { "Text", "t" }, { "x", "${hunter2:}", true }));
  assert_problem (problems, 2, "x", refused);
  g_assert_null (CONFIGURE (&router, problems, { "Text", "bad", true }));
  assert_problem (problems, 3, NULL,
                  "Router refuses this configuration; the reason has a sensitive value in it, so "
                  "it is not shown here");
}

/* Earlier problems are somebody else's. */
static void
test_adds_to_problems (void)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (WeirConfig) config = NULL;

  g_assert_null (CONFIGURE (&plain, problems, { "Count", "1" }));
  config = CONFIGURE (&plain, problems, { "Text", "t" });
  g_assert_nonnull (config);
  g_assert_cmpuint (problems->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/fills", test_fills_the_state);
  g_test_add_func ("/config/frees", test_frees_what_it_stored);
  g_test_add_func ("/config/all-problems", test_tells_all_problems_at_once);
  g_test_add_func ("/config/dynamic", test_dynamic_properties);
  g_test_add_func ("/config/module-refuses", test_module_refuses);
  g_test_add_func ("/config/module-not-asked", test_module_is_not_asked_about_wrong_properties);
  g_test_add_func ("/config/secrets", test_secrets_are_not_told);
  g_test_add_func ("/config/adds", test_adds_to_problems);
  return g_test_run ();
}
