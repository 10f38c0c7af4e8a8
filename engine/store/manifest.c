/* manifest.c: lines of text, each a word and what it is about; the last one is the checksum of
 * those before it. In texts a backslash, a tab and the end of a line are escaped. */
#include "store/manifest.h"

#include <stdio.h>
#include <string.h>
#include <weir/error.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/limits.h"
#include "store/mutant.h"

#define FIRST_LINE "weir manifest 1\n"
#define LAST_LINE  "crc32c %08x\n"
#define LAST_SIZE  16u /* of the last line */

static const char *const word_names[] = {
  [WEIR_WORD_COMPONENT] = "component",
  [WEIR_WORD_QUEUE] = "queue",
  [WEIR_WORD_NAME] = "name",
};

/* --- states --- */

static int
compare_states (const void *a, const void *b, void *data)
{
  const WeirManifestState *left = a, *right = b;
  size_t common = MIN (left->key_size, right->key_size);
  int order;

  if (left->component != right->component)
    return left->component < right->component ? -1 : 1;
  order = memcmp (left->key, right->key, common);
  if (order != 0 || left->key_size == right->key_size)
    return order;
  return left->key_size < right->key_size ? -1 : 1;
}

static void
state_free (void *data)
{
  WeirManifestState *state = data;

  g_free ((char *)state->key);
  g_free (state->value);
  g_free (state);
}

bool
weir_manifest_set_state (WeirManifest *manifest, uint64_t component, const void *key,
                         size_t key_size, const void *value, size_t value_size)
{
  WeirManifestState wanted = { component, key, key_size, NULL };
  WeirManifestState *state;

  if (memchr (key, '\0', key_size) != NULL ||
      (value != NULL && memchr (value, '\0', value_size) != NULL))
    return false;
  if (value == NULL) {
    g_tree_remove (manifest->states, &wanted);
    return true;
  }
  state = g_tree_lookup (manifest->states, &wanted);
  if (state == NULL) {
    state = g_new (WeirManifestState, 1);
    *state = (WeirManifestState){ component, g_strndup (key, key_size), key_size, NULL };
    g_tree_insert (manifest->states, state, state);
  }
  g_free (state->value);
  state->value = g_strndup (value, value_size);
  return true;
}

WeirManifest *
weir_manifest_new (uint64_t log_id)
{
  WeirManifest *manifest = g_new0 (WeirManifest, 1);

  manifest->log_id = log_id;
  manifest->next_id = 1;
  manifest->next_order = 1;
  for (unsigned kind = 0; kind < G_N_ELEMENTS (manifest->words); kind++)
    manifest->words[kind] = g_ptr_array_new_with_free_func (g_free);
  manifest->states = g_tree_new_full (compare_states, NULL, state_free, NULL);
  manifest->parts = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  return manifest;
}

void
weir_manifest_free (WeirManifest *manifest)
{
  if (manifest == NULL)
    return;
  for (unsigned kind = 0; kind < G_N_ELEMENTS (manifest->words); kind++)
    g_ptr_array_unref (manifest->words[kind]);
  g_tree_unref (manifest->states);
  g_array_unref (manifest->parts);
  g_free (manifest);
}

/* --- writing --- */

static void
append_text (GString *text, const char *raw)
{
  for (; *raw != '\0'; raw++) {
    if (*raw == '\n')
      g_string_append (text, "\\n");
    else if (*raw == '\t')
      g_string_append (text, "\\t");
    else if (*raw == '\\')
      g_string_append (text, "\\\\");
    else
      g_string_append_c (text, *raw);
  }
}

static gboolean
append_state (void *key, void *value, void *data)
{
  const WeirManifestState *state = value;
  GString *text = data;

  g_string_append_printf (text, "state %" G_GUINT64_FORMAT " ", state->component);
  append_text (text, state->key);
  g_string_append_c (text, '\t');
  append_text (text, state->value);
  g_string_append_c (text, '\n');
  return FALSE;
}

GString *
weir_manifest_format (const WeirManifest *manifest)
{
  GString *text = g_string_new (FIRST_LINE);

  g_string_append_printf (text,
                          "log %016" G_GINT64_MODIFIER "x\n"
                          "place %" G_GUINT64_FORMAT "\n"
                          "sequence %" G_GUINT64_FORMAT "\n"
                          "next-flowfile %" G_GUINT64_FORMAT "\n"
                          "reserved-flowfile %" G_GUINT64_FORMAT "\n"
                          "next-order %" G_GUINT64_FORMAT "\n",
                          manifest->log_id, manifest->place, manifest->sequence, manifest->next_id,
                          manifest->reserved_id, manifest->next_order);
  for (guint i = 0; i < manifest->parts->len; i++)
    g_string_append_printf (text, "part %" G_GUINT64_FORMAT "\n",
                            g_array_index (manifest->parts, uint64_t, i));
  for (unsigned kind = 0; kind < G_N_ELEMENTS (manifest->words); kind++) {
    for (guint i = 0; i < manifest->words[kind]->len; i++) {
      g_string_append_printf (text, "%s ", word_names[kind]);
      append_text (text, manifest->words[kind]->pdata[i]);
      g_string_append_c (text, '\n');
    }
  }
  g_tree_foreach (manifest->states, append_state, text);
  g_string_append_printf (text, LAST_LINE, weir_crc32c (0, text->str, text->len));
  return text;
}

static bool
write_aside (const char *path, const GString *text, bool must_sync, WeirFs *fs, GError **error)
{
  WEIR_AUTO_FD int fd =
      weir_fs_open (fs, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600, error);

  return fd >= 0 && weir_fs_write (fs, fd, text->str, text->len, path, error) &&
         (!must_sync || WEIR_MUTANT (5) || weir_fs_sync (fs, fd, path, error));
}

