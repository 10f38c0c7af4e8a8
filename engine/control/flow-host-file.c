/* flow-host-file.c: the file of a flow, which others may write, too: what they wrote is not lost.
 */
#include "control/flow-host-parts.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "xml/file.h"

static char *
digest (const void *bytes, size_t size)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes, size);
}

bool
weir_flow_host_look_at_file (WeirFlowHost *host, GError **error)
{
  g_autofree char *text = NULL;
  size_t size;

  if (host->path == NULL)
    return true;
  text = weir_fs_read_file (NULL, host->path, WEIR_LIMIT_FLOW_BYTES, &size, error);
  if (text == NULL)
    return false;
  g_free (host->digest);
  host->digest = digest (text, size);
  return true;
}

bool
weir_flow_host_check_file (WeirFlowHost *host, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *now = NULL;
  size_t size;

  if (host->path == NULL)
    return true;
  text = weir_fs_read_file (NULL, host->path, WEIR_LIMIT_FLOW_BYTES, &size, error);
  if (text == NULL)
    return false;
  now = digest (text, size);
  if (g_str_equal (now, host->digest))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
               "%s was changed outside of Weir: load it again first (weir edit --reload %s)",
               host->path, host->name);
  return false;
}

bool
weir_flow_host_write_file (WeirFlowHost *host, const WeirDocument *document, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (host->path == NULL)
    return true;
  bytes = weir_document_write (document, error);
  if (bytes == NULL)
    return false;
  if (!weir_flow_save (host->path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return false;
  g_free (host->digest);
  host->digest = digest (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return true;
}
