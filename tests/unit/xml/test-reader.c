#include "model/problem.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>

#define FLOW(content) "<flow xmlns='urn:weir:flow:1' name='n'>" content "</flow>"

typedef struct {
  const char *content;  /* of a flow */
  const char *expected; /* all problems, "LINE:COLUMN: message, advice", joined by '|' */
} Case;

static WeirFlow *
read_flow (const char *text, GPtrArray *problems)
{
  return weir_flow_read (text, strlen (text), problems);
}

static char *
join (GPtrArray *problems)
{
  GString *all = g_string_new (NULL);

  weir_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = weir_problem_format (problems->pdata[i], "f");

    g_string_append_printf (all, "%s%s", i > 0 ? "|" : "", text + 2);
  }
  return g_string_free (all, FALSE);
}

static void
test_reads_every_element (void)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = read_flow (
      FLOW (
          "\n<comment>Why</comment><parameters><parameter name='p' description='d'>v</parameter>"
          "<parameter name='s' secret='env:S'/></parameters>"
          "<service id='db' type='Sql' disabled='true'><property name='U'> x </property></service>"
          "<processor id='a' type='T' name='A' penalty='5 s' yield='0 sec' bulletins='error'>"
          "<property name='P'>1</property><schedule every='5 min' tasks='4'/>"
          "<retry relationship='failure' attempts='3' backoff='yield' max='1 h'/>"
          "<auto-terminate relationship='success'/></processor>"
          "<connection id='c' name='C' from='a:failure' to='g/in' max-count='5' max-size='1 KB'"
          " expire='1 day' order='oldest'/>"
          "<connection from='a' to='f'><relationship>x:y</relationship>"
          "<relationship>z</relationship></connection>"
          "<group id='g'><port id='in' kind='input'/><port id='out' kind='output'/></group>"
          "<funnel id='f'/><label id='l'>Look</label>"
          "<layout><bend from='a:failure' to='g/in' x='7' y='8'/>"
          "<at id='l' x='1.5' y='-2' width='100' height='50'/></layout>"),
      problems);
  WeirProcessorNode *a = (WeirProcessorNode *)weir_flow_find (flow, "a");
  WeirConnection *c = (WeirConnection *)weir_flow_find (flow, "c");
  WeirConnection *several = flow->root->children->pdata[3];
  const WeirParameter *secret = flow->root->parameters->pdata[1];

  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpstr (flow->root->base.comment, ==, "Why");
  g_assert_cmpstr (secret->secret, ==, "env:S");
  g_assert_cmpint (a->penalty_usec, ==, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (a->yield_usec, ==, 0);
  g_assert_cmpint (a->bulletins, ==, WEIR_BULLETIN_ERROR);
  g_assert_cmpint (a->schedule.mode, ==, WEIR_SCHEDULE_EVERY);
  g_assert_cmpint (a->schedule.every_usec, ==, 300 * G_USEC_PER_SEC);
  g_assert_cmpuint (a->schedule.tasks, ==, 4);
  g_assert_cmpuint (weir_processor_node_find_retry (a, "failure")->attempts, ==, 3);
  g_assert_cmpint (weir_processor_node_find_retry (a, "failure")->backoff, ==, WEIR_BACKOFF_YIELD);
  g_assert_true (weir_processor_node_is_auto_terminated (a, "success"));
  g_assert_cmpuint (a->base.origin.line, ==, 2);
  g_assert_cmpstr (c->from, ==, "a");
  g_assert_true (weir_connection_has_relationship (c, "failure"));
  g_assert_cmpuint (c->max_count, ==, 5);
  g_assert_cmpuint (c->max_bytes, ==, 1024);
  g_assert_cmpint (c->expire_usec, ==, INT64_C (86400) * G_USEC_PER_SEC);
  g_assert_cmpint (c->order, ==, WEIR_ORDER_OLDEST);
  g_assert_cmpuint (c->bends->len, ==, 1);
  g_assert_cmpfloat (g_array_index (c->bends, WeirPoint, 0).y, ==, 8);
  g_assert_cmpuint (several->relationships->len, ==, 2);
  g_assert_cmpstr (several->relationships->pdata[0], ==, "x:y");
  g_assert_true (((WeirPort *)weir_flow_find (flow, "g/out"))->is_output);
  g_assert_cmpstr (((WeirLabel *)weir_flow_find (flow, "l"))->text, ==, "Look");
  g_assert_cmpfloat (weir_flow_find (flow, "l")->place.x, ==, 1.5);
  g_assert_cmpfloat (weir_flow_find (flow, "l")->place.height, ==, 50);
}

