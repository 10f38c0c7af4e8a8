/* Tests MergeContent: what shares a bin, when a bin ends, and what becomes of it then. */
#include "merge.h"
#include "refusal.h"
#include "spoil.h"
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static void
test_all_that_waits (void)
{
  g_autoptr (WeirHarness) h = merge_content (NULL);
  const WeirFlowFile *merged, *original;

  weir_harness_push (h, "a", -1, "filename", "1", "same", "x", "own", "1", "mime.type", "t/a",
                     NULL);
  weir_harness_push (h, "", 0, "filename", "2", "same", "x", "own", "2", "mime.type", "t/a", NULL);
  weir_harness_push (h, "b\n", -1, "filename", "3", "same", "x", "mime.type", "t/a", NULL);
  weir_harness_run (h, 10);
  merged = pull_merged (h, "ab\n", "MIN_THRESHOLDS_REACHED");
  g_assert_cmpstr (attribute (merged, "merge.count"), ==, "3");
  g_assert_cmpstr (attribute (merged, "merge.bin.age"), ==, "0");
  g_assert_cmpstr (attribute (merged, "same"), ==, "x");
  g_assert_null (attribute (merged, "own"));
  g_assert_cmpstr (attribute (merged, "mime.type"), ==, "t/a");
  g_assert_true (g_ascii_isdigit (attribute (merged, "filename")[0]));
  g_assert_cmpuint (strlen (attribute (merged, "filename")), ==, 19);
  original = weir_harness_pull (h, "original");
  g_assert_cmpstr (attribute (original, "merge.uuid"), ==, attribute (merged, "uuid"));
  g_assert_cmpstr (attribute (original, "filename"), ==, "1");
  assert_done (h, 2);
}

static void
test_one (void)
{
  g_autoptr (WeirHarness) h = merge_content (NULL);
  const WeirFlowFile *merged;

  weir_harness_push (h, "a", -1, "filename", "only", NULL);
  weir_harness_run (h, 10);
  merged = pull_merged (h, "a", "MIN_THRESHOLDS_REACHED");
  g_assert_cmpstr (attribute (merged, "filename"), ==, "only");
  g_assert_cmpstr (attribute (merged, "mime.type"), ==, "application/octet-stream");
  assert_done (h, 1);
}

static void
test_entries (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Minimum Number of Entries", "2", "Maximum Number of Entries", "3", NULL);

  push_each (h, "a");
  weir_harness_run (h, 10);
  g_assert_cmpuint (weir_harness_count (h, "merged"), ==, 0);
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  push_each (h, "b");
  weir_harness_run (h, 10);
  pull_merged (h, "ab", "MIN_THRESHOLDS_REACHED");
  push_each (h, "cdefghi");
  weir_harness_run (h, 10);
  pull_merged (h, "cde", "MAX_ENTRIES_THRESHOLD_REACHED");
  pull_merged (h, "fgh", "MAX_ENTRIES_THRESHOLD_REACHED");
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  push_each (h, "j");
  weir_harness_run (h, 10);
  pull_merged (h, "ij", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 10);
}

static void
test_sizes (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Minimum Group Size", "3 B", "Maximum Group Size", "5 B", NULL);

  weir_harness_push (h, "aa", -1, NULL);
  weir_harness_push (h, "larger", -1, NULL);
  weir_harness_push (h, "bbbb", -1, NULL);
  weir_harness_push (h, "c", -1, NULL);
  weir_harness_push (h, "dd", -1, NULL);
  weir_harness_run (h, 10);
  pull_merged (h, "larger", "MAX_BYTES_THRESHOLD_REACHED");
  pull_merged (h, "aacdd", "MAX_BYTES_THRESHOLD_REACHED");
  pull_merged (h, "bbbb", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 5);
}

/* Bins of five bytes; each word is a FlowFile. What comes once those of @first are in their bins
 * goes into the first that is open and has room. */
