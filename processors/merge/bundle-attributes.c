/* bundle-attributes.c: the attributes of a bundle. Those that all parts agree on it has from its
 * birth (weir_session_create_joined). */
#include "bundle.h"
#include <string.h>

static void
put_unique (WeirSession *session, WeirFlowFile *bundle, WeirFlowFile *const *parts, size_t n)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  void *name, *value;

  /* Those that parts disagree on stay in it, without a value. */
  for (size_t i = 0; i < n; i++) {
    size_t n_attributes = weir_flowfile_get_n_attributes (parts[i]);

    for (size_t k = 0; k < n_attributes; k++) {
      const char *own_name, *own_value;
      bool is_known;

      weir_flowfile_get_nth_attribute (parts[i], k, &own_name, &own_value);
      is_known = g_hash_table_lookup_extended (values, own_name, NULL, &value);
      if (!is_known)
        g_hash_table_insert (values, (void *)own_name, (void *)own_value);
      else if (value != NULL && strcmp (value, own_value) != 0)
        g_hash_table_insert (values, (void *)own_name, NULL);
    }
  }
  g_hash_table_remove (values, "uuid");
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (value != NULL)
      weir_session_put_attribute (session, bundle, name, value);
}

/* The type that all parts have, or one that fits everything. */
static const char *
get_type (WeirFlowFile *const *parts, size_t n)
{
  const char *type = weir_flowfile_get_attribute (parts[0], "mime.type");

  for (size_t i = 1; i < n && type != NULL; i++)
    if (g_strcmp0 (type, weir_flowfile_get_attribute (parts[i], "mime.type")) != 0)
      type = NULL;
  return type != NULL ? type : "application/octet-stream";
}

/* Returns: (transfer full). */
static char *
make_filename (WeirSession *session, WeirFlowFile *const *parts, size_t n)
{
  const WeirContext *context = weir_session_get_context (session);
  const char *name =
      weir_flowfile_get_attribute (parts[0], n == 1 ? "filename" : "segment.original.filename");

  if (name != NULL)
    return g_strdup (name);
  /* Nanoseconds, the last three of them by chance. */
  return g_strdup_printf ("%" G_GINT64_FORMAT "%03u", weir_context_get_wall_time (context),
                          (unsigned)(weir_context_get_random (context) % 1000));
}

void
bundle_put_attributes (const BundleSettings *settings, WeirSession *session, WeirFlowFile *bundle,
                       WeirFlowFile *const *parts, size_t n)
{
  static const char *const suffixes[] = { ".tar", ".zip", "" };
  const char *const types[] = { "application/tar", "application/zip", get_type (parts, n) };
  g_autofree char *filename = make_filename (session, parts, n);

  if (settings->attributes.index == BUNDLE_UNIQUE)
    put_unique (session, bundle, parts, n);
  weir_session_put_attribute_printf (session, bundle, "filename", "%s%s", filename,
                                     suffixes[settings->format.index]);
  weir_session_put_attribute (session, bundle, "mime.type", types[settings->format.index]);
}
