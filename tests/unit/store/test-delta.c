#include "store/delta.h"
#include <glib.h>

/* A delta beside a table of what should be in it: 0 nothing, else a WeirLayerKind. */
typedef struct {
  WeirDelta delta;
  uint8_t *kinds;
  uint64_t *orders;
  size_t n;
} Fixture;

#define N_IDS     UINT64_C (300000)
#define FIRST_NEW (N_IDS / 2)

static void
set_up (Fixture *self, const void *data)
{
  weir_delta_init (&self->delta, FIRST_NEW);
  self->kinds = g_new0 (uint8_t, N_IDS);
  self->orders = g_new0 (uint64_t, N_IDS);
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_delta_clear (&self->delta);
  g_free (self->kinds);
  g_free (self->orders);
}

/* Ids below FIRST_NEW are in parts, those from there on are made here. */
static void
change (Fixture *self, uint64_t id, uint64_t order)
{
  static const uint8_t no_attributes[] = { 0, 0 };
  const WeirChunks chunk = { no_attributes, 2, 1 };
  WeirOp op = { .id = id, .has_queue = true, .queue = 1 };
  bool is_there = id < FIRST_NEW ? self->kinds[id] != WEIR_LAYER_GONE : self->kinds[id] != 0;

  if (!is_there && id >= FIRST_NEW) {
    g_assert_nonnull (weir_delta_update (&self->delta, &op, 0, order));
    g_assert_nonnull (weir_delta_drop (&self->delta, id));
    g_assert_null (weir_delta_create (&self->delta, &op, &chunk, 0, order));
    g_assert_nonnull (weir_delta_create (&self->delta, &op, &chunk, 0, order));
    self->kinds[id] = WEIR_LAYER_WHOLE;
    self->n++;
  } else if (is_there && g_test_rand_bit ()) {
    g_assert_null (weir_delta_drop (&self->delta, id));
    self->n += self->kinds[id] == 0;
    self->n -= self->kinds[id] == WEIR_LAYER_WHOLE;
    self->kinds[id] = id < FIRST_NEW ? WEIR_LAYER_GONE : 0;
  } else if (is_there) {
    g_assert_null (weir_delta_update (&self->delta, &op, 0, order));
    self->n += self->kinds[id] == 0;
    self->kinds[id] = self->kinds[id] == 0 ? WEIR_LAYER_CHANGE : self->kinds[id];
  } else {
    g_assert_nonnull (weir_delta_drop (&self->delta, id));
    g_assert_nonnull (weir_delta_update (&self->delta, &op, 0, order));
    return;
  }
  self->orders[id] = order;
}

static void
check (const Fixture *self, const WeirLayer *layer, uint64_t id)
{
  g_assert_cmpuint (layer->id, ==, id);
  g_assert_cmpint (layer->kind, ==, self->kinds[id]);
  if (layer->kind == WEIR_LAYER_WHOLE || layer->kind == WEIR_LAYER_CHANGE)
    g_assert_cmpuint (layer->order, ==, self->orders[id]);
}

static void
check_all (const Fixture *self)
{
  WeirDeltaCursor cursor;
  WeirLayer layer;

  g_assert_cmpuint (self->delta.n_layers, ==, self->n);
  weir_delta_cursor_init (&cursor, &self->delta);
  weir_delta_cursor_next (&cursor, &layer);
  for (uint64_t id = 1; id < N_IDS; id++) {
    WeirLayer found;

    weir_delta_find (&self->delta, id, &found);
    check (self, &found, id);
    if (self->kinds[id] == 0)
      continue;
    check (self, &layer, id);
    weir_delta_cursor_next (&cursor, &layer);
  }
  g_assert_cmpint (layer.kind, ==, WEIR_LAYER_NONE);
  weir_delta_cursor_clear (&cursor);
}