static void
assert_first_merged (const char *first, const char *merged, const char *reason)
{
  g_autoptr (WeirHarness) h = merge_content ("Minimum Number of Entries", "2", "Maximum Group Size",
                                             "5 B", "Maximum number of Bins", "9", NULL);
  g_auto (GStrv) words = g_strsplit (first, " ", -1);

  for (size_t i = 0; words[i] != NULL; i++)
    weir_harness_push (h, words[i], -1, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  push_each (h, "!");
  weir_harness_run (h, 10);
  pull_merged (h, merged, reason);
}

/* A bin with its minimum does not wait for ever for something that fills its last bytes. */
static void
test_nearly_full (void)
{
  assert_first_merged ("a b xxxx xxxx xxxx xxxx xxxx", "ab!", "MIN_THRESHOLDS_REACHED");
  assert_first_merged ("a b xxxx xxxx xxxx xxxx xxxx xxxx", "ab", "MIN_THRESHOLDS_REACHED");
  assert_first_merged ("a b xxxx xxxx xxxx c xxxx xxxx xxxx", "abc!", "MIN_THRESHOLDS_REACHED");
  assert_first_merged ("aa xxxx xxxx xxxx xxxx xxxx xxxx", "aa!", "MIN_THRESHOLDS_REACHED");
}

static void
test_correlation (void)
{
  g_autoptr (WeirHarness) h = merge_content ("Correlation Attribute Name", "${by:replaceNull('k')}",
                                             "Maximum Number of Entries", "2", NULL);

  push_with (h, "a", "k", "1");
  push_with (h, "b", "k", "2");
  push_with (h, "c", "x", "1");
  push_with (h, "d", "k", "1");
  push_with (h, "e", "by", "x");
  weir_harness_push (h, "f", -1, "by", "x", "x", "2", NULL);
  weir_harness_run (h, 10);
  pull_merged (h, "ad", "MAX_ENTRIES_THRESHOLD_REACHED");
  pull_merged (h, "ce", "MAX_ENTRIES_THRESHOLD_REACHED");
  pull_merged (h, "bf", "MAX_ENTRIES_THRESHOLD_REACHED");
  assert_done (h, 6);
}

/* What cannot be put into a bin is not lost, and does not hold up others. */
static void
test_correlation_fails (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Correlation Attribute Name", "${n:toNumber():divide(0)}", NULL);

  push_with (h, "bad", "n", "1");
  push_with (h, "good", "m", "1");
  weir_harness_run (h, 10);
  g_assert_cmpstr (weir_harness_content (h, weir_harness_pull (h, "failure"), NULL), ==, "bad");
  pull_merged (h, "good", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 1);
}

static void
test_number_of_bins (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Correlation Attribute Name", "k", "Maximum number of Bins", "2",
                     "Minimum Number of Entries", "9", NULL);

  push_with (h, "a", "k", "1");
  push_with (h, "b", "k", "2");
  push_with (h, "c", "k", "1");
  push_with (h, "d", "k", "3");
  push_with (h, "e", "k", "1");
  weir_harness_run (h, 10);
  pull_merged (h, "ac", "BIN_MANAGER_FULL");
  pull_merged (h, "b", "BIN_MANAGER_FULL");
  g_assert_cmpuint (weir_harness_queued (h), ==, 2);
  weir_harness_restart (h);
  push_with (h, "f", "k", "4");
  weir_harness_run (h, 10);
  pull_merged (h, "d", "BIN_MANAGER_FULL");
  g_assert_cmpuint (weir_harness_queued (h), ==, 2);
}

