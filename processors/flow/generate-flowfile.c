/* generate-flowfile.c: GenerateFlowFile makes FlowFiles out of nothing, to try flows out and to
 * load them.
 *
 * Content is written from one block that is filled anew or repeated, so its size costs no memory.
 * How many were made is part of the session that made them: a limit holds over crashes. */
#include "attribute-names.h"
#include "charset.h"
#include "module.h"
#include <inttypes.h>
#include <string.h>

#define BLOCK_SIZE 65536u
#define STATE_KEY  "generated"

/* Nothing more will come; whoever clears the state need not wait for ever. */
#define REST_USEC (INT64_C (3600) * G_USEC_PER_SEC)

typedef struct {
  WeirSize file_size;
  int64_t batch_size;
  int64_t maximum;
  WeirChoice format;
  bool unique;
  const WeirExpr *custom_text;
  char *charset;
  char *mime_type;
  const WeirConfig *config;
  char *block; /* NULL: there is custom text */
} GenerateFlowFile;

enum { BINARY, TEXT };
static const WeirAllowed formats[] = {
  [BINARY] = { "Binary", "Any bytes." },
  [TEXT] = { "Text", "Letters, digits, blanks and line ends." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "File Size", "How large the content of each FlowFile is. Not used when there is `Custom Text`.",
    WEIR_FIELD (GenerateFlowFile, file_size), .default_value = "0 B", .required = true },
  { "Batch Size", "How many FlowFiles are made in one go.",
    WEIR_FIELD (GenerateFlowFile, batch_size), .default_value = "1", .required = true, .minimum = 1,
    .maximum = 1000000 },
  { "Maximum FlowFiles",
    "After so many FlowFiles no more are made; 0 is without limit. The count is kept with the "
    "state of the processor, so it goes on over restarts until the state is cleared.",
    WEIR_FIELD (GenerateFlowFile, maximum), .default_value = "0", .required = true, .minimum = 0,
    .maximum = (double)G_MAXINT64 },
  { "Data Format", "What the content is made of.", WEIR_FIELD (GenerateFlowFile, format),
    .default_value = "Text", .required = true, .allowed = formats },
  { "Unique FlowFiles",
    "Makes other content for each FlowFile. Without it all have the same, which is faster.",
    WEIR_FIELD (GenerateFlowFile, unique), .default_value = "false", .required = true },
  { "Custom Text",
    "The content, instead of random data. An expression in it is evaluated once a batch. Needs "
    "`Data Format` Text and `Unique FlowFiles` false.",
    WEIR_FIELD (GenerateFlowFile, custom_text), .example = "Hello, world", .hint = WEIR_HINT_TEXT },
  { "Character Set", "How `Custom Text` is written.", WEIR_FIELD (GenerateFlowFile, charset),
    .default_value = "UTF-8", .required = true, .validate = charset_is_valid,
    .hint = WEIR_HINT_CHARSET },
  { "Mime Type", "Becomes the attribute `mime.type`.", WEIR_FIELD (GenerateFlowFile, mime_type),
    .example = "text/plain" },
};

static const WeirDynamic dynamic = {
  .name = "attribute name",
  .value = "attribute value",
  .description = "Each FlowFile gets the attribute. An expression is evaluated once a batch.",
};

static const WeirAttributeDoc writes[] = {
  { "mime.type", "What `Mime Type` says, if it says something." },
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "The new FlowFiles." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const GenerateFlowFile *self = state;

  if (!attribute_names_check (config, error))
    return false;
  if (self->custom_text == NULL || (self->format.index == TEXT && !self->unique))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "Custom Text is content of its own: with it, %s",
               self->unique ? "Unique FlowFiles must be false" : "Data Format must be Text");
  return false;
}

static void
fill_block (GenerateFlowFile *self, const WeirContext *context, size_t size)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n";

  for (size_t i = 0; i < size; i += sizeof (uint64_t)) {
    uint64_t random = weir_context_get_random (context);

    memcpy (self->block + i, &random, MIN (sizeof random, size - i));
  }
  for (size_t i = 0; self->format.index == TEXT && i < size; i++)
    self->block[i] = letters[(unsigned char)self->block[i] % 64];
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  GenerateFlowFile *self = state;

  self->config = weir_context_get_config (context);
  if (self->custom_text == NULL) {
    self->block = g_malloc (BLOCK_SIZE);
    fill_block (self, context, MIN (self->file_size.bytes, BLOCK_SIZE));
  }
  return true;
}

