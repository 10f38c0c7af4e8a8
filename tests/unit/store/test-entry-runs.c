/* test-entry-runs.c: the same is done to many FlowFiles, which takes few bytes and comes back as
 * many operations. */
#include "store/entry.h"
#include <glib.h>

#define PLACE UINT64_C (1000000)
#define WALL  INT64_C (1700000000000000)

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

/* Returns: what was written; the runs have each length there is a reason to look at. */
static GArray *
write_runs (WeirEntryWriter *writer)
{
  static const unsigned lengths[] = { 1, 2, 3, 4, 128, 129, 130, 257 };
  static const uint64_t steps[] = { 1, 0, 64, UINT64_MAX, 100000 };
  GArray *ones = g_array_new (FALSE, FALSE, sizeof (One));
  uint64_t id = 1;

  weir_entry_writer_begin (writer, 1);
  for (int n = g_test_rand_int_range (0, 10); n > 0; n--) {
    unsigned kind = (unsigned)g_test_rand_int_range (0, 5);
    uint64_t step = steps[g_test_rand_int_range (0, G_N_ELEMENTS (steps))];
    unsigned length = lengths[g_test_rand_int_range (0, G_N_ELEMENTS (lengths))];

    for (; length > 0; length--, id += step) {
      One one = write_one (writer, kind, id);

      g_array_append_val (ones, one);
    }
    if (g_test_rand_int_range (0, 4) == 0)
      weir_entry_write_state (writer, "key", NULL);
  }
  return ones;
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
      int64_t step;

      if (op.kind == WEIR_OP_STATE)
        continue;
      g_assert_cmpuint (n, <, ones->len);
      assert_one (&g_array_index (ones, One, n++), &op);
      if (!may_pass || g_test_rand_bit ())
        continue;
      for (uint64_t left = weir_entry_reader_pass_again (&reader, &step); left > 0; left--) {
        op.id += (uint64_t)step;
        assert_one (&g_array_index (ones, One, n++), &op);
      }
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entry-runs/come-back", test_runs_come_back);
  g_test_add_func ("/entry-runs/short", test_runs_are_short);
  return g_test_run ();
}
