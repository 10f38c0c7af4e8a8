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
  g_test_add_func ("/xml/writer/escapes", test_escapes);
  g_test_add_func ("/xml/writer/refuses", test_refuses_what_xml_cannot_hold);
  g_test_add_func ("/xml/writer/secrets", test_never_writes_secrets);
  return g_test_run ();
}
