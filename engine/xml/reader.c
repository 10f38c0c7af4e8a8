/* reader.c: follows the elements of the document and keeps what is not the model's.
 *
 * One frame an open element. Ghosts wait in the frame of their parent until the next known element
 * takes them along, so that a comment stays with what it is about, wherever that is written. */
#include "xml/reader.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "xml/build.h"
#include "xml/sax.h"
#include <string.h>

typedef struct {
  WeirXmlNode node;
  WeirOrigin origin;
  size_t start;       /* offset of its '<' */
  bool is_ghost;      /* all of it is kept as written */
  unsigned singles;   /* bits, 1 << WeirXmlTag: seen in it and allowed once */
  GPtrArray *pending; /* char *, ghosts that wait for an element */
  WeirGhosts *last;   /* of the element that ended in this line, NULL for none */
  unsigned newlines;  /* since the last element or comment */
  GString *text;      /* NULL when it holds elements */
} Frame;

typedef struct {
  const char *text;
  GPtrArray *problems;
  WeirFlow *flow;
  Frame frames[WEIR_LIMIT_XML_DEPTH + 1]; /* [0] is the document */
  unsigned depth;
  unsigned ghost_depth; /* elements open within a ghost, with itself; 0: none */
  bool is_lossy;        /* there was something that cannot be kept */
} Reader;

static Frame *
get_frame (Reader *reader)
{
  return &reader->frames[reader->depth];
}

static const WeirXmlRow *
get_row (const Frame *frame)
{
  return weir_xml_row (frame->node.tag);
}

/* An empty line is kept, more than one is not. */
static void
add_pending (Frame *frame, const char *xml)
{
  guint length = frame->pending != NULL ? frame->pending->len : 0;

  if (xml[0] != '\0' || length == 0 || ((const char *)frame->pending->pdata[length - 1])[0] != '\0')
    weir_ghosts_add (&frame->pending, xml);
}

static void
end_gap (Frame *frame)
{
  if (frame->newlines > 1)
    add_pending (frame, "");
  frame->newlines = 0;
}

static const char *
find_value (const WeirXmlElement *element, const char *name)
{
  for (const char *const *pair = element->attributes; *pair != NULL; pair += 2)
    if (strcmp (pair[0], name) == 0)
      return pair[1];
  return NULL;
}

static bool
is_attribute_of (const WeirXmlRow *row, const char *name)
{
  for (const WeirSetting *attribute = row->attributes; attribute->name != NULL; attribute++)
    if (strcmp (attribute->name, name) == 0)
      return true;
  return false;
}

static bool
is_foreign (const char *name)
{
  return strchr (name, ':') != NULL || strcmp (name, "xmlns") == 0;
}

static bool
has_unknown_attributes (const WeirXmlElement *element, const WeirXmlRow *row)
{
  for (const char *const *pair = element->attributes; *pair != NULL; pair += 2)
    if (strcmp (pair[0], "xmlns") != 0 && !is_attribute_of (row, pair[0]))
      return true;
  return false;
}

static void
tell_unknown_attributes (Reader *reader, const WeirComponent *component,
                         const WeirXmlElement *element, const WeirXmlRow *row)
{
  const char *names[16];
  size_t n_names = 0;

  for (const WeirSetting *attribute = row->attributes; attribute->name != NULL; attribute++)
    names[n_names++] = attribute->name;
  for (const char *const *pair = element->attributes; *pair != NULL; pair += 2) {
    const char *nearest = NULL;
    g_autofree char *advice = NULL;

    if (is_foreign (pair[0]) || is_attribute_of (row, pair[0]))
      continue;
    nearest = weir_suggest (pair[0], names, n_names);
    advice = nearest != NULL ? g_strdup_printf ("did you mean %s?", nearest)
                             : g_strdup ("take it out or correct its name");
    weir_problems_add (reader->problems, component, element->origin, advice,
                       "<%s> has no attribute %s", row->name, pair[0]);
  }
}

static void
read_attributes (Reader *reader, Frame *frame, const WeirXmlElement *element)
{
  const WeirXmlRow *row = get_row (frame);
  bool has_id = frame->node.target == frame->node.component;

  for (const WeirSetting *attribute = row->attributes; attribute->name != NULL; attribute++) {
    const char *value = find_value (element, attribute->name);
    g_autoptr (GError) error = NULL;

    if (value == NULL || (has_id && strcmp (attribute->name, "id") == 0))
      continue;
    if (weir_setting_parse (attribute, frame->node.target, value, &error))
      continue;
    weir_problems_add (reader->problems, frame->node.component, frame->origin,
                       "correct it or leave it out", "%s", error->message);
    if (frame->node.ghosts != NULL)
      weir_ghosts_add_attribute (frame->node.ghosts, attribute->name, value);
    else
      reader->is_lossy = true;
  }
  tell_unknown_attributes (reader, frame->node.component, element, row);
  for (const char *const *pair = element->attributes; *pair != NULL; pair += 2)
    if (strcmp (pair[0], "xmlns") != 0 && !is_attribute_of (row, pair[0]))
      weir_ghosts_add_attribute (frame->node.ghosts, pair[0], pair[1]);
}

