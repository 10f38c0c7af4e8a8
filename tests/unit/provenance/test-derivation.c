/* The rules of docs/internals/provenance.md, one by one, on entries that are written here. */
#include "provenance/derivation.h"
#include "provenance/fact.h"

#include <string.h>

#define WALL INT64_C (1000000)

typedef struct {
  WeirEntryWriter writer;
  WeirDerivation *derivation;
  uint64_t sequence; /* of parents that were given */
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  weir_entry_writer_init (&self->writer);
  weir_entry_writer_begin (&self->writer, 7);
  self->derivation = weir_derivation_new ();
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_entry_writer_clear (&self->writer);
  weir_derivation_free (self->derivation);
}

static void
fact (Fixture *self, WeirFact fact)
{
  weir_fact_write (&fact, &self->writer);
}

static void
report (Fixture *self, WeirEventType type)
{
  fact (self, (WeirFact){ .fields = WEIR_FACT_EVENT, .event = type });
}

static void
create (Fixture *self, uint64_t id)
{
  weir_entry_write_create (&self->writer, id, 3, false);
  weir_entry_write_attributes (&self->writer, NULL, 0, NULL, 0);
}

static void
set_attribute (Fixture *self)
{
  const WeirEntryAttribute attribute = { { 5 }, "value", 5 };

  weir_entry_write_attributes (&self->writer, &attribute, 1, NULL, 0);
}

static void
set_content (Fixture *self, uint64_t size)
{
  const WeirContentRef content = {
    .where = WEIR_WHERE_FILE, .file = 9, .size = size, .length = size
  };

  weir_entry_write_content (&self->writer, &content, NULL);
}

static void
move (Fixture *self, uint64_t id)
{
  weir_entry_write_update (&self->writer, id);
  weir_entry_write_queue (&self->writer, 4);
}

static void
begin (Fixture *self)
{
  WeirLogEntry entry = { .place = 4096,
                         .wall = WALL,
                         .body = self->writer.start,
                         .size = weir_entry_writer_get_size (&self->writer) };

  g_assert_true (weir_derivation_begin (self->derivation, &entry));
}

static WeirEvent
next (Fixture *self, WeirEventType type, uint64_t flowfile)
{
  const WeirEvent *event = weir_derivation_next (self->derivation);

  g_assert_nonnull (event);
  g_assert_cmpstr (weir_event_type_get_name (event->type), ==, weir_event_type_get_name (type));
  g_assert_cmpuint (event->flowfile, ==, flowfile);
  g_assert_cmpuint (event->component, ==, 7);
  g_assert_cmpint (event->time, ==, WALL);
  return *event;
}

static void
end (Fixture *self)
{
  g_assert_null (weir_derivation_next (self->derivation));
  g_assert_false (weir_derivation_has_failed (self->derivation));
}

static void
test_births (Fixture *self, const void *data)
{
  const uint64_t parents[] = { 90, 12, 55 };
  WeirEvent event;

  create (self, 100);
  report (self, WEIR_EVENT_RECEIVE);
  create (self, 101);
  fact (self, (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_PARENTS,
                          .event = WEIR_EVENT_JOIN,
                          .parents = parents,
                          .n_parents = 3 });
  create (self, 102);
  fact (self,
        (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_PARENTS, .event = WEIR_EVENT_CLONE });
  create (self, 103);
  create (self, 104);
  report (self, WEIR_EVENT_SEND);
  create (self, 105);
  begin (self);

  event = next (self, WEIR_EVENT_CREATE, 100);
  g_assert_true (event.is_birth && event.has_attributes && event.queue == 3);
  g_assert_cmpint (event.lineage_start, ==, WALL);
  event = next (self, WEIR_EVENT_RECEIVE, 101);
  g_assert_true (event.is_birth && event.n_parents == 0);
  event = next (self, WEIR_EVENT_JOIN, 102);
  g_assert_cmpmem (event.parents, event.n_parents * sizeof (uint64_t), parents, sizeof parents);
  event = next (self, WEIR_EVENT_CLONE, 103);
  g_assert_cmpuint (event.n_parents, ==, 3);
  event = next (self, WEIR_EVENT_CREATE, 104);
  g_assert_cmpuint (event.n_parents, ==, 0);
  event = next (self, WEIR_EVENT_CREATE, 105);
  g_assert_true (event.is_birth && event.has_attributes);
  event = next (self, WEIR_EVENT_SEND, 105);
  g_assert_false (event.is_birth || event.has_attributes);
  end (self);
}

