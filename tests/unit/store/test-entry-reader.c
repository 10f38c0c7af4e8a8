#include "store/entry.h"
#include <glib.h>
#include <string.h>

#include "base/limits.h"

#define PLACE (UINT64_C (1) << 40)
#define WALL  1000000

static WeirOp
read_one (const WeirEntryWriter *writer)
{
  WeirEntryReader reader;
  WeirOp op, none;

  g_assert_true (weir_entry_reader_init (&reader, writer->start,
                                         weir_entry_writer_get_size (writer), PLACE, WALL));
  g_assert_true (weir_entry_reader_next (&reader, &op));
  g_assert_false (weir_entry_reader_next (&reader, &none));
  g_assert_false (reader.cursor.failed);
  return op;
}

/* Content that is here is in the log from now on; the same again is the same claim, sliced anew. */
static void
test_contents_are_resolved (void)
{
  WeirContentRef content = { WEIR_WHERE_HERE, 77, 0, 0, 5, 1, 3 };
  WeirContentRef none = { 0 };
  WeirEntryWriter writer;
  WeirEntryReader reader;
  WeirOp op;
  size_t at;

  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 1);
  weir_entry_write_update (&writer, 1);
  at = weir_entry_write_content (&writer, &content, "hello");
  weir_entry_write_update (&writer, 2);
  weir_entry_write_content (&writer, &none, NULL);
  weir_entry_write_update (&writer, 3);
  content = (WeirContentRef){ .where = WEIR_WHERE_SAME, .size = 5, .length = 5 };
  weir_entry_write_content (&writer, &content, NULL);

  g_assert_true (weir_entry_reader_init (&reader, writer.start,
                                         weir_entry_writer_get_size (&writer), PLACE, WALL));
  g_assert_true (weir_entry_reader_next (&reader, &op));
  g_assert_true (op.has_content && op.content.where == WEIR_WHERE_LOG);
  g_assert_cmpuint (op.content.start, ==, PLACE + at);
  g_assert_true (op.content.offset == 1 && op.content.length == 3 && op.content.crc == 77);
  g_assert_true (weir_entry_reader_next (&reader, &op));
  g_assert_true (op.has_content && op.content.where == WEIR_WHERE_NONE && op.content.length == 0);
  g_assert_true (weir_entry_reader_next (&reader, &op));
  g_assert_true (op.content.where == WEIR_WHERE_LOG && op.content.start == PLACE + at);
  g_assert_true (op.content.offset == 0 && op.content.length == 5 && op.content.crc == 77);
  weir_entry_writer_clear (&writer);
}

static void
test_times (void)
{
  WeirEntryWriter writer;
  WeirEntryReader reader;
  WeirOp op;

  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 1);
  weir_entry_write_create (&writer, 1, 1, false);
  weir_entry_write_attributes (&writer, NULL, 0, NULL, 0);
  op = read_one (&writer);
  g_assert_true (op.entry_time == WALL && op.lineage_start == WALL);

  weir_entry_writer_begin (&writer, 1);
  weir_entry_write_create (&writer, 1, 1, false);
  weir_entry_write_times (&writer, -5, -WALL);
  weir_entry_write_attributes (&writer, NULL, 0, NULL, 0);
  op = read_one (&writer);
  g_assert_true (op.entry_time == WALL - 5 && op.lineage_start == 0);

  weir_entry_writer_begin (&writer, 1);
  weir_entry_write_create (&writer, 1, 1, false);
  weir_entry_write_times (&writer, INT64_MAX, 0);
  weir_entry_write_attributes (&writer, NULL, 0, NULL, 0);
  weir_entry_reader_init (&reader, writer.start, weir_entry_writer_get_size (&writer), PLACE, WALL);
  g_assert_false (weir_entry_reader_next (&reader, &op));
  g_assert_true (reader.cursor.failed);
  weir_entry_writer_clear (&writer);
}

