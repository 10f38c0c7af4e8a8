/* session-entry.c: differences. What a FlowFile was is in its record; what a new one is like is the
 * one before it in the same entry, mostly its brother. */
#include "runtime/session-entry.h"

#include "runtime/engine.h"
#include "runtime/node.h"
#include "runtime/session-facts.h"
#include "store/content-durable.h"

#include <string.h>

/* A content in memory that this entry brings into the log. */
typedef struct {
  WeirClaim *claim;
  size_t at; /* in the body */
} Brought;

struct WeirSessionEntry {
  WeirData *data;
  WeirDictionary *dictionary;
  WeirEntryWriter writer;
  const WeirSession *session;
  WeirSessionFacts facts;
  size_t empty_size;
  const WeirAttributes *attributes_before; /* of the create before */
  bool has_create;
  const WeirClaim *claim_before; /* of the content before */
  GArray *brought;
  WeirAttributeChange *changes; /* room for n_changes, as in the next two */
  WeirEntryAttribute *set;
  WeirEntryName *removed;
  size_t capacity;
};

WeirSessionEntry *
weir_session_entry_new (const WeirEngine *engine)
{
  WeirSessionEntry *entry = g_new0 (WeirSessionEntry, 1);

  entry->data = engine->data;
  entry->facts.is_on = engine->has_provenance;
  entry->dictionary = weir_data_get_dictionary (engine->data);
  weir_entry_writer_init (&entry->writer);
  entry->writer.most = MIN (entry->writer.most, engine->entry_max);
  entry->brought = g_array_new (FALSE, FALSE, sizeof (Brought));
  return entry;
}

void
weir_session_entry_free (WeirSessionEntry *entry)
{
  if (entry == NULL)
    return;
  weir_entry_writer_clear (&entry->writer);
  g_array_unref (entry->brought);
  g_free (entry->changes);
  g_free (entry->set);
  g_free (entry->removed);
  g_free (entry);
}

void
weir_session_entry_begin (WeirSessionEntry *entry, const WeirSession *session)
{
  weir_entry_writer_begin (&entry->writer, session->node->number);
  entry->empty_size = weir_entry_writer_get_size (&entry->writer);
  weir_session_facts_begin (&entry->facts, session, &entry->writer);
  entry->session = session;
  entry->attributes_before = NULL;
  entry->has_create = false;
  entry->claim_before = NULL;
  g_array_set_size (entry->brought, 0);
}

static void
make_room (WeirSessionEntry *entry, size_t n)
{
  if (n <= entry->capacity)
    return;
  entry->capacity = n * 2;
  entry->changes = g_renew (WeirAttributeChange, entry->changes, entry->capacity);
  entry->set = g_renew (WeirEntryAttribute, entry->set, entry->capacity);
  entry->removed = g_renew (WeirEntryName, entry->removed, entry->capacity);
}

static inline WeirEntryName
name_of (WeirSessionEntry *entry, const WeirAttributeChange *change)
{
  return weir_dictionary_get_name (entry->dictionary, change->id, change->name);
}

static void
add_attributes (WeirSessionEntry *entry, const WeirAttributes *from, const WeirAttributes *to,
                bool is_made_from)
{
  size_t n, n_set;

  make_room (entry, weir_attributes_get_n (from) + weir_attributes_get_n (to));
  n = weir_attributes_diff (from, to, is_made_from, entry->changes);
  for (n_set = 0; n_set < n && entry->changes[n_set].value != NULL; n_set++) {
    const WeirAttributeChange *change = &entry->changes[n_set];

    entry->set[n_set] =
        (WeirEntryAttribute){ name_of (entry, change), change->value, strlen (change->value) };
  }
  for (size_t i = n_set; i < n; i++)
    entry->removed[i - n_set] = name_of (entry, &entry->changes[i]);
  weir_entry_write_attributes (&entry->writer, entry->set, n_set, entry->removed, n - n_set);
}

static void
add_content (WeirSessionEntry *entry, const WeirContent *content)
{
  WeirContentRef ref;
  const void *bytes = weir_content_describe (content, &ref);
  size_t at;

  if (content->claim != NULL && content->claim == entry->claim_before)
    ref.where = WEIR_WHERE_SAME;
  entry->claim_before = content->claim;
  at = weir_entry_write_content (&entry->writer, &ref, bytes);
  if (ref.where == WEIR_WHERE_HERE) {
    Brought brought = { content->claim, at };
    g_array_append_val (entry->brought, brought);
  }
}

