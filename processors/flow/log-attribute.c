/* log-attribute.c: LogAttribute tells people what a FlowFile has: attributes, dates, content.
 *
 * Whatever a FlowFile carries, it cannot forge a line of the log: control characters are escaped,
 * and lines of content are marked as such. */
#include "charset.h"
#include "module.h"
#include "pattern.h"
#include <inttypes.h>
#include <string.h>

#define PAYLOAD_MAX (1024u * 1024) /* what is larger is not for reading; as in NiFi */
#define VALUE_MAX   (64u * 1024)   /* likewise */

typedef struct {
  WeirChoice level;
  bool payload;
  bool flowfile_properties;
  char *wanted_list;
  char *wanted_expression;
  char *ignored_list;
  char *ignored_expression;
  WeirChoice format;
  const WeirExpr *prefix;
  const WeirExpr *charset;
  char **wanted_names;  /* NULL: all */
  char **ignored_names; /* NULL: none */
  Pattern *wanted;      /* NULL: all */
  Pattern *ignored;     /* NULL: none */
} LogAttribute;

static const WeirAllowed levels[] = {
  { "trace", "The same as `debug` here." }, { "debug", "For who looks for a mistake." },
  { "info", "For who wants to know." },     { "warn", "Also a bulletin." },
  { "error", "Also a bulletin." },          { NULL, NULL },
};
static const WeirLogLevel log_levels[] = { WEIR_LOG_DEBUG, WEIR_LOG_DEBUG, WEIR_LOG_INFO,
                                           WEIR_LOG_WARNING, WEIR_LOG_ERROR };

enum { LINES, SINGLE_LINE };
static const WeirAllowed output_formats[] = {
  [LINES] = { "Line per Attribute", "A line for each attribute, to look at one FlowFile." },
  [SINGLE_LINE] = { "Single Line", "One line for each FlowFile, to compare many." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Log Level", "How loud it is said.", WEIR_FIELD (LogAttribute, level), .default_value = "info",
    .required = true, .allowed = levels },
  { "Log Payload", "Says the content as well, if it is smaller than 1 MB.",
    WEIR_FIELD (LogAttribute, payload), .default_value = "false", .required = true },
  { "Attributes to Log",
    "Names, separated by commas; all when there are none. An attribute is logged if this list and "
    "the expression both allow it.",
    WEIR_FIELD (LogAttribute, wanted_list), .example = "filename, fileSize" },
  { "Attributes to Log Regular Expression", "It matches the whole name of the attributes to log.",
    WEIR_FIELD (LogAttribute, wanted_expression), .default_value = ".*",
    .validate = pattern_is_valid, .hint = WEIR_HINT_REGEX },
  { "Attributes to Ignore",
    "Names, separated by commas. An attribute is left out if this list or the expression names it.",
    WEIR_FIELD (LogAttribute, ignored_list), .example = "uuid, path" },
  { "Attributes to Ignore Regular Expression",
    "It matches the whole name of the attributes to leave out.",
    WEIR_FIELD (LogAttribute, ignored_expression), .example = "http\\..*",
    .validate = pattern_is_valid, .hint = WEIR_HINT_REGEX },
  { "Log FlowFile Properties", "Says also when it came into the flow and how large it is.",
    WEIR_FIELD (LogAttribute, flowfile_properties), .default_value = "true", .required = true },
  { "Output Format", "How it is laid out.", WEIR_FIELD (LogAttribute, format),
    .default_value = "Line per Attribute", .required = true, .allowed = output_formats },
  { "Log Prefix", "Tells this processor's lines from those of others.",
    WEIR_FIELD (LogAttribute, prefix), .example = "after the filter" },
  { "Character Set", "What the content is written in.", WEIR_FIELD (LogAttribute, charset),
    .default_value = "UTF-8", .required = true, .validate = charset_is_valid,
    .hint = WEIR_HINT_CHARSET },
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "All FlowFiles, as they came." },
};

/* Returns: (transfer full) (nullable). */
static char **
split_names (const char *list)
{
  char **names;

  if (list == NULL || *list == '\0')
    return NULL;
  names = g_strsplit (list, ",", -1);
  for (char **name = names; *name != NULL; name++)
    g_strstrip (*name);
  return names;
}

