/* replace-text.c: ReplaceText changes content: line by line in constant memory, or as a whole.
 *
 * The new content is written beside the old one, which stays when something goes wrong, and also
 * when nothing was found. */
#include "edit.h"
#include "line-reader.h"
#include "module.h"
#include <string.h>

typedef struct {
  WeirChoice strategy;
  const WeirExpr *search;
  const WeirExpr *value;
  const WeirExpr *before;
  const WeirExpr *after;
  char *encoding;
  WeirSize max_buffer;
  WeirChoice mode;
  WeirChoice lines;
  EditKind kind; /* the strategy, or what it comes to */
  Regex *regex;  /* the search value, when it is always the same */
} ReplaceText;

/* In the order of EditKind. */
static const WeirAllowed strategies[] = {
  { "Prepend", "Replacement Value goes before the text, or before each line." },
  { "Append", "Replacement Value goes behind the text, or at the end of each line." },
  { "Surround", "Text to Prepend goes before, Text to Append behind the text or each line." },
  { "Regex Replace", "Replaces what the regular expression Search Value matches." },
  { "Literal Replace", "Replaces each Search Value as it is." },
  { "Always Replace", "Replacement Value takes the place of the text, or of each line." },
  { "Substitute Variables",
    "`${name}` in the content becomes the attribute of that name, if there is one; "
    "`${name:-otherwise}` says what to do if not, and `$${name}` is left as `${name}`." },
  { NULL },
};

enum { LINE_BY_LINE, ENTIRE_TEXT };
static const WeirAllowed modes[] = {
  [LINE_BY_LINE] = { "Line-by-Line", "Each line by itself, with its end." },
  [ENTIRE_TEXT] = { "Entire text", "All of the content at once." },
  { NULL },
};

enum { ALL_LINES, FIRST_LINE, LAST_LINE, EXCEPT_FIRST_LINE, EXCEPT_LAST_LINE };
static const WeirAllowed lines[] = {
  [ALL_LINES] = { "All", "All lines." },
  [FIRST_LINE] = { "First-Line", "Only the first line." },
  [LAST_LINE] = { "Last-Line", "Only the last line." },
  [EXCEPT_FIRST_LINE] = { "Except-First-Line", "All lines but the first." },
  [EXCEPT_LAST_LINE] = { "Except-Last-Line", "All lines but the last." },
  { NULL },
};

static const WeirProperty properties[] = {
  { "Replacement Strategy", "What is done to the text.", WEIR_FIELD (ReplaceText, strategy),
    .default_value = "Regex Replace", .allowed = strategies, .required = true },
  { "Search Value",
    "What to look for with Regex Replace and Literal Replace. What an expression gives is looked "
    "for as it is, also within a regular expression.",
    WEIR_FIELD (ReplaceText, search), .default_value = "(?s)(^.*$)", .required = true,
    .hint = WEIR_HINT_REGEX },
  { "Replacement Value",
    "The new text. With Regex Replace `$1` is what the first group in parentheses matched, `$0` "
    "the whole match, and `\\$` a dollar; a `$` that names no group stays as it is. A group is "
    "also "
    "known by its name as `$${name}`, with two dollars because `${name}` is an attribute. "
    "Expressions see groups as well: `${'$1':toUpper()}`; what they give is put in as it is.",
    WEIR_FIELD (ReplaceText, value), .default_value = "$1", .hint = WEIR_HINT_TEXT },
  { "Text to Prepend", "With Surround: what goes before.", WEIR_FIELD (ReplaceText, before),
    .example = "[", .hint = WEIR_HINT_TEXT },
  { "Text to Append", "With Surround: what goes behind.", WEIR_FIELD (ReplaceText, after),
    .example = "]", .hint = WEIR_HINT_TEXT },
  { "Character Set",
    "What the content is written in, and will be. UTF-8 that is not valid stays as it is; content "
    "that is not in one of the others, or cannot be written in it, goes to `failure`.",
    WEIR_FIELD (ReplaceText, encoding), .default_value = "UTF-8", .validate = encoding_is_valid,
    .required = true, .hint = WEIR_HINT_CHARSET },
  { "Maximum Buffer Size",
    "How much text is in memory at once: the longest line, or the content with Entire text. What "
    "is longer goes to `failure`. Prepend, Append, Surround and Always Replace need no memory for "
    "an entire text, of any size.",
    WEIR_FIELD (ReplaceText, max_buffer), .default_value = "1 MB", .minimum = 1, .maximum = 1 << 30,
    .required = true },
  { "Evaluation Mode", "Whether lines are changed one by one, or the content as a whole.",
    WEIR_FIELD (ReplaceText, mode), .default_value = "Line-by-Line", .allowed = modes,
    .required = true },
  { "Line-by-Line Evaluation Mode", "Which lines are changed with Line-by-Line.",
    WEIR_FIELD (ReplaceText, lines), .default_value = "All", .allowed = lines },
};