static void
test_updates (Fixture *self, const void *data)
{
  WeirEvent event;

  fact (self, (WeirFact){ .fields = WEIR_FACT_SIZE | WEIR_FACT_SOURCE | WEIR_FACT_RELATIONSHIP |
                                    WEIR_FACT_USEC | WEIR_FACT_OLD_SIZE,
                          .size = 50,
                          .source = 2,
                          .relationship = 8,
                          .usec = 33,
                          .old_size = 50 });
  move (self, 1); /* nothing */
  move (self, 2);
  set_attribute (self);
  move (self, 3);
  set_attribute (self);
  set_content (self, 70);
  fact (self, (WeirFact){
                  .fields = WEIR_FACT_SIZE | WEIR_FACT_HOW, .size = 50, .how = WEIR_FACT_CHOICE });
  move (self, 4);
  move (self, 5);
  set_attribute (self);
  weir_entry_write_update (&self->writer, 6);
  weir_entry_write_penalty (&self->writer, 5);
  begin (self);

  event = next (self, WEIR_EVENT_ATTRIBUTES_MODIFIED, 2);
  g_assert_true (event.has_attributes && event.set.n == 1);
  g_assert_true (event.size == 50 && event.old_size == 50 && event.source == 2);
  g_assert_true (event.relationship == 8 && event.usec == 33 && event.queue == 4);
  event = next (self, WEIR_EVENT_CONTENT_MODIFIED, 3);
  g_assert_true (event.size == 70 && event.old_size == 50 && event.has_content);
  g_assert_true (event.has_attributes);
  event = next (self, WEIR_EVENT_ROUTE, 4);
  g_assert_true (event.size == 50 && event.queue == 4);
  next (self, WEIR_EVENT_ATTRIBUTES_MODIFIED, 5);
  end (self);
}

static void
test_reports (Fixture *self, const void *data)
{
  WeirEvent event;

  fact (self, (WeirFact){ .fields = WEIR_FACT_SIZE | WEIR_FACT_OLD_SIZE | WEIR_FACT_HOW,
                          .size = 50,
                          .old_size = 50,
                          .how = WEIR_FACT_CHOICE });
  fact (self,
        (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_URI | WEIR_FACT_DETAILS | WEIR_FACT_TOOK,
                    .event = WEIR_EVENT_SEND,
                    .uri = "http://a/",
                    .uri_size = 9,
                    .details = "one",
                    .details_size = 3,
                    .took = 17 });
  report (self, WEIR_EVENT_FETCH);
  move (self, 1);
  set_attribute (self);
  set_content (self, 60);
  report (self, WEIR_EVENT_SEND);
  fact (self, (WeirFact){ .fields = WEIR_FACT_OLD_SIZE, .old_size = 10 });
  move (self, 2);
  set_content (self, 61);
  report (self, WEIR_EVENT_SEND);
  move (self, 3);
  set_attribute (self);
  begin (self);

  event = next (self, WEIR_EVENT_SEND, 1);
  g_assert_cmpmem (event.uri, event.uri_size, "http://a/", 9);
  g_assert_cmpmem (event.details, event.details_size, "one", 3);
  g_assert_true (event.usec == 17 && event.size == 50 && !event.has_content);
  event = next (self, WEIR_EVENT_FETCH, 1);
  g_assert_true (event.has_content && event.has_attributes && event.size == 60);
  g_assert_true (event.uri == NULL && event.old_size == 50);
  event = next (self, WEIR_EVENT_SEND, 2);
  g_assert_true (event.size == 10 && !event.has_content);
  event = next (self, WEIR_EVENT_CONTENT_MODIFIED, 2);
  g_assert_true (event.size == 61 && event.old_size == 10);
  event = next (self, WEIR_EVENT_SEND, 3);
  g_assert_true (event.has_attributes && event.size == 61);
  end (self);
}