static void
test_age (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Max Bin Age", "10 s", "Minimum Number of Entries", "9", NULL);
  const WeirFlowFile *merged;

  push_each (h, "a");
  weir_harness_run (h, 10);
  weir_harness_advance (h, 4 * G_USEC_PER_SEC);
  push_each (h, "b");
  weir_harness_run (h, 10);
  weir_harness_advance (h, 6 * G_USEC_PER_SEC - 1);
  g_assert_cmpuint (weir_harness_run (h, 10), ==, 0);
  weir_harness_advance (h, 1);
  g_assert_cmpuint (weir_harness_run (h, 10), >, 0);
  merged = pull_merged (h, "ab", "TIMEOUT");
  g_assert_cmpstr (attribute (merged, "merge.bin.age"), ==, "10000");
  g_assert_cmpuint (weir_harness_run (h, 10), ==, 0);
  assert_done (h, 2);
}

/* --- fragments --- */

static void
push_fragment (WeirHarness *h, const char *content, const char *identifier, const char *index,
               const char *count)
{
  if (count != NULL)
    weir_harness_push (h, content, -1, "fragment.identifier", identifier, "fragment.index", index,
                       "fragment.count", count, "segment.original.filename", "whole", NULL);
  else
    weir_harness_push (h, content, -1, "fragment.identifier", identifier, "fragment.index", index,
                       NULL);
}

static WeirHarness *
defragment (void)
{
  return merge_content ("Merge Strategy", "Defragment", "Max Bin Age", "1 min",
                        "Minimum Number of Entries", "2", "Maximum Number of Entries", "2",
                        "Maximum Group Size", "2 B", NULL);
}

/* In any order, two files at once; the limits are for bin-packing. */
static void
test_fragments (void)
{
  g_autoptr (WeirHarness) h = defragment ();
  const WeirFlowFile *merged;

  push_fragment (h, "c3 ", "a", "10", "3");
  push_fragment (h, "x0", "b", "0", "2");
  push_fragment (h, "c1 ", "a", "1", NULL);
  push_fragment (h, "c2 ", "a", "2", "3");
  weir_harness_run (h, 10);
  merged = pull_merged (h, "c1 c2 c3 ", "MAX_ENTRIES_THRESHOLD_REACHED");
  g_assert_cmpstr (attribute (merged, "fragment.identifier"), ==, "a");
  g_assert_null (attribute (merged, "fragment.index"));
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  push_fragment (h, "x1", "b", "1", "2");
  weir_harness_run (h, 10);
  merged = pull_merged (h, "x0x1", "MAX_ENTRIES_THRESHOLD_REACHED");
  g_assert_cmpstr (attribute (merged, "filename"), ==, "whole");
  assert_done (h, 5);
}

static void
test_missing_fragment (void)
{
  g_autoptr (WeirHarness) h = defragment ();

  push_fragment (h, "1", "a", "1", "3");
  push_fragment (h, "2", "a", "2", "3");
  weir_harness_run (h, 10);
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, 0);
  weir_harness_advance (h, 60 * G_USEC_PER_SEC);
  weir_harness_run (h, 10);
  assert_failed (h, 2);
  push_fragment (h, "1", "a", "1", NULL);
  weir_harness_run (h, 10);
  weir_harness_advance (h, 60 * G_USEC_PER_SEC);
  weir_harness_run (h, 10);
  assert_failed (h, 1);
}

static void
test_fragment_twice (void)
{
  g_autoptr (WeirHarness) h = defragment ();

  push_fragment (h, "1", "a", "1", "2");
  push_fragment (h, "again", "a", "1", "2");
  push_fragment (h, "2", "a", "2", "2");
  weir_harness_run (h, 10);
  g_assert_cmpstr (weir_harness_content (h, weir_harness_pull (h, "failure"), NULL), ==, "again");
  pull_merged (h, "12", "MAX_ENTRIES_THRESHOLD_REACHED");
  assert_done (h, 2);
}

static void
test_fragments_disagree (void)
{
  g_autoptr (WeirHarness) h = defragment ();

  push_fragment (h, "1", "a", "1", "3");
  push_fragment (h, "2", "a", "2", "4");
  weir_harness_run (h, 10);
  assert_failed (h, 2);
  push_fragment (h, "1", "a", "1", NULL);
  push_fragment (h, "2", "a", "2", NULL);
  push_fragment (h, "3", "a", "3", "2");
  weir_harness_run (h, 10);
  assert_failed (h, 3);
}