static Frame *
push (Reader *reader, const WeirXmlElement *element)
{
  Frame *frame = &reader->frames[++reader->depth];

  *frame = (Frame){ .origin = element->origin, .start = element->start };
  return frame;
}

static void
open_known (Reader *reader, WeirXmlTag tag, const WeirXmlElement *element)
{
  Frame *parent = get_frame (reader);
  Frame *frame = push (reader, element);
  const char *id = find_value (element, "id");

  if (tag == WEIR_XML_FLOW)
    weir_xml_open_flow (reader->flow, &frame->node);
  else
    weir_xml_open (tag, &parent->node, id != NULL ? id : "", &frame->node);
  if (frame->node.origin != NULL)
    *frame->node.origin = element->origin;
  if (frame->node.ghosts != NULL && frame->node.ghosts->before == NULL)
    frame->node.ghosts->before = g_steal_pointer (&parent->pending);
  if (get_row (frame)->has_text)
    frame->text = g_string_new (NULL);
  read_attributes (reader, frame, element);
}

static void
open_ghost (Reader *reader, const WeirXmlElement *element)
{
  Frame *frame = push (reader, element);

  frame->is_ghost = true;
  reader->ghost_depth = 1;
}

/* What <flow> must be, or there is no flow. */
static bool
check_root (Reader *reader, const WeirXmlElement *element)
{
  const char *const start =
      "a flow begins with <flow xmlns=\"" WEIR_XML_NAMESPACE "\" name=\"...\">";

  if (strcmp (element->name, "flow") == 0 && element->uri != NULL &&
      strcmp (element->uri, WEIR_XML_NAMESPACE) == 0)
    return true;
  if (element->uri != NULL && g_str_has_prefix (element->uri, "urn:weir:flow:") &&
      strcmp (element->uri, WEIR_XML_NAMESPACE) != 0)
    weir_problems_add (reader->problems, NULL, element->origin, "use a Weir that knows it",
                       "the flow is in format \"%s\", this Weir reads \"" WEIR_XML_NAMESPACE "\"",
                       element->uri);
  else if (strcmp (element->name, "flow") == 0)
    weir_problems_add (reader->problems, NULL, element->origin, start,
                       "<flow> is not in the namespace of Weir");
  else
    weir_problems_add (reader->problems, NULL, element->origin, start, "<%s> is not a flow",
                       element->name);
  return false;
}

static void
tell_unknown_element (Reader *reader, const Frame *parent, const WeirXmlElement *element)
{
  const char *names[WEIR_XML_N_TAGS];
  size_t n_names = 0;
  const char *nearest = NULL;
  g_autofree char *advice = NULL;

  for (unsigned tag = 0; tag < WEIR_XML_N_TAGS; tag++)
    if ((weir_xml_row (tag)->parents & (1u << parent->node.tag)) != 0)
      names[n_names++] = weir_xml_row (tag)->name;
  nearest = weir_suggest (element->name, names, n_names);
  advice = nearest != NULL ? g_strdup_printf ("did you mean <%s>?", nearest)
                           : g_strdup ("take it out or put it where it belongs");
  weir_problems_add (reader->problems, parent->node.component, element->origin, advice,
                     "<%s> cannot stand in <%s>", element->name, get_row (parent)->name);
}

/* Two of what may be there once cannot be kept apart: the one that is written first would count. */
static void
refuse_second (Reader *reader, const Frame *parent, const WeirXmlElement *element)
{
  weir_problems_add (reader->problems, parent->node.component, element->origin,
                     "put all into the first", "<%s> has a second <%s>", get_row (parent)->name,
                     element->name);
  reader->is_lossy = true;
}

static void
open_child (Reader *reader, const WeirXmlElement *element)
{
  Frame *parent = get_frame (reader);
  bool is_ours = element->uri != NULL && strcmp (element->uri, WEIR_XML_NAMESPACE) == 0;
  WeirXmlTag tag = WEIR_XML_FLOW;
  const WeirXmlRow *row = NULL;

  if (!is_ours || element->prefix != NULL ||
      !weir_xml_find (element->name, parent->node.tag, &tag)) {
    if (is_ours)
      tell_unknown_element (reader, parent, element);
    open_ghost (reader, element);
    return;
  }
  row = weir_xml_row (tag);
  if (row->is_plain && has_unknown_attributes (element, row)) {
    tell_unknown_attributes (reader, parent->node.component, element, row);
    open_ghost (reader, element);
    return;
  }
  if (row->is_single && (parent->singles & (1u << tag)) != 0)
    refuse_second (reader, parent, element);
  parent->singles |= 1u << tag;
  open_known (reader, tag, element);
}

static unsigned
count_groups (const WeirGroup *group)
{
  unsigned count = 0;

  for (; group != NULL; group = group->base.parent)
    count++;
  return count;
}