static void
test_ends (Fixture *self, const void *data)
{
  WeirEvent event;

  fact (self, (WeirFact){ .fields = WEIR_FACT_SIZE, .size = 12 });
  weir_entry_write_drop (&self->writer, 1);
  report (self, WEIR_EVENT_SEND);
  weir_entry_write_drop (&self->writer, 2);
  fact (self, (WeirFact){ .fields = WEIR_FACT_HOW, .how = WEIR_FACT_EXPIRED });
  weir_entry_write_drop (&self->writer, 3);
  fact (self, (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_ID | WEIR_FACT_PARENTS,
                          .event = WEIR_EVENT_FORK,
                          .id = 77,
                          .parents = &(uint64_t){ 1 },
                          .n_parents = 1 });
  fact (self,
        (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_ID, .event = WEIR_EVENT_DROP, .id = 77 });
  begin (self);

  event = next (self, WEIR_EVENT_DROP, 1);
  g_assert_true (event.size == 12 && event.old_size == 12);
  next (self, WEIR_EVENT_SEND, 2);
  next (self, WEIR_EVENT_DROP, 2);
  next (self, WEIR_EVENT_EXPIRE, 3);
  event = next (self, WEIR_EVENT_FORK, 77);
  g_assert_true (event.is_birth && event.n_parents == 1 && event.parents[0] == 1);
  event = next (self, WEIR_EVENT_DROP, 77);
  g_assert_false (event.is_birth);
  end (self);
}

static void
test_types (Fixture *self, const void *data)
{
  WeirDescription description;

  fact (self,
        (WeirFact){ .fields = WEIR_FACT_TYPE, .component = 4, .type = "GetFile", .type_size = 7 });
  begin (self);
  end (self);
  g_assert_true (weir_derivation_next_description (self->derivation, &description));
  g_assert_cmpuint (description.component, ==, 4);
  g_assert_cmpmem (description.type, description.type_size, "GetFile", 7);
  g_assert_false (weir_derivation_next_description (self->derivation, &description));
}

static void
break_run (Fixture *self, bool breaks)
{
  if (breaks)
    weir_entry_write_ids (&self->writer, 1);
}

/* The same is done to many FlowFiles, with facts that hold for all of them. @breaks: between any
 * two operations stands one that says nothing, so that none of them is counted instead of written.
 */
static void
write_runs (Fixture *self, bool breaks)
{
  weir_entry_writer_begin (&self->writer, 7);
  for (uint64_t id = 1; id <= 900; id++) {
    if (id % 150 == 1)
      fact (self, (WeirFact){ .fields = WEIR_FACT_SIZE | WEIR_FACT_SOURCE | WEIR_FACT_OLD_SIZE,
                              .size = id,
                              .source = 2,
                              .old_size = id + 1 });
    if (id == 500)
      report (self, WEIR_EVENT_SEND);
    if (id <= 300) {
      weir_entry_write_create (&self->writer, id, 3, id > 1);
      weir_entry_write_attributes (&self->writer, NULL, 0, NULL, 0);
    } else if (id <= 600) {
      move (self, id);
      set_attribute (self);
      set_content (self, 10);
    } else {
      if (id > 650 && id <= 700)
        fact (self, (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_ID,
                                .event = WEIR_EVENT_ADDINFO,
                                .id = 5000 });
      report (self, WEIR_EVENT_ROUTE);
      move (self, id);
      set_attribute (self);
      break_run (self, breaks);
      if (id > 700)
        fact (self, (WeirFact){ .fields = WEIR_FACT_SIZE, .size = 77 });
      weir_entry_write_drop (&self->writer, id);
    }
    break_run (self, breaks);
  }
  weir_entry_writer_end (&self->writer);
}

/* What a round says is taken for some of those that follow. */
static guint
pass_rounds (Fixture *self, GArray *events)
{
  unsigned n = 0, n_rounds;
  int64_t step = 0;

  n_rounds = weir_derivation_get_rounds (self->derivation, &n, &step);
  n_rounds -= n_rounds / 3;
  for (guint i = 0; i < n * n_rounds; i++) {
    WeirEvent event = g_array_index (events, WeirEvent, events->len - n);

    event.flowfile += (uint64_t)step;
    g_array_append_val (events, event);
  }
  if (n_rounds > 0)
    weir_derivation_pass_rounds (self->derivation, n_rounds);
  return n * n_rounds;
}

