/* tailing.c: a harness and a directory brought together. */
#include "tailing.h"

#include <stdio.h>

void
tailing_init (Tailing *tailing, const char *rolling)
{
  scratch_init (&tailing->scratch);
  tailing->harness = weir_harness_new ("TailFile");
  scratch_set_path (&tailing->scratch, tailing->harness, "File(s) to Tail", "app.log");
  weir_harness_set (tailing->harness, "Rolling Filename Pattern", rolling);
}

void
tailing_begin (Tailing *tailing, const char *rolling, const char *text)
{
  tailing_init (tailing, rolling);
  tailing_add (tailing, "app.log", text);
  tailing_assert_new (tailing, text);
}

void
tailing_clear (Tailing *tailing)
{
  weir_harness_free (tailing->harness);
  scratch_clear (&tailing->scratch);
}

void
tailing_add (Tailing *tailing, const char *name, const char *text)
{
  scratch_append (&tailing->scratch, name, text);
}

void
tailing_rename (Tailing *tailing, const char *from, const char *to)
{
  g_autofree char *source = scratch_path (&tailing->scratch, from);
  g_autofree char *target = scratch_path (&tailing->scratch, to);

  g_assert_cmpint (rename (source, target), ==, 0);
}

void
tailing_date (Tailing *tailing, const char *name, int n)
{
  scratch_set_mtime (&tailing->scratch, name, WALL + n * DAY);
}

char *
tailing_look (Tailing *tailing)
{
  GString *text = g_string_new (NULL);
  const WeirFlowFile *out;

  weir_harness_advance (tailing->harness, TICK);
  weir_harness_run (tailing->harness, 100);
  while ((out = weir_harness_pull (tailing->harness, "success")) != NULL) {
    size_t size;
    const char *content = weir_harness_content (tailing->harness, out, &size);

    g_string_append_len (text, content, (gssize)size);
  }
  weir_harness_assert_drained (tailing->harness);
  g_assert_null (weir_harness_get_error (tailing->harness));
  return g_string_free (text, FALSE);
}

void
tailing_assert_new (Tailing *tailing, const char *expected)
{
  g_autofree char *text = tailing_look (tailing);

  g_assert_cmpstr (text, ==, expected);
}
