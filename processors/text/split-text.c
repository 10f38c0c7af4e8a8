/* split-text.c: SplitText cuts text into pieces of whole lines.
 *
 * The pieces are slices of what came in; only what has a header put in front is copied. The text is
 * walked twice, once to count, because each piece says how many there are. */
#include "lines.h"
#include "module.h"
#include <string.h>

/* All pieces of a FlowFile are made at once, and each costs some 500 bytes of memory. */
#define PIECES_MAX 4000000u

typedef struct {
  int64_t line_count;
  WeirSize max_size; /* 0: none */
  int64_t header_lines;
  char *header_marker;
  bool trim;
} SplitText;

static const WeirProperty properties[] = {
  { "Line Split Count",
    "How many lines a piece has at most, its header not counted. 0: as many as Maximum Fragment "
    "Size allows.",
    WEIR_FIELD (SplitText, line_count), .example = "1000", .required = true, .minimum = 0,
    .maximum = (double)G_MAXINT64 },
  { "Maximum Fragment Size",
    "How large a piece is at most, with its header. A line that is larger by itself is a piece of "
    "its own.",
    WEIR_FIELD (SplitText, max_size), .example = "1 MB", .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Header Line Count",
    "How many lines at the beginning are the header, which each piece begins with. A FlowFile that "
    "has fewer lines goes to `failure`.",
    WEIR_FIELD (SplitText, header_lines), .default_value = "0", .required = true, .minimum = 0,
    .maximum = (double)G_MAXINT64 },
  { "Header Line Marker Characters",
    "What each line of the header begins with: the header is all lines before the first that does "
    "not. Not used when Header Line Count is above 0.",
    WEIR_FIELD (SplitText, header_marker), .example = "#" },
  { "Remove Trailing Newlines",
    "Whether pieces end without line ends and empty lines. A piece that would be empty then is "
    "left out. Use `false` to put the pieces together again later.",
    WEIR_FIELD (SplitText, trim), .default_value = "true", .required = true },
};

enum { ORIGINAL, SPLITS, FAILURE };
static const WeirRelationship relationships[] = {
  [ORIGINAL] = { "original", "What was split." },
  [SPLITS] = { "splits", "The pieces, in their order." },
  [FAILURE] = { "failure", "What could not be split: its header is too short or too large, or "
                           "there would be too many pieces." },
};

static const WeirAttributeDoc writes[] = {
  { "fragment.identifier", "The same for all pieces of a FlowFile; also set on the original." },
  { "fragment.index", "The place of the piece among the others, from 1." },
  { "fragment.count", "How many pieces there are; also set on the original." },
  { "fragment.size", "Bytes of the piece, with its header." },
  { "segment.original.filename", "The filename of what was split." },
  { "text.line.count", "Lines of the piece, without its header." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const SplitText *self = state;

  if (self->line_count > 0 || self->max_size.bytes > 0)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "Line Split Count is 0, so Maximum Fragment Size must be set");
  return false;
}

typedef struct {
  size_t size;
  size_t trimmed; /* without the end of its last line */
} Header;

static bool
is_header (const SplitText *self, const Line *line, int64_t n)
{
  size_t length;

  if (self->header_lines > 0)
    return n < self->header_lines;
  if (self->header_marker == NULL)
    return false;
  length = strlen (self->header_marker);
  return line->size - line->end_size >= length &&
         memcmp (line->text, self->header_marker, length) == 0;
}

/* Leaves @lines at the first line behind the header. */
static bool
read_header (const SplitText *self, Lines *lines, Header *ret_header, GError **error)
{
  Header header = { 0 };
  int64_t n = 0;
  Line line;

  while (lines_next (lines, &line)) {
    if (!is_header (self, &line, n)) {
      lines->at -= line.size;
      break;
    }
    header.size = lines->at;
    header.trimmed = lines->at - line.end_size;
    n++;
  }
  if (n < self->header_lines && lines->size > 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the header should have %" G_GINT64_FORMAT " lines, but the text has only "
                 "%" G_GINT64_FORMAT,
                 self->header_lines, n);
    return false;
  }
  if (self->max_size.bytes > 0 && header.size > self->max_size.bytes) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the header has %zu bytes, more than Maximum Fragment Size", header.size);
    return false;
  }
  *ret_header = header;
  return true;
}

typedef struct {
  size_t offset;
  size_t size;
  size_t n_lines;
} Piece;

static bool
next_piece (const SplitText *self, Lines *lines, const Header *header, Piece *ret_piece)
{
  size_t most = self->line_count > 0 ? (size_t)self->line_count : SIZE_MAX;
  uint64_t room = self->max_size.bytes > 0 ? self->max_size.bytes - header->size : UINT64_MAX;
  size_t start = lines->at;
  Piece piece = { .offset = start };
  Line line;

  for (size_t n = 0; n < most && lines_next (lines, &line); n++) {
    if (n > 0 && lines->at - start > room) {
      lines->at -= line.size;
      break;
    }
    if (self->trim && line.size == line.end_size)
      continue;
    piece.size = lines->at - start - (self->trim ? line.end_size : 0);
    piece.n_lines = n + 1;
  }
  *ret_piece = piece;
  return lines->at > start;
}

/* The next piece that becomes a FlowFile. */
static bool
next_split (const SplitText *self, Lines *lines, const Header *header, Piece *ret_piece)
{
  while (next_piece (self, lines, header, ret_piece))
    if (ret_piece->size > 0 || header->size > 0)
      return true;
  return false;
}

