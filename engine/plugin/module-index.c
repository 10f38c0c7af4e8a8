/* module-index.c: reads and writes the index; no I/O here. */
#include "plugin/module-index.h"
#include "base/limits.h"
#include "plugin/descriptor.h"
#include <string.h>

#define HEADER "weir-modules 1\n"

static void
entry_free (void *data)
{
  WeirModuleIndexEntry *entry = data;

  g_free (entry->file);
  g_strfreev (entry->types);
  g_free (entry);
}

GPtrArray *
weir_module_index_new (void)
{
  return g_ptr_array_new_with_free_func (entry_free);
}

void
weir_module_index_add (GPtrArray *index, const char *file, int64_t mtime, int64_t size,
                       const char *const *types)
{
  WeirModuleIndexEntry *entry;

  if (file[strcspn (file, " \t\r\n")] != '\0')
    return;
  entry = g_new (WeirModuleIndexEntry, 1);
  *entry = (WeirModuleIndexEntry){ g_strdup (file), mtime, size, g_strdupv ((char **)types) };
  g_ptr_array_add (index, entry);
}

static bool
parse_line (GPtrArray *index, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  int64_t mtime, size;

  if (g_strv_length (words) < 3 || *words[0] == '\0' || strchr (words[0], '/') != NULL ||
      !g_ascii_string_to_signed (words[1], 10, G_MININT64, G_MAXINT64, &mtime, NULL) ||
      !g_ascii_string_to_signed (words[2], 10, 0, G_MAXINT64, &size, NULL))
    return false;
  for (size_t i = 3; words[i] != NULL; i++)
    if (!weir_type_name_is_valid (words[i]))
      return false;
  weir_module_index_add (index, words[0], mtime, size, (const char *const *)words + 3);
  return true;
}

GPtrArray *
weir_module_index_parse (const char *text, size_t size, GError **error)
{
  g_autoptr (GPtrArray) index = weir_module_index_new ();
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;

  if (size > WEIR_LIMIT_MODULE_INDEX_BYTES) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the module index is too large");
    return NULL;
  }
  copy = g_strndup (text, size);
  if (strlen (copy) != size || !g_str_has_prefix (copy, HEADER)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                         "the module index is none that this engine can read");
    return NULL;
  }

  lines = g_strsplit (copy + strlen (HEADER), "\n", -1);
  for (size_t i = 0; lines[i] != NULL; i++) {
    if (*lines[i] != '\0' && !parse_line (index, lines[i])) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "line %zu of the module index is broken",
                   i + 2);
      return NULL;
    }
  }
  return g_steal_pointer (&index);
}

char *
weir_module_index_format (const GPtrArray *index)
{
  GString *text = g_string_new (HEADER);

  for (guint i = 0; i < index->len; i++) {
    const WeirModuleIndexEntry *entry = g_ptr_array_index (index, i);

    g_string_append_printf (text, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, entry->file,
                            entry->mtime, entry->size);
    for (size_t j = 0; entry->types[j] != NULL; j++)
      g_string_append_printf (text, " %s", entry->types[j]);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

const WeirModuleIndexEntry *
weir_module_index_find (const GPtrArray *index, const char *file, int64_t mtime, int64_t size)
{
  for (guint i = 0; i < index->len; i++) {
    const WeirModuleIndexEntry *entry = g_ptr_array_index (index, i);

    if (entry->mtime == mtime && entry->size == size && strcmp (entry->file, file) == 0)
      return entry;
  }
  return NULL;
}
