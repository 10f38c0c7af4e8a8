/* test-entry-runs.c: the same is done to many FlowFiles, which takes few bytes and comes back as
 * many operations. */
#include "store/entry.h"
#include <glib.h>

#define PLACE UINT64_C (1000000)
#define WALL  INT64_C (1700000000000000)

#define FACT 5

typedef struct {
  unsigned kind; /* of write_one */
  uint64_t id;
  size_t at; /* of bytes that are here */
} One;

static One
write_one (WeirEntryWriter *writer, unsigned kind, uint64_t id)
{
  static const WeirEntryAttribute attribute = { { 3 }, "value", 5 };
  static const WeirContentRef here = { .where = WEIR_WHERE_HERE, .size = 4, .length = 4 };
  static const WeirContentRef file = { .where = WEIR_WHERE_FILE, .size = 4, .length = 4 };
  One one = { kind, id, 0 };

  switch (kind) {
  case 0:
    weir_entry_write_drop (writer, id);
    break;
  case FACT:
    weir_entry_write_fact (writer, 1, "fact", 4);
    break;
  case 1:
    weir_entry_write_create (writer, id, 300, true);
    weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
    break;
  case 2:
  case 3:
    weir_entry_write_update (writer, id);
    weir_entry_write_queue (writer, kind);
    weir_entry_write_attributes (writer, &attribute, 1, NULL, 0);
    weir_entry_write_content (writer, &file, NULL);
    break;
  default:
    weir_entry_write_update (writer, id);
    one.at = weir_entry_write_content (writer, &here, "here");
  }
  return one;
}

static void
assert_one (const One *one, WeirOp *op)
{
  if (one->kind == FACT) {
    g_assert_cmpint (op->kind, ==, WEIR_OP_FACT);
    g_assert_cmpmem (op->text, op->text_size, "fact", 4);
    return;
  }
  g_assert_cmpuint (op->id, ==, one->id);
  g_assert_cmpint (op->kind, ==,
                   one->kind == 0   ? WEIR_OP_DROP
                   : one->kind == 1 ? WEIR_OP_CREATE
                                    : WEIR_OP_UPDATE);
  g_assert_true (op->is_based == (one->kind == 1) && op->has_content == (one->kind > 1));
  if (one->kind == 1)
    g_assert_true (op->queue == 300 && op->entry_time == WALL);
  if (one->kind == 2 || one->kind == 3)
    g_assert_true (op->queue == one->kind && op->set.n == 1 &&
                   op->content.where == WEIR_WHERE_FILE);
  if (one->kind > 3)
    g_assert_cmpuint (op->content.start, ==, PLACE + one->at);
}

/* What is done to one FlowFile after the other: up to so many operations, more than are repeated
 * together. */
#define MOST_OPS 6

static void
write_run (WeirEntryWriter *writer, GArray *ones, uint64_t *id)
{
  static const unsigned lengths[] = { 1, 2, 3, 4, 128, 129, 130, 257 };
  static const uint64_t steps[] = { 1, 0, 64, UINT64_MAX, 100000 };
  unsigned length = lengths[g_test_rand_int_range (0, G_N_ELEMENTS (lengths))];
  unsigned n_ops = g_test_rand_bit () ? 1 : (unsigned)g_test_rand_int_range (2, MOST_OPS + 1);
  unsigned kinds[MOST_OPS];
  uint64_t ops_steps[MOST_OPS];

  for (unsigned i = 0; i < n_ops; i++) {
    kinds[i] = (unsigned)g_test_rand_int_range (0, g_test_rand_int_range (0, 9) == 0 ? 5 : 4);
    if (n_ops > 1 && g_test_rand_int_range (0, 4) == 0)
      kinds[i] = FACT;
    ops_steps[i] = steps[g_test_rand_int_range (0, G_N_ELEMENTS (steps))];
  }
  for (; length > 0; length--)
    for (unsigned i = 0; i < n_ops; i++) {
      One one = write_one (writer, kinds[i], *id);

      g_array_append_val (ones, one);
      *id += ops_steps[i];
    }
}

