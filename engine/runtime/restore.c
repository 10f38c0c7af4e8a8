/* restore.c: FlowFiles come by id and are sorted by the order in which they entered their queues.
 */
#include "runtime/restore.h"

#include "model/clone.h"
#include "provenance/fact.h"
#include "runtime/backlog.h"
#include "runtime/far.h"
#include "runtime/image.h"
#include "runtime/recording.h"
#include "runtime/worker.h"
#include "store/content-durable.h"
#include "store/content-file.h"

#include <string.h>

typedef struct {
  uint64_t order;
  uint64_t id;
  uint64_t size;
  WeirFlowFile *flowfile; /* NULL: it stays on the disk */
} Item;

/* What the directory calls a queue. */
typedef struct {
  WeirQueue *queue; /* it is stranded where the flow has none */
  GArray *items;    /* Item; NULL: none yet */
  GPtrArray *files; /* that contents of those are in which stay on the disk */
} Place;

typedef struct {
  WeirEngine *engine;
  WeirMagazine *magazine;
  GHashTable *nodes;  /* path to WeirNode */
  GHashTable *served; /* path to WeirServed */
  GHashTable *queues; /* key to WeirQueue */
  Place *places;      /* by number */
  guint n_places;
  int64_t wall;
  int64_t monotonic;
  WeirImageReader reader;
} Restore;

static void
restore_init (Restore *restore, WeirEngine *engine)
{
  WeirWorker *worker = weir_scheduler_get_first_worker (engine->scheduler);

  *restore = (Restore){ .engine = engine, .magazine = &weir_worker_get_session (worker)->magazine };
  restore->nodes = g_hash_table_new (g_str_hash, g_str_equal);
  restore->served = g_hash_table_new (g_str_hash, g_str_equal);
  restore->queues = g_hash_table_new (g_str_hash, g_str_equal);
  weir_image_reader_init (&restore->reader, engine->data);
  restore->wall = weir_clock_get_wall (engine->clock);
  restore->monotonic = weir_clock_get_monotonic (engine->clock);
  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    g_hash_table_insert (restore->nodes, (char *)node->path, node);
  }
  for (guint i = 0; i < weir_services_list (engine->services)->len; i++) {
    WeirServed *served = weir_services_list (engine->services)->pdata[i];
    g_hash_table_insert (restore->served, (char *)served->path, served);
  }
  for (guint i = 0; i < engine->queues->len; i++) {
    WeirQueue *queue = engine->queues->pdata[i];
    g_hash_table_insert (restore->queues, (char *)queue->path, queue);
  }
}

static void
free_items (Restore *restore, Place *place)
{
  g_clear_pointer (&place->files, g_ptr_array_unref);
  if (place->items == NULL)
    return;
  for (guint i = 0; i < place->items->len; i++)
    weir_flowfile_free (restore->magazine, g_array_index (place->items, Item, i).flowfile);
  g_array_unref (place->items);
}

static void
restore_clear (Restore *restore)
{
  for (guint i = 0; i < restore->n_places; i++)
    free_items (restore, &restore->places[i]);
  g_free (restore->places);
  g_hash_table_unref (restore->nodes);
  g_hash_table_unref (restore->served);
  g_hash_table_unref (restore->queues);
  weir_image_reader_clear (&restore->reader);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Restore, restore_clear)

void
weir_restore_strand (WeirEngine *engine, WeirQueue *queue)
{
  WeirStranded *stranded = g_new (WeirStranded, 1);

  *stranded = (WeirStranded){ g_strdup (queue->path), queue };
  g_ptr_array_add (engine->stranded, stranded);
}

/* What is there of it is in this queue, until the flow has it again. */
static WeirQueue *
add_stranded (WeirEngine *engine, const char *name, uint64_t number)
{
  WeirQueue *queue = g_aligned_alloc0 (1, sizeof (WeirQueue), _Alignof(WeirQueue));
  WeirConnection *connection = weir_connection_new ("", NULL, "");

  weir_queue_init (queue, connection, g_strdup (name));
  weir_component_free (&connection->base);
  queue->number = number;
  weir_backlog_add (queue, engine->queue_front);
  weir_restore_strand (engine, queue);
  return queue;
}

static Place *
find_place (Restore *restore, uint64_t number, GError **error)
{
  WeirDictionary *dictionary = weir_data_get_dictionary (restore->engine->data);
  const char *key = weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, number);
  Place *place;

  if (key == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "a FlowFile is in queue %" G_GUINT64_FORMAT
                 ", which was never named; `weir data check` tells more",
                 number);
    return NULL;
  }
  if (number >= restore->n_places) {
    guint n = (guint)number + 64;

    restore->places = g_renew (Place, restore->places, n);
    memset (restore->places + restore->n_places, 0, (n - restore->n_places) * sizeof (Place));
    restore->n_places = n;
  }
  place = &restore->places[number];
  if (place->items == NULL) {
    place->items = g_array_new (FALSE, FALSE, sizeof (Item));
    place->queue = g_hash_table_lookup (restore->queues, key);
    if (place->queue == NULL)
      place->queue = add_stranded (restore->engine, key, number);
  }
  return place;
}