enum { SUCCESS, FAILURE };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "What was changed, and what had nothing to change in it." },
  [FAILURE] = { "failure", "What could not be changed; the content is as it was. It is larger than "
                           "Maximum Buffer Size, not in its character set, or the regular "
                           "expression takes too long for it." },
};

/* --- configuration --- */

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const ReplaceText *self = state;
  g_autoptr (Regex) regex = NULL;

  if (self->strategy.index == EDIT_SURROUND && self->before == NULL && self->after == NULL) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "Surround needs Text to Prepend, Text to Append or both");
    return false;
  }
  if (self->strategy.index != EDIT_REGEX || !weir_expr_is_constant (self->search))
    return true;
  regex = regex_new (weir_expr_eval (self->search, NULL, NULL), false, error);
  if (regex == NULL)
    g_prefix_error (error, "Search Value: ");
  return regex != NULL;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  ReplaceText *self = state;
  const char *text;

  self->kind = (EditKind)self->strategy.index;
  if (self->kind != EDIT_REGEX || !weir_expr_is_constant (self->search))
    return true;
  text = weir_context_eval (context, self->search, error);
  if (text == NULL)
    return false;
  /* It would match once more, at the end of what it has matched. Nobody means that. */
  if (g_str_equal (text, ".*")) {
    self->kind = EDIT_ALWAYS;
    return true;
  }
  self->regex = regex_new (text, true, error);
  return self->regex != NULL;
}

static void
on_stopped (void *state)
{
  ReplaceText *self = state;

  g_clear_pointer (&self->regex, regex_free);
}

/* --- one FlowFile --- */

typedef struct {
  const ReplaceText *self;
  WeirSession *session;
  WeirFlowFile *flowfile;
  Edit edit;
  TextSource source;
  TextSink sink;
  Regex *regex; /* of this FlowFile alone */
  RegexSearch *search;
  Replacement *replacement;
} Work;

static void
clear (Work *work)
{
  text_sink_clear (&work->sink);
  text_source_close (&work->source);
  replacement_free (work->replacement);
  regex_search_free (work->search);
  regex_free (work->regex);
}

/* Evaluates a property that may be absent. */
static bool
evaluate (const Work *work, const WeirExpr *expr, const char **ret_text, GError **error)
{
  const char *text = expr != NULL ? weir_expr_eval (expr, work->flowfile, error) : "";

  if (text == NULL)
    return false;
  *ret_text = text;
  return true;
}

static char *
on_escape (void *data, const char *value)
{
  return regex_escape (value);
}

static bool
prepare_regex (Work *work, GError **error)
{
  const ReplaceText *self = work->self;
  const WeirExprView view = { .escape = on_escape };
  const Regex *regex = self->regex;
  const char *text;

  if (regex == NULL) {
    g_autofree char *pattern = weir_expr_eval_with (self->search, work->flowfile, &view, error);

    if (pattern == NULL || (work->regex = regex_new (pattern, false, error)) == NULL)
      return false;
    regex = work->regex;
  }
  if (weir_expr_is_constant (self->value)) {
    if (!evaluate (work, self->value, &text, error))
      return false;
    work->replacement = replacement_new (text, regex);
  }
  work->search = regex_search_new (regex, weir_session_get_context (work->session));
  work->edit.replacement = work->replacement;
  work->edit.expr = self->value;
  work->edit.regex = regex;
  work->edit.search = work->search;
  return true;
}

static bool
prepare_literal (Work *work, GError **error)
{
  if (!evaluate (work, work->self->value, &work->edit.value, error) ||
      !evaluate (work, work->self->search, &work->edit.literal, error))
    return false;
  if (*work->edit.literal != '\0')
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "Search Value is empty for this");
  return false;
}

static bool
prepare (Work *work, GError **error)
{
  const ReplaceText *self = work->self;
  Edit *edit = &work->edit;

  *edit = (Edit){
    .kind = self->kind, .sink = &work->sink, .before = "", .after = "", .flowfile = work->flowfile
  };
  switch (edit->kind) {
  case EDIT_PREPEND:
    return evaluate (work, self->value, &edit->before, error);
  case EDIT_APPEND:
    return evaluate (work, self->value, &edit->after, error);
  case EDIT_SURROUND:
    return evaluate (work, self->before, &edit->before, error) &&
           evaluate (work, self->after, &edit->after, error);
  case EDIT_REGEX:
    return prepare_regex (work, error);
  case EDIT_LITERAL:
    return prepare_literal (work, error);
  case EDIT_ALWAYS:
    return evaluate (work, self->value, &edit->value, error);
  case EDIT_SUBSTITUTE:
    return true;
  }
  g_assert_not_reached ();
}

