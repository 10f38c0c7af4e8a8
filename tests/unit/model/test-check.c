#include "base/limits.h"
#include "model/check.h"
#include "xml/reader.h"
#include <string.h>
#include <weir/error.h>

/* Knows three types: Source (no input, success), Route (input, success and failure, and one
 * relationship for each property) and Sink (input, none). */
static bool
describe (void *data, const WeirProcessorNode *node, const GPtrArray *values, WeirTypeInfo *info,
          GPtrArray *problems)
{
  bool is_route = strcmp (node->type, "Route") == 0;
  bool is_source = strcmp (node->type, "Source") == 0;

  if (!is_route && !is_source && strcmp (node->type, "Sink") != 0) {
    weir_problems_add (problems, &node->base, node->base.origin, "install it",
                       "there is no type '%s'", node->type);
    return false;
  }
  g_assert_cmpuint (values->len, ==, node->properties->len);
  info->input = is_source ? WEIR_INPUT_FORBIDDEN : WEIR_INPUT_REQUIRED;
  if (is_source || is_route)
    g_ptr_array_add (info->relationships, g_strdup ("success"));
  if (is_route)
    g_ptr_array_add (info->relationships, g_strdup ("failure"));
  for (guint i = 0; is_route && i < node->properties->len; i++)
    g_ptr_array_add (info->relationships,
                     g_strdup (((WeirPropertyNode *)node->properties->pdata[i])->name));
  return true;
}

static void
describe_service (void *data, const WeirServiceNode *node, const GPtrArray *values,
                  GPtrArray *problems)
{
  if (strcmp (node->type, "Database") != 0)
    weir_problems_add (problems, &node->base, node->base.origin, "install it",
                       "there is no service '%s'", node->type);
}

static char *
read_secret (void *data, const char *source, const char *place, GError **error)
{
  if (strcmp (source, "env:THERE") == 0)
    return g_strdup ("tresor");
  if (strcmp (source, "env:SHORT") == 0)
    return g_strdup ("tres");
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s is missing", source);
  return NULL;
}

typedef struct {
  bool without_catalog;
  bool secrets_later;
  const char *override;
} Options;

/* Returns: all problems of the flow with @content from line 2 on, a line each. */
static char *
check_with (const char *content, const Options *options)
{
  static const WeirTypeCatalog catalog = { .describe = describe,
                                           .describe_service = describe_service };
  g_autofree char *text =
      g_strdup_printf ("<flow xmlns='urn:weir:flow:1' name='n'>\n%s</flow>", content);
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = weir_flow_read (text, strlen (text), problems);
  g_autoptr (GHashTable) overrides = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (WeirResolver) resolver = NULL;
  WeirCheck check = { .overrides = overrides, .secrets_later = options->secrets_later };
  GString *told = g_string_new (NULL);

  if (options->override != NULL)
    g_hash_table_insert (overrides, (char *)options->override, (char *)"value");
  g_assert_cmpuint (problems->len, ==, 0);
  check.catalog = options->without_catalog ? NULL : &catalog;
  check.resolver = resolver = weir_resolver_new (flow, overrides, read_secret, NULL);
  weir_flow_check (flow, &check, problems);
  weir_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *line = weir_problem_format (problems->pdata[i], "f");

    g_string_append_printf (told, "%s\n", line + 2);
  }
  g_test_message ("%s", told->str);
  g_assert_null (strstr (told->str, "tresor"));
  return g_string_free (told, FALSE);
}

static void
assert_told (const char *content, const char *expected)
{
  g_autofree char *told = check_with (content, &(Options){ 0 });

  g_assert_cmpstr (told, ==, expected);
}

/* @content is put behind a flow that is fine: s -> r -> k. */
static void
assert_told_beside (const char *content, const char *expected)
{
  g_autofree char *all =
      g_strconcat ("<processor id='s' type='Source'/>"
                   "<processor id='r' type='Route'><auto-terminate relationship='failure'/>"
                   "</processor><processor id='k' type='Sink'/>"
                   "<connection from='s:success' to='r'/><connection from='r:success' to='k'/>\n",
                   content, NULL);

  assert_told (all, expected);
}

static void
test_nothing_wrong (void)
{
  assert_told_beside ("", "");
  assert_told_beside (
      "<parameters><parameter name='p'>#{q}</parameter><parameter name='q'>1</parameter>"
      "<parameter name='z' secret='env:THERE'/></parameters>"
      "<service id='db' type='Database'><property name='a'>#{p}#{z}</property></service>"
      "<group id='g'><port id='in' kind='input'/><port id='out' kind='output'/>"
      "<funnel id='f'/><connection from='in' to='f'/><connection from='f' to='out'/></group>"
      "<connection from='s:success' to='g/in'/><connection from='g/out' to='k'/>"
      "<funnel id='park'/><connection from='g/out' to='park'/><label id='note'>x</label>"
      "<processor id='loop' type='Route'><schedule cron='0 0 6 * * *'/>"
      "<retry relationship='failure'/></processor><connection from='s:success' to='loop'/>"
      "<connection from='loop:failure' to='loop'/><connection from='loop:success' to='k'/>",
      "");
}