/* The first of a long queue come back into memory. Ids are nearly in the order of the queue; what
 * is not is seen by fill. */
static bool
stays_on_disk (const Restore *restore, const Place *place, const WeirImage *image)
{
  return place->queue->backlog != NULL &&
         weir_backlog_is_next (place->queue->backlog, place->items->len) &&
         image->penalty_until <= restore->wall;
}

/* Neighbours are mostly in the same file. */
static void
hold_file (Place *place, const WeirContent *content)
{
  WeirContentFile *file = weir_content_hold_file (content);

  if (place->files == NULL)
    place->files = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_content_file_unref);
  if (file == NULL)
    return;
  if (place->files->len > 0 && place->files->pdata[place->files->len - 1] == file)
    weir_content_file_unref (file);
  else
    g_ptr_array_add (place->files, file);
}

static bool
note_on_disk (Restore *restore, Place *place, const WeirImage *image, GError **error)
{
  Item item = { image->order, image->id, image->content.length, NULL };
  WeirContent content;

  if (!weir_data_open_content (restore->engine->data, &image->content, &content, error))
    return false;
  hold_file (place, &content);
  weir_content_clear (&content);
  g_array_append_val (place->items, item);
  return true;
}

/* For so long somebody may have held up what is in @queue. */
static int64_t
get_longest_penalty (const WeirQueue *queue)
{
  const WeirComponent *component;
  const GPtrArray *retries;
  int64_t longest;

  if (queue->target == NULL) /* it is stranded */
    return WEIR_DEFAULT_PENALTY_USEC;
  component = queue->target->component;
  longest = MAX (queue->source->penalty_usec, queue->target->penalty_usec);
  retries = component->kind == WEIR_KIND_PROCESSOR ? ((const WeirProcessorNode *)component)->retries
                                                   : NULL;
  for (guint i = 0; retries != NULL && i < retries->len; i++)
    longest = MAX (longest, ((const WeirRetry *)retries->pdata[i])->max_usec);
  return longest;
}

/* What is left of a penalty; when the clock was set back, no more than it can have been. */
static int64_t
get_penalty_until (const Restore *restore, const WeirQueue *queue, const WeirImage *image)
{
  if (image->penalty_until <= restore->wall)
    return 0;
  return weir_time_add (restore->monotonic,
                        MIN (image->penalty_until - restore->wall, get_longest_penalty (queue)));
}

/* Its rank is in its attributes, and it is sorted by the queue. */
static bool
restore_ordered (Restore *restore, WeirQueue *queue, const WeirImage *image, GError **error)
{
  WeirFlowFile *flowfile = weir_flowfile_new (restore->magazine);

  if (!weir_image_reader_read (&restore->reader, image, flowfile, error)) {
    weir_flowfile_free (restore->magazine, flowfile);
    return false;
  }
  flowfile->queue_time = restore->wall;
  flowfile->penalty_until = get_penalty_until (restore, queue, image);
  weir_far_restore (queue, flowfile, image->order, restore->magazine);
  return true;
}

static bool
on_flowfile (void *user, const WeirImage *image, GError **error)
{
  Restore *restore = user;
  Place *place = find_place (restore, image->queue, error);
  WeirFlowFile *flowfile;
  Item item;

  if (place == NULL)
    return false;
  if (place->queue->far != NULL)
    return restore_ordered (restore, place->queue, image, error);
  if (stays_on_disk (restore, place, image))
    return note_on_disk (restore, place, image, error);
  flowfile = weir_flowfile_new (restore->magazine);
  item = (Item){ image->order, image->id, image->content.length, flowfile };
  g_array_append_val (place->items, item);
  flowfile->penalty_until = get_penalty_until (restore, place->queue, image);
  return weir_image_reader_read (&restore->reader, image, flowfile, error);
}

static int
by_order (const void *a, const void *b)
{
  const Item *one = a;
  const Item *other = b;

  return (one->order > other->order) - (one->order < other->order);
}

/* What comes behind the first that stayed on the disk goes back there. */
static void
fill_backlog (Restore *restore, Place *place, const Item *items, size_t n)
{
  g_autofree uint64_t *ids = g_new (uint64_t, n);
  size_t n_ids = 0;
  uint64_t bytes = 0;
  WeirList waiting = { 0 };

  for (size_t i = 0; i < n; i++) {
    WeirFlowFile *flowfile = items[i].flowfile;

    if (flowfile != NULL && flowfile->penalty_until != 0) {
      weir_list_append (&waiting, flowfile);
      continue;
    }
    if (flowfile != NULL)
      hold_file (place, &flowfile->content);
    weir_flowfile_free (restore->magazine, flowfile);
    ids[n_ids++] = items[i].id;
    bytes += items[i].size;
  }
  weir_backlog_append_cold (place->queue, ids, n_ids, restore->wall, bytes,
                            g_steal_pointer (&place->files));
  weir_queue_push (place->queue, &waiting, restore->wall);
}

