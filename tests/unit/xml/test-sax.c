#include "base/limits.h"
#include "xml/sax.h"
#include <string.h>
#include <sys/mman.h>

/* Events as text: "<a x=1", ">", text, comments. */
static bool
on_start (void *data, const WeirXmlElement *element)
{
  g_string_append_printf (data, "<%s@%u:%u", element->name, element->origin.line,
                          element->origin.column);
  for (const char *const *pair = element->attributes; *pair != NULL; pair += 2)
    g_string_append_printf (data, " %s=%s", pair[0], pair[1]);
  return strcmp (element->name, "stop") != 0;
}

static bool
on_end (void *data, size_t end)
{
  g_string_append_printf (data, ">%zu", end);
  return true;
}

static bool
on_text (void *data, const char *text, size_t length, WeirOrigin origin)
{
  g_string_append_len (data, text, (gssize)length);
  return true;
}

static bool
on_comment (void *data, const char *xml)
{
  g_string_append (data, xml);
  return true;
}

static const WeirXmlHandler handler = { on_start, on_end, on_text, on_comment };

/* Returns: the events, or "LINE:COLUMN: message" when it was refused. */
static char *
parse (const char *text, size_t size)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GString) events = g_string_new (NULL);
  const WeirProblem *problem = NULL;

  if (weir_xml_parse (text, size, &handler, events, problems)) {
    g_assert_cmpuint (problems->len, ==, 0);
    return g_string_free (g_steal_pointer (&events), FALSE);
  }
  if (problems->len == 0)
    return g_strdup ("stopped");
  g_assert_cmpuint (problems->len, ==, 1);
  problem = problems->pdata[0];
  g_assert_cmpstr (problem->advice, !=, "");
  return g_strdup_printf ("%u:%u: %s", problem->origin.line, problem->origin.column,
                          problem->message);
}