static bool
on_start (void *data, const WeirXmlElement *element)
{
  Reader *reader = data;
  Frame *parent = get_frame (reader);

  if (reader->ghost_depth > 0) {
    reader->ghost_depth++;
    return true;
  }
  if (reader->depth == 0) {
    if (!check_root (reader, element))
      return false;
    open_known (reader, WEIR_XML_FLOW, element);
    return true;
  }
  if (parent->text != NULL) {
    weir_problems_add (reader->problems, parent->node.component, element->origin,
                       "write '&lt;' for the character '<'", "<%s> holds text, not elements",
                       get_row (parent)->name);
    return false;
  }
  if (strcmp (element->name, "group") == 0 &&
      count_groups (parent->node.group) > WEIR_LIMIT_GROUP_DEPTH) {
    weir_problems_add (reader->problems, parent->node.component, element->origin, "make it flatter",
                       "groups are nested deeper than %d", WEIR_LIMIT_GROUP_DEPTH);
    return false;
  }
  end_gap (parent);
  open_child (reader, element);
  return true;
}

/* What is still waiting stands behind the last element; an empty line there means nothing. */
static void
settle_ghosts (Frame *frame)
{
  GPtrArray *pending = frame->pending;

  if (pending != NULL && ((const char *)pending->pdata[pending->len - 1])[0] == '\0')
    g_ptr_array_set_size (pending, (int)pending->len - 1);
  for (guint i = 0; pending != NULL && i < pending->len; i++)
    weir_ghosts_add (&frame->node.ghosts->inside, pending->pdata[i]);
}

static void
clear_frame (Frame *frame)
{
  weir_xml_node_clear (&frame->node);
  g_clear_pointer (&frame->pending, g_ptr_array_unref);
  if (frame->text != NULL)
    g_string_free (g_steal_pointer (&frame->text), TRUE);
}

/* XML reads every line end as LF: the rest of the file is written with it. */
static char *
copy_source (const Reader *reader, size_t start, size_t end)
{
  GString *source = g_string_new_len (reader->text + start, (gssize)(end - start));

  g_string_replace (source, "\r\n", "\n", 0);
  g_string_replace (source, "\r", "\n", 0);
  return g_string_free (source, FALSE);
}

static bool
on_end (void *data, size_t end)
{
  Reader *reader = data;
  Frame *frame = get_frame (reader);
  g_autofree char *xml = NULL;

  if (reader->ghost_depth > 0 && --reader->ghost_depth > 0)
    return true;
  if (frame->is_ghost || frame->node.tag == WEIR_XML_AT || frame->node.tag == WEIR_XML_BEND)
    xml = copy_source (reader, frame->start, end);
  if (frame->is_ghost) {
    add_pending (frame - 1, xml);
    (frame - 1)->last = NULL;
  } else {
    if (frame->node.ghosts != NULL)
      settle_ghosts (frame);
    weir_xml_close (&frame->node, frame->text != NULL ? frame->text->str : NULL, xml);
    (frame - 1)->last = frame->node.ghosts;
  }
  clear_frame (frame);
  reader->depth--;
  get_frame (reader)->newlines = 0;
  return true;
}

static bool
on_text (void *data, const char *text, size_t length, WeirOrigin origin)
{
  Reader *reader = data;
  Frame *frame = get_frame (reader);

  if (reader->ghost_depth > 0)
    return true;
  if (frame->text != NULL) {
    g_string_append_len (frame->text, text, (gssize)length);
    return true;
  }
  for (size_t i = 0; i < length; i++) {
    if (!g_ascii_isspace (text[i])) {
      weir_problems_add (reader->problems, frame->node.component, origin,
                         "put it into <!-- ... --> or <comment>", "<%s> holds elements, not text",
                         get_row (frame)->name);
      return false;
    }
    if (text[i] == '\n') {
      frame->newlines++;
      frame->last = NULL;
    }
  }
  return true;
}

/* Where a comment within @frame is kept. */
static void
keep_comment (Reader *reader, Frame *frame, const char *xml)
{
  if (frame->last != NULL) {
    weir_ghosts_add (&frame->last->after, xml);
    return;
  }
  end_gap (frame);
  if (frame->text != NULL && frame->node.ghosts != NULL)
    weir_ghosts_add (&frame->node.ghosts->before, xml);
  else if (frame->node.ghosts == NULL && reader->depth > 0)
    add_pending (frame - 1, xml);
  else
    add_pending (frame, xml);
}

static bool
on_comment (void *data, const char *xml)
{
  Reader *reader = data;

  if (reader->ghost_depth == 0)
    keep_comment (reader, get_frame (reader), xml);
  return true;
}

WeirFlow *
weir_flow_read (const char *text, size_t size, GPtrArray *problems)
{
  static const WeirXmlHandler handler = { on_start, on_end, on_text, on_comment };
  g_autoptr (WeirFlow) flow = weir_flow_new ("");
  g_autofree Reader *reader = g_new0 (Reader, 1);
  bool is_read = false;

  reader->text = text;
  reader->problems = problems;
  reader->flow = flow;
  is_read = weir_xml_parse (text, size, &handler, reader, problems) && !reader->is_lossy;
  for (unsigned i = 0; i < G_N_ELEMENTS (reader->frames); i++)
    clear_frame (&reader->frames[i]);
  return is_read ? g_steal_pointer (&flow) : NULL;
}