static GArray *
derive_runs (Fixture *self, bool breaks, guint *ret_n_passed)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (WeirEvent));
  const WeirEvent *event;
  guint n_passed = 0;

  write_runs (self, breaks);
  begin (self);
  while ((event = weir_derivation_next (self->derivation)) != NULL) {
    g_array_append_val (events, *event);
    if (ret_n_passed != NULL)
      n_passed += pass_rounds (self, events);
  }
  end (self);
  if (ret_n_passed != NULL)
    *ret_n_passed = n_passed;
  return events;
}

/* In all but where the bytes are. */
static void
assert_same (const WeirEvent *a, const WeirEvent *b)
{
  g_assert_cmpstr (weir_event_type_get_name (a->type), ==, weir_event_type_get_name (b->type));
  g_assert_true (a->flowfile == b->flowfile && a->is_birth == b->is_birth && a->usec == b->usec);
  g_assert_true (a->source == b->source && a->queue == b->queue &&
                 a->relationship == b->relationship);
  g_assert_true (a->size == b->size && a->old_size == b->old_size);
  g_assert_true (a->has_attributes == b->has_attributes && a->is_based == b->is_based &&
                 a->set.n == b->set.n && a->removed.n == b->removed.n);
  g_assert_true (a->has_content == b->has_content && a->content.where == b->content.where &&
                 a->content.start == b->content.start && a->content.length == b->content.length);
  g_assert_true (a->n_parents == b->n_parents && a->uri_size == b->uri_size);
}

static void
test_runs (Fixture *self, const void *data)
{
  g_autoptr (GArray) counted = derive_runs (self, false, NULL);
  size_t size = weir_entry_writer_get_size (&self->writer);
  guint n_passed;
  g_autoptr (GArray) passed = derive_runs (self, false, &n_passed);
  g_autoptr (GArray) written = derive_runs (self, true, NULL);

  g_assert_cmpuint (20 * size, <, weir_entry_writer_get_size (&self->writer));
  g_assert_cmpuint (counted->len, >, 1200);
  g_assert_cmpuint (n_passed, >, 1000);
  g_assert_true (counted->len == written->len && passed->len == written->len);
  for (guint i = 0; i < written->len; i++) {
    assert_same (&g_array_index (counted, WeirEvent, i), &g_array_index (written, WeirEvent, i));
    assert_same (&g_array_index (passed, WeirEvent, i), &g_array_index (written, WeirEvent, i));
  }
}

/* Every fact that is cut off anywhere, or has a byte changed, ends in order. */
static void
test_damage (Fixture *self, const void *data)
{
  uint64_t parents[] = { 1, 2, 300 };
  size_t size;

  fact (self, (WeirFact){ .fields = WEIR_FACT_ALL,
                          .event = WEIR_EVENT_FORK,
                          .parents = parents,
                          .n_parents = 3,
                          .uri = "file:///x",
                          .uri_size = 9,
                          .details = "y",
                          .details_size = 1,
                          .type = "T",
                          .type_size = 1,
                          .id = 5 });
  create (self, 100);
  size = weir_entry_writer_get_size (&self->writer);
  for (size_t i = 1; i < size; i++) {
    for (unsigned change = 0; change <= 256; change++) {
      g_autofree uint8_t *body = g_memdup2 (self->writer.start, size);
      size_t cut = change == 256 ? i : size;
      WeirLogEntry entry = { .place = 4096, .wall = WALL, .body = body, .size = cut };
      const WeirEvent *event;

      body[i] ^= (uint8_t)change;
      if (!weir_derivation_begin (self->derivation, &entry))
        continue;
      for (unsigned n = 0; (event = weir_derivation_next (self->derivation)) != NULL; n++) {
        g_assert_cmpuint (n, <, 100);
        g_assert_nonnull (weir_event_type_get_name (event->type));
      }
    }
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *, const void *);
  } tests[] = {
    { "/derivation/births", test_births },   { "/derivation/updates", test_updates },
    { "/derivation/reports", test_reports }, { "/derivation/ends", test_ends },
    { "/derivation/types", test_types },     { "/derivation/runs", test_runs },
    { "/derivation/damage", test_damage },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
