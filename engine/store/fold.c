/* fold.c: one operation after the other. An entry that uses a number before it was given, or speaks
 * of a FlowFile that cannot be there, was not written by an engine that worked: it is refused. */
#include "store/fold.h"

#include <string.h>
#include <weir/error.h>

/* A base that has grown to more chunks, or to more than attributes can be, is added up: fragments
 * of one FlowFile may be many. */
#define MAX_CHUNKS 8u

void
weir_fold_init (WeirFold *fold, WeirManifest *manifest, WeirDictionary *dictionary,
                WeirDelta *delta)
{
  *fold = (WeirFold){ .manifest = manifest, .dictionary = dictionary, .delta = delta };
  fold->bytes = g_byte_array_new ();
  weir_chunks_sum_init (&fold->sum);
}

void
weir_fold_clear (WeirFold *fold)
{
  g_clear_pointer (&fold->bytes, g_byte_array_unref);
  weir_chunks_sum_clear (&fold->sum);
}

static bool
malformed (const WeirLogEntry *entry, GError **error, const char *what)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the entry at place %" G_GUINT64_FORMAT " of the log is malformed: %s", entry->place,
               what);
  return false;
}

static bool
contradicts (const WeirLogEntry *entry, uint64_t id, GError **error, const char *how)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the entry at place %" G_GUINT64_FORMAT
               " of the log contradicts those before it: FlowFile %" G_GUINT64_FORMAT " %s",
               entry->place, id, how);
  return false;
}

static inline bool
is_given (const WeirFold *fold, WeirWordKind kind, uint64_t number)
{
  return number != 0 && number <= fold->manifest->words[kind]->len;
}

static inline bool
has_known_numbers (const WeirFold *fold, const WeirOp *op)
{
  return (!op->has_queue || is_given (fold, WEIR_WORD_QUEUE, op->queue)) &&
         MAX (op->set.highest, op->removed.highest) <= fold->manifest->words[WEIR_WORD_NAME]->len;
}

/* Lays @chunk over the base. */
static void
extend_base (WeirFold *fold, const WeirChunks *chunk)
{
  if (fold->base.at != fold->bytes->data) {
    g_byte_array_set_size (fold->bytes, 0);
    g_byte_array_append (fold->bytes, fold->base.at, (guint)fold->base.size);
  }
  g_byte_array_append (fold->bytes, chunk->at, (guint)chunk->size);
  fold->base = (WeirChunks){ fold->bytes->data, fold->bytes->len, fold->base.n + 1 };
  if (fold->base.n <= MAX_CHUNKS && fold->base.size <= WEIR_CHUNKS_MAX)
    return;
  weir_chunks_sum_begin (&fold->sum);
  weir_chunks_sum_add (&fold->sum, &fold->base);
  fold->base = weir_chunks_sum_end (&fold->sum, true);
}

static const char *
fold_create (WeirFold *fold, const WeirOp *op, int64_t wall)
{
  WeirChunks chunk = weir_chunks_of_op (op);

  if (chunk.size > WEIR_CHUNKS_MAX)
    return "is made with more attributes than can be";
  if (!op->is_based)
    fold->base = chunk;
  else if (fold->base.n == 0)
    return "is made like one before it, and there is none";
  else if (op->set.n > 0 || op->removed.n > 0)
    extend_base (fold, &chunk);
  fold->manifest->next_id = MAX (fold->manifest->next_id, op->id + 1);
  return weir_delta_create (fold->delta, op, &fold->base, wall, fold->manifest->next_order++);
}

static bool
fold_flowfile (WeirFold *fold, const WeirLogEntry *entry, const WeirOp *op, GError **error)
{
  const char *problem;

  if (!has_known_numbers (fold, op))
    return contradicts (entry, op->id, error, "has a queue or an attribute that was never named");
  switch (op->kind) {
  case WEIR_OP_CREATE:
    problem = fold_create (fold, op, entry->wall);
    break;
  case WEIR_OP_UPDATE:
    problem = weir_delta_update (fold->delta, op, entry->wall, fold->manifest->next_order);
    fold->manifest->next_order += op->has_queue ? 1 : 0;
    break;
  default:
    problem = weir_delta_drop (fold->delta, op->id);
  }
  return problem == NULL || contradicts (entry, op->id, error, problem);
}

static bool
fold_word (WeirFold *fold, const WeirLogEntry *entry, const WeirOp *op, GError **error)
{
  WeirWordKind kind = op->kind == WEIR_OP_COMPONENT ? WEIR_WORD_COMPONENT
                      : op->kind == WEIR_OP_QUEUE   ? WEIR_WORD_QUEUE
                                                    : WEIR_WORD_NAME;

  if (op->number != fold->manifest->words[kind]->len + UINT64_C (1))
    return malformed (entry, error, "it gives a number that is not the next one");
  if (!weir_dictionary_load (fold->dictionary, kind, op->number, op->text, op->text_size, error)) {
    g_prefix_error (error, "the entry at place %" G_GUINT64_FORMAT " of the log: ", entry->place);
    return false;
  }
  g_ptr_array_add (fold->manifest->words[kind], g_strndup ((const char *)op->text, op->text_size));
  return true;
}

static bool
fold_ids (WeirFold *fold, const WeirLogEntry *entry, const WeirOp *op, GError **error)
{
  if (op->number > WEIR_FLOWFILE_ID_END)
    return malformed (entry, error, "it speaks of ids that cannot be");
  fold->manifest->reserved_id = MAX (fold->manifest->reserved_id, op->number);
  return true;
}

bool
weir_fold_entry (WeirFold *fold, const WeirLogEntry *entry, GError **error)
{
  WeirEntryReader reader;
  WeirOp op;

  fold->base = (WeirChunks){ 0 };
  if (!weir_entry_reader_init (&reader, entry->body, entry->size, entry->place, entry->wall))
    return malformed (entry, error, "it has no component");
  if (reader.component != 0 && !is_given (fold, WEIR_WORD_COMPONENT, reader.component))
    return malformed (entry, error, "it is of a component that was never named");

  while (weir_entry_reader_next (&reader, &op)) {
    if (op.kind <= WEIR_OP_DROP) {
      if (!fold_flowfile (fold, entry, &op, error))
        return false;
    } else if (op.kind == WEIR_OP_STATE) {
      if (!weir_manifest_set_state (fold->manifest, reader.component, op.key, op.key_size, op.text,
                                    op.text_size))
        return malformed (entry, error, "it has a state with a NUL in it");
    } else if (op.kind == WEIR_OP_IDS) {
      if (!fold_ids (fold, entry, &op, error))
        return false;
    } else if (op.kind != WEIR_OP_FACT && !fold_word (fold, entry, &op, error)) {
      return false;
    }
  }
  return !reader.cursor.failed || malformed (entry, error, "an operation cannot be read");
}
