/* Any batch on any flow, also on such that are wrong: it fails and nothing has changed, or its
 * inverse brings all back, and the inverse of that does it again. */
#include "edit-maker.h"
#include "flow-maker.h"
#include "model/clone.h"
#include "model/locate.h"
#include "model/problem.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>

static char *
write_flow (const WeirFlow *flow)
{
  g_autoptr (GError) error = NULL;
  size_t size = 0;
  char *text = weir_flow_write (flow, &size, &error);

  g_assert_no_error (error);
  return text;
}

static void
assert_writes (const WeirFlow *flow, const char *expected)
{
  g_autofree char *text = write_flow (flow);

  g_assert_cmpstr (text, ==, expected);
}

static void
apply (WeirFlow *flow, const WeirEditBatch *batch, const char *expected, WeirEditResult *ret_result)
{
  g_autoptr (GError) error = NULL;

  weir_flow_edit (flow, batch, ret_result, &error);
  g_assert_no_error (error);
  assert_writes (flow, expected);
}

/* Each rename names what was there and what is there. */
static void
check_renames (const WeirFlow *before, const WeirFlow *after, const GPtrArray *renames)
{
  for (guint i = 0; i < renames->len; i++) {
    const WeirEditRename *rename = renames->pdata[i];

    g_assert_cmpstr (rename->from, !=, rename->to);
    g_assert_nonnull (weir_flow_locate (before, rename->from));
    g_assert_nonnull (weir_flow_locate (after, rename->to));
  }
}

/* Returns: whether the batch could be applied. */
static bool
try_batch (WeirFlow *flow, const WeirEditBatch *batch)
{
  g_autoptr (WeirFlow) old = weir_flow_clone (flow);
  g_autofree char *before = write_flow (flow);
  g_autofree char *after = NULL;
  g_auto (WeirEditResult) result = { 0 };
  g_auto (WeirEditResult) back = { 0 };
  g_auto (WeirEditResult) again = { 0 };
  g_auto (WeirEditResult) back_again = { 0 };
  g_autoptr (GError) error = NULL;
  bool ok = weir_flow_edit (flow, batch, &result, &error);

  g_free (weir_edit_batch_get_title (batch));
  g_assert_true ((error == NULL) == ok);
  if (!ok) {
    g_assert_true (g_str_has_prefix (error->message, "operations["));
    assert_writes (flow, before);
    return false;
  }
  after = write_flow (flow);
  check_renames (old, flow, result.renames);
  apply (flow, result.inverse, before, &back);
  apply (flow, back.inverse, after, &again);
  apply (flow, again.inverse, before, &back_again);
  return true;
}

static void
try_many (WeirRandom *random, WeirFlow *flow, unsigned *n_applied)
{
  for (unsigned i = 0; i < 6; i++) {
    g_autoptr (WeirEditBatch) batch = edit_make_batch (random, flow);
    g_auto (WeirEditResult) result = { 0 };

    if (!try_batch (flow, batch))
      continue;
    (*n_applied)++;
    g_assert_true (weir_flow_edit (flow, batch, &result, NULL));
  }
}

static void
test_sound (void)
{
  WeirRandom random;
  unsigned n_applied = 0;

  weir_random_init (&random, 31);
  for (unsigned round = 0; round < 400; round++) {
    g_autoptr (WeirFlow) flow = edit_make_flow (&random);

    try_many (&random, flow, &n_applied);
  }
  g_test_message ("%u of 2400 batches were applied", n_applied);
  g_assert_cmpuint (n_applied, >, 300);
}

static void
test_models (void)
{
  WeirRandom random;
  unsigned n_applied = 0;

  weir_random_init (&random, 32);
  for (unsigned round = 0; round < 200; round++) {
    g_autoptr (WeirFlow) flow = flow_make (&random);

    try_many (&random, flow, &n_applied);
  }
  g_test_message ("%u of 1200 batches were applied", n_applied);
  g_assert_cmpuint (n_applied, >, 200);
}

static void
test_documents (void)
{
  WeirRandom random;
  unsigned n_applied = 0;

  weir_random_init (&random, 33);
  for (unsigned round = 0; round < 400; round++) {
    g_autofree char *text = flow_make_document (&random);
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autoptr (WeirFlow) flow = weir_flow_read (text, strlen (text), problems);

    if (flow != NULL)
      try_many (&random, flow, &n_applied);
  }
  g_test_message ("%u batches were applied", n_applied);
  g_assert_cmpuint (n_applied, >, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/edit-random/sound", test_sound);
  g_test_add_func ("/model/edit-random/models", test_models);
  g_test_add_func ("/model/edit-random/documents", test_documents);
  return g_test_run ();
}