/* Returns: what was written; the runs have each length there is a reason to look at. */
static GArray *
write_runs (WeirEntryWriter *writer)
{
  GArray *ones = g_array_new (FALSE, FALSE, sizeof (One));
  uint64_t id = 1;

  weir_entry_writer_begin (writer, 1);
  for (int n = g_test_rand_int_range (0, 10); n > 0; n--) {
    write_run (writer, ones, &id);
    if (g_test_rand_int_range (0, 4) == 0)
      weir_entry_write_state (writer, 0, "key", NULL);
  }
  return ones;
}

static guint
pass_again (WeirEntryReader *reader, WeirOp *op, const GArray *ones, guint n)
{
  int64_t step;

  for (uint64_t left = weir_entry_reader_pass_again (reader, &step); left > 0; left--) {
    op->id += (uint64_t)step;
    assert_one (&g_array_index (ones, One, n++), op);
  }
  return n;
}

/* Each round that is passed over is the one that was read, with other ids. */
static guint
pass_rounds (WeirEntryReader *reader, const GArray *ones, guint n)
{
  int64_t step = 0;
  unsigned n_rounds = weir_entry_reader_get_rounds (reader, &step);
  unsigned n_passed = n_rounds > 0 ? (unsigned)g_test_rand_int_range (0, (int)n_rounds + 1) : 0;

  for (guint end = n + n_passed * reader->n_group; n < end; n++) {
    const One *one = &g_array_index (ones, One, n);
    const One *before = &g_array_index (ones, One, n - reader->n_group);

    g_assert_cmpuint (one->kind, ==, before->kind);
    if (one->kind != FACT)
      g_assert_cmpuint (one->id, ==, before->id + (uint64_t)step);
  }
  weir_entry_reader_pass_rounds (reader, n_passed);
  return n;
}

static void
test_runs_come_back (void)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  for (int round = 0; round < 1000; round++) {
    g_autoptr (GArray) ones = write_runs (&writer);
    bool must_end = g_test_rand_bit () != 0, may_pass = g_test_rand_bit () != 0;
    size_t size = must_end ? weir_entry_writer_end (&writer) : weir_entry_writer_get_size (&writer);
    g_autofree uint8_t *exact = g_memdup2 (writer.start, size);
    WeirEntryReader reader;
    guint n = 0;
    WeirOp op;

    g_assert_true (weir_entry_reader_init (&reader, exact, size, PLACE, WALL));
    while (weir_entry_reader_next (&reader, &op)) {
      if (op.kind == WEIR_OP_STATE)
        continue;
      g_assert_cmpuint (n, <, ones->len);
      assert_one (&g_array_index (ones, One, n++), &op);
      if (may_pass && g_test_rand_bit ())
        n = pass_rounds (&reader, ones, n);
      else if (may_pass && op.kind != WEIR_OP_FACT && g_test_rand_bit ())
        n = pass_again (&reader, &op, ones, n);
    }
    g_assert_false (reader.cursor.failed);
    g_assert_cmpuint (n, ==, ones->len);
  }
  weir_entry_writer_clear (&writer);
}

static void
test_runs_are_short (void)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 1);
  for (uint64_t id = 1000; id < 2000; id++)
    write_one (&writer, 2, id);
  g_assert_cmpuint (weir_entry_writer_end (&writer), <, 70);
  weir_entry_writer_clear (&writer);
}

/* A route is reported, an attribute set, and it ends: of each FlowFile. */
static void
test_groups_are_short (void)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 1);
  for (uint64_t id = 1000; id < 2000; id++) {
    write_one (&writer, FACT, id);
    write_one (&writer, 2, id);
    write_one (&writer, FACT, id);
    write_one (&writer, 0, id);
  }
  g_assert_cmpuint (weir_entry_writer_end (&writer), <, 180);
  weir_entry_writer_clear (&writer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entry-runs/come-back", test_runs_come_back);
  g_test_add_func ("/entry-runs/short", test_runs_are_short);
  g_test_add_func ("/entry-runs/groups", test_groups_are_short);
  return g_test_run ();
}