static void
test_refuses_what_a_writer_never_makes (void)
{
  static const struct {
    size_t size;
    uint8_t bytes[16];
  } bad[] = {
    { 2, { 1, 0x00 } },                                 /* no such kind */
    { 3, { 1, 0x08, 2 } },                              /* reserved */
    { 3, { 1, 0x13, 2 } },                              /* a flag that a drop has not */
    { 4, { 1, 0x24, 1, 'k' } },                         /* nor a state */
    { 6, { 1, 0x91, 2, 1, 0, 0 } },                     /* a penalty that is not there */
    { 7, { 1, 0x22, 2, 1, 0, 0, 0 } },                  /* name 0 without a text */
    { 6, { 1, 0x22, 2, 0, 1, 0 } },                     /* likewise */
    { 8, { 1, 0x22, 2, 0, 1, 0, 3, 'a' } },             /* one that is cut off */
    { 8, { 1, 0x22, 2, 0, 1, 0, 2, 0 } },               /* one that is none */
    { 5, { 1, 0x22, 2, 200, 1 } },                      /* 200 names of which none is there */
    { 4, { 1, 0x42, 2, 4 } },                           /* the same as nothing */
    { 4, { 1, 0x42, 2, 5 } },                           /* nowhere */
    { 6, { 1, 0x42, 2, 16, 0, 0 } },                    /* a slice of nothing */
    { 12, { 1, 0x42, 2, 18, 1, 9, 0, 0, 0, 0, 8, 2 } }, /* a slice beyond the claim */
    { 9, { 1, 0x42, 2, 1, 1, 0, 0, 0, 0 } },            /* bytes that are not there */
    { 3, { 1, 11, 1 } },                                /* nothing, once more */
    { 5, { 1, 10, 1, 11, 1 } },                         /* what is of no FlowFile, likewise */
    { 5, { 1, 3, 2, 11, 0 } },                          /* not once more */
    { 6, { 1, 3, 2, 11, 0x80, 1 } },                    /* oftener than is said at once */
    { 4, { 1, 3, 2, 11 } },                             /* how often is not there */
    { 5, { 1, 3, 2, 0x1b, 1 } },                        /* two, of which one is there */
    { 6, { 1, 9, 1, 0, 0x0b, 1 } },                     /* a fact of nothing, once more */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree uint8_t *exact = g_memdup2 (bad[i].bytes, bad[i].size);
    WeirEntryReader reader;
    WeirOp op;

    g_assert_true (weir_entry_reader_init (&reader, exact, bad[i].size, 0, 0));
    if (bad[i].size > 3 && (bad[i].bytes[1] == WEIR_OP_DROP || bad[i].bytes[1] == WEIR_OP_FACT ||
                            bad[i].bytes[1] == WEIR_OP_IDS))
      g_assert_true (weir_entry_reader_next (&reader, &op));
    g_assert_false (weir_entry_reader_next (&reader, &op));
    g_assert_true (reader.cursor.failed);
  }
}

/* --- random entries --- */

typedef struct {
  WeirOp op;
  GArray *set; /* WeirEntryAttribute */
  GArray *removed;
  char *key, *text;
} Expected;

static void
expected_clear (void *data)
{
  Expected *expected = data;

  g_clear_pointer (&expected->set, g_array_unref);
  g_clear_pointer (&expected->removed, g_array_unref);
  g_free (expected->key);
  g_free (expected->text);
}

static uint64_t
random_number (void)
{
  uint64_t value = (uint64_t)g_test_rand_int () << 32 | (uint32_t)g_test_rand_int ();

  return value >> g_test_rand_int_range (0, 64);
}

static bool
toss (void)
{
  return g_test_rand_bit () != 0;
}

static char *
random_text (void)
{
  size_t size = (size_t)g_test_rand_int_range (0, toss () ? 8 : 300);
  char *text = g_malloc (size + 1);

  for (size_t i = 0; i < size; i++)
    text[i] = (char)g_test_rand_int_range (1, 256);
  text[size] = '\0';
  return text;
}

static WeirEntryName
random_name (void)
{
  static const char text[] =
      "one of those names without a number, of which there are many: they are "
      "as long as this, and longer than any that has one, because who made "
      "them thought of everybody who would ever read them, and of those who "
      "would not, and of what is between the two as well";
  size_t size = (size_t)g_test_rand_int_range (0, sizeof text);

  return toss () ? (WeirEntryName){ random_number () | 1 } : (WeirEntryName){ 0, text, size };
}