static void
test_ids (void)
{
  assert_told ("<funnel/>\n<funnel id='a b'/>\n<funnel id='x'/>\n<port id='x' kind='input'"
               " disabled='true'/>\n<group id='x'/>",
               "2:1: the funnel has no id, add id=\"...\"\n"
               "3:1: 'a b' cannot be an id, use letters, digits, '_', '-' and '.', not '-' or '.' "
               "first\n"
               "5:1: the id 'x' is used twice in this group, first in line 4, choose another\n"
               "5:1: the input port 'x' joins the flow to nothing, put it into a group, or take it "
               "out\n"
               "6:1: the id 'x' is used twice in this group, first in line 4, choose another\n");
  assert_told ("<funnel id='x'/><group id='g'><funnel id='x'/></group>", "");
}

static void
test_ends (void)
{
  assert_told_beside (
      "<connection/>\n<connection from='r' to='q'/>\n<connection from='s:success' to='g/inn'/>\n"
      "<group id='g'><port id='in' kind='input'/><port id='out' kind='output'/>"
      "<processor id='inner' type='Sink'/>"
      "<connection from='out' to='in'/><connection from='in' to='inner'/></group>\n"
      "<connection from='r:success' to='g'/>\n<connection from='r:success' to='g/inner'/>\n"
      "<connection from='g/in' to='g/out'/>\n<connection from='g/out' to='g/a/b'/>\n"
      "<connection from='g/out:success' to='k'/>\n<label id='l'/><connection from='l' to='k'/>",
      "3:1: the connection does not say where it comes from, add from=\"...\"\n"
      "3:1: the connection does not say where it leads to, add to=\"...\"\n"
      "4:1: the connection leads to 'q', which does not exist, name a processor, funnel or port of "
      "this group, or a port of a group in it as 'group/port'\n"
      "5:1: the connection leads to 'g/inn', which does not exist, did you mean 'g/in'?\n"
      "6:108: a connection cannot come from 'out' here, which is an output port, within its group "
      "an input port is a source, an output port a destination\n"
      "6:108: a connection cannot lead to 'in' here, which is an input port, within its group an "
      "input port is a source, an output port a destination\n"
      "7:1: a connection cannot lead to a group, which 'g' is, name one of its ports, as in "
      "'g/in'\n"
      "8:1: a connection cannot lead to 'g/inner', which is inside another group, connect to a "
      "port of the group\n"
      "9:1: a connection cannot come from 'g/in' here, which is an input port, around its group an "
      "input port is a destination, an output port a source\n"
      "9:1: a connection cannot lead to 'g/out' here, which is an output port, around its group an "
      "input port is a destination, an output port a source\n"
      "10:1: the connection leads to 'g/a/b', which does not exist, name a processor, funnel or "
      "port of this group, or a port of a group in it as 'group/port'\n"
      "11:1: the port 'g/out' has no relationships, write the id without ':'\n"
      "12:16: a connection cannot come from a label, which 'l' is, name a processor, a funnel or a "
      "port\n");
}

static void
test_relationships (void)
{
  assert_told_beside (
      "<connection from='r:failure' to='k'/>\n<connection from='r' to='k'/>\n"
      "<connection from='s:sucess' to='k'/>\n<connection from='r:success' to='k'/>\n"
      "<connection from='s' to='k'><relationship>success</relationship>"
      "<relationship>success</relationship></connection>\n"
      "<processor id='x' type='Route'><property name='big'>1</property>"
      "<auto-terminate relationship='nothing'/><auto-terminate relationship='success'/>"
      "<auto-terminate relationship='success'/><retry relationship='wrong'/>"
      "<auto-terminate/></processor>\n<connection from='s:success' to='x'/>",
      "3:1: relationship 'failure' of 'r' is connected and auto-terminated, take out the "
      "connection or the <auto-terminate>\n"
      "4:1: the connection does not say by which relationship it leaves 'r', add it as in "
      "from=\"read:success\"\n"
      "5:1: Source 's' has no relationship 'sucess', did you mean 'success'?\n"
      "6:1: 'r:success' leads to 'k' already, by line 2, take one of them out\n"
      "7:1: the connection names relationship 'success' twice, keep one of them\n"
      "8:1: relationship 'failure' of 'x' leads nowhere, connect it or add "
      "<auto-terminate relationship=\"failure\"/>\n"
      "8:1: relationship 'big' of 'x' leads nowhere, connect it or add "
      "<auto-terminate relationship=\"big\"/>\n"
      "8:65: Route 'x' has no relationship 'nothing', it has 'success', 'failure', 'big'\n"
      "8:145: <auto-terminate> with relationship 'success' is there twice, keep one of them\n"
      "8:185: Route 'x' has no relationship 'wrong', it has 'success', 'failure', 'big'\n"
      "8:214: <auto-terminate> has no relationship, add relationship=\"...\"\n");
}

