#include "model/parameter.h"
#include "xml/reader.h"
#include <string.h>

static const char text[] =
    "<flow xmlns='urn:weir:flow:1' name='F'>"
    "<parameters>"
    "<parameter name='a'>1</parameter><parameter name='by a'>x#{a}</parameter>"
    "<parameter name='by by a'>#{'by a'}#{b}</parameter><parameter name='b'>2</parameter>"
    "<parameter name='round'>#{round}#{about}</parameter><parameter "
    "name='about'>#{round}</parameter>"
    "</parameters>"
    "<processor id='direct' type='T'><property name='p'>${#{a}:length()}</property></processor>"
    "<processor id='no' type='T'><property name='p'>a ##{a} #{b}</property></processor>"
    "<processor id='twice' type='T'><property name='p'>#{a}</property><property name='q'>#{a}"
    "</property></processor>"
    "<processor id='far' type='T'><property name='o'/><property name='p'>#{by by a}</property>"
    "</processor>"
    "<processor id='endless' type='T'><property name='p'>#{round}</property></processor>"
    "<processor id='broken' type='T'><property name='p'>#{a</property></processor>"
    "<service id='shared' type='S'><property name='p'>#{a}</property></service>"
    "<group id='inner'>"
    "<processor id='sees' type='T'><property name='p'>#{a}</property></processor>"
    "<group id='own'>"
    "<parameters><parameter name='a'>2</parameter></parameters>"
    "<processor id='hidden' type='T'><property name='p'>#{a}</property></processor>"
    "<processor id='outer' type='T'><property name='p'>#{by a}</property></processor>"
    "</group></group>"
    "</flow>";

typedef struct {
  const char *group;
  const char *name;
  const char *expected;
} Case;

static const Case cases[] = {
  { "", "a", "direct twice far shared inner/sees inner/own/outer" },
  { "", "b", "no far" },
  { "", "by a", "far inner/own/outer" },
  { "", "round", "endless" },
  { "", "about", "endless" },
  { "", "none", "" },
  { "inner/own", "a", "inner/own/hidden" },
  /* Where it is not yet, it would come between. */
  { "inner", "a", "inner/sees" },
  { "inner/own", "by a", "inner/own/outer" },
};

static void
test_finds_users (void)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_read (text, strlen (text), problems);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const WeirGroup *group = cases[i].group[0] != '\0'
                                 ? (const WeirGroup *)weir_flow_find (flow, cases[i].group)
                                 : flow->root;
    g_autoptr (GPtrArray) users = weir_parameter_find_users (flow, group, cases[i].name);
    g_autoptr (GString) paths = g_string_new (NULL);

    for (guint k = 0; k < users->len; k++) {
      g_autofree char *path = weir_component_get_path (users->pdata[k]);

      g_string_append_printf (paths, "%s%s", k > 0 ? " " : "", path);
    }
    g_assert_cmpstr (paths->str, ==, cases[i].expected);
  }
  weir_flow_free (flow);
}

/* Each level refers twice to the next: followed again and again it would be 2^60 times. */
static void
test_each_is_followed_once (void)
{
  WeirFlow *flow = weir_flow_new ("F");
  WeirProcessorNode *node = weir_processor_node_new ("user", "T");
  g_autoptr (GPtrArray) users = NULL;

  for (int i = 0; i < 60; i++) {
    g_autofree char *name = g_strdup_printf ("p%d", i);
    g_autofree char *value = g_strdup_printf ("#{p%d}#{p%d}", i + 1, i + 1);

    weir_group_add_parameter (flow->root, name, value);
  }
  weir_properties_add (node->properties, "p", "#{p0}");
  weir_group_add (flow->root, &node->base, -1);
  users = weir_parameter_find_users (flow, flow->root, "p10");
  g_assert_cmpuint (users->len, ==, 1);
  weir_flow_free (flow);
}

static void
test_a_place_is_one_parameter (void)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_read (text, strlen (text), problems);
  const WeirGroup *own = (const WeirGroup *)weir_flow_find (flow, "inner/own");
  g_autofree char *root = weir_parameter_get_place (flow, NULL, flow->root, "a");
  g_autofree char *inner = weir_parameter_get_place (flow, NULL, own, "a");
  g_autofree char *before = weir_parameter_get_place (flow, "Old", own, "a");

  g_assert_cmpstr (root, ==, "a\n\nF");
  g_assert_cmpstr (inner, ==, "a\ninner/own\nF");
  g_assert_cmpstr (before, ==, "a\ninner/own\nOld");
  weir_flow_free (flow);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/parameter/users", test_finds_users);
  g_test_add_func ("/model/parameter/once", test_each_is_followed_once);
  g_test_add_func ("/model/parameter/place", test_a_place_is_one_parameter);
  return g_test_run ();
}
