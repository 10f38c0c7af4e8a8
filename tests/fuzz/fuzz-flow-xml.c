/* Whatever the bytes are: no crash. What is read and written reads the same again, and writing that
 * gives the same bytes. A check of it ends. */
#include "flow-text.h"
#include "model/check.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>
#include <weir/error.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *
refuse_secret (void *data, const char *source, const char *place, GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there are none");
  return NULL;
}

static void
try_check (const WeirFlow *flow, GPtrArray *problems)
{
  g_autoptr (WeirResolver) resolver = weir_resolver_new (flow, NULL, refuse_secret, NULL);
  WeirCheck check = { .resolver = resolver };

  weir_flow_check (flow, &check, problems);
  weir_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = weir_problem_format (problems->pdata[i], "flow.xml");

    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_null (strchr (text, '\n'));
  }
}

static void
try_round_trip (const WeirFlow *flow)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = flow_to_text (flow);
  g_autofree char *after = NULL;
  size_t size = 0;
  size_t size_again = 0;
  g_autofree char *written = weir_flow_write (flow, &size, &error);
  g_autofree char *written_again = NULL;

  g_assert_no_error (error);
  again = weir_flow_read (written, size, problems);
  g_assert_nonnull (again);
  after = flow_to_text (again);
  g_assert_cmpstr (after, ==, before);
  written_again = weir_flow_write (again, &size_again, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (written_again, size_again, written, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirFlow) flow = weir_flow_read ((const char *)data, size, problems);

  if (flow == NULL) {
    g_assert_cmpuint (problems->len, >, 0);
    return 0;
  }
  try_round_trip (flow);
  try_check (flow, problems);
  return 0;
}