static void
write_random_attributes (WeirEntryWriter *writer, Expected *expected)
{
  expected->op.has_attributes = true;
  for (int i = g_test_rand_int_range (0, 12); i > 0; i--) {
    g_autofree char *text = random_text ();
    WeirEntryAttribute attribute = { random_name (), text, strlen (text) };

    attribute.value = g_steal_pointer (&text);
    g_array_append_val (expected->set, attribute);
  }
  for (int i = g_test_rand_int_range (0, 4); i > 0; i--) {
    WeirEntryName name = random_name ();

    g_array_append_val (expected->removed, name);
  }
  weir_entry_write_attributes (
      writer, (const WeirEntryAttribute *)(void *)expected->set->data, expected->set->len,
      (const WeirEntryName *)(void *)expected->removed->data, expected->removed->len);
}

static void
write_random_content (WeirEntryWriter *writer, WeirContentRef *last, Expected *expected)
{
  g_autofree char *bytes = random_text ();
  WeirContentRef content = { .where = (WeirWhere)g_test_rand_int_range (0, WEIR_WHERE_SAME + 1) };
  size_t at;

  if (content.where == WEIR_WHERE_SAME && last->where == WEIR_WHERE_NONE)
    content.where = WEIR_WHERE_NONE;
  content.crc = (uint32_t)g_test_rand_int ();
  content.file = content.where == WEIR_WHERE_FILE ? random_number () : 0;
  content.start = content.where == WEIR_WHERE_HERE ? 0 : random_number () / 2;
  content.size = content.where == WEIR_WHERE_HERE ? strlen (bytes) : random_number () / 2;
  if (content.where == WEIR_WHERE_SAME)
    content.size = last->size;
  content.length = content.size;
  if (toss ()) {
    content.offset = content.size > 0 ? random_number () % content.size : 0;
    content.length = content.size > 0 ? random_number () % (content.size - content.offset) : 0;
  }
  if (content.where == WEIR_WHERE_NONE)
    content = (WeirContentRef){ 0 };

  at = weir_entry_write_content (writer, &content, bytes);
  if (content.where == WEIR_WHERE_HERE) {
    g_assert_cmpmem (writer->start + at, content.size, bytes, content.size);
    content.where = WEIR_WHERE_LOG;
    content.start = PLACE + at;
  } else if (content.where == WEIR_WHERE_SAME) {
    uint64_t offset = content.offset, length = content.length;

    content = *last;
    content.offset = offset;
    content.length = length;
  }
  if (content.where != WEIR_WHERE_NONE)
    *last = content;
  expected->op.has_content = true;
  expected->op.content = content;
}

static void
write_random_create (WeirEntryWriter *writer, WeirContentRef *last, Expected *expected)
{
  WeirOp *op = &expected->op;

  op->queue = random_number ();
  op->has_queue = true;
  op->is_based = toss ();
  op->entry_time = op->lineage_start = WALL;
  weir_entry_write_create (writer, op->id, op->queue, op->is_based);
  if (toss ()) {
    op->entry_time = (int64_t)(random_number () / 4);
    op->lineage_start = -(int64_t)(random_number () / 4);
    weir_entry_write_times (writer, op->entry_time - WALL, op->lineage_start - WALL);
  }
  write_random_attributes (writer, expected);
  if (toss ())
    write_random_content (writer, last, expected);
  if ((op->has_penalty = toss ())) {
    op->penalty_usec = random_number ();
    weir_entry_write_penalty (writer, op->penalty_usec);
  }
}

static void
write_random_update (WeirEntryWriter *writer, WeirContentRef *last, Expected *expected)
{
  WeirOp *op = &expected->op;

  weir_entry_write_update (writer, op->id);
  if ((op->has_queue = toss ())) {
    op->queue = random_number ();
    weir_entry_write_queue (writer, op->queue);
  }
  if (toss ())
    write_random_attributes (writer, expected);
  if (toss ())
    write_random_content (writer, last, expected);
  if ((op->has_penalty = toss ())) {
    op->penalty_usec = random_number ();
    weir_entry_write_penalty (writer, op->penalty_usec);
  }
}