static void
fill (Restore *restore, Place *place)
{
  const Item *items;
  WeirList list = { 0 };
  guint n = 0;

  if (place->items == NULL || place->items->len == 0)
    return;
  qsort (place->items->data, place->items->len, sizeof (Item), by_order);
  items = (const Item *)place->items->data;
  for (; n < place->items->len && items[n].flowfile != NULL; n++)
    weir_list_append (&list, items[n].flowfile);
  weir_queue_push (place->queue, &list, restore->wall);
  if (n < place->items->len)
    fill_backlog (restore, place, items + n, place->items->len - n);
  g_array_set_size (place->items, 0);
}

/* Returns: (transfer none): of a component that the flow does not have. */
static WeirState *
find_lost_state (WeirEngine *engine, const char *path)
{
  WeirState *state = g_hash_table_lookup (engine->states, path);

  if (state == NULL) {
    state = weir_state_new ();
    g_hash_table_insert (engine->states, g_strdup (path), state);
  }
  return state;
}

static void
on_state (void *user, uint64_t component, const char *key, const char *value)
{
  Restore *restore = user;
  WeirDictionary *dictionary = weir_data_get_dictionary (restore->engine->data);
  const char *path = weir_dictionary_get_text (dictionary, WEIR_WORD_COMPONENT, component);
  const WeirNode *node = path != NULL ? g_hash_table_lookup (restore->nodes, path) : NULL;
  const WeirServed *served = path != NULL ? g_hash_table_lookup (restore->served, path) : NULL;

  if (node != NULL)
    weir_state_set (node->state, key, value);
  else if (served != NULL)
    weir_state_set (served->state, key, value);
  else if (path != NULL)
    weir_state_set (find_lost_state (restore->engine, path), key, value);
}

/* Only where there is a directory to come back from. */
static void
add_backlogs (WeirEngine *engine)
{
  for (guint i = 0; i < engine->queues->len; i++)
    weir_backlog_add (engine->queues->pdata[i], engine->queue_front);
}

static void
give_numbers (Restore *restore)
{
  WeirDictionary *dictionary = weir_data_get_dictionary (restore->engine->data);
  GHashTableIter iter;
  gpointer key, value;

  for (guint i = 0; i < restore->engine->nodes->len; i++) {
    WeirNode *node = restore->engine->nodes->pdata[i];
    node->number = weir_dictionary_get_number (dictionary, WEIR_WORD_COMPONENT, node->path);
  }
  g_hash_table_iter_init (&iter, restore->served);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    WeirServed *served = value;
    served->number = weir_dictionary_get_number (dictionary, WEIR_WORD_COMPONENT, key);
  }
  g_hash_table_iter_init (&iter, restore->queues);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    WeirQueue *queue = value;
    queue->number = weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, key);
  }
}

/* Provenance names the types of components, which nothing else in the log does. */
void
weir_restore_describe (WeirEngine *engine, const GPtrArray *nodes)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 0);
  for (guint i = 0; i < nodes->len; i++) {
    const WeirNode *node = nodes->pdata[i];
    const WeirFact fact = { .fields = WEIR_FACT_TYPE,
                            .component = node->number,
                            .type = node->type->name,
                            .type_size = strlen (node->type->name) };

    weir_fact_write (&fact, &writer);
  }
  weir_data_append (engine->data, weir_clock_get_wall (engine->clock), writer.start,
                    weir_entry_writer_get_size (&writer), NULL);
  weir_entry_writer_clear (&writer);
}

bool
weir_restore (WeirEngine *engine, GError **error)
{
  g_auto (Restore) restore = { 0 };

  restore_init (&restore, engine);
  add_backlogs (engine);
  weir_data_each_state (engine->data, on_state, &restore);
  if (!weir_data_each_flowfile (engine->data, on_flowfile, &restore, error))
    return false;
  for (guint i = 0; i < restore.n_places; i++)
    fill (&restore, &restore.places[i]);
  engine->install_id = weir_data_get_install_id (engine->data);
  weir_recording_start (engine);
  if (!weir_data_start (engine->data, error))
    return false;
  give_numbers (&restore);
  if (engine->has_provenance)
    weir_restore_describe (engine, engine->nodes);
  return true;
}

void
weir_restore_clear (WeirEngine *engine)
{
  for (guint i = 0; i < engine->stranded->len; i++) {
    WeirStranded *stranded = engine->stranded->pdata[i];

    weir_queue_unref (stranded->queue);
    g_free (stranded->name);
    g_free (stranded);
  }
  g_ptr_array_set_size (engine->stranded, 0);
}