static bool
is_meant (const ReplaceText *self, bool first, bool last)
{
  switch (self->lines.index) {
  case FIRST_LINE:
    return first;
  case LAST_LINE:
    return last;
  case EXCEPT_FIRST_LINE:
    return !first;
  case EXCEPT_LAST_LINE:
    return !last;
  default:
    return true;
  }
}

static bool
edit_lines (Work *work, GError **error)
{
  LineReader reader;
  bool first = true;
  bool last;
  bool ok = true;
  Line line;
  int found;

  line_reader_init (&reader, &work->source, work->self->max_buffer.bytes);
  while (ok && (found = line_reader_next (&reader, &line, &last, error)) > 0) {
    if (is_meant (work->self, first, last))
      ok = edit_apply (&work->edit, line.text, line.size, line.end_size, error);
    else
      ok = text_sink_write (&work->sink, line.text, line.size, error);
    first = false;
  }
  line_reader_clear (&reader);
  return ok && found == 0;
}

/* What is put around a text of any size, or in its place. */
static bool
edit_stream (Work *work, GError **error)
{
  const Edit *edit = &work->edit;

  work->edit.n_changes++;
  if (edit->kind == EDIT_ALWAYS)
    return text_sink_write (&work->sink, edit->value, strlen (edit->value), error);
  return text_sink_write (&work->sink, edit->before, strlen (edit->before), error) &&
         text_sink_copy (&work->sink, &work->source, error) &&
         text_sink_write (&work->sink, edit->after, strlen (edit->after), error);
}

static bool
edit_whole (Work *work, GError **error)
{
  const size_t step = 16 * 1024;
  g_autoptr (GByteArray) text = g_byte_array_new ();
  ssize_t n;

  if (weir_flowfile_get_size (work->flowfile) > work->self->max_buffer.bytes) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                         "the content is larger than Maximum Buffer Size");
    return false;
  }
  do {
    guint size = text->len;

    g_byte_array_set_size (text, size + step);
    n = text_source_read (&work->source, (char *)text->data + size, step, error);
    if (n < 0)
      return false;
    g_byte_array_set_size (text, size + (guint)n);
  } while (n > 0);
  return edit_apply (&work->edit, (const char *)text->data, text->len, 0, error);
}

static bool
run (Work *work, GError **error)
{
  bool is_line_by_line = work->self->mode.index == LINE_BY_LINE;
  bool ok;

  if (!prepare (work, error) ||
      !text_source_open (&work->source, work->session, work->flowfile, work->self->encoding,
                         error) ||
      !text_sink_open (&work->sink, &work->source, work->session, work->flowfile, error))
    return false;
  if (is_line_by_line)
    ok = edit_lines (work, error);
  else if (work->edit.kind <= EDIT_SURROUND || work->edit.kind == EDIT_ALWAYS)
    ok = edit_stream (work, error);
  else
    ok = edit_whole (work, error);
  return ok && (work->edit.n_changes == 0 || text_sink_close (&work->sink, error));
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  WeirContext *context = weir_session_get_context (session);
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autoptr (GError) problem = NULL;
  Work work = { .self = state, .session = session, .flowfile = flowfile };
  bool ok;

  if (flowfile == NULL)
    return true;
  ok = run (&work, &problem);
  clear (&work);
  /* Not the FlowFile's fault: it comes back, as it was. */
  if (!ok && (work.sink.broken || weir_context_is_stopping (context))) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return false;
  }
  if (!ok)
    weir_context_log (context, WEIR_LOG_WARNING, "%s: %s",
                      weir_flowfile_get_attribute (flowfile, "filename"), problem->message);
  weir_session_transfer (session, flowfile, ok ? SUCCESS : FAILURE);
  return true;
}

const WeirProcessor replace_text = {
  WEIR_PROCESSOR_ABI,
  .name = "ReplaceText",
  .summary = "Replaces parts of text, or puts something before or behind it.",
  .description =
      "By default each line is changed by itself: a regular expression sees one line with its end "
      "(LF, CR LF or CR), and content of any size takes as much memory as its longest line.\n\n"
      "Regular expressions are those of PCRE2, which are nearly those of Java. One that would take "
      "too long or too much memory for a text ends the attempt, and the FlowFile goes to "
      "`failure`. The regular expression `.*` by itself replaces all, as Always Replace does. "
      "What is put in by Substitute Variables is not searched for variables again.",
  .tags = "text, regular expression, regex, replace, update, change, modify, prepend, append",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  .state_size = sizeof (ReplaceText),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