/* Microseconds that are left of it; 0: none. */
static uint64_t
penalty_of (const WeirSessionEntry *entry, const WeirFlowFile *flowfile)
{
  int64_t rest = flowfile->penalty_until - entry->session->monotonic;

  return flowfile->penalty_until != 0 && rest > 0 ? (uint64_t)rest : 0;
}

void
weir_session_entry_add_create (WeirSessionEntry *entry, const WeirRecord *record,
                               const WeirFlowFile *flowfile, const WeirQueue *queue)
{
  int64_t wall = entry->session->wall;
  uint64_t penalty = penalty_of (entry, flowfile);

  weir_session_facts_add_create (&entry->facts, record, flowfile);
  weir_entry_write_create (&entry->writer, flowfile->id, queue->number, entry->has_create);
  if (flowfile->entry_time != wall || flowfile->lineage_start != wall)
    weir_entry_write_times (&entry->writer, flowfile->entry_time - wall,
                            flowfile->lineage_start - wall);
  add_attributes (entry, entry->attributes_before, flowfile->attributes, false);
  if (flowfile->content.size > 0)
    add_content (entry, &flowfile->content);
  if (penalty > 0)
    weir_entry_write_penalty (&entry->writer, penalty);
  entry->attributes_before = flowfile->attributes;
  entry->has_create = true;
}

void
weir_session_entry_add_update (WeirSessionEntry *entry, const WeirRecord *record,
                               const WeirQueue *queue)
{
  const WeirFlowFile *flowfile = record->flowfile;
  uint64_t penalty = penalty_of (entry, flowfile);

  if (queue == NULL && !record->attributes_changed && !record->content_changed && penalty == 0) {
    weir_session_facts_add_alone (&entry->facts, record);
    return;
  }
  weir_session_facts_add_update (&entry->facts, record);
  weir_entry_write_update (&entry->writer, flowfile->id);
  if (queue != NULL)
    weir_entry_write_queue (&entry->writer, queue->number);
  if (record->attributes_changed)
    add_attributes (entry, record->old_attributes, flowfile->attributes, true);
  if (record->content_changed)
    add_content (entry, &flowfile->content);
  if (penalty > 0)
    weir_entry_write_penalty (&entry->writer, penalty);
}

void
weir_session_entry_add_drop (WeirSessionEntry *entry, const WeirRecord *record)
{
  const WeirFlowFile *flowfile = record->flowfile;

  if (record->source == NULL) {
    weir_session_facts_add_alone (&entry->facts, record);
    return;
  }
  if (weir_session_facts_must_update (&entry->facts, record))
    weir_session_entry_add_update (entry, record, NULL);
  weir_session_facts_add_drop (&entry->facts, record);
  weir_entry_write_drop (&entry->writer, flowfile->id);
}

void
weir_session_entry_add_state (WeirSessionEntry *entry, uint64_t component, const char *key,
                              const char *value)
{
  weir_entry_write_state (&entry->writer, component, key, value);
}

bool
weir_session_entry_check (const WeirSessionEntry *entry, GError **error)
{
  size_t bytes = weir_entry_writer_get_size (&entry->writer);
  g_autofree char *size = NULL;
  g_autofree char *most = NULL;

  if (!weir_entry_writer_is_too_large (&entry->writer))
    return true;
  size = g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
  most = g_format_size_full (entry->writer.most, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               "what one trigger did takes %s of the log, which takes %s at a time: have the "
               "processor do less at once, or put large values into contents instead of attributes "
               "and state",
               size, most);
  return false;
}

uint64_t
weir_session_entry_append (WeirSessionEntry *entry)
{
  size_t size = weir_entry_writer_end (&entry->writer);
  uint64_t place;
  uint64_t ticket;

  if (size == entry->empty_size)
    return weir_data_get_appended (entry->data);
  ticket = weir_data_append (entry->data, entry->session->wall, entry->writer.start, size, &place);
  if (ticket == UINT64_MAX)
    return ticket; /* the log has failed: it is nowhere */
  for (guint i = 0; i < entry->brought->len; i++) {
    const Brought *brought = &g_array_index (entry->brought, Brought, i);

    weir_claim_set_place (brought->claim, place + brought->at);
  }
  return ticket;
}
