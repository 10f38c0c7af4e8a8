/* filter.c: properties to a test. */
#include "filter.h"

#include "name.h"

#include <string.h>

bool
file_filter_init (FileFilter *filter, const FileSettings *settings, GError **error)
{
  *filter = (FileFilter){ .settings = settings };
  filter->names = file_pattern_new (settings->names, error);
  if (filter->names == NULL)
    return false;
  if (settings->paths == NULL)
    return true;
  filter->paths = file_pattern_new (settings->paths, error);
  return filter->paths != NULL;
}

void
file_filter_clear (FileFilter *filter)
{
  g_clear_pointer (&filter->names, file_pattern_free);
  g_clear_pointer (&filter->paths, file_pattern_free);
}

bool
file_filter_wants_name (const FileFilter *filter, const char *name)
{
  g_autofree char *text = file_name_to_text (name);

  return !(filter->settings->ignore_hidden && *name == '.') &&
         file_pattern_matches (filter->names, text);
}

bool
file_filter_wants_directory (const FileFilter *filter, const char *path)
{
  g_autofree char *text = NULL;

  if (filter->paths == NULL)
    return true;
  text = file_name_to_text (path);
  if (*text != '\0')
    text[strlen (text) - 1] = '\0'; /* the slash */
  return file_pattern_matches (filter->paths, text);
}

bool
file_filter_wants_status (const FileFilter *filter, const struct statx *status, int64_t wall)
{
  const FileSettings *settings = filter->settings;
  int64_t age = wall - status->stx_mtime.tv_sec * G_USEC_PER_SEC - status->stx_mtime.tv_nsec / 1000;

  return status->stx_size >= settings->min_size.bytes &&
         (settings->max_size.bytes == 0 || status->stx_size <= settings->max_size.bytes) &&
         (settings->min_age.usec == 0 || age >= settings->min_age.usec) &&
         (settings->max_age.usec == 0 || age <= settings->max_age.usec);
}
