#include "base/limits.h"
#include "model/flow.h"
#include "model/problem.h"
#include <string.h>

static char *
format (const GPtrArray *problems, guint index)
{
  return weir_problem_format (problems->pdata[index], "a.xml");
}

static void
test_formats (void)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("f");
  WeirComponent *funnel = &weir_funnel_new ("here")->base;
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autofree char *own = NULL;
  g_autofree char *of_component = NULL;
  g_autofree char *nowhere = NULL;

  weir_group_add (flow->root, funnel, -1);
  funnel->origin = (WeirOrigin){ 7, 3 };
  weir_problems_add (problems, funnel, (WeirOrigin){ 8, 5 }, "do that", "%s is wrong", "this");
  weir_problems_warn (problems, funnel, (WeirOrigin){ 0 }, "do that", "this is odd");
  weir_problems_add (problems, NULL, (WeirOrigin){ 0 }, "", "there is nothing");

  own = format (problems, 0);
  of_component = format (problems, 1);
  nowhere = format (problems, 2);
  g_assert_cmpstr (own, ==, "a.xml:8:5: this is wrong, do that");
  g_assert_cmpstr (of_component, ==, "a.xml:7:3: warning: this is odd, do that");
  g_assert_cmpstr (nowhere, ==, "a.xml: there is nothing");
  g_assert_cmpstr (((WeirProblem *)problems->pdata[0])->path, ==, "here");
  g_assert_cmpstr (((WeirProblem *)problems->pdata[2])->path, ==, "");
  g_assert_cmpuint (weir_problems_count (problems, WEIR_SEVERITY_ERROR), ==, 2);
  g_assert_cmpuint (weir_problems_count (problems, WEIR_SEVERITY_WARNING), ==, 1);
}

static void
test_sorts (void)
{
  static const WeirOrigin places[] = { { 2, 1 }, { 1, 9 }, { 1, 2 }, { 2, 1 }, { 0, 0 } };
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    weir_problems_add (problems, NULL, places[i], "", "%u", i);
  weir_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++)
    g_string_append (order, ((WeirProblem *)problems->pdata[i])->message);
  g_assert_cmpstr (order->str, ==, "42103");
}

static void
test_tames_what_it_quotes (void)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autofree char *endless = g_strnfill (100000, 'x');
  const WeirProblem *problem = NULL;

  weir_problems_add (problems, NULL, (WeirOrigin){ 0 }, "\x1b[31m",
                     "a\nb\tc\xc2\x9b"
                     "d\xff\xc3\xa4\xc3");
  problem = problems->pdata[0];
  g_assert_cmpstr (problem->message, ==, "a?b?c?d?\xc3\xa4?");
  g_assert_cmpstr (problem->advice, ==, "?[31m");

  weir_problems_add (problems, NULL, (WeirOrigin){ 0 }, "", "%s", endless);
  problem = problems->pdata[1];
  g_assert_cmpuint (strlen (problem->message), ==, WEIR_LIMIT_MESSAGE + 3);
  g_assert_true (g_str_has_suffix (problem->message, "x..."));
}

static void
test_ends_somewhere (void)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();

  for (guint i = 0; i < WEIR_LIMIT_PROBLEMS + 5; i++) {
    g_assert_cmpint (weir_problems_are_full (problems), ==, i >= WEIR_LIMIT_PROBLEMS);
    weir_problems_warn (problems, NULL, (WeirOrigin){ 0 }, "", "again");
  }
  g_assert_cmpuint (problems->len, ==, WEIR_LIMIT_PROBLEMS);
  g_assert_cmpuint (weir_problems_count (problems, WEIR_SEVERITY_ERROR), ==, 1);
}

static void
test_secrets_are_taken_out (void)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirMask) mask = weir_mask_new ();
  g_autofree char *text = NULL;

  weir_problems_add (problems, NULL, (WeirOrigin){ 1, 2 }, "not tresor", "it is tresor");
  weir_problems_mask (problems, NULL);
  weir_mask_add (mask, "tresor");
  weir_problems_mask (problems, mask);
  text = weir_problem_format (problems->pdata[0], "f");
  g_assert_cmpstr (text, ==, "f:1:2: it is ***, not ***");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/problem/formats", test_formats);
  g_test_add_func ("/model/problem/sorts", test_sorts);
  g_test_add_func ("/model/problem/tames", test_tames_what_it_quotes);
  g_test_add_func ("/model/problem/ends", test_ends_somewhere);
  g_test_add_func ("/model/problem/mask", test_secrets_are_taken_out);
  return g_test_run ();
}
