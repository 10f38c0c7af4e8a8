/* entry-name.c: a name is built from its parts, of which only harmless ones are taken. */
#include "entry-name.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* What systems take as a path. ZIP has room for 65535 bytes. */
#define LENGTH_MAX 4095

static bool
is_harmless (const char *part)
{
  return *part != '\0' && strcmp (part, ".") != 0 && strcmp (part, "..") != 0;
}

/* Returns: (transfer full): backslashes part names on Windows, controls act on terminals. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *cleaned = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);
    bool unsafe = character == '\\' || g_unichar_iscntrl (character);

    g_string_append_unichar (cleaned, unsafe ? '_' : character);
  }
  return g_string_free (cleaned, FALSE);
}

static void
append_parts (GString *name, const char *text)
{
  g_autofree char *cleaned = clean (text);
  g_auto (GStrv) parts = g_strsplit (cleaned, "/", -1);

  for (size_t i = 0; parts[i] != NULL; i++)
    if (is_harmless (parts[i]))
      g_string_append_printf (name, "%s%s", name->len > 0 ? "/" : "", parts[i]);
}

char *
entry_name_new (const char *path, const char *filename, const char *otherwise)
{
  GString *name = g_string_new (NULL);

  if (path != NULL)
    append_parts (name, path);
  append_parts (name, filename);
  if (name->len == 0 || name->len > LENGTH_MAX)
    g_string_assign (name, otherwise);
  return g_string_free (name, FALSE);
}
