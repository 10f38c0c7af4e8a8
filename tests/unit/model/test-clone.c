#include "flow-maker.h"
#include "flow-text.h"
#include "model/clone.h"
#include "model/problem.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>

static char *
write_flow (const WeirFlow *flow)
{
  g_autoptr (GError) error = NULL;
  size_t size = 0;
  char *text = weir_flow_write (flow, &size, &error);

  g_assert_no_error (error);
  return text;
}

/* The copy says the same when what it was made of is gone. */
static void
assert_clones_the_same (WeirFlow *flow)
{
  g_autoptr (WeirFlow) clone = weir_flow_clone (flow);
  g_autofree char *text = flow_to_text (flow);
  g_autofree char *written = write_flow (flow);
  g_autofree char *text_of_clone = NULL;
  g_autofree char *written_of_clone = NULL;

  weir_flow_free (flow);
  text_of_clone = flow_to_text (clone);
  written_of_clone = write_flow (clone);
  g_assert_cmpstr (text_of_clone, ==, text);
  g_assert_cmpstr (written_of_clone, ==, written);
}

static void
test_models (void)
{
  WeirRandom random;

  weir_random_init (&random, 21);
  for (unsigned round = 0; round < 200; round++)
    assert_clones_the_same (flow_make (&random));
}

static void
test_documents (void)
{
  WeirRandom random;
  unsigned n_read = 0;

  weir_random_init (&random, 22);
  for (unsigned round = 0; round < 1000; round++) {
    g_autofree char *text = flow_make_document (&random);
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    WeirFlow *flow = weir_flow_read (text, strlen (text), problems);

    if (flow == NULL)
      continue;
    n_read++;
    assert_clones_the_same (flow);
  }
  g_assert_cmpuint (n_read, >, 600);
}

static void
assert_same_origin (WeirOrigin a, WeirOrigin b)
{
  g_assert_cmpuint (a.line, >, 0);
  g_assert_cmpuint (a.line, ==, b.line);
  g_assert_cmpuint (a.column, ==, b.column);
}

static void
test_origins (void)
{
  static const char text[] = "<flow xmlns='urn:weir:flow:1'>\n"
                             "<parameters>\n<parameter name='p'/>\n</parameters>\n"
                             "<processor id='a' type='T'>\n<property name='P'/>\n"
                             "<schedule tasks='2'/>\n<retry relationship='r'/>\n"
                             "<auto-terminate relationship='r'/>\n</processor>\n</flow>\n";
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = weir_flow_read (text, strlen (text), problems);
  g_autoptr (WeirFlow) clone = weir_flow_clone (flow);
  const WeirProcessorNode *a = (const WeirProcessorNode *)weir_flow_find (flow, "a");
  const WeirProcessorNode *b = (const WeirProcessorNode *)weir_flow_find (clone, "a");

  assert_same_origin (((WeirParameter *)flow->root->parameters->pdata[0])->origin,
                      ((WeirParameter *)clone->root->parameters->pdata[0])->origin);
  assert_same_origin (a->base.origin, b->base.origin);
  assert_same_origin (((WeirPropertyNode *)a->properties->pdata[0])->origin,
                      ((WeirPropertyNode *)b->properties->pdata[0])->origin);
  assert_same_origin (a->schedule.origin, b->schedule.origin);
  assert_same_origin (((WeirRetry *)a->retries->pdata[0])->origin,
                      ((WeirRetry *)b->retries->pdata[0])->origin);
  assert_same_origin (((WeirAutoTerminate *)a->auto_terminates->pdata[0])->origin,
                      ((WeirAutoTerminate *)b->auto_terminates->pdata[0])->origin);
}

static void
test_component (void)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("f");
  WeirGroup *group = weir_group_new ("g");
  WeirComponent *clone = NULL;

  weir_group_add (flow->root, &group->base, -1);
  weir_group_add (group, &weir_funnel_new ("f")->base, -1);
  clone = weir_component_clone (&group->base);
  g_assert_null (clone->parent);
  g_assert_true (weir_group_find ((WeirGroup *)clone, "f")->parent == (WeirGroup *)clone);
  weir_component_free (clone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/clone/models", test_models);
  g_test_add_func ("/model/clone/documents", test_documents);
  g_test_add_func ("/model/clone/origins", test_origins);
  g_test_add_func ("/model/clone/component", test_component);
  return g_test_run ();
}