/* Ids that are anywhere: many pages, which come and go. */
static void
test_finds_what_is_scattered (Fixture *self, const void *data)
{
  for (uint64_t order = 1; order <= 60000; order++)
    change (self, (uint64_t)g_test_rand_int_range (1, (int)N_IDS), order);
  check_all (self);

  /* All that were made here end. */
  for (uint64_t id = FIRST_NEW; id < N_IDS; id++) {
    if (self->kinds[id] != 0) {
      g_assert_null (weir_delta_drop (&self->delta, id));
      self->kinds[id] = 0;
      self->n--;
    }
  }
  check_all (self);
}

/* What is made and ends, one after the other, takes no more and no more memory. */
static void
test_takes_no_memory_for_what_has_ended (Fixture *self, const void *data)
{
  static const uint8_t attributes[] = { 1, 1, 3, 'a', 'b', 'c', 0 };
  const WeirChunks chunk = { attributes, sizeof attributes, 1 };
  size_t bytes = 0;

  for (uint64_t id = FIRST_NEW; id < FIRST_NEW + 1000000; id++) {
    WeirOp op = { .id = id, .has_queue = true, .queue = 1 };

    g_assert_null (weir_delta_create (&self->delta, &op, &chunk, 0, id));
    if (id >= FIRST_NEW + 1000)
      g_assert_null (weir_delta_drop (&self->delta, id - 1000));
    if (id == FIRST_NEW + 2000)
      bytes = weir_delta_get_bytes (&self->delta);
  }
  g_assert_cmpuint (weir_delta_get_bytes (&self->delta), ==, bytes);
  g_assert_cmpuint (self->delta.n_layers, ==, 1000);
}

/* Ids that have nothing to do with each other, so that places in the table are fought for. */
static void
test_finds_what_is_far_apart (Fixture *self, const void *data)
{
  static const uint8_t no_attributes[] = { 0, 0 };
  const WeirChunks chunk = { no_attributes, 2, 1 };
  uint64_t ids[2000];
  WeirDelta delta;

  weir_delta_init (&delta, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++) {
    WeirOp op = { .has_queue = true, .queue = 1 };

    op.id = ids[i] = (uint64_t)(uint32_t)g_test_rand_int () << 29 ^ (uint32_t)g_test_rand_int ();
    g_assert_null (weir_delta_create (&delta, &op, &chunk, 0, i));
  }
  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++) {
    size_t next = i + (size_t)g_test_rand_int_range (0, (int)(G_N_ELEMENTS (ids) - i));
    WeirLayer layer;

    weir_delta_find (&delta, ids[next], &layer);
    g_assert_cmpint (layer.kind, ==, WEIR_LAYER_WHOLE);
    g_assert_null (weir_delta_drop (&delta, ids[next]));
    ids[next] = ids[i];
  }
  g_assert_cmpuint (delta.n_pages, ==, 0);
  weir_delta_clear (&delta);
}

/* Attributes that change all the time are added up before they are many. */
static void
test_adds_up_what_changes_often (Fixture *self, const void *data)
{
  static const uint8_t attributes[] = { 1, 1, 3, 'a', 'b', 'c', 0 };
  WeirCursor cursor = { attributes, attributes + sizeof attributes, false };
  WeirOp op = { .id = 1, .has_attributes = true };
  size_t bytes;

  weir_op_names_read (&cursor, true, &op.set);
  weir_op_names_read (&cursor, false, &op.removed);
  g_assert_null (weir_delta_update (&self->delta, &op, 0, 0));
  bytes = weir_delta_get_bytes (&self->delta);
  for (int i = 0; i < 1000000; i++)
    g_assert_null (weir_delta_update (&self->delta, &op, 0, 0));
  g_assert_cmpuint (weir_delta_get_bytes (&self->delta), ==, bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/delta/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("scattered", test_finds_what_is_scattered);
  ADD ("far", test_finds_what_is_far_apart);
  ADD ("often", test_adds_up_what_changes_often);
  ADD ("memory", test_takes_no_memory_for_what_has_ended);
  return g_test_run ();
}
