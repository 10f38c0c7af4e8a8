/* flow.rng says the same as reader and check, as far as it can: what one accepts the other does. */
#include "model/check.h"
#include "xml/reader.h"
#include "xml/schema.h"
#include <libxml/relaxng.h>
#include <string.h>
#include <weir/error.h>

static const char *const good[] = {
  "",
  "<comment>c</comment><parameters/><layout/>",
  "<layout><at id='f' x='1' y='-2.5' width='100' height='1e3'/></layout><funnel id='f'/>",
  "<label id='l'>Text</label><!-- comment --><?instruction?>",
  "<x:note xmlns:x='urn:x' a='1'><funnel/>text</x:note><funnel id='f' x:a='1' xmlns:x='urn:x'/>",
  "<processor id='p' type='T' name='N' disabled='true' penalty='1.5 min' yield='0'"
  " bulletins='none'><auto-terminate relationship='a'/><comment/><property name='x'/>"
  "<schedule every='0 sec' tasks='2'/><retry relationship='a' attempts='1' backoff='yield'"
  " max='10 min'/><property name='y'>text</property></processor>",
  "<processor id='p' type='T'><schedule cron='0 0 0 * * *'/></processor>",
  "<processor id='p' type='T'><schedule xmlns:x='urn:x' x:a='1'><x:y/></schedule></processor>",
  "<group id='g' name='G'><port id='i' kind='input'/><port id='o' kind='output' disabled='true'/>"
  "<connection from='i' to='f'/><funnel id='f'><comment>Why</comment></funnel></group>"
  "<funnel id='s'/><connection id='c' name='C' from='s' to='g/i' max-count='0' max-size='10MB'"
  " expire='1 h' order='priority'><comment>Why</comment></connection>",
  "<processor id='p' type='T'/><funnel id='f'/><connection from='p:a:b c' to='f'/>"
  "<connection from='p' to='f'><relationship>x</relationship><relationship>y</relationship>"
  "</connection><layout><bend from='p:a:b c' to='f' x='1' y='2'/></layout>",
  "<parameters><parameter name='a b' description='d'>v</parameter></parameters>"
  "<service id='s' type='S'><property name='p'>#{a b}</property></service>",
  "<parameters><parameter name='p' secret='env:P'/></parameters>"
  "<service id='s' type='S'><property name='p'>#{p}</property></service>",
};

static const char *const bad[] = {
  "text",
  "<unknown/>",
  "<funnel id='f' color='red'/>",
  "<comment/><comment/>",
  "<comment><b/></comment>",
  "<funnel/>",
  "<funnel id='-'/>",
  "<funnel id='a/b'/>",
  "<funnel id='f'>text</funnel>",
  "<funnel id='f'><property name='p'/></funnel>",
  "<group id='g'><parameter name='p'/></group>",
  "<group/>",
  "<processor id='p'/>",
  "<processor id='p' type='T' disabled='yes'/>",
  "<processor id='p' type='T' penalty='soon'/>",
  "<processor id='p' type='T' yield='5'/>",
  "<processor id='p' type='T' bulletins='loud'/>",
  "<processor id='p' type='T'><property>x</property></processor>",
  "<processor id='p' type='T'><schedule/><schedule/></processor>",
  "<processor id='p' type='T'><schedule every='1 s' cron='0 0 0 * * *'/></processor>",
  "<processor id='p' type='T'><schedule tasks='0'/></processor>",
  "<processor id='p' type='T'><schedule cron=''/></processor>",
  "<processor id='p' type='T'><retry/></processor>",
  "<processor id='p' type='T'><retry relationship='r' attempts='many'/></processor>",
  "<processor id='p' type='T'><retry relationship='r' backoff='wait'/></processor>",
  "<processor id='p' type='T'><auto-terminate/></processor>",
  "<service id='s'/>",
  "<service id='s' type='S'><schedule/></service>",
  "<group id='g'><port id='p' kind='both' disabled='true'/></group>",
  "<funnel id='f'/><connection to='f'/>",
  "<funnel id='f'/><funnel id='g'/><connection from='f' to='g:x'/>",
  "<funnel id='f'/><funnel id='g'/><connection from='f' to='g' max-count='-1'/>",
  "<funnel id='f'/><funnel id='g'/><connection from='f' to='g' max-size='big'/>",
  "<funnel id='f'/><funnel id='g'/><connection from='f' to='g' order='lifo'/>",
  "<parameters><parameter/></parameters>",
  "<parameters><parameter name='{}'/></parameters>",
  "<parameters><parameter name='p' secret='vault:x'/></parameters>",
  "<parameters><parameter name='p' secret='env:P'>value</parameter></parameters>",
  "<layout><at id='f' x='left' y='1'/></layout>",
  "<layout><funnel id='f'/></layout>",
};