static void
test_input (void)
{
  assert_told ("<processor id='s' type='Source'/>\n<processor id='k' type='Sink'/>\n"
               "<processor id='r' type='Route'><auto-terminate relationship='failure'/></processor>"
               "\n<connection from='r:success' to='r'/><connection from='s:success' to='s'/>",
               "2:1: Source 's' takes no input, take out the connections that lead to it\n"
               "3:1: Sink 'k' needs input, lead a connection to it\n"
               "4:1: Route 'r' needs input, lead a connection to it\n");
  assert_told ("<processor id='k' type='Sink' disabled='true'/>", "");
}

static void
test_ports (void)
{
  assert_told_beside (
      "<group id='g'>\n<port id='a' kind='input'/>\n<port id='b' kind='output'/>\n"
      "<port id='c' kind='input'/>\n<port id='d' kind='output' disabled='true'/></group>\n"
      "<connection from='s:success' to='g/a'/>\n",
      "4:1: nothing leaves the input port 'a', connect it within the group\n"
      "5:1: warning: the output port 'b' is not connected, connect it or take it out\n"
      "6:1: warning: the input port 'c' is not connected, connect it or take it out\n");
}

static void
test_loops (void)
{
  assert_told_beside (
      "<funnel id='a'/>\n<funnel id='b'/>\n<funnel id='self'/>\n"
      "<connection from='a' to='b'/><connection from='b' to='a'/>"
      "<connection from='self' to='self'/><connection from='s:success' to='a'/>"
      "<group id='g'>\n<port id='in' kind='input'/><port id='out' kind='output'/>"
      "<connection from='in' to='out'/></group><connection from='g/out' to='g/in'/>",
      "3:1: data would go round for ever (a -> b -> a), put a processor into the loop, or open it\n"
      "5:1: data would go round for ever (self -> self), put a processor into the loop, or open "
      "it\n"
      "7:1: data would go round for ever (g/in -> g/out -> in), put a processor into the loop, or "
      "open it\n");
}

static void
test_settings (void)
{
  assert_told_beside (
      "<processor id='x' disabled='true'>\n<property name='a'/><property/><property name='a'/>\n"
      "<schedule cron='0 6 * * *'/>\n<retry relationship='a'/><retry relationship='a'/>"
      "</processor>\n<service id='db' type='Other'/><service id='none'/>",
      "3:1: the processor 'x' has no type, add type=\"...\"\n"
      "4:21: <property> has no name, add name=\"...\"\n"
      "4:32: <property> with name 'a' is there twice, keep one of them\n"
      "5:1: cron '0 6 * * *': it has 5 fields; the seconds are missing: begin with '0 ', write six "
      "fields: second minute hour day month weekday\n"
      "6:26: <retry> with relationship 'a' is there twice, keep one of them\n"
      "7:1: there is no service 'Other', install it\n"
      "7:32: the service 'none' has no type, add type=\"...\"\n");
}