static void
test_no_fragment (void)
{
  static const char *const bad[][3] = {
    { NULL, "1", "1" },          { "a", NULL, "1" },  { "a", "x", "1" },
    { "a", "-1", "1" },          { "a", "", "1" },    { "a", "1", "x" },
    { "a", "1", "0" },           { "a", "1", "-2" },  { "a", "99999999999", "1" },
    { "a", "1", "99999999999" }, { "a", "1.0", "1" },
  };
  static const char *const names[] = { "fragment.identifier", "fragment.index", "fragment.count" };
  g_autoptr (WeirHarness) h = defragment ();

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *pairs[7] = { NULL };
    size_t n = 0;

    for (size_t k = 0; k < 3; k++) {
      if (bad[i][k] == NULL)
        continue;
      pairs[n++] = names[k];
      pairs[n++] = bad[i][k];
    }
    weir_harness_push (h, "x", -1, pairs[0], pairs[1], pairs[2], pairs[3], pairs[4], pairs[5],
                       NULL);
    weir_harness_run (h, 10);
    assert_failed (h, 1);
  }
}

/* --- when something goes wrong --- */

static void
test_failing_write (void)
{
  static const char *const formats[] = { "Binary Concatenation", "TAR", "ZIP" };
  const struct rlimit little = { 1000000, RLIM_INFINITY };
  const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
  g_autofree char *text = g_strnfill (600000, 'x');

  signal (SIGXFSZ, SIG_IGN);
  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (WeirHarness) h =
        merge_content ("Merge Format", formats[i], "Compression Level", "0", NULL);

    weir_harness_push (h, text, -1, "filename", "1", NULL);
    weir_harness_push (h, text, -1, "filename", "2", NULL);
    setrlimit (RLIMIT_FSIZE, &little);
    weir_harness_run (h, 10);
    setrlimit (RLIMIT_FSIZE, &all);
    g_assert_nonnull (strstr (weir_harness_get_error (h), "File too large"));
    g_assert_cmpuint (weir_harness_queued (h), ==, 2);
    g_assert_cmpuint (weir_harness_count (h, "merged"), ==, 0);
    weir_harness_advance (h, 60 * G_USEC_PER_SEC);
    weir_harness_run (h, 10);
    g_assert_cmpuint (weir_flowfile_get_size (weir_harness_pull (h, "merged")), >=, 1200000);
    assert_done (h, 2);
  }
}

static void
test_unreadable (void)
{
  static const char *const formats[] = { "Binary Concatenation", "TAR", "ZIP" };
  g_autofree char *text = g_strnfill (2000000, 'x');

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (WeirHarness) h = merge_content ("Merge Format", formats[i], NULL);

    weir_harness_push (h, "small", -1, "filename", "1", NULL);
    weir_harness_push (h, text, -1, "filename", "2", NULL);
    spoil_content ();
    weir_harness_run (h, 10);
    assert_failed (h, 2);
  }
}

/* What waited in a bin is in the queue again, in its order. */
static void
test_restart (void)
{
  g_autoptr (WeirHarness) h = merge_content ("Minimum Number of Entries", "4", NULL);

  push_each (h, "abc");
  weir_harness_run (h, 10);
  weir_harness_restart (h);
  g_assert_cmpuint (weir_harness_queued (h), ==, 3);
  push_each (h, "d");
  weir_harness_run (h, 10);
  pull_merged (h, "abcd", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 4);
}

