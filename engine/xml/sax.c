/* sax.c: the hardened SAX2 parser.
 *
 * No loader of external entities is set, which would be one for the whole process and all libraries
 * in it: without a document type there is nothing to load.
 *
 * Places are computed from byte offsets, not taken from libxml2, whose columns count bytes here and
 * characters there. Events come in the order of the text, so one cursor that only moves forward
 * finds all places in one pass. */
#include "xml/sax.h"
#include "base/limits.h"
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

typedef struct {
  const char *text;
  size_t size;
  const WeirXmlHandler *handler;
  void *data;
  GPtrArray *problems;
  xmlParserCtxtPtr context;
  unsigned depth;
  bool is_stopped;
  size_t offset; /* the cursor, and its place */
  WeirOrigin origin;
} Parser;

static WeirOrigin
get_origin (Parser *parser, size_t offset)
{
  for (; parser->offset < offset && parser->offset < parser->size; parser->offset++) {
    unsigned char byte = (unsigned char)parser->text[parser->offset];

    if (byte == '\n') {
      parser->origin.line++;
      parser->origin.column = 1;
    } else if ((byte & 0xc0) != 0x80) {
      parser->origin.column++;
    }
  }
  return parser->origin;
}

static size_t
get_offset (const Parser *parser)
{
  const xmlParserInput *input = parser->context->input;

  return input->consumed + (size_t)(input->cur - input->base);
}

/* Returns: where the tag begins that is being read: no '<' can stand within it. */
static size_t
find_tag (const Parser *parser)
{
  size_t start = get_offset (parser);

  while (start > 0 && parser->text[--start] != '<')
    ;
  return start;
}

static void
stop (Parser *parser)
{
  parser->is_stopped = true;
  xmlStopParser (parser->context);
}

/* Tells why there is no flow, once: what libxml2 says after the first error follows from it. */
G_GNUC_PRINTF (4, 5)
static void
fail (Parser *parser, WeirOrigin origin, const char *advice, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (parser->is_stopped)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  weir_problems_add (parser->problems, NULL, origin, advice, "%s", message);
  stop (parser);
}

static char *
make_name (const xmlChar *prefix, const xmlChar *name)
{
  if (prefix == NULL)
    return g_strdup ((const char *)name);
  return g_strdup_printf ("%s:%s", (const char *)prefix, (const char *)name);
}

/* libxml2 leaves an ampersand in an attribute as a reference when entities are not replaced. */
static char *
copy_value (const xmlChar *start, const xmlChar *end)
{
  GString *value = g_string_new_len ((const char *)start, end - start);

  g_string_replace (value, "&#38;", "&", 0);
  return g_string_free (value, FALSE);
}

/* Returns: (transfer full): as WeirXmlElement.attributes. */
static char **
copy_attributes (int n_namespaces, const xmlChar **namespaces, int n_attributes,
                 const xmlChar **attributes)
{
  GPtrArray *pairs = g_ptr_array_new ();

  for (int i = 0; i < n_namespaces; i++) {
    const xmlChar *prefix = namespaces[2 * i];
    const xmlChar *uri = namespaces[2 * i + 1];

    g_ptr_array_add (pairs, prefix == NULL ? g_strdup ("xmlns")
                                           : make_name ((const xmlChar *)"xmlns", prefix));
    g_ptr_array_add (pairs, copy_value (uri, uri + xmlStrlen (uri)));
  }
  for (int i = 0; i < n_attributes; i++) {
    const xmlChar **attribute = attributes + 5 * i;

    g_ptr_array_add (pairs, make_name (attribute[1], attribute[0]));
    g_ptr_array_add (pairs, copy_value (attribute[3], attribute[4]));
  }
  g_ptr_array_add (pairs, NULL);
  return (char **)g_ptr_array_free (pairs, FALSE);
}

static void
/* libxml2 asks for these parameters. NOLINTNEXTLINE(readability-function-size) */
on_start (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
          int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
          const xmlChar **attributes)
{
  Parser *parser = data;
  size_t start = find_tag (parser);
  g_autofree char *full_name = make_name (prefix, name);
  g_auto (GStrv) pairs = NULL;
  WeirXmlElement element;

  /* libxml2 tells of the part of a tag before it tells that the rest is not one. */
  if (strchr ("/>", parser->text[MIN (get_offset (parser), parser->size - 1)]) == NULL)
    return;
  pairs = copy_attributes (n_namespaces, namespaces, n_attributes, attributes);
  element = (WeirXmlElement){ full_name,
                              (const char *)prefix,
                              (const char *)uri,
                              (const char *const *)pairs,
                              get_origin (parser, start),
                              start };
  if (++parser->depth > WEIR_LIMIT_XML_DEPTH)
    fail (parser, element.origin, "take out the elements that nobody needs",
          "elements are nested deeper than %d", WEIR_LIMIT_XML_DEPTH);
  else if (!parser->handler->on_start (parser->data, &element))
    stop (parser);
}

static void
on_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  Parser *parser = data;

  parser->depth--;
  if (!parser->is_stopped && !parser->handler->on_end (parser->data, get_offset (parser)))
    stop (parser);
}