static void
test_events (void)
{
  static const char *const cases[][2] = {
    { "<a/>", "<a@1:1>4" },
    { "<a>x&amp;&#65;<![CDATA[<]]></a>", "<a@1:1x&A<>31" },
    { "\xef\xbb\xbf<a/>", "<a@1:1>7" },
    { "<?xml version='1.0' encoding='utf-8'?>\r\n\t<a\n></a >", "<a@2:2>50" },
    { "<a x='1&amp;&#38;&lt;\n&#10;' y=\"'\"/>", "<a@1:1 x=1&&< \n y='>36" },
    { "<a x='&amp;#38;' xmlns:p='u:&amp;'/>", "<a@1:1 xmlns:p=u:& x=&#38;>36" },
    { "<a><!-- c --><?p  d?><?q?></a>", "<a@1:1<!-- c --><?p d?><?q?>>30" },
    { "<a xmlns='u:v' xmlns:p='u:w' p:x='1'/>", "<a@1:1 xmlns=u:v xmlns:p=u:w p:x=1>38" },
    { "<\xc3\xa4>\xe2\x82\xac<b/></\xc3\xa4>", "<\xc3\xa4@1:1\xe2\x82\xac<b@1:5>11>16" },
    { "<a><stop/><b/></a>", "stopped" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *events = parse (cases[i][0], strlen (cases[i][0]));

    g_assert_cmpstr (events, ==, cases[i][1]);
  }
}

static void
test_refuses (void)
{
  static const char *const cases[][2] = {
    { "", "1:1: the file is empty" },
    { "hello", "1:1: not well-formed XML: Start tag expected, '<' not found" },
    { "{\"json\": 1}", "1:1: not well-formed" },
    { "<a>\n  <b>\n</a>", "3:5: not well-formed XML: Opening and ending tag mismatch: b" },
    { "<a>", "1:4: not well-formed XML: Premature end of data" },
    { "<a/><b/>", "1:5: not well-formed XML: Extra content" },
    { "<a x='1' x='2'/>", "1:15: not well-formed XML: Attribute x redefined" },
    { "<a p:x='1'/>", "1:11: not well-formed XML: Namespace prefix p" },
    { "<a>&nbsp;</a>", "1:10: not well-formed XML: Entity 'nbsp' not defined" },
    { "<a>&#0;</a>", "1:8: not well-formed" },
    { "<a>\x01</a>", "1:4: not well-formed" },
    { "\n<a>\xff</a>", "2:4: the text is not valid UTF-8" },
    { "<!DOCTYPE a><a/>", "1:1: a flow has no document type" },
    { "\n <!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "2:2: a flow has no document type" },
    { "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "1:1: a flow has no" },
    { "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;&x;&x;'>]><a>&y;</a>", "1:1: a flow has no" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
      "1:1: the file says that it is written in 'ISO-8859-1'" },
    { "\xef\xbb\xbf<?xml version='1.0'\nencoding = \"UTF-7\" ?><a/>", "written in 'UTF-7'" },
    { "<?xml version='1.0' encoding=''?><a/>", "written in ''" },
    { "<?xml version='1.0' encoding='UTF-8?><a/>", "not well-formed" },
    { "<?xml-model?><?xml version='1.0'?><a/>", "not well-formed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *told = parse (cases[i][0], strlen (cases[i][0]));

    g_test_message ("%s", told);
    g_assert_nonnull (strstr (told, cases[i][1]));
  }
}

static void
test_refuses_nul_and_other_encodings (void)
{
  g_autofree char *nul = parse ("<a>\0</a>", 8);
  g_autofree char *wide = parse ("\xff\xfe<\0a\0/\0>\0", 10);

  g_assert_cmpstr (nul, ==, "1:4: there is a NUL byte");
  g_assert_cmpstr (wide, ==, "1:1: the text is not valid UTF-8");
}

static void
test_bounds_depth (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autofree char *told = NULL;
  g_autofree char *allowed = NULL;

  for (unsigned i = 0; i < 1000000; i++)
    g_string_append (deep, "<a>");
  told = parse (deep->str, deep->len);
  g_assert_cmpstr (told, ==, "1:601: elements are nested deeper than 200");

  g_string_truncate (deep, (size_t)3 * WEIR_LIMIT_XML_DEPTH);
  for (unsigned i = 0; i < WEIR_LIMIT_XML_DEPTH; i++)
    g_string_append (deep, "</a>");
  allowed = parse (deep->str, deep->len);
  g_assert_true (g_str_has_prefix (allowed, "<a@1:1"));
}

static void
test_bounds_size (void)
{
  size_t size = (size_t)1 << 30;
  char *huge = mmap (NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autofree char *told = NULL;

  g_assert_true (huge != MAP_FAILED);
  told = parse (huge, size);
  g_assert_cmpstr (told, ==, "1:1: the file is larger than 64 MiB");
  munmap (huge, size);
}

/* Beyond 65535 lines libxml2's own numbers would be wrong; one long line would take squares. */
static void
test_places_far_away (void)
{
  g_autoptr (GString) text = g_string_new ("<a>");
  g_autofree char *told = NULL;

  for (unsigned i = 0; i < 100000; i++)
    g_string_append (text, "\n");
  for (unsigned i = 0; i < 100000; i++)
    g_string_append (text, "<b/>");
  g_string_append (text, "\xc3\xa4<c></a>");
  told = parse (text->str, text->len);
  g_assert_true (g_str_has_prefix (told, "100001:400009: not well-formed"));
}

static void
test_cut_anywhere (void)
{
  static const char text[] = "<?xml version='1.0'?>\n<!-- c --><a x='1' xmlns:p='u:v'>t<p:b/>"
                             "<![CDATA[d]]><?i?>&lt;</a>";

  for (size_t size = 0; size < sizeof text - 1; size++) {
    /* In a block of its own, so that a read past the end is seen. */
    g_autofree char *exact = g_memdup2 (text, size);
    g_autofree char *told = parse (exact, size);

    g_assert_nonnull (strchr (told, ':'));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/sax/events", test_events);
  g_test_add_func ("/xml/sax/refuses", test_refuses);
  g_test_add_func ("/xml/sax/nul", test_refuses_nul_and_other_encodings);
  g_test_add_func ("/xml/sax/depth", test_bounds_depth);
  g_test_add_func ("/xml/sax/size", test_bounds_size);
  g_test_add_func ("/xml/sax/far-away", test_places_far_away);
  g_test_add_func ("/xml/sax/cut-anywhere", test_cut_anywhere);
  return g_test_run ();
}