static void
write_random_op (WeirEntryWriter *writer, WeirContentRef *last, GArray *ops)
{
  static const WeirOpKind kinds[] = { WEIR_OP_CREATE, WEIR_OP_CREATE,    WEIR_OP_UPDATE,
                                      WEIR_OP_UPDATE, WEIR_OP_DROP,      WEIR_OP_STATE,
                                      WEIR_OP_QUEUE,  WEIR_OP_COMPONENT, WEIR_OP_NAME,
                                      WEIR_OP_FACT,   WEIR_OP_IDS };
  WeirOpKind kind = kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))];
  Expected expected = { .op = { .kind = kind }, .key = random_text (), .text = random_text () };

  expected.set = g_array_new (FALSE, TRUE, sizeof (WeirEntryAttribute));
  expected.removed = g_array_new (FALSE, TRUE, sizeof (WeirEntryName));
  if (kind == WEIR_OP_STATE) {
    if (toss ())
      g_clear_pointer (&expected.text, g_free);
    expected.op.number = toss () ? random_number () : 0;
    weir_entry_write_state (writer, expected.op.number, expected.key, expected.text);
  } else if (kind == WEIR_OP_IDS) {
    g_clear_pointer (&expected.text, g_free);
    expected.op.number = random_number ();
    weir_entry_write_ids (writer, expected.op.number);
  } else if (kind > WEIR_OP_STATE) {
    expected.op.number = random_number ();
    weir_entry_write_number (writer, kind, expected.op.number, expected.text);
  } else {
    expected.op.id = random_number ();
    if (kind == WEIR_OP_CREATE)
      write_random_create (writer, last, &expected);
    else if (kind == WEIR_OP_UPDATE)
      write_random_update (writer, last, &expected);
    else
      weir_entry_write_drop (writer, expected.op.id);
  }
  g_array_append_val (ops, expected);
}

static uint64_t
assert_name (const WeirEntryName *name, const WeirEntryName *wanted)
{
  g_assert_cmpuint (name->number, ==, wanted->number);
  if (name->number != 0)
    return name->number;
  g_assert_cmpmem (name->text, name->size, wanted->text, wanted->size);
  return name->size <= WEIR_LIMIT_NAME_KEPT ? WEIR_LIMIT_DICTIONARY : 0;
}

static void
assert_names (const Expected *expected, WeirOp *op)
{
  uint64_t highest = 0;
  WeirEntryName name;
  const uint8_t *value;
  size_t size;

  for (guint i = 0; i < expected->set->len; i++) {
    const WeirEntryAttribute *attribute = &g_array_index (expected->set, WeirEntryAttribute, i);

    g_assert_true (weir_op_next_set (&op->set, &name, &value, &size));
    g_assert_cmpmem (value, size, attribute->value, attribute->size);
    highest = MAX (highest, assert_name (&name, &attribute->name));
    g_free ((char *)attribute->value);
  }
  g_assert_false (weir_op_next_set (&op->set, &name, &value, &size));
  g_assert_cmpuint (op->set.highest, ==, highest);
  for (guint i = 0; i < expected->removed->len; i++) {
    g_assert_true (weir_op_next_removed (&op->removed, &name));
    assert_name (&name, &g_array_index (expected->removed, WeirEntryName, i));
  }
  g_assert_false (weir_op_next_removed (&op->removed, &name));
}