static void
test_many_bins (void)
{
  const unsigned n = 100000;
  g_autoptr (WeirHarness) h =
      merge_content ("Correlation Attribute Name", "k", "Maximum number of Bins", "100000",
                     "Minimum Number of Entries", "2", "Maximum Number of Entries", "2", NULL);

  for (unsigned round = 0; round < 2; round++) {
    for (unsigned i = 0; i < n; i++) {
      char number[16];

      g_snprintf (number, sizeof number, "%u", i);
      weir_harness_push (h, "x", 1, "k", number, NULL);
    }
    weir_harness_run (h, 1000000);
    g_assert_cmpuint (weir_harness_count (h, "merged"), ==, round * n);
  }
  for (unsigned i = 0; i < n; i++)
    pull_merged (h, "xx", "MAX_ENTRIES_THRESHOLD_REACHED");
  assert_done (h, (size_t)2 * n);
}

/* Many bins of one group, none of which has room. */
static void
test_many_bins_of_a_group (void)
{
  const unsigned n = 20000;
  g_autoptr (WeirHarness) h =
      merge_content ("Maximum number of Bins", "100000", "Minimum Number of Entries", "2",
                     "Maximum Group Size", "3 B", "Max Bin Age", "1 s", NULL);

  for (unsigned i = 0; i < n; i++)
    weir_harness_push (h, "xx", 2, NULL);
  weir_harness_run (h, n);
  g_assert_cmpuint (weir_harness_count (h, "merged"), ==, 0);
  weir_harness_advance (h, G_USEC_PER_SEC);
  weir_harness_run (h, n);
  for (unsigned i = 0; i < n; i++)
    pull_merged (h, "xx", "TIMEOUT");
  assert_done (h, n);
}

static void
assert_refused (const char *name, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = merge_content (name, value, NULL);

  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Minimum Number of Entries", "1001", "*Number of Entries is above Maximum*");
  assert_refused ("Minimum Number of Entries", "0", "*Minimum Number of Entries*too small*");
  assert_refused ("Maximum Group Size", "0 B", "*Maximum Group Size*too small*");
  assert_refused ("Maximum number of Bins", "0", "*Maximum number of Bins*too small*");
  assert_refused ("Merge Format", "Avro", "*Merge Format*not allowed*");
  assert_refused ("Compression Level", "10", "*Compression Level*too large*");
  assert_refused ("Max Bin Age", "0 s", "*Max Bin Age*too small*");
}

static void
test_refuses_sizes (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Minimum Group Size", "2 KB", "Maximum Group Size", "1 KB", NULL);
  g_autofree char *problems = weir_harness_check (h);

  g_assert_nonnull (problems);
  g_assert_nonnull (strstr (problems, "Minimum Group Size is above Maximum Group Size"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge-content/all that waits", test_all_that_waits);
  g_test_add_func ("/merge-content/one", test_one);
  g_test_add_func ("/merge-content/entries", test_entries);
  g_test_add_func ("/merge-content/sizes", test_sizes);
  g_test_add_func ("/merge-content/nearly full", test_nearly_full);
  g_test_add_func ("/merge-content/correlation", test_correlation);
  g_test_add_func ("/merge-content/correlation fails", test_correlation_fails);
  g_test_add_func ("/merge-content/number of bins", test_number_of_bins);
  g_test_add_func ("/merge-content/age", test_age);
  g_test_add_func ("/merge-content/fragments", test_fragments);
  g_test_add_func ("/merge-content/missing fragment", test_missing_fragment);
  g_test_add_func ("/merge-content/fragment twice", test_fragment_twice);
  g_test_add_func ("/merge-content/fragments disagree", test_fragments_disagree);
  g_test_add_func ("/merge-content/no fragment", test_no_fragment);
  g_test_add_func ("/merge-content/failing write", test_failing_write);
  g_test_add_func ("/merge-content/unreadable", test_unreadable);
  g_test_add_func ("/merge-content/restart", test_restart);
  g_test_add_func ("/merge-content/many bins", test_many_bins);
  g_test_add_func ("/merge-content/many bins of a group", test_many_bins_of_a_group);
  g_test_add_func ("/merge-content/refuses", test_refuses);
  g_test_add_func ("/merge-content/refuses sizes", test_refuses_sizes);
  return g_test_run ();
}
