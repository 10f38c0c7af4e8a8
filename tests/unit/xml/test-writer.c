#include "model/problem.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>
#include <weir/error.h>

static char *
format (const char *text)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = weir_flow_read (text, strlen (text), problems);
  size_t size = 0;

  g_assert_nonnull (flow);
  return weir_flow_write (flow, &size, NULL);
}

static void
test_is_canonical (void)
{
  static const char wild[] =
      "<?xml version='1.0'?><!-- Head --><flow name='F'\n xmlns='urn:weir:flow:1'>\r\n"
      "<layout><at y='2.50' x='1' id='a'/></layout>\n\n\n"
      "<!-- the reader -->\n<processor type='T' id='a' penalty='30000 ms' disabled='false'>"
      "<auto-terminate relationship='x'/> <!-- why -->\n<schedule tasks='1' every='60 sec'/>"
      "<property name='P'><![CDATA[a]]></property></processor>\n"
      "<x:note xmlns:x='u:x'>\n as  it is </x:note>\n"
      "<connection order='fifo' to='f' from='a:r' max-size='1024 MB' expire='0 sec'></connection>"
      "<parameters><parameter name='p'/></parameters><funnel id='f' x='1'/></flow><!-- tail -->";
  static const char canonical[] = "<!-- Head -->\n"
                                  "<flow xmlns=\"urn:weir:flow:1\" name=\"F\">\n"
                                  "  <parameters>\n"
                                  "    <parameter name=\"p\"/>\n"
                                  "  </parameters>\n"
                                  "\n"
                                  "  <!-- the reader -->\n"
                                  "  <processor id=\"a\" type=\"T\">\n"
                                  "    <property name=\"P\">a</property>\n"
                                  "    <schedule every=\"1 min\"/>\n"
                                  "    <auto-terminate relationship=\"x\"/> <!-- why -->\n"
                                  "  </processor>\n"
                                  "  <x:note xmlns:x='u:x'>\n as  it is </x:note>\n"
                                  "  <connection from=\"a:r\" to=\"f\"/>\n"
                                  "  <funnel id=\"f\" x=\"1\"/>\n"
                                  "  <layout>\n"
                                  "    <at id=\"a\" x=\"1\" y=\"2.5\"/>\n"
                                  "  </layout>\n"
                                  "</flow>\n"
                                  "<!-- tail -->\n";
  g_autofree char *once = format (wild);
  g_autofree char *twice = format (once);

  g_assert_cmpstr (once, ==, canonical);
  g_assert_cmpstr (twice, ==, canonical);
}

/* Each thing that Weir does not know, or not there, has a mark "m.." of its own. */
static void
test_loses_nothing (void)
{
  static const char odd[] =
      "<?m01 ?><!-- m02 --><flow xmlns='urn:weir:flow:1' name='n' m03='x' xmlns:x='urn:x' x:m04=''>"
      "<comment lang='m05'>x</comment><comment>y<!-- m06 --></comment>"
      "<layout m07='x'><!-- m08 --><at id='f' x='1' y='1' m09='x'><!-- m10 --></at><!-- m11 -->"
      "<at id='f' x='2' y='2' m12='x'/><!-- m13 --><at id='m14'/><!-- m15 -->"
      "<bend from='a' to='b' x='1' y='2'><!-- m16 --></bend>"
      "<bend from='m17' to='b' x='1' y='2'/><m18/><!-- m19 --></layout><!-- m20 -->"
      "<parameters m21='x'><m22/><parameter name='p' m23='x'>v<?m24?></parameter></parameters>"
      "<processor id='f' penalty='m25' yield='m26' bulletins='m27' disabled='m28'><m29/>"
      "<property name='p' m30='x'>v<!-- m31 --></property><?m32?>"
      "<schedule cron='m33' every='m34' tasks='m35'><m36/></schedule><!-- m37 -->"
      "<retry relationship='r' attempts='m38' backoff='m39' max='m40'/><!-- m41 -->"
      "<auto-terminate m42='x'><x:m43/></auto-terminate><x:m44>m45</x:m44></processor>"
      "<connection from='a' to='b' max-count='m46' max-size='m47' expire='m48' order='m49'>"
      "<relationship m50='x'>r</relationship><relationship>r<!-- m51 --></relationship><m52/>"
      "</connection><port kind='m53'/><label id='l' m54='x'>text<!-- m55 --></label>"
      "<m56:y xmlns:m56='urn:x'/><funnel><!-- m57 --></funnel></flow><!-- m58 -->\n<?m59?>";
  g_autofree char *text = format (odd);

  for (unsigned mark = 1; mark < 60; mark++) {
    g_autofree char *wanted = g_strdup_printf ("m%02u", mark);

    g_test_message ("%s", wanted);
    g_assert_nonnull (strstr (text, wanted));
  }
}

static void
test_escapes (void)
{
  static const char *const cases[][2] = {
    { "a > b", ">a > b<" },
    { "a & b", ">a &amp; b<" },
    { "a <b", ">a &lt;b<" },
    { "a & <b", "><![CDATA[a & <b]]><" },
    { "a\n<b", "><![CDATA[a\n<b]]><" },
    { "]]>", ">]]&gt;<" },
    { " \n\t ", "> \n\t <" },
    { "a\r\n", ">a&#13;\n<" },
    { "<a>&</a>", "><![CDATA[<a>&</a>]]><" },
    { "<<<]]>", "><![CDATA[<<<]]]]><![CDATA[>]]><" },
    { "<<<\r", ">&lt;&lt;&lt;&#13;<" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirFlow) flow = weir_flow_new ("a\t\"<&>'\n");
    size_t size = 0;
    g_autofree char *text = NULL;

    weir_group_add (flow->root, &weir_label_new ("l", cases[i][0])->base, -1);
    text = weir_flow_write (flow, &size, NULL);
    g_assert_cmpuint (strlen (text), ==, size);
    g_assert_nonnull (strstr (text, cases[i][1]));
    g_assert_nonnull (strstr (text, "name=\"a&#9;&quot;&lt;&amp;>'&#10;\""));
  }
}

static void
test_refuses_what_xml_cannot_hold (void)
{
  static const char *const cases[][2] = {
    { "bell \a", "U+0007" },
    { "\xef\xbf\xbf", "U+FFFF" },
    { "\xff", "not UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirFlow) flow = weir_flow_new ("f");
    WeirProcessorNode *node = weir_processor_node_new ("read", "T");
    g_autoptr (GError) error = NULL;
    size_t size = 0;

    weir_properties_add (node->properties, "P", cases[i][0]);
    weir_group_add (flow->root, &node->base, -1);
    g_assert_null (weir_flow_write (flow, &size, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, cases[i][1]));
    g_assert_nonnull (strstr (error->message, "read"));
  }
}

static void
test_never_writes_secrets (void)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("f");
  WeirParameter *parameter = weir_group_add_parameter (flow->root, "p", "");
  size_t size = 0;
  g_autofree char *text = NULL;

  parameter->secret = g_strdup ("env:P");
  text = weir_flow_write (flow, &size, NULL);
  g_assert_nonnull (strstr (text, "<parameter name=\"p\" secret=\"env:P\"/>"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/writer/canonical", test_is_canonical);
  g_test_add_func ("/xml/writer/loses-nothing", test_loses_nothing);
  g_test_add_func ("/xml/writer/escapes", test_escapes);
  g_test_add_func ("/xml/writer/refuses", test_refuses_what_xml_cannot_hold);
  g_test_add_func ("/xml/writer/secrets", test_never_writes_secrets);
  return g_test_run ();
}
