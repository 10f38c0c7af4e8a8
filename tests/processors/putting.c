/* putting.c: a harness and a directory brought together. */
#include "putting.h"

WeirHarness *
putting_new (const Scratch *scratch)
{
  WeirHarness *harness = weir_harness_new ("PutFile");

  scratch_set_path (scratch, harness, "Directory", "out");
  return harness;
}

void
putting_push (WeirHarness *harness, const char *filename, const char *content)
{
  weir_harness_push (harness, content, -1, "filename", filename, NULL);
}

void
putting_run (WeirHarness *harness, unsigned n_success, unsigned n_failure)
{
  g_assert_cmpuint (weir_harness_run (harness, 9), >=, 1);
  g_assert_cmpuint (weir_harness_count (harness, "success"), ==, n_success);
  g_assert_cmpuint (weir_harness_count (harness, "failure"), ==, n_failure);
  while (weir_harness_pull (harness, "success") != NULL)
    continue;
  for (const WeirFlowFile *out; (out = weir_harness_pull (harness, "failure")) != NULL;)
    g_assert_true (weir_harness_is_penalized (harness, out));
  weir_harness_assert_drained (harness);
}