static char *
read_secret (void *data, const char *source, const char *place, GError **error)
{
  return g_strdup ("secret");
}

static bool
is_accepted_by_weir (const char *text)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = weir_flow_read (text, strlen (text), problems);
  g_autoptr (WeirResolver) resolver = NULL;

  if (flow == NULL || problems->len > 0)
    return false;
  resolver = weir_resolver_new (flow, NULL, read_secret, NULL);
  weir_flow_check (flow, &(WeirCheck){ .resolver = resolver }, problems);
  return weir_problems_count (problems, WEIR_SEVERITY_ERROR) == 0;
}

static bool
is_accepted_by_schema (xmlRelaxNGPtr schema, const char *text)
{
  xmlRelaxNGValidCtxtPtr context = xmlRelaxNGNewValidCtxt (schema);
  xmlDocPtr document = xmlReadMemory (text, (int)strlen (text), "flow.xml", NULL, XML_PARSE_NONET);
  bool is_valid = false;

  g_assert_nonnull (document);
  xmlRelaxNGSetValidErrors (context, NULL, NULL, NULL);
  is_valid = xmlRelaxNGValidateDoc (context, document) == 0;
  xmlFreeDoc (document);
  xmlRelaxNGFreeValidCtxt (context);
  return is_valid;
}

static xmlRelaxNGPtr
load_schema (void)
{
  xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt (FLOW_RNG);
  xmlRelaxNGPtr schema = xmlRelaxNGParse (parser);

  g_assert_nonnull (schema);
  xmlRelaxNGFreeParserCtxt (parser);
  return schema;
}

static void
assert_all (const char *const *contents, size_t n_contents, bool is_good)
{
  xmlRelaxNGPtr schema = load_schema ();

  for (size_t i = 0; i < n_contents; i++) {
    g_autofree char *text =
        g_strdup_printf ("<flow xmlns='urn:weir:flow:1' name='n'>%s</flow>", contents[i]);

    g_test_message ("%s", contents[i]);
    g_assert_cmpint (is_accepted_by_weir (text), ==, is_good);
    g_assert_cmpint (is_accepted_by_schema (schema, text), ==, is_good);
  }
  xmlRelaxNGFree (schema);
}

static void
test_accepts_good (void)
{
  assert_all (good, G_N_ELEMENTS (good), true);
}

static void
test_refuses_bad (void)
{
  assert_all (bad, G_N_ELEMENTS (bad), false);
}

static void
test_names_all_elements_and_attributes (void)
{
  g_autofree char *schema = NULL;

  g_assert_true (g_file_get_contents (FLOW_RNG, &schema, NULL, NULL));
  for (unsigned tag = 0; tag < WEIR_XML_N_TAGS; tag++) {
    const WeirXmlRow *row = weir_xml_row (tag);
    g_autofree char *element = g_strdup_printf ("<element name=\"%s\">", row->name);

    g_assert_nonnull (strstr (schema, element));
    for (const WeirSetting *each = row->attributes; each->name != NULL; each++) {
      g_autofree char *attribute = g_strdup_printf ("<attribute name=\"%s\"", each->name);

      g_assert_nonnull (strstr (schema, attribute));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/schema/good", test_accepts_good);
  g_test_add_func ("/xml/schema/bad", test_refuses_bad);
  g_test_add_func ("/xml/schema/names", test_names_all_elements_and_attributes);
  return g_test_run ();
}
