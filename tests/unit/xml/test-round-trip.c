/* Models must be read as they were written, and documents in any order and with anything in them
 * must be read the same again after they were written. */
#include "flow-maker.h"
#include "flow-text.h"
#include "model/problem.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>

/* Like g_assert_cmpstr, but shows the first line that differs. */
static void
assert_same_text (const char *text, const char *expected)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) expected_lines = g_strsplit (expected, "\n", -1);

  for (guint i = 0; lines[i] != NULL && expected_lines[i] != NULL; i++)
    g_assert_cmpstr (lines[i], ==, expected_lines[i]);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_reads_the_same (const WeirFlow *flow, bool expect_problems)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFlow) again = NULL;
  size_t size = 0;
  size_t size_again = 0;
  g_autofree char *written = weir_flow_write (flow, &size, &error);
  g_autofree char *written_again = NULL;
  g_autofree char *text = flow_to_text (flow);
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  again = weir_flow_read (written, size, problems);
  g_assert_nonnull (again);
  if (!expect_problems)
    g_assert_cmpuint (problems->len, ==, 0);
  text_again = flow_to_text (again);
  assert_same_text (text_again, text);
  written_again = weir_flow_write (again, &size_again, &error);
  g_assert_no_error (error);
  assert_same_text (written_again, written);
  g_assert_cmpuint (size_again, ==, size);
}

static void
test_models (void)
{
  WeirRandom random;

  weir_random_init (&random, 11);
  for (unsigned round = 0; round < 400; round++) {
    g_autoptr (WeirFlow) flow = flow_make (&random);

    assert_reads_the_same (flow, false);
  }
}

static void
test_documents (void)
{
  WeirRandom random;
  unsigned n_read = 0;

  weir_random_init (&random, 12);
  for (unsigned round = 0; round < 3000; round++) {
    g_autofree char *text = flow_make_document (&random);
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autoptr (WeirFlow) flow = NULL;

    flow = weir_flow_read (text, strlen (text), problems);
    if (flow == NULL)
      continue;
    n_read++;
    assert_reads_the_same (flow, true);
  }
  g_test_message ("%u documents of 3000 were read", n_read);
  g_assert_cmpuint (n_read, >, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/round-trip/models", test_models);
  g_test_add_func ("/xml/round-trip/documents", test_documents);
  return g_test_run ();
}
