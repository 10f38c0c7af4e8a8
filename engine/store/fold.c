/* fold.c: one operation after the other, twice: first to see which FlowFiles end, then to fold what
 * is said of the others. An entry that uses a number before it was given, or speaks of a FlowFile
 * that cannot be there, was not written by an engine that worked: it is refused. */
#include "store/fold.h"

#include <string.h>
#include <weir/error.h>

/* A base that has grown to more chunks, or to more than attributes can be, is added up: fragments
 * of one FlowFile may be many. */
#define MAX_CHUNKS 8u

/* What is noted takes some four bytes for each operation. An entry that is large is not noted, but
 * folded alone. */
#define MAX_NOTED ((size_t)1024 * 1024)
#define LARGE     ((size_t)256 * 1024)

typedef struct {
  WeirLogEntry entry;
  uint64_t next_order;
  size_t first; /* of its notes */
  size_t n;     /* notes; none: it says nothing of FlowFiles, or is large */
} Added;

void
weir_fold_init (WeirFold *fold, WeirManifest *manifest, WeirDictionary *dictionary,
                WeirDelta *delta)
{
  *fold = (WeirFold){ .manifest = manifest, .dictionary = dictionary, .delta = delta };
  fold->bytes = g_byte_array_new ();
  fold->added = g_array_new (FALSE, FALSE, sizeof (Added));
  weir_fates_init (&fold->fates);
  weir_chunks_sum_init (&fold->sum);
}

void
weir_fold_clear (WeirFold *fold)
{
  g_clear_pointer (&fold->bytes, g_byte_array_unref);
  g_clear_pointer (&fold->added, g_array_unref);
  g_clear_pointer (&fold->noted, g_free);
  weir_fates_clear (&fold->fates);
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
         (!op->has_attributes ||
          MAX (op->set.highest, op->removed.highest) <= fold->manifest->words[WEIR_WORD_NAME]->len);
}

/* --- adding --- */

static bool
add_word (WeirFold *fold, const WeirLogEntry *entry, const WeirOp *op, GError **error)
{
  WeirWordKind kind = op->kind == WEIR_OP_COMPONENT ? WEIR_WORD_COMPONENT
                      : op->kind == WEIR_OP_QUEUE   ? WEIR_WORD_QUEUE
                                                    : WEIR_WORD_NAME;
  GPtrArray *words = fold->manifest->words[kind];

  if (op->number > words->len + UINT64_C (1) ||
      (kind == WEIR_WORD_NAME && op->number <= words->len))
    return malformed (entry, error, "it gives a number that is not the next one");
  if (!weir_dictionary_load (fold->dictionary, kind, op->number, op->text, op->text_size, error)) {
    g_prefix_error (error, "the entry at place %" G_GUINT64_FORMAT " of the log: ", entry->place);
    return false;
  }
  if (op->number > words->len) {
    g_ptr_array_add (words, g_strndup ((const char *)op->text, op->text_size));
    return true;
  }
  g_free (words->pdata[op->number - 1]);
  words->pdata[op->number - 1] = g_strndup ((const char *)op->text, op->text_size);
  return true;
}

static bool
add_ids (WeirFold *fold, const WeirLogEntry *entry, const WeirOp *op, GError **error)
{
  if (op->number > WEIR_FLOWFILE_ID_END)
    return malformed (entry, error, "it speaks of ids that cannot be");
  fold->manifest->reserved_id = MAX (fold->manifest->reserved_id, op->number);
  return true;
}

static bool
add_state (WeirFold *fold, const WeirLogEntry *entry, uint64_t component, const WeirOp *op,
           GError **error)
{
  if (op->number != 0 && !is_given (fold, WEIR_WORD_COMPONENT, op->number))
    return malformed (entry, error, "it has the state of a component that was never named");
  return weir_manifest_set_state (fold->manifest, op->number != 0 ? op->number : component, op->key,
                                  op->key_size, op->text, op->text_size) ||
         malformed (entry, error, "it has a state with a NUL in it");
}

static const char *
note (WeirFold *fold, const WeirOp *op)
{
  if (op->kind == WEIR_OP_CREATE)
    fold->manifest->next_id = MAX (fold->manifest->next_id, op->id + 1);
  fold->manifest->next_order += op->has_queue ? 1 : 0;
  if (fold->is_full)
    return NULL;
  if (fold->n_noted == fold->room) {
    fold->room = MAX (2 * fold->room, 1024);
    fold->noted = g_renew (WeirFate, fold->noted, fold->room);
  }
  return weir_fates_note (&fold->fates, op, &fold->noted[fold->n_noted++]);
}

/* @op and those that say the same of other FlowFiles. */
static bool
add_flowfiles (WeirFold *fold, const WeirLogEntry *entry, WeirEntryReader *reader, WeirOp *op,
               GError **error)
{
  const char *problem = NULL;
  uint64_t n;
  int64_t step;

  if (!has_known_numbers (fold, op))
    problem = "has a queue or an attribute that was never named";
  else if (op->is_based && !fold->has_create)
    problem = "is made like one before it, and there is none";
  else
    problem = note (fold, op);
  fold->has_create |= op->kind == WEIR_OP_CREATE;
  for (n = weir_entry_reader_pass_again (reader, &step); n > 0 && problem == NULL; n--) {
    op->id += (uint64_t)step;
    problem = note (fold, op);
  }
  return problem == NULL || contradicts (entry, op->id, error, problem);
}

