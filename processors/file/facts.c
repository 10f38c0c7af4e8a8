/* facts.c: numbers of a status to the text of attributes. */
#include "facts.h"

#include "name.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIME_SIZE 40

static const char *
get_user (FileFacts *facts, uint32_t uid)
{
  char buffer[4096];
  struct passwd entry, *found = NULL;

  if (facts->has_user && facts->uid == uid)
    return facts->user;
  if (getpwuid_r (uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    g_strlcpy (facts->user, entry.pw_name, sizeof facts->user);
  else
    g_snprintf (facts->user, sizeof facts->user, "%u", uid);
  facts->uid = uid;
  facts->has_user = true;
  return facts->user;
}

static const char *
get_group (FileFacts *facts, uint32_t gid)
{
  char buffer[16384]; /* with its members */
  struct group entry, *found = NULL;

  if (facts->has_group && facts->gid == gid)
    return facts->group;
  if (getgrgid_r (gid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    g_strlcpy (facts->group, entry.gr_name, sizeof facts->group);
  else
    g_snprintf (facts->group, sizeof facts->group, "%u", gid);
  facts->gid = gid;
  facts->has_group = true;
  return facts->group;
}

static void
format_permissions (char *text, uint16_t mode)
{
  for (int i = 0; i < 9; i++)
    text[i] = (char)((mode & (0400 >> i)) != 0 ? "rwx"[i % 3] : '-');
  text[9] = '\0';
}

static bool
format_time (char *text, const struct statx_timestamp *stamp)
{
  time_t seconds = stamp->tv_sec;
  struct tm broken;

  return localtime_r (&seconds, &broken) != NULL &&
         strftime (text, TIME_SIZE, "%Y-%m-%dT%H:%M:%S%z", &broken) > 0;
}

static void
put_status (FileFacts *facts, WeirSession *session, WeirFlowFile *flowfile,
            const struct statx *status)
{
  const char *names[7] = { "file.size", "file.owner", "file.group", "file.permissions" };
  const char *values[7];
  char size[24], permissions[10], times[3][TIME_SIZE];
  size_t n = 4;
  const struct {
    const char *name;
    bool known;
    const struct statx_timestamp *stamp;
  } stamps[] = {
    { "file.lastModifiedTime", true, &status->stx_mtime },
    { "file.lastAccessTime", true, &status->stx_atime },
    { "file.creationTime", (status->stx_mask & STATX_BTIME) != 0, &status->stx_btime },
  };

  g_snprintf (size, sizeof size, "%" G_GUINT64_FORMAT, (uint64_t)status->stx_size);
  format_permissions (permissions, status->stx_mode);
  values[0] = size;
  values[1] = get_user (facts, status->stx_uid);
  values[2] = get_group (facts, status->stx_gid);
  values[3] = permissions;
  for (size_t i = 0; i < G_N_ELEMENTS (stamps); i++) {
    if (!stamps[i].known || !format_time (times[i], stamps[i].stamp))
      continue;
    names[n] = stamps[i].name;
    values[n++] = times[i];
  }
  weir_session_put_attributes (session, flowfile, names, values, n);
}

void
file_facts_put (FileFacts *facts, WeirSession *session, WeirFlowFile *flowfile, const char *root,
                const FileEntry *entry, bool all)
{
  static const char *const names[] = { "filename", "path", "absolute.path" };
  g_autofree char *name = file_name_to_text (entry->name);
  g_autofree char *path = file_name_to_text (*entry->path != '\0' ? entry->path : "./");
  g_autofree char *directory = file_name_join (root, entry->path);
  g_autofree char *absolute = file_name_to_text (directory);
  const char *values[] = { name, path, absolute };

  weir_session_put_attributes (session, flowfile, names, values, G_N_ELEMENTS (names));
  if (all)
    put_status (facts, session, flowfile, &entry->status);
}
