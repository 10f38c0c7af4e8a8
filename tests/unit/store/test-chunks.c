#include "store/chunks.h"
#include <glib.h>
#include <string.h>

/* A chunk as an entry has it: "+1 -2 +300" sets 1 and 300 to their numbers and removes 2; "+a" sets
 * a name that has no number. */
static GByteArray *
make (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  WeirEntryAttribute set[16];
  WeirEntryName removed[16];
  size_t n_set = 0, n_removed = 0;
  WeirEntryWriter writer;
  GByteArray *chunk = g_byte_array_new ();

  for (guint i = 0; words[i] != NULL; i++) {
    const char *word = words[i] + 1;
    WeirEntryName name = { g_ascii_strtoull (word, NULL, 10), word, 0 };

    if (name.number == 0)
      name.size = strlen (word);
    if (words[i][0] == '+')
      set[n_set++] = (WeirEntryAttribute){ name, word, strlen (word) };
    else
      removed[n_removed++] = name;
  }
  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 0);
  weir_entry_write_update (&writer, 0);
  weir_entry_write_attributes (&writer, set, n_set, removed, n_removed);
  g_byte_array_append (chunk, writer.start + 3, (guint)weir_entry_writer_get_size (&writer) - 3);
  weir_entry_writer_clear (&writer);
  return chunk;
}

static WeirChunks
chunk_of (const GByteArray *bytes)
{
  return (WeirChunks){ bytes->data, bytes->len, 1 };
}

static const struct {
  const char *chunks[4]; /* the oldest first */
  const char *sum;       /* over something */
  const char *whole;     /* over nothing */
} cases[] = {
  { { "+1 +2" }, "+1 +2", "+1 +2" },
  { { "+2 +1" }, "+1 +2", "+1 +2" },
  { { "" }, "", "" },
  { { "-1" }, "-1", "" },
  { { "+1", "-1" }, "-1", "" },
  { { "-1", "+1" }, "+1", "+1" },
  { { "+1 +2", "+3 -2", "+4 -9" }, "+1 +3 +4 -2 -9", "+1 +3 +4" },
  { { "+1", "-1", "+1", "+300" }, "+1 +300", "+1 +300" },
  { { "+5 +3", "-5 -3" }, "-3 -5", "" },
  { { "+ab +1", "+a +b +", "-ab" }, "+ +a +b +1 -ab", "+ +a +b +1" },
  { { "+a", "-a -", "-b -2" }, "- -a -b -2", "" },
};

static void
test_adds_up (void)
{
  WeirChunksSum sum;

  weir_chunks_sum_init (&sum);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) wanted = make (cases[i].sum);
    g_autoptr (GByteArray) wanted_whole = make (cases[i].whole);
    g_autoptr (GPtrArray) parts =
        g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
    WeirChunks result;

    for (int is_whole = 0; is_whole < 2; is_whole++) {
      const GByteArray *bytes = is_whole ? wanted_whole : wanted;

      weir_chunks_sum_begin (&sum);
      for (size_t j = 0; j < G_N_ELEMENTS (cases[i].chunks) && cases[i].chunks[j] != NULL; j++) {
        GByteArray *part = make (cases[i].chunks[j]);
        WeirChunks chunk = chunk_of (part);

        g_ptr_array_add (parts, part);
        weir_chunks_sum_add (&sum, &chunk);
      }
      result = weir_chunks_sum_end (&sum, is_whole);
      g_assert_cmpuint (result.n, ==, 1);
      g_assert_cmpmem (result.at, result.size, bytes->data, bytes->len);
    }
    g_assert_true (weir_chunks_is_plain (&result));
  }
  weir_chunks_sum_clear (&sum);
}

/* Chunks that follow each other in memory are what they are one by one. */
static void
test_several_in_a_row (void)
{
  g_autoptr (GByteArray) first = make ("+1 +2");
  g_autoptr (GByteArray) second = make ("+3 -1");
  g_autoptr (GByteArray) wanted = make ("+2 +3");
  WeirChunks both, result;
  WeirChunksSum sum;

  g_byte_array_append (first, second->data, second->len);
  both = (WeirChunks){ first->data, first->len, 2 };
  weir_chunks_sum_init (&sum);
  weir_chunks_sum_begin (&sum);
  weir_chunks_sum_add (&sum, &both);
  result = weir_chunks_sum_end (&sum, true);
  g_assert_cmpmem (result.at, result.size, wanted->data, wanted->len);
  weir_chunks_sum_clear (&sum);
}

static void
test_what_is_plain (void)
{
  g_autoptr (GByteArray) plain = make ("+1");
  g_autoptr (GByteArray) empty = make ("");
  static const char *const removing[] = { "+1 -128", "-a", "-" };
  WeirChunks chunk = chunk_of (plain);

  g_assert_true (weir_chunks_is_plain (&chunk));
  chunk.n = 2;
  g_assert_false (weir_chunks_is_plain (&chunk));
  chunk = chunk_of (empty);
  g_assert_true (weir_chunks_is_plain (&chunk));
  for (size_t i = 0; i < G_N_ELEMENTS (removing); i++) {
    g_autoptr (GByteArray) bytes = make (removing[i]);

    chunk = chunk_of (bytes);
    g_assert_false (weir_chunks_is_plain (&chunk));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chunks/sum", test_adds_up);
  g_test_add_func ("/chunks/row", test_several_in_a_row);
  g_test_add_func ("/chunks/plain", test_what_is_plain);
  return g_test_run ();
}
