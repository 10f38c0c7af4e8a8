/* fetching.c: what is the same wherever a file is moved to. */
#include "fetching.h"

void
fetching_push (const Scratch *scratch, WeirHarness *harness, const char *directory,
               const char *name)
{
  g_autofree char *path = scratch_path (scratch, directory);
  g_autofree char *absolute = g_strconcat (path, "/", NULL);

  weir_harness_push (harness, "before", -1, "absolute.path", absolute, "filename", name, "path",
                     "./", NULL);
}

void
fetching_assert_goes (WeirHarness *harness, const char *relationship, const char *content)
{
  const WeirFlowFile *out;

  weir_harness_run (harness, 9);
  out = weir_harness_pull (harness, relationship);
  if (out == NULL)
    g_error ("nothing left by %s; the last message is %s", relationship,
             weir_harness_get_error (harness));
  g_assert_cmpstr (weir_harness_content (harness, out, NULL), ==, content);
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "path"), ==, "./");
  weir_harness_assert_drained (harness);
}