bool
weir_fold_has_room (const WeirFold *fold, const WeirLogEntry *entry)
{
  return fold->added->len == 0 ||
         (!fold->is_full && fold->n_noted < MAX_NOTED && entry->size <= LARGE);
}

static void
forget (WeirFold *fold)
{
  weir_fates_begin (&fold->fates);
  g_array_set_size (fold->added, 0);
  fold->n_folded = 0;
  fold->n_noted = 0;
  fold->is_full = false;
}

static bool
add (WeirFold *fold, const WeirLogEntry *entry, GError **error)
{
  Added added = { *entry, fold->manifest->next_order, fold->n_noted, 0 };
  WeirEntryReader reader;
  WeirOp op;

  fold->is_full = entry->size > LARGE;
  fold->has_create = false;
  if (!weir_entry_reader_init (&reader, entry->body, entry->size, entry->place, entry->wall))
    return malformed (entry, error, "it has no component");
  if (reader.component != 0 && !is_given (fold, WEIR_WORD_COMPONENT, reader.component))
    return malformed (entry, error, "it is of a component that was never named");

  while (weir_entry_reader_next (&reader, &op)) {
    if (op.kind <= WEIR_OP_DROP) {
      if (!add_flowfiles (fold, entry, &reader, &op, error))
        return false;
    } else if (op.kind == WEIR_OP_STATE) {
      if (!add_state (fold, entry, reader.component, &op, error))
        return false;
    } else if (op.kind == WEIR_OP_IDS) {
      if (!add_ids (fold, entry, &op, error))
        return false;
    } else if (op.kind != WEIR_OP_FACT && !add_word (fold, entry, &op, error)) {
      return false;
    }
  }
  if (reader.cursor.failed)
    return malformed (entry, error, "an operation cannot be read");
  added.n = fold->n_noted - added.first;
  g_array_append_val (fold->added, added);
  return true;
}

bool
weir_fold_add (WeirFold *fold, const WeirLogEntry *entry, GError **error)
{
  if (add (fold, entry, error))
    return true;
  forget (fold);
  return false;
}

/* --- folding --- */

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
fold_create (WeirFold *fold, const WeirOp *op, int64_t wall, uint64_t order, bool is_sealed)
{
  WeirChunks chunk = weir_chunks_of_op (op);

  if (chunk.size > WEIR_CHUNKS_MAX)
    return "is made with more attributes than can be";
  if (!op->is_based)
    fold->base = chunk;
  else if (op->set.n > 0 || op->removed.n > 0)
    extend_base (fold, &chunk);
  return is_sealed ? NULL : weir_delta_create (fold->delta, op, &fold->base, wall, order);
}

static const char *
fold_op (WeirFold *fold, const WeirOp *op, int64_t wall, uint64_t order, bool is_sealed)
{
  if (op->kind == WEIR_OP_CREATE)
    return fold_create (fold, op, wall, order, is_sealed);
  if (is_sealed)
    return NULL;
  return op->kind == WEIR_OP_UPDATE ? weir_delta_update (fold->delta, op, wall, order)
                                    : weir_delta_drop (fold->delta, op->id);
}

static bool
is_all_sealed (const WeirFold *fold, const Added *added)
{
  size_t i = 0;

  while (i < added->n && weir_fates_is_sealed (&fold->fates, fold->noted[added->first + i]))
    i++;
  return i == added->n;
}

static bool
fold_added (WeirFold *fold, const Added *added, GError **error)
{
  const WeirLogEntry *entry = &added->entry;
  size_t noted = added->first;
  uint64_t order = added->next_order;
  WeirEntryReader reader;
  WeirOp op;

  if (!fold->is_full && is_all_sealed (fold, added))
    return true;
  fold->base = (WeirChunks){ 0 };
  weir_entry_reader_init (&reader, entry->body, entry->size, entry->place, entry->wall);
  while (weir_entry_reader_next (&reader, &op)) {
    const char *problem;

    if (op.kind > WEIR_OP_DROP)
      continue;
    problem = fold_op (fold, &op, entry->wall, order,
                       !fold->is_full && weir_fates_is_sealed (&fold->fates, fold->noted[noted++]));
    if (problem != NULL)
      return contradicts (entry, op.id, error, problem);
    order += op.has_queue ? 1 : 0;
  }
  return true;
}

bool
weir_fold_some (WeirFold *fold, guint n, GError **error)
{
  guint end = MIN (fold->added->len, fold->n_folded + n);

  if (fold->added->len == 0)
    return false;
  if (fold->n_folded == 0)
    weir_fates_end (&fold->fates, fold->delta);
  for (; fold->n_folded < end; fold->n_folded++)
    if (!fold_added (fold, &g_array_index (fold->added, Added, fold->n_folded), error)) {
      forget (fold);
      return false;
    }
  if (end == fold->added->len)
    forget (fold);
  return true;
}

bool
weir_fold_entry (WeirFold *fold, const WeirLogEntry *entry, GError **error)
{
  return weir_fold_add (fold, entry, error) && weir_fold_some (fold, 1, error);
}