/* What is told, while the flow is read all the same. */
static void
test_tells_all_problems (void)
{
  static const Case cases[] = {
    { "<funnnel id='a'/>", "1:40: <funnnel> cannot stand in <flow>, did you mean <funnel>?" },
    { "\n<property name='x'/>",
      "2:1: <property> cannot stand in <flow>, take it out or put it where it belongs" },
    { "<processor id='a' typ='T'/>", "1:40: <processor> has no attribute typ, did you mean type?" },
    { "<processor id='a' color='T'/>",
      "1:40: <processor> has no attribute color, take it out or correct its name" },
    { "<processor id='a' disabled='yes' yield='soon'/>",
      "1:40: disabled=\"yes\" is not one of false, true, correct it or leave it out"
      "|1:40: yield: 'soon' is not a duration" },
    { "<connection max-count='-1' max-size='1 XB' order='lifo'/>",
      "1:40: max-count=\"-1\" is not a whole number from 0 to 9223372036854775807"
      ", correct it or leave it out|1:40: max-size: '1 XB' is not a size" },
    { "<processor id='a'><schedule every='1 s' cron='x'/><schedule2/></processor>",
      "1:58: cron=\"x\" is a second schedule, correct it or leave it out"
      "|1:90: <schedule2> cannot stand in <processor>, did you mean <schedule>?" },
    { "<processor id='a'><schedule tasks='0'/></processor>",
      "1:58: tasks=\"0\" is not a whole number from 1 to 2147483647" },
    { "<layout><at id='a' x='nan' y='1e9'/></layout>",
      "1:48: x=\"nan\" is not a number from -1e7 to 1e7, correct it or leave it out"
      "|1:48: y=\"1e9\"" },
    { "<w:funnel xmlns:w='urn:weir:flow:1' id='f'/>",
      "1:40: <w:funnel> cannot stand in <flow>, did you mean <funnel>?" },
    { "<x:y xmlns:x='urn:x' z='1'><unknown/></x:y><funnel id='f' x:a='1' xmlns:x='urn:x'/>", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autofree char *text =
        g_strdup_printf ("<flow xmlns='urn:weir:flow:1' name='n'>%s</flow>", cases[i].content);
    g_autoptr (WeirFlow) flow = read_flow (text, problems);
    g_autofree char *told = join (problems);

    g_assert_nonnull (flow);
    g_test_message ("%s", told);
    g_assert_true (g_str_has_prefix (told, cases[i].expected));
    g_assert_cmpint (told[0] == '\0', ==, cases[i].expected[0] == '\0');
  }
}

/* What cannot be kept: then there is no flow. */
static void
test_refuses (void)
{
  static const Case cases[] = {
    { "<a/>", "1:1: <a> is not a flow, a flow begins with <flow xmlns=\"urn:weir:flow:1\"" },
    { "<flow name='n'/>", "1:1: <flow> is not in the namespace of Weir, a flow begins with" },
    { "<w:flow xmlns:w='urn:weir:flow:1'/>", "1:1: <w:flow> is not a flow" },
    { "<flow xmlns='urn:weir:flow:2'/>", "1:1: the flow is in format \"urn:weir:flow:2\"" },
    { FLOW ("\n  text"), "2:3: <flow> holds elements, not text, put it into" },
    { FLOW ("<funnel id='f'>x</funnel>"), "1:55: <funnel> holds elements, not text" },
    { FLOW ("<label id='l'>a <b>c</b></label>"), "1:56: <label> holds text, not elements" },
    { FLOW ("<comment/>\n<comment/><x/>"),
      "2:1: <flow> has a second <comment>, put all into the first|2:11: <x> cannot" },
    { FLOW ("<layout><bend from='a' to='b' x='far'/></layout>"),
      "1:48: x=\"far\" is not a number" },
    { FLOW ("<comment>"), "1:56: not well-formed XML" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autofree char *told = NULL;

    g_assert_null (read_flow (cases[i].content, problems));
    told = join (problems);
    g_test_message ("%s", told);
    g_assert_true (g_str_has_prefix (told, cases[i].expected));
  }
}

static void
test_bounds_groups (void)
{
  for (unsigned depth = 64; depth <= 65; depth++) {
    g_autoptr (GString) text = g_string_new ("<flow xmlns='urn:weir:flow:1'>");
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autoptr (WeirFlow) flow = NULL;

    for (unsigned i = 0; i < depth; i++)
      g_string_append (text, "<group id='g'>");
    for (unsigned i = 0; i < depth; i++)
      g_string_append (text, "</group>");
    g_string_append (text, "</flow>");
    flow = weir_flow_read (text->str, text->len, problems);
    g_assert_cmpint (flow != NULL, ==, depth == 64);
    g_assert_cmpuint (problems->len, ==, depth - 64);
  }
}

static void
test_cut_anywhere (void)
{
  static const char text[] =
      "<!-- c -->\n" FLOW ("<parameters><parameter name='a'>b</parameter></parameters>"
                           "<x:y xmlns:x='u:v'>z</x:y><processor id='a'><!-- d --></processor>"
                           "<group id='g'><layout><at id='a'/></layout></group>");

  for (size_t size = 0; size < sizeof text - 1; size++) {
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autofree char *exact = g_memdup2 (text, size);

    g_autofree char *told = NULL;

    g_assert_null (weir_flow_read (exact, size, problems));
    told = join (problems);
    g_test_message ("%s", told);
    g_assert_cmpuint (problems->len, ==, 1);
  }
}

/* A million elements that are all wrong: the first problems are enough, and it takes no time. */
static void
test_bounds_problems (void)
{
  g_autoptr (GString) text = g_string_new ("<flow xmlns='urn:weir:flow:1'>");
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = NULL;

  for (unsigned i = 0; i < 100000; i++)
    g_string_append (text, "<nonsense/>");
  g_string_append (text, "</flow>");
  flow = weir_flow_read (text->str, text->len, problems);
  g_assert_nonnull (flow);
  g_assert_cmpuint (problems->len, ==, 1000);
  g_assert_cmpstr (((WeirProblem *)problems->pdata[999])->message, ==, "there are more problems");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/reader/every-element", test_reads_every_element);
  g_test_add_func ("/xml/reader/all-problems", test_tells_all_problems);
  g_test_add_func ("/xml/reader/refuses", test_refuses);
  g_test_add_func ("/xml/reader/groups", test_bounds_groups);
  g_test_add_func ("/xml/reader/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/xml/reader/problems", test_bounds_problems);
  return g_test_run ();
}