static bool
compile (const char *text, Pattern **ret_pattern, GError **error)
{
  if (text == NULL || *text == '\0' || strcmp (text, ".*") == 0)
    return true;
  *ret_pattern = pattern_new (text, error);
  return *ret_pattern != NULL;
}

static void
on_stopped (void *state)
{
  LogAttribute *self = state;

  g_clear_pointer (&self->wanted_names, g_strfreev);
  g_clear_pointer (&self->ignored_names, g_strfreev);
  g_clear_pointer (&self->wanted, pattern_free);
  g_clear_pointer (&self->ignored, pattern_free);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  LogAttribute *self = state;

  self->wanted_names = split_names (self->wanted_list);
  self->ignored_names = split_names (self->ignored_list);
  if (compile (self->wanted_expression, &self->wanted, error) &&
      compile (self->ignored_expression, &self->ignored, error))
    return true;
  on_stopped (self);
  return false;
}

/* Two bytes of what looks like one character may hide another, so all that cannot be seen is
 * written out; @line_end, when not NULL, stands for the end of a line. */
static void
append_escaped (GString *message, const char *text, size_t size, const char *line_end)
{
  for (const char *at = text, *end = text + size; at < end;) {
    gunichar c = g_utf8_get_char_validated (at, end - at);

    if (c == (gunichar)-1 || c == (gunichar)-2) {
      g_string_append_printf (message, "\\x%02x", (unsigned char)*at++);
      continue;
    }
    if (c == '\n')
      g_string_append (message, line_end != NULL ? line_end : "\\n");
    else if (c == '\r')
      g_string_append (message, "\\r");
    else if (c == '\t')
      g_string_append (message, "\\t");
    else if (!g_unichar_isprint (c) || c == 0x2028 || c == 0x2029) /* ends of lines, too */
      g_string_append_printf (message, "\\u%04x", c);
    else
      g_string_append_unichar (message, c);
    at = g_utf8_next_char (at);
  }
}

static void
append_value (GString *message, const char *value)
{
  size_t size = strlen (value);

  g_string_append_c (message, '\'');
  append_escaped (message, value, MIN (size, VALUE_MAX), NULL);
  g_string_append_c (message, '\'');
  if (size > VALUE_MAX)
    g_string_append_printf (message, " and %zu bytes more", size - VALUE_MAX);
}

/* Begins what is said about one thing. */
static void
append_name (const LogAttribute *self, GString *message, const char *name)
{
  g_string_append (message, self->format.index == LINES ? "\n" : ", ");
  append_escaped (message, name, strlen (name), NULL);
  g_string_append (message, self->format.index == LINES ? " = " : "=");
}

static void
append_date (const LogAttribute *self, GString *message, const char *name, int64_t usec)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  g_autofree char *text =
      second != NULL ? g_date_time_format (second, "%Y-%m-%dT%H:%M:%S") : g_strdup ("?");

  append_name (self, message, name);
  g_string_append_printf (message, "%s.%03" PRId64 "Z", text, usec / 1000 % 1000);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static bool
is_wanted (const LogAttribute *self, const char *name, bool *ret_wanted, GError **error)
{
  bool matches = true;

  *ret_wanted = false;
  if (self->wanted_names != NULL &&
      !g_strv_contains ((const char *const *)self->wanted_names, name))
    return true;
  if (self->ignored_names != NULL &&
      g_strv_contains ((const char *const *)self->ignored_names, name))
    return true;
  if (self->wanted != NULL && !pattern_match (self->wanted, name, &matches, error)) {
    g_prefix_error (error, "Attributes to Log Regular Expression ");
    return false;
  }
  if (!matches)
    return true;
  matches = false;
  if (self->ignored != NULL && !pattern_match (self->ignored, name, &matches, error)) {
    g_prefix_error (error, "Attributes to Ignore Regular Expression ");
    return false;
  }
  *ret_wanted = !matches;
  return true;
}

