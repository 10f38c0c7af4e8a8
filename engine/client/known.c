/* known.c: a text file that people may edit; lines that are no such line are kept. */
#include "client/known.h"

#include "base/fs.h"
#include "base/limits.h"

#include <string.h>

char *
weir_known_get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "weir", "known-servers", NULL);
}

/* Returns: (transfer full): "" when there is none. */
static char *
read_file (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup ("");
  return weir_fs_read_file (NULL, path, WEIR_LIMIT_KNOWN_SERVERS, NULL, error);
}

/* Returns: (transfer none): the fingerprint in @line, if it is that of @server. */
static const char *
match (const char *line, const char *server)
{
  size_t size = strlen (server);

  if (strncmp (line, server, size) != 0 || !g_str_has_prefix (line + size, " sha256:"))
    return NULL;
  return line + size + strlen (" sha256:");
}

char *
weir_known_find (const char *server, GError **error)
{
  g_autofree char *path = weir_known_get_path ();
  g_autofree char *text = read_file (path, error);
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  for (unsigned i = 0; lines != NULL && lines[i] != NULL; i++) {
    const char *fingerprint = match (lines[i], server);

    if (fingerprint != NULL)
      return g_ascii_strdown (fingerprint, -1);
  }
  return NULL;
}

bool
weir_known_remember (const char *server, const char *fingerprint, GError **error)
{
  g_autofree char *path = weir_known_get_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = read_file (path, error);
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  g_autoptr (GString) now = g_string_new (NULL);

  if (lines == NULL || !weir_fs_make_directory (NULL, directory, 0700, error))
    return false;
  for (unsigned i = 0; lines[i] != NULL; i++) {
    if (*lines[i] != '\0' && match (lines[i], server) == NULL)
      g_string_append_printf (now, "%s\n", lines[i]);
  }
  g_string_append_printf (now, "%s sha256:%s\n", server, fingerprint);
  return weir_fs_replace_file (NULL, path, now->str, now->len, 0600, error);
}
