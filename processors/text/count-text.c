/* count-text.c: CountText counts lines, words and characters. The content is read once, in constant
 * memory, and passed on as it is. */
#include "counter.h"
#include "encoding.h"
#include "module.h"

typedef struct {
  bool lines;
  bool lines_with_text;
  bool words;
  bool characters;
  bool split_on_symbols;
  WeirChoice encoding;
  bool at_once;
} CountText;

static const WeirAllowed encodings[] = {
  { "UTF-8", "Bytes that are not UTF-8 count as one character each." },
  { "US-ASCII", "Seven bits." },
  { "ISO-8859-1", "One byte a character." },
  { "UTF-16", "As its mark at the beginning says; without one, high bytes come first." },
  { "UTF-16LE", "Low bytes first." },
  { "UTF-16BE", "High bytes first." },
  { NULL },
};

static const WeirProperty properties[] = {
  { "Count Lines", "Whether to count lines. They end with LF, CR LF or CR.",
    WEIR_FIELD (CountText, lines), .default_value = "true", .required = true },
  { "Count Non-Empty Lines", "Whether to count lines with something in them that is not blank.",
    WEIR_FIELD (CountText, lines_with_text), .default_value = "false", .required = true },
  { "Count Words", "Whether to count words: what stands between blanks and ends of lines.",
    WEIR_FIELD (CountText, words), .default_value = "false", .required = true },
  { "Count Characters", "Whether to count characters, those that end lines not included.",
    WEIR_FIELD (CountText, characters), .default_value = "false", .required = true },
  { "Split Words on Symbols", "Whether `-`, `_` and `.` end words, too: `a-b` is two then.",
    WEIR_FIELD (CountText, split_on_symbols), .default_value = "false", .required = true },
  { "Character Encoding", "What the content is written in.", WEIR_FIELD (CountText, encoding),
    .default_value = "UTF-8", .allowed = encodings, .required = true },
  { "Call Immediate Adjustment",
    "For flows that come from NiFi, where `true` counts FlowFiles that are rolled back, too. Here "
    "counters always say what was committed.",
    WEIR_FIELD (CountText, at_once), .default_value = "false", .required = true },
};

enum { SUCCESS, FAILURE };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "What was counted." },
  [FAILURE] = { "failure", "What could not be read in its encoding." },
};

static const WeirAttributeDoc writes[] = {
  { "text.line.count", "Lines." },
  { "text.line.nonempty.count", "Lines with something in them that is not blank." },
  { "text.word.count", "Words." },
  { "text.character.count", "Characters, those that end lines not included." },
};

static bool
count (const CountText *self, WeirSession *session, const WeirFlowFile *flowfile, Counter *counter,
       GError **error)
{
  const size_t size = 64 * 1024;
  g_autofree char *buffer = g_malloc (size);
  TextSource source;
  ssize_t n = -1;

  counter_init (counter, self->split_on_symbols);
  if (text_source_open (&source, session, flowfile, encodings[self->encoding.index].value, error))
    while ((n = text_source_read (&source, buffer, size, error)) > 0)
      counter_add (counter, buffer, (size_t)n);
  text_source_close (&source);
  counter_end (counter);
  return n == 0;
}

static void
tell (WeirSession *session, WeirFlowFile *flowfile, const char *attribute, const char *name,
      uint64_t n)
{
  weir_session_put_attribute_printf (session, flowfile, attribute, "%" G_GUINT64_FORMAT, n);
  weir_session_adjust_counter (session, name, (int64_t)n);
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const CountText *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autoptr (GError) problem = NULL;
  Counter counter;

  if (flowfile == NULL)
    return true;
  if (!count (self, session, flowfile, &counter, &problem)) {
    weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING, "%s: %s",
                      weir_flowfile_get_attribute (flowfile, "filename"), problem->message);
    weir_session_transfer (session, flowfile, FAILURE);
    return true;
  }
  if (self->lines)
    tell (session, flowfile, "text.line.count", "Lines Counted", counter.lines);
  if (self->lines_with_text)
    tell (session, flowfile, "text.line.nonempty.count", "Lines (non-empty) Counted",
          counter.lines_with_text);
  if (self->words)
    tell (session, flowfile, "text.word.count", "Words Counted", counter.words);
  if (self->characters)
    tell (session, flowfile, "text.character.count", "Characters Counted", counter.characters);
  weir_session_transfer (session, flowfile, SUCCESS);
  return true;
}

const WeirProcessor count_text = {
  WEIR_PROCESSOR_ABI,
  .name = "CountText",
  .summary = "Counts lines, words and characters of text.",
  .description = "The counts become attributes, and are added up in counters of the processor. The "
                 "content stays as it is. Blanks are those of Unicode.",
  .tags = "count, text, line, word, character",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (CountText),
  .on_trigger = on_trigger,
};