static void
test_parameters (void)
{
  assert_told (
      "<parameters><parameter name='a'>#{b}</parameter>\n<parameter name='b'>#{a}</parameter>\n"
      "<parameter name='a'/>\n<parameter name='{x}'/>\n<parameter name='s' secret='env:THERE'>x"
      "</parameter>\n<parameter name='t' secret='vault'/>\n<parameter name='u' secret='env:GONE'/>"
      "\n<parameter name='v'>#{nobody}</parameter></parameters>\n"
      "<service id='d' type='Database'><property name='p'>#{a} #{u}</property>\n"
      "<property name='q'>#{nobody}</property></service>",
      "3:1: parameter 'b': parameter 'a' is defined by itself (a -> b -> a), refer to parameters "
      "of this group or of one around it\n"
      "4:1: parameter 'a' is defined twice in this group, first in line 2, keep one of them\n"
      "5:1: '{x}' cannot be the name of a parameter, use letters, digits, '_', '-', '.' and spaces "
      "within\n"
      "6:1: parameter 's' has a value beside its secret, leave the value out of the file\n"
      "7:1: the secret of parameter 't' has no source, write secret=\"env:NAME\", "
      "\"file:PATH\" or \"credential:NAME\", or use `weir secret set`\n"
      "8:1: parameter 'u': env:GONE is missing, provide the secret before the flow starts\n"
      "9:1: parameter 'v': there is no parameter 'nobody', define it in <parameters> of this group "
      "or of one around it, or write '##{' for the text '#{'\n"
      "11:1: property 'q': there is no parameter 'nobody', define it in <parameters> of this group "
      "or of one around it, or write '##{' for the text '#{'\n");
  assert_told ("<parameters><parameter name='lake'>1</parameter>\n<parameter name='b'>#{lak}"
               "</parameter></parameters>\n<group id='g'><service id='x' type='S'>"
               "<property name='q'>#{lake} #{Lakee}</property></service></group>",
               "3:1: parameter 'b': there is no parameter 'lak', did you mean '#{lake}'?\n"
               "4:15: there is no service 'S', install it\n"
               "4:40: property 'q': there is no parameter 'Lakee', did you mean '#{lake}'?\n");
  assert_told ("<parameters><parameter name='a'>1</parameter></parameters>",
               "2:13: warning: nothing uses parameter 'a', take it out\n");
  assert_told ("<parameters><parameter name='a' secret='env:SHORT'/></parameters>",
               "2:13: warning: the secret 'a' is so short that it is not hidden in messages, use a "
               "longer one\n2:13: warning: nothing uses parameter 'a', take it out\n");
}

static void
test_options (void)
{
  g_autofree char *later =
      check_with ("<parameters><parameter name='u' secret='env:GONE'/></parameters>"
                  "<service id='d' type='Database'><property name='p'>#{u}</property></service>",
                  &(Options){ .secrets_later = true });
  g_autofree char *structure =
      check_with ("<processor id='x' type='Unknown'/>", &(Options){ .without_catalog = true });
  g_autofree char *override =
      check_with ("<parameters><parameter name='lake'/></parameters>"
                  "<service id='d' type='Database'><property name='p'>#{lake}</property></service>",
                  &(Options){ .override = "lakr" });

  g_assert_cmpstr (later, ==,
                   "2:13: warning: parameter 'u': env:GONE is missing, provide the secret before "
                   "the flow starts\n");
  g_assert_cmpstr (structure, ==, "");
  g_assert_cmpstr (override, ==,
                   "1:1: the flow has no parameter 'lakr' to set, did you mean 'lake'?\n");
}

static void
test_has_no_name (void)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("");
  g_autoptr (WeirResolver) resolver = weir_resolver_new (flow, NULL, read_secret, NULL);
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirGroup *group = flow->root;

  for (int i = 0; i < WEIR_LIMIT_GROUP_DEPTH + 1; i++) {
    WeirGroup *inner = weir_group_new ("g");

    weir_group_add (group, &inner->base, -1);
    group = inner;
  }
  weir_flow_check (flow, &(WeirCheck){ .resolver = resolver }, problems);
  g_assert_cmpuint (weir_problems_count (problems, WEIR_SEVERITY_WARNING), ==, 1);
  g_assert_cmpuint (weir_problems_count (problems, WEIR_SEVERITY_ERROR), ==, 1);
}

/* What takes squares would never end here. */
static void
test_takes_large_flows (void)
{
  g_autoptr (GString) content = g_string_new ("<funnel id='all'/><parameters>");
  g_autofree char *told = NULL;

  for (unsigned i = 0; i < 20000; i++)
    g_string_append_printf (content, "<parameter name='p%u'>#{p%u}</parameter>", i, i + 1);
  g_string_append (content, "<parameter name='p20000'>x</parameter></parameters>");
  for (unsigned i = 0; i < 20000; i++)
    g_string_append_printf (content,
                            "<funnel id='f%u'/><connection from='f%u' to='f%u'/>"
                            "<connection from='all' to='f%u'/>",
                            i, i, i + 1, i);
  g_string_append (content, "<funnel id='f20000'/>");
  told = check_with (content->str, &(Options){ 0 });
  g_assert_nonnull (strstr (told, "nested deeper than 16"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/check/nothing-wrong", test_nothing_wrong);
  g_test_add_func ("/model/check/ids", test_ids);
  g_test_add_func ("/model/check/ends", test_ends);
  g_test_add_func ("/model/check/relationships", test_relationships);
  g_test_add_func ("/model/check/input", test_input);
  g_test_add_func ("/model/check/ports", test_ports);
  g_test_add_func ("/model/check/loops", test_loops);
  g_test_add_func ("/model/check/settings", test_settings);
  g_test_add_func ("/model/check/parameters", test_parameters);
  g_test_add_func ("/model/check/options", test_options);
  g_test_add_func ("/model/check/no-name", test_has_no_name);
  g_test_add_func ("/model/check/large", test_takes_large_flows);
  return g_test_run ();
}