static void
on_text (void *data, const xmlChar *text, int length)
{
  Parser *parser = data;
  size_t offset = get_offset (parser);

  for (int i = 0; i < length && g_ascii_isspace ((char)text[i]); i++)
    if (offset < parser->size && g_ascii_isspace (parser->text[offset]))
      offset++;
  if (!parser->is_stopped &&
      !parser->handler->on_text (parser->data, (const char *)text, (size_t)length,
                                 get_origin (parser, offset)))
    stop (parser);
}

static void
on_comment (void *data, const xmlChar *text)
{
  Parser *parser = data;
  g_autofree char *xml = g_strdup_printf ("<!--%s-->", (const char *)text);

  if (!parser->is_stopped && !parser->handler->on_comment (parser->data, xml))
    stop (parser);
}

static void
on_instruction (void *data, const xmlChar *target, const xmlChar *text)
{
  Parser *parser = data;
  g_autofree char *xml =
      g_strdup_printf ("<?%s%s%s?>", (const char *)target, text != NULL ? " " : "",
                       text != NULL ? (const char *)text : "");

  if (!parser->is_stopped && !parser->handler->on_comment (parser->data, xml))
    stop (parser);
}

static void
on_dtd (void *data, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
  Parser *parser = data;

  fail (parser, get_origin (parser, find_tag (parser)), "take <!DOCTYPE ...> out",
        "a flow has no document type");
}

static void
on_error (void *data, xmlErrorPtr error)
{
  Parser *parser = data;
  g_autofree char *message = NULL;

  if (error->level < XML_ERR_ERROR || parser->is_stopped)
    return;
  message = g_strstrip (g_strdup (error->message != NULL ? error->message : "unknown error"));
  fail (parser, get_origin (parser, get_offset (parser)), "correct it and check again",
        "not well-formed XML: %s", message);
}

/* Returns: (transfer full) (nullable): the encoding that the XML declaration names. */
static char *
copy_encoding (const Parser *parser)
{
  const char *text = parser->text + parser->offset;
  size_t size = parser->size - parser->offset;
  const char *end = NULL;
  const char *name = NULL;
  size_t length = 0;

  if (size < 5 || memcmp (text, "<?xml", 5) != 0)
    return NULL;
  end = g_strstr_len (text, (gssize)size, "?>");
  name = end != NULL ? g_strstr_len (text, end - text, "encoding") : NULL;
  while (name != NULL && name < end && *name != '"' && *name != '\'')
    name++;
  if (name == NULL || name == end)
    return NULL;
  while (name + 1 + length < end && name[1 + length] != *name)
    length++;
  return g_strndup (name + 1, length);
}

/* Before libxml2 would convert the text, and tell what is wrong with it on standard error. */
static bool
check_encoding (Parser *parser)
{
  g_autofree char *encoding = copy_encoding (parser);

  if (encoding == NULL || g_ascii_strcasecmp (encoding, "UTF-8") == 0)
    return true;
  weir_problems_add (parser->problems, NULL, parser->origin,
                     "save it as UTF-8 and say so in the first line",
                     "the file says that it is written in '%s'", encoding);
  return false;
}

/* libxml2 takes a NUL for the end, and says of wrong bytes just that they are wrong. */
static bool
check_bytes (Parser *parser)
{
  const char *end = NULL;

  if (parser->size == 0)
    weir_problems_add (parser->problems, NULL, (WeirOrigin){ 1, 1 },
                       "a flow begins with <flow xmlns=\"urn:weir:flow:1\" name=\"...\">",
                       "the file is empty");
  else if (parser->size > WEIR_LIMIT_FLOW_BYTES)
    weir_problems_add (parser->problems, NULL, (WeirOrigin){ 1, 1 }, "split it into several flows",
                       "the file is larger than %u MiB", WEIR_LIMIT_FLOW_BYTES >> 20);
  else if (!g_utf8_validate_len (parser->text, parser->size, &end))
    weir_problems_add (parser->problems, NULL, get_origin (parser, (size_t)(end - parser->text)),
                       "save it as UTF-8 text",
                       *end == '\0' ? "there is a NUL byte" : "the text is not valid UTF-8");
  else
    return true;
  return false;
}

bool
weir_xml_parse (const char *text, size_t size, const WeirXmlHandler *handler, void *data,
                GPtrArray *problems)
{
  Parser parser = { .text = text,
                    .size = size,
                    .handler = handler,
                    .data = data,
                    .problems = problems,
                    .origin = { 1, 1 } };
  bool is_read = false;

  if (!check_bytes (&parser))
    return false;
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    parser.offset = 3; /* a byte order mark takes no column */
  if (!check_encoding (&parser))
    return false;
  parser.context = xmlCreateMemoryParserCtxt (text, (int)size);
  if (parser.context == NULL)
    g_error ("out of memory");
  *parser.context->sax = (xmlSAXHandler){
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_dtd,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .comment = on_comment,
    .processingInstruction = on_instruction,
    .serror = on_error,
  };
  parser.context->userData = &parser;
  xmlCtxtUseOptions (parser.context, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                         XML_PARSE_IGNORE_ENC);
  xmlParseDocument (parser.context);
  is_read = parser.context->wellFormed && !parser.is_stopped;
  xmlFreeParserCtxt (parser.context);
  return is_read;
}
