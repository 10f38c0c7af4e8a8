/* tail-passed.c: some positions; as text the version of their meaning, then a line each. */
#include "tail-passed.h"

#include <glib.h>

#define VERSION "1"

void
tail_passed_add (TailPassed *passed, const TailSource *source)
{
  if (passed->n == TAIL_PASSED_MAX)
    *passed = (TailPassed){ 0 };
  if (passed->is_known &&
      tail_source_locate (source, (int64_t)source->status.stx_size, &passed->files[passed->n]))
    passed->n++;
}

const TailPosition *
tail_passed_find (const TailPassed *passed, const struct statx *status)
{
  for (unsigned i = 0; i < passed->n; i++) {
    const TailPosition *end = &passed->files[i];

    if (tail_status_is_same_file (status, end) &&
        tail_status_get_changed (status) == end->changed &&
        (int64_t)status->stx_size >= end->offset)
      return end;
  }
  return NULL;
}

char *
tail_passed_format (const TailPassed *passed)
{
  GString *text;

  if (!passed->is_known)
    return NULL;
  text = g_string_new (VERSION);
  for (unsigned i = 0; i < passed->n; i++) {
    g_autofree char *line = tail_position_format (&passed->files[i]);

    g_string_append_printf (text, "\n%s", line);
  }
  return g_string_free (text, FALSE);
}

TailPassed
tail_passed_parse (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", TAIL_PASSED_MAX + 2);
  guint n = g_strv_length (lines);
  TailPassed passed = { .is_known = true };

  if (n < 1 || n > TAIL_PASSED_MAX + 1 || !g_str_equal (lines[0], VERSION))
    return (TailPassed){ 0 };
  for (; passed.n < n - 1; passed.n++) {
    if (!tail_position_parse (lines[passed.n + 1], &passed.files[passed.n]))
      return (TailPassed){ 0 };
  }
  return passed;
}
