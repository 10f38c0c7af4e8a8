/* data-dir.c: one directory a flow, by its name: it is found again when the file has moved. */
#include "cli/data-dir.h"

#include <string.h>

static char *
base_name (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return name;
}

char *
weir_data_dir_default (const WeirFlow *flow, const char *path)
{
  const char *label = flow->root->base.name;
  g_autofree char *name = label[0] != '\0' ? g_strdup (label) : base_name (path);

  for (char *at = name; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) || strchr ("/\\:*?\"<>|", *at) != NULL || (at == name && *at == '.'))
      *at = '_';
  return g_build_filename (g_get_user_state_dir (), "weir", name, NULL);
}
