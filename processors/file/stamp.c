/* stamp.c: texts to what the system wants. */
#include "stamp.h"

#include "name.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
parse_permissions (const char *text, mode_t *ret_mode, GError **error)
{
  g_autofree char *quoted = NULL;
  mode_t mode = 0;

  if (strlen (text) == 9) {
    int i = 0;

    while (i < 9 && (text[i] == '-' || text[i] == "rwx"[i % 3])) {
      mode = mode << 1 | (text[i] != '-');
      i++;
    }
    if (i == 9) {
      *ret_mode = mode;
      return true;
    }
  }
  if (strlen (text) == 3 && strspn (text, "01234567") == 3) {
    *ret_mode = (mode_t)g_ascii_strtoull (text, NULL, 8);
    return true;
  }
  quoted = file_name_quote (text);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "%s are no permissions: write them as rw-r----- or 640", quoted);
  return false;
}

bool
file_stamp_is_permissions (const char *text, GError **error)
{
  mode_t mode;

  return parse_permissions (text, &mode, error);
}

static bool
parse_id (const char *text, uint32_t *ret_id)
{
  guint64 number;

  /* The largest number stands for "leave it" in chown. */
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    return false;
  *ret_id = (uint32_t)number;
  return true;
}

static bool
find_user (const char *name, uid_t *ret_uid, GError **error)
{
  char buffer[4096];
  struct passwd entry, *found = NULL;
  g_autofree char *quoted = NULL;

  if (parse_id (name, ret_uid))
    return true;
  if (getpwnam_r (name, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL) {
    *ret_uid = entry.pw_uid;
    return true;
  }
  quoted = file_name_quote (name);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no user %s", quoted);
  return false;
}

static bool
find_group (const char *name, gid_t *ret_gid, GError **error)
{
  char buffer[16384];
  struct group entry, *found = NULL;
  g_autofree char *quoted = NULL;

  if (parse_id (name, ret_gid))
    return true;
  if (getgrnam_r (name, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL) {
    *ret_gid = entry.gr_gid;
    return true;
  }
  quoted = file_name_quote (name);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no group %s", quoted);
  return false;
}

static bool
set_modified (const char *text, int fd, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone);
  g_autofree char *quoted = file_name_quote (text);
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };

  if (time == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s is no time: write it as 2024-05-01T13:00:00+0200", quoted);
    return false;
  }
  times[1].tv_sec = g_date_time_to_unix (time);
  times[1].tv_nsec = g_date_time_get_microsecond (time) * 1000L;
  return futimens (fd, times) == 0 ||
         file_name_set_errno (error, "set the last modified time to", text, errno);
}

static inline bool
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

mode_t
file_stamp_get_mode (const FileStamp *stamp)
{
  return is_set (stamp->permissions) ? 0600 : 0666;
}

bool
file_stamp_apply (const FileStamp *stamp, int fd, GError **error)
{
  uid_t uid = (uid_t)-1;
  gid_t gid = (gid_t)-1;
  mode_t mode = 0;

  if ((is_set (stamp->owner) && !find_user (stamp->owner, &uid, error)) ||
      (is_set (stamp->group) && !find_group (stamp->group, &gid, error)) ||
      (is_set (stamp->permissions) && !parse_permissions (stamp->permissions, &mode, error)))
    return false;
  if ((uid != (uid_t)-1 || gid != (gid_t)-1) && fchown (fd, uid, gid) < 0)
    return file_name_set_errno (error, "give the file to",
                                is_set (stamp->owner) ? stamp->owner : stamp->group, errno);
  /* After the owner: a change of owner may take permissions away. */
  if (is_set (stamp->permissions) && fchmod (fd, mode) < 0)
    return file_name_set_errno (error, "set the permissions", stamp->permissions, errno);
  return !is_set (stamp->modified) || set_modified (stamp->modified, fd, error);
}
