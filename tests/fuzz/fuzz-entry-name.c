/* fuzz-entry-name.c: whatever a path and a filename are, the name leads nowhere else. */
#include "entry-name.h"
#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *input = g_strndup ((const char *)data, size);
  g_auto (GStrv) lines = g_strsplit (input, "|", 2);
  const char *filename = lines[0] != NULL && lines[1] != NULL ? lines[1] : "";
  g_autofree char *name = entry_name_new (lines[0], filename, "otherwise");
  g_autofree char *again = entry_name_new (NULL, name, "otherwise");
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  g_assert_true (*name != '\0' && strlen (name) < 4096 && g_utf8_validate (name, -1, NULL));
  g_assert_cmpstr (name, ==, again);
  for (size_t i = 0; parts[i] != NULL; i++)
    g_assert_false (g_str_equal (parts[i], "") || g_str_equal (parts[i], ".") ||
                    g_str_equal (parts[i], ".."));
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (*at == '\\' || g_unichar_iscntrl (g_utf8_get_char (at)));
  return 0;
}
