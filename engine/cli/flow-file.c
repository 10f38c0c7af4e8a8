/* flow-file.c: every command tells the problems of a flow in the same words and the same order. */
#include "cli/flow-file.h"
#include "base/fs.h"
#include "base/limits.h"
#include "model/check.h"
#include "plugin/catalog.h"
#include "xml/file.h"
#include "xml/reader.h"
#include <string.h>

const char *
weir_flow_file_get_label (const char *path)
{
  return strcmp (path, "-") == 0 ? "standard input" : path;
}

/* Not by the name /dev/stdin, which cannot be opened when it is a socket. */
static WeirFlow *
read_stdin (GPtrArray *problems, GError **error)
{
  size_t room = (size_t)WEIR_LIMIT_FLOW_BYTES + 1;
  g_autofree char *text = g_malloc (room);
  ssize_t size = weir_fs_read (NULL, STDIN_FILENO, text, room, "standard input", error);

  return size >= 0 ? weir_flow_read (text, (size_t)size, problems) : NULL;
}

WeirFlow *
weir_flow_file_read (const char *path, GPtrArray *problems, GError **error)
{
  return strcmp (path, "-") == 0 ? read_stdin (problems, error)
                                 : weir_flow_load (path, problems, error);
}

static char *
on_secret (void *data, const char *source, const char *place, GError **error)
{
  return weir_vault_read (data, source, place, error);
}

WeirResolver *
weir_flow_file_check (const WeirFlow *flow, GHashTable *values, WeirRegistry *registry,
                      WeirVault *vault, bool secrets_later, GPtrArray *problems)
{
  WeirTypeCatalog catalog = weir_catalog_new (registry);
  WeirResolver *resolver = weir_resolver_new (flow, values, on_secret, vault);

  weir_flow_check (flow, &(WeirCheck){ resolver, values, &catalog, secrets_later }, problems);
  weir_problems_sort (problems);
  return resolver;
}

unsigned
weir_flow_file_tell (const char *path, GPtrArray *problems, FILE *stream)
{
  weir_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *line =
        weir_problem_format (problems->pdata[i], weir_flow_file_get_label (path));

    fprintf (stream, "%s\n", line);
  }
  return weir_problems_count (problems, WEIR_SEVERITY_ERROR);
}

WeirFlow *
weir_flow_file_load (const char *path, GHashTable *values, WeirRegistry *registry, WeirVault *vault,
                     WeirResolver **ret_resolver)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFlow) flow = weir_flow_file_read (path, problems, &error);
  g_autoptr (WeirResolver) resolver = NULL;

  if (error != NULL) {
    fprintf (stderr, "weir: %s\n", error->message);
    return NULL;
  }
  if (flow != NULL)
    resolver = weir_flow_file_check (flow, values, registry, vault, false, problems);
  if (weir_flow_file_tell (path, problems, stderr) > 0 || flow == NULL)
    return NULL;
  *ret_resolver = g_steal_pointer (&resolver);
  return g_steal_pointer (&flow);
}