static bool
append_attributes (const LogAttribute *self, GString *message, const WeirFlowFile *flowfile,
                   GError **error)
{
  size_t n = weir_flowfile_get_n_attributes (flowfile);
  g_autofree const char **names = g_new (const char *, n);

  for (size_t i = 0; i < n; i++) {
    const char *value;

    weir_flowfile_get_nth_attribute (flowfile, i, &names[i], &value);
  }
  qsort (names, n, sizeof *names, compare_names);
  for (size_t i = 0; i < n; i++) {
    bool wanted;

    if (!is_wanted (self, names[i], &wanted, error))
      return false;
    if (!wanted)
      continue;
    append_name (self, message, names[i]);
    append_value (message, weir_flowfile_get_attribute (flowfile, names[i]));
  }
  return true;
}

/* Content that is not in the set it should be is shown byte by byte. */
static bool
append_payload (const LogAttribute *self, GString *message, WeirSession *session,
                const WeirFlowFile *flowfile, GError **error)
{
  const char *charset = weir_expr_eval (self->charset, flowfile, error);
  const char *line_end = self->format.index == LINES ? "\n| " : NULL;
  g_autofree char *text = NULL;
  WeirBytes bytes;
  size_t size;

  if (charset == NULL)
    return false;
  g_string_append (message, self->format.index == LINES ? "\n| " : ": ");
  if (weir_flowfile_get_size (flowfile) >= PAYLOAD_MAX) {
    g_string_append (message, "(the content is too large to be shown)");
    return true;
  }
  if (!weir_session_view (session, flowfile, &bytes, error))
    return false;
  if (bytes.size > 0 && g_ascii_strcasecmp (charset, "UTF-8") != 0)
    text = charset_convert (bytes.data, bytes.size, "UTF-8", charset, &size, NULL);
  if (text != NULL)
    append_escaped (message, text, size, line_end);
  else
    append_escaped (message, bytes.data, bytes.size, line_end);
  return true;
}

static bool
append_title (const LogAttribute *self, GString *message, const WeirFlowFile *flowfile,
              GError **error)
{
  const char *prefix = self->prefix != NULL ? weir_expr_eval (self->prefix, flowfile, error) : "";

  if (prefix == NULL) {
    g_prefix_error (error, "Log Prefix: ");
    return false;
  }
  append_escaped (message, prefix, MIN (strlen (prefix), VALUE_MAX), NULL);
  g_string_append_printf (message, "%sFlowFile %s", *prefix != '\0' ? ": " : "",
                          weir_flowfile_get_attribute (flowfile, "uuid"));
  return true;
}

/* Returns: (transfer full), or NULL with @error set. */
static GString *
describe (const LogAttribute *self, WeirSession *session, const WeirFlowFile *flowfile,
          GError **error)
{
  g_autoptr (GString) message = g_string_new (NULL);

  if (!append_title (self, message, flowfile, error))
    return NULL;
  if (self->flowfile_properties) {
    append_date (self, message, "entryDate", weir_flowfile_get_entry_time (flowfile));
    append_date (self, message, "lineageStartDate", weir_flowfile_get_lineage_start (flowfile));
    append_name (self, message, "fileSize");
    g_string_append_printf (message, "%" PRIu64, weir_flowfile_get_size (flowfile));
  }
  if (!append_attributes (self, message, flowfile, error))
    return NULL;
  if (self->payload && !append_payload (self, message, session, flowfile, error))
    return NULL;
  return g_steal_pointer (&message);
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const LogAttribute *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autoptr (GString) message = NULL;

  if (flowfile == NULL)
    return true;
  message = describe (self, session, flowfile, error);
  if (message == NULL)
    return false;
  weir_context_log (weir_session_get_context (session), log_levels[self->level.index], "%s",
                    message->str);
  weir_session_transfer (session, flowfile, SUCCESS);
  return true;
}

const WeirProcessor log_attribute = {
  WEIR_PROCESSOR_ABI,
  .name = "LogAttribute",
  .summary = "Writes what FlowFiles have to the log.",
  .description = "Names are sorted. Characters that cannot be seen are written as `\\n`, `\\u001b` "
                 "or `\\xff`; in `Line per Attribute` each line of the content begins with `| `.",
  .tags = "attributes, logging, debug, print",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  .state_size = sizeof (LogAttribute),
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
