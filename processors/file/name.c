/* name.c: bytes to text and back, and sentences about what the system refuses. */
#include "name.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* A message must stay readable, whatever it quotes. */
#define QUOTE_MAX 300

static char *
escape (const char *name, bool controls)
{
  GString *text = g_string_sized_new (strlen (name) + 16);

  while (*name != '\0') {
    gunichar c = g_utf8_get_char_validated (name, -1);
    bool is_text = c != (gunichar)-1 && c != (gunichar)-2;

    if (!is_text || (controls && g_unichar_iscntrl (c) && (unsigned char)*name < 0x80)) {
      g_string_append_printf (text, "\\x%02x", (unsigned char)*name++);
    } else {
      const char *next = g_utf8_next_char (name);

      g_string_append_len (text, name, next - name);
      name = next;
    }
  }
  return g_string_free (text, FALSE);
}

char *
file_name_to_text (const char *name)
{
  return g_utf8_validate (name, -1, NULL) ? g_strdup (name) : escape (name, false);
}

char *
file_name_from_text (const char *text)
{
  GString *name = g_string_new (NULL);
  bool found = false;

  while (*text != '\0') {
    if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2]) &&
        g_ascii_isxdigit (text[3])) {
      g_string_append_c (
          name, (char)(g_ascii_xdigit_value (text[2]) << 4 | g_ascii_xdigit_value (text[3])));
      text += 4;
      found = true;
    } else {
      g_string_append_c (name, *text++);
    }
  }
  return g_string_free (name, !found);
}

char *
file_name_quote (const char *name)
{
  g_autofree char *text = escape (name, true);

  if (strlen (text) > QUOTE_MAX) {
    g_autofree char *start = g_utf8_make_valid (text, QUOTE_MAX);

    return g_strdup_printf ("'%s...'", start);
  }
  return g_strdup_printf ("'%s'", text);
}

char *
file_name_join (const char *directory, const char *name)
{
  size_t n = strlen (directory);

  return g_strconcat (directory, n == 0 || directory[n - 1] == '/' ? "" : "/", name, NULL);
}

char *
file_name_make_absolute (const char *path)
{
  g_autofree char *current = *path != '/' ? g_get_current_dir () : NULL;

  return current != NULL ? file_name_join (current, path) : g_strdup (path);
}

typedef struct {
  int errnum;
  WeirError code;
  const char *remedy; /* NULL where the reason says enough */
} Reason;

static const Reason reasons[] = {
  { ENOENT, WEIR_ERROR_NOT_FOUND, NULL },
  { ENOTDIR, WEIR_ERROR_INVALID, "a part of the path is no directory" },
  { EISDIR, WEIR_ERROR_INVALID, "a directory has that name" },
  { ENXIO, WEIR_ERROR_INVALID, "only regular files will do" },
  { ELOOP, WEIR_ERROR_PERMISSION, "symbolic links are not followed here" },
  { EXDEV, WEIR_ERROR_PERMISSION, "the path leads out of its directory" },
  { EACCES, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { EPERM, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { EROFS, WEIR_ERROR_PERMISSION, "mount it writable or use another directory" },
  { EEXIST, WEIR_ERROR_EXISTS, "remove it or choose another name" },
  { ENAMETOOLONG, WEIR_ERROR_LIMIT, "shorten the name" },
  { EFBIG, WEIR_ERROR_LIMIT, "raise the limit of the size of files (ulimit -f)" },
  { EMFILE, WEIR_ERROR_LIMIT, "raise the limit of open files (ulimit -n)" },
  { ENOSPC, WEIR_ERROR_IO, "free space there or use another disk" },
  { EDQUOT, WEIR_ERROR_IO, "free space or raise the quota" },
};

bool
file_name_set_errno (GError **error, const char *doing, const char *name, int errnum)
{
  g_autofree char *quoted = file_name_quote (name);
  WeirError code = WEIR_ERROR_IO;
  const char *remedy = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (reasons); i++) {
    if (reasons[i].errnum == errnum) {
      code = reasons[i].code;
      remedy = reasons[i].remedy;
    }
  }
  g_set_error (error, WEIR_ERROR, (int)code, "cannot %s %s: %s%s%s", doing, quoted,
               g_strerror (errnum), remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
  return false;
}

bool
file_name_check (const char *name, GError **error)
{
  g_autofree char *quoted = file_name_quote (name);
  const char *wrong = NULL;

  if (*name == '\0' || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    wrong = "is no name of a file";
  else if (strchr (name, '/') != NULL)
    wrong = "has a slash in it";
  else if (strlen (name) > NAME_MAX)
    wrong = "is longer than 255 bytes";
  for (const char *c = name; wrong == NULL && *c != '\0'; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f)
      wrong = "has a control character in it";
  if (wrong == NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the filename %s %s: set another with UpdateAttribute", quoted, wrong);
  return false;
}