/* printf takes longer than all the rest of making a piece. */
static const char *
decimal (char buffer[static 21], uint64_t number)
{
  char *at = buffer + 20;

  *at = '\0';
  do
    *--at = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  return at;
}

/* Returns: (transfer none): NULL with @error set. */
static WeirFlowFile *
join (WeirSession *session, const WeirFlowFile *original, const Header *header, const Piece *piece,
      GError **error)
{
  WeirFlowFile *flowfile = weir_session_create_child (session, original);
  g_autoptr (WeirWriter) writer = weir_session_write (session, flowfile, error);

  if (writer == NULL || !weir_writer_write_content (writer, original, 0, header->size, error) ||
      !weir_writer_write_content (writer, original, piece->offset, piece->size, error) ||
      !weir_writer_close (g_steal_pointer (&writer), error))
    return NULL;
  return flowfile;
}

static bool
emit (WeirSession *session, const WeirFlowFile *original, const Header *header, const Piece *piece,
      uint64_t index, GError **error)
{
  static const char *const names[] = { "fragment.index", "fragment.size", "text.line.count" };
  char buffers[3][21];
  const char *values[3];
  WeirFlowFile *flowfile;

  if (piece->size == 0) /* the header alone ends as a piece would */
    flowfile = weir_session_slice (session, original, 0, header->trimmed);
  else if (header->size == 0)
    flowfile = weir_session_slice (session, original, piece->offset, piece->size);
  else
    flowfile = join (session, original, header, piece, error);
  if (flowfile == NULL)
    return false;

  values[0] = decimal (buffers[0], index);
  values[1] = decimal (buffers[1], weir_flowfile_get_size (flowfile));
  values[2] = decimal (buffers[2], piece->n_lines);
  weir_session_put_attributes (session, flowfile, names, values, G_N_ELEMENTS (names));
  weir_session_transfer (session, flowfile, SPLITS);
  return true;
}

/* What all pieces have in common is set on the original, from where they get it. */
static void
set_common (WeirSession *session, WeirFlowFile *original, uint64_t count)
{
  static const char *const names[] = { "fragment.identifier", "fragment.count",
                                       "segment.original.filename" };
  g_autofree char *identifier = g_uuid_string_random ();
  char buffer[21];
  const char *values[] = { identifier, decimal (buffer, count),
                           weir_flowfile_get_attribute (original, "filename") };

  weir_session_put_attributes (session, original, names, values, G_N_ELEMENTS (names));
}

static void
restore (WeirSession *session, WeirFlowFile *original, const char *name, const char *value)
{
  if (value != NULL)
    weir_session_put_attribute (session, original, name, value);
  else
    weir_session_remove_attribute (session, original, name);
}

static bool
emit_all (const SplitText *self, WeirSession *session, WeirFlowFile *original, const Lines *body,
          const Header *header, uint64_t count, GError **error)
{
  const char *segment = weir_flowfile_get_attribute (original, "segment.original.filename");
  Lines lines = *body;
  Piece piece = { 0 };
  uint64_t index = 0;

  set_common (session, original, count);
  while (next_split (self, &lines, header, &piece))
    if (!emit (session, original, header, &piece, ++index, error))
      return false;
  if (index < count && !emit (session, original, header, &(Piece){ 0 }, ++index, error))
    return false;
  restore (session, original, "segment.original.filename", segment);
  return true;
}

/* How many pieces; false with @error set when that is too many. */
static bool
count_splits (const SplitText *self, const Lines *body, const Header *header, uint64_t *ret_count,
              GError **error)
{
  Lines lines = *body;
  uint64_t count = 0;
  Piece piece;

  while (next_split (self, &lines, header, &piece))
    count++;
  if (count > PIECES_MAX) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "there would be %" G_GUINT64_FORMAT
                 " pieces, more than %u: split into larger ones first, "
                 "and those with a second SplitText",
                 count, PIECES_MAX);
    return false;
  }
  /* A header without anything behind it is a piece, too. */
  *ret_count = count == 0 && header->size > 0 ? 1 : count;
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const SplitText *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autoptr (GError) problem = NULL;
  WeirBytes bytes;
  Lines lines;
  Header header;
  uint64_t count;

  if (flowfile == NULL)
    return true;
  if (!weir_session_view (session, flowfile, &bytes, error))
    return false;
  lines_init (&lines, bytes.data, bytes.size);
  if (!read_header (self, &lines, &header, &problem) ||
      !count_splits (self, &lines, &header, &count, &problem)) {
    weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING, "%s: %s",
                      weir_flowfile_get_attribute (flowfile, "filename"), problem->message);
    weir_session_transfer (session, flowfile, FAILURE);
    return true;
  }
  if (!emit_all (self, session, flowfile, &lines, &header, count, error))
    return false;
  weir_session_transfer (session, flowfile, ORIGINAL);
  return true;
}

const WeirProcessor split_text = {
  WEIR_PROCESSOR_ABI,
  .name = "SplitText",
  .summary = "Cuts text into pieces of so many lines or bytes.",
  .description =
      "Lines end with LF, CR LF or CR. A piece ends when it has Line Split Count lines, or when "
      "the next line would make it larger than Maximum Fragment Size. Pieces share the content "
      "they were cut from, so that splitting copies nothing, unless a header has to be put in "
      "front.\n\n"
      "All pieces of a FlowFile are made at once and each takes some memory: to cut a large file "
      "into single lines, cut it into pieces of 10,000 lines first.",
  .tags = "split, text, lines, fragment, header",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (SplitText),
  .on_configure = on_configure,
  .on_trigger = on_trigger,
};