bool
weir_manifest_write (const WeirManifest *manifest, const char *path, bool must_sync, WeirFs *fs,
                     bool *ret_is_there, GError **error)
{
  g_autoptr (GString) text = weir_manifest_format (manifest);
  g_autofree char *aside = g_strconcat (path, ".tmp", NULL);
  g_autofree char *directory = g_path_get_dirname (path);

  *ret_is_there = false;
  if (!write_aside (aside, text, must_sync, fs, error) ||
      !weir_fs_rename (fs, aside, path, error)) {
    (void)unlink (aside);
    return false;
  }
  *ret_is_there = true;
  return !must_sync || WEIR_MUTANT (6) || weir_fs_sync_directory (fs, directory, error);
}

/* --- reading --- */

static bool
corrupt (GError **error, const char *path, const char *what)
{
  g_autofree char *quoted = weir_error_quote (path);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the snapshot is damaged: %s %s", quoted,
               what);
  return false;
}

/* The number that @line begins with, and nothing else before @end.
 * Returns: (transfer none): what follows, NULL when there is none. */
static char *
read_number (char *line, char end, guint base, uint64_t *ret_number)
{
  char *rest;

  if (!g_ascii_isxdigit (*line))
    return NULL;
  *ret_number = g_ascii_strtoull (line, &rest, base);
  return *rest == end ? rest + (end != '\0' ? 1 : 0) : NULL;
}

/* In place. */
static bool
unescape (char *text)
{
  char *to = text;

  for (; *text != '\0'; text++) {
    char c = *text;

    if (c == '\\') {
      c = *++text;
      if (c != 'n' && c != 't' && c != '\\')
        return false;
      c = c == 'n' ? '\n' : c == 't' ? '\t' : '\\';
    }
    *to++ = c;
  }
  *to = '\0';
  return true;
}

static bool
read_state (WeirManifest *manifest, char *rest)
{
  uint64_t component;
  char *key = read_number (rest, ' ', 10, &component);
  char *value = key != NULL ? strchr (key, '\t') : NULL;

  if (value == NULL)
    return false;
  *value++ = '\0';
  return unescape (key) && unescape (value) &&
         weir_manifest_set_state (manifest, component, key, strlen (key), value, strlen (value));
}

static bool
read_line (WeirManifest *manifest, char *line)
{
  char *rest = strchr (line, ' ');
  uint64_t part;

  if (rest == NULL)
    return false;
  *rest++ = '\0';
  if (strcmp (line, "log") == 0)
    return read_number (rest, '\0', 16, &manifest->log_id) != NULL;
  if (strcmp (line, "place") == 0)
    return read_number (rest, '\0', 10, &manifest->place) != NULL;
  if (strcmp (line, "sequence") == 0)
    return read_number (rest, '\0', 10, &manifest->sequence) != NULL;
  if (strcmp (line, "next-flowfile") == 0)
    return read_number (rest, '\0', 10, &manifest->next_id) != NULL;
  if (strcmp (line, "reserved-flowfile") == 0)
    return read_number (rest, '\0', 10, &manifest->reserved_id) != NULL;
  if (strcmp (line, "next-order") == 0)
    return read_number (rest, '\0', 10, &manifest->next_order) != NULL;
  if (strcmp (line, "state") == 0)
    return read_state (manifest, rest);
  if (strcmp (line, "part") == 0 && read_number (rest, '\0', 10, &part) != NULL) {
    g_array_append_val (manifest->parts, part);
    return true;
  }
  for (unsigned kind = 0; kind < G_N_ELEMENTS (word_names); kind++) {
    if (strcmp (line, word_names[kind]) == 0 && unescape (rest)) {
      g_ptr_array_add (manifest->words[kind], g_strdup (rest));
      return true;
    }
  }
  return false;
}

WeirManifest *
weir_manifest_parse (const char *text, size_t size, const char *path, GError **error)
{
  g_autoptr (WeirManifest) manifest = weir_manifest_new (0);
  g_autofree char *copy = NULL;
  char last[LAST_SIZE + 1];
  char *line;

  if (size < strlen (FIRST_LINE) + LAST_SIZE)
    return corrupt (error, path, "is too short"), NULL;
  g_snprintf (last, sizeof last, LAST_LINE, weir_crc32c (0, text, size - LAST_SIZE));
  if (memcmp (text + size - LAST_SIZE, last, LAST_SIZE) != 0)
    return corrupt (error, path, "is not what was written"), NULL;
  if (memchr (text, '\0', size) != NULL || !g_str_has_prefix (text, FIRST_LINE))
    return corrupt (error, path, "is no manifest that is known here"), NULL;

  copy = g_strndup (text, size - LAST_SIZE);
  for (line = copy + strlen (FIRST_LINE); *line != '\0';) {
    char *end = strchr (line, '\n');

    if (end == NULL)
      return corrupt (error, path, "has a line without an end"), NULL;
    *end = '\0';
    if (!read_line (manifest, line))
      return corrupt (error, path, "has a line that cannot be"), NULL;
    line = end + 1;
  }
  return g_steal_pointer (&manifest);
}

WeirManifest *
weir_manifest_read (const char *path, uint64_t log_id, WeirFs *fs, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (WeirManifest) manifest = NULL;
  size_t size;

  text = weir_fs_read_file (fs, path, WEIR_LIMIT_MANIFEST, &size, error);
  if (text == NULL)
    return NULL;
  manifest = weir_manifest_parse (text, size, path, error);
  if (manifest != NULL && manifest->log_id != log_id)
    return corrupt (error, path, "belongs to another directory"), NULL;
  return g_steal_pointer (&manifest);
}