static void
assert_op (const Expected *expected, WeirOp *op)
{
  const WeirOp *wanted = &expected->op;

  g_assert_cmpint (op->kind, ==, wanted->kind);
  g_assert_true (op->has_queue == wanted->has_queue && op->has_penalty == wanted->has_penalty &&
                 op->has_content == wanted->has_content &&
                 op->has_attributes == wanted->has_attributes && op->is_based == wanted->is_based);
  if (op->kind <= WEIR_OP_DROP)
    g_assert_cmpuint (op->id, ==, wanted->id);
  else
    g_assert_cmpuint (op->number, ==, wanted->number);
  if (op->kind == WEIR_OP_CREATE)
    g_assert_true (op->entry_time == wanted->entry_time &&
                   op->lineage_start == wanted->lineage_start);
  if (op->has_queue)
    g_assert_cmpuint (op->queue, ==, wanted->queue);
  if (op->has_penalty)
    g_assert_cmpuint (op->penalty_usec, ==, wanted->penalty_usec);
  if (op->has_content)
    g_assert_cmpmem (&op->content, sizeof op->content, &wanted->content, sizeof wanted->content);
  if (op->has_attributes)
    assert_names (expected, op);
  if (op->kind == WEIR_OP_STATE)
    g_assert_cmpmem (op->key, op->key_size, expected->key, strlen (expected->key));
  if (op->kind >= WEIR_OP_STATE && expected->text != NULL)
    g_assert_cmpmem (op->text, op->text_size, expected->text, strlen (expected->text));
  else if (op->kind == WEIR_OP_STATE)
    g_assert_null (op->text);
}

static void
test_random_entries_come_back (void)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  for (int round = 0; round < 2000; round++) {
    g_autoptr (GArray) ops = g_array_new (FALSE, FALSE, sizeof (Expected));
    g_autofree uint8_t *exact = NULL;
    WeirContentRef last = { 0 };
    uint64_t component = random_number ();
    WeirEntryReader reader;
    WeirOp op;
    size_t size;

    g_array_set_clear_func (ops, expected_clear);
    weir_entry_writer_begin (&writer, component);
    for (int i = g_test_rand_int_range (0, 20); i > 0; i--)
      write_random_op (&writer, &last, ops);

    size = weir_entry_writer_get_size (&writer);
    exact = g_memdup2 (writer.start, size);
    g_assert_true (weir_entry_reader_init (&reader, exact, size, PLACE, WALL));
    g_assert_cmpuint (reader.component, ==, component);
    for (guint i = 0; i < ops->len; i++) {
      g_assert_true (weir_entry_reader_next (&reader, &op));
      assert_op (&g_array_index (ops, Expected, i), &op);
    }
    g_assert_false (weir_entry_reader_next (&reader, &op));
    g_assert_false (reader.cursor.failed);
  }
  weir_entry_writer_clear (&writer);
}

/* Cut anywhere, with any bit flipped: nothing outside of the bytes is read (a sanitizer sees it),
 * and the reading ends. */
static void
test_damaged_entries_are_survived (void)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  for (int round = 0; round < 30; round++) {
    g_autoptr (GArray) ops = g_array_new (FALSE, FALSE, sizeof (Expected));
    WeirContentRef last = { 0 };
    size_t size;

    g_array_set_clear_func (ops, expected_clear);
    weir_entry_writer_begin (&writer, 1);
    for (int i = 0; i < 6; i++)
      write_random_op (&writer, &last, ops);
    for (guint i = 0; i < ops->len; i++)
      for (guint j = 0; j < g_array_index (ops, Expected, i).set->len; j++)
        g_free ((char *)g_array_index (g_array_index (ops, Expected, i).set, WeirEntryAttribute, j)
                    .value);

    size = weir_entry_writer_get_size (&writer);
    for (size_t cut = 1; cut <= size; cut++) {
      g_autofree uint8_t *exact = g_memdup2 (writer.start, cut);
      WeirEntryReader reader;
      WeirOp op;
      size_t n = 0;

      exact[(size_t)g_test_rand_int_range (0, (int)cut)] ^=
          (uint8_t)(1 << g_test_rand_int_range (0, 8));
      if (!weir_entry_reader_init (&reader, exact, cut, PLACE, WALL))
        continue;
      while (weir_entry_reader_next (&reader, &op))
        g_assert_cmpuint (++n, <=, size);
      g_assert_true (weir_cursor_is_at_end (&reader.cursor));
    }
  }
  weir_entry_writer_clear (&writer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entry-reader/contents", test_contents_are_resolved);
  g_test_add_func ("/entry-reader/times", test_times);
  g_test_add_func ("/entry-reader/refuses", test_refuses_what_a_writer_never_makes);
  g_test_add_func ("/entry-reader/random", test_random_entries_come_back);
  g_test_add_func ("/entry-reader/damaged", test_damaged_entries_are_survived);
  return g_test_run ();
}