static void
on_stopped (void *state)
{
  GenerateFlowFile *self = state;

  g_clear_pointer (&self->block, g_free);
}

/* How many are still to be made, a batch at most; counts them as made. */
static int64_t
take_batch (const GenerateFlowFile *self, WeirSession *session)
{
  g_autofree char *text = NULL;
  char made[24];
  int64_t n_made;
  int64_t n;

  if (self->maximum == 0)
    return self->batch_size;
  text = weir_session_get_state (session, STATE_KEY);
  n_made = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
  n = CLAMP (self->maximum - n_made, 0, self->batch_size);
  if (n > 0) {
    g_snprintf (made, sizeof made, "%" PRId64, n_made + n);
    weir_session_set_state (session, STATE_KEY, made);
  }
  return n;
}

static bool
write_block (GenerateFlowFile *self, WeirSession *session, WeirFlowFile *flowfile, GError **error)
{
  uint64_t left = self->file_size.bytes;
  g_autoptr (WeirWriter) writer = NULL;

  if (left == 0)
    return true;
  writer = weir_session_write (session, flowfile, error);
  while (writer != NULL && left > 0) {
    size_t size = MIN (left, BLOCK_SIZE);

    if (self->unique)
      fill_block (self, weir_session_get_context (session), size);
    if (!weir_writer_write (writer, self->block, size, error))
      return false;
    left -= size;
  }
  return writer != NULL && weir_writer_close (g_steal_pointer (&writer), error);
}

/* What all FlowFiles of a batch have. */
typedef struct {
  char *text; /* NULL: each has its own content */
  size_t size;
  const char **names;
  const char **values;
  size_t n;
} Batch;

static void
batch_clear (Batch *batch)
{
  g_free (batch->text);
  g_free (batch->names);
  g_free (batch->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static bool
evaluate (const GenerateFlowFile *self, const WeirFlowFile *first, Batch *batch, GError **error)
{
  size_t n = weir_config_get_n_dynamic (self->config);

  batch->names = g_new (const char *, n + 1);
  batch->values = g_new (const char *, n + 1);
  for (; batch->n < n; batch->n++) {
    const WeirDynamicValue *attribute = weir_config_get_dynamic (self->config, batch->n);

    batch->names[batch->n] = attribute->name;
    batch->values[batch->n] = weir_expr_eval (attribute->expr, first, error);
    if (batch->values[batch->n] == NULL) {
      g_prefix_error (error, "%s: ", attribute->name);
      return false;
    }
  }
  if (self->mime_type != NULL) {
    batch->names[batch->n] = "mime.type";
    batch->values[batch->n++] = self->mime_type;
  }
  if (self->custom_text != NULL) {
    const char *text = weir_expr_eval (self->custom_text, first, error);

    if (text != NULL)
      batch->text =
          charset_convert (text, strlen (text), self->charset, "UTF-8", &batch->size, error);
    if (batch->text == NULL) {
      g_prefix_error (error, "Custom Text: ");
      return false;
    }
  }
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  GenerateFlowFile *self = state;
  int64_t n = take_batch (self, session);
  g_auto (Batch) batch = { 0 };

  if (n == 0)
    weir_context_yield_for (weir_session_get_context (session), REST_USEC);
  for (int64_t i = 0; i < n; i++) {
    WeirFlowFile *flowfile = weir_session_create (session);

    if (i == 0 && !evaluate (self, flowfile, &batch, error))
      return false;
    if (batch.text != NULL
            ? !weir_session_set_content (session, flowfile, batch.text, batch.size, error)
            : !write_block (self, session, flowfile, error))
      return false;
    weir_session_put_attributes (session, flowfile, batch.names, batch.values, batch.n);
    weir_session_transfer (session, flowfile, SUCCESS);
  }
  return true;
}

const WeirProcessor generate_flowfile = {
  WEIR_PROCESSOR_ABI,
  .name = "GenerateFlowFile",
  .summary = "Makes FlowFiles with random or given content.",
  .description =
      "For trying flows out and for loading them. Without a schedule it makes FlowFiles as fast as "
      "they are taken away; `Maximum FlowFiles` or a `<schedule every=\"1 s\"/>` makes it stop or "
      "slows it down.",
  .tags = "test, random, generate, load, source",
  .input = WEIR_INPUT_FORBIDDEN,
  .role = WEIR_SOURCE,
  .threading = WEIR_SERIAL,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .dynamic = &dynamic,
  .state_size = sizeof (GenerateFlowFile),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
