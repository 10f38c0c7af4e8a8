/* flow-file.c: every command tells the problems of a flow in the same words and the same order. */
#include "cli/flow-file.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/secret.h"
#include "model/check.h"
#include "plugin/catalog.h"
#include "xml/reader.h"
#include <stdio.h>
#include <unistd.h>

static char *
read_stdin (size_t *ret_size, GError **error)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  guint8 buffer[64 * 1024];
  ssize_t n;

  while ((n = weir_fs_read (NULL, STDIN_FILENO, buffer, sizeof buffer, "standard input", error)) >
         0) {
    if (text->len + (size_t)n > WEIR_LIMIT_FLOW_BYTES) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                   "standard input: larger than %u MiB, which no flow is: check what is piped in",
                   WEIR_LIMIT_FLOW_BYTES >> 20);
      return NULL;
    }
    g_byte_array_append (text, buffer, (guint)n);
  }
  if (n < 0)
    return NULL;
  *ret_size = text->len;
  return (char *)g_byte_array_free (g_steal_pointer (&text), FALSE);
}

WeirFlow *
weir_flow_file_read (const char *path, GPtrArray *problems, GError **error)
{
  size_t size = 0;
  g_autoptr (GError) local = NULL;
  g_autofree char *text =
      g_str_equal (path, "-")
          ? read_stdin (&size, &local)
          : weir_fs_read_file (NULL, path, WEIR_LIMIT_FLOW_BYTES, &size, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  return weir_flow_read (text != NULL ? text : "", size, problems);
}

unsigned
weir_flow_file_tell (const char *path, GPtrArray *problems)
{
  weir_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *line = weir_problem_format (problems->pdata[i], path);
    fprintf (stderr, "%s\n", line);
  }
  return weir_problems_count (problems, WEIR_SEVERITY_ERROR);
}

static char *
on_secret (void *data, const char *source, GError **error)
{
  return weir_secret_read (source, error);
}

WeirFlow *
weir_flow_file_load (const char *path, GHashTable *values, WeirRegistry *registry,
                     WeirResolver **ret_resolver)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFlow) flow = weir_flow_file_read (path, problems, &error);
  g_autoptr (WeirResolver) resolver = NULL;
  WeirTypeCatalog catalog = weir_catalog_new (registry);

  if (error != NULL) {
    fprintf (stderr, "weir: %s\n", error->message);
    return NULL;
  }
  if (flow != NULL) {
    resolver = weir_resolver_new (flow, values, on_secret, NULL);
    weir_flow_check (flow,
                     &(WeirCheck){ .resolver = resolver, .overrides = values, .catalog = &catalog },
                     problems);
  }
  if (weir_flow_file_tell (path, problems) > 0 || flow == NULL)
    return NULL;
  *ret_resolver = g_steal_pointer (&resolver);
  return g_steal_pointer (&flow);
}
