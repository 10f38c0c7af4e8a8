/* error.c: the error quark, and system errors as sentences. */
#include "base/error.h"

#include <errno.h>

#include "base/limits.h"

G_DEFINE_QUARK (weir_error, weir_error)

typedef struct {
  int errnum;
  WeirError code;
  const char *remedy; /* NULL where the reason says enough */
} Reason;

static const Reason reasons[] = {
  { ENOENT, WEIR_ERROR_NOT_FOUND, NULL },
  { ENOTDIR, WEIR_ERROR_NOT_FOUND, NULL },
  { ENXIO, WEIR_ERROR_NOT_FOUND, NULL },
  { ENODEV, WEIR_ERROR_NOT_FOUND, NULL },
  { EACCES, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { EPERM, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { EROFS, WEIR_ERROR_PERMISSION, "mount it writable or use another directory" },
  { ELOOP, WEIR_ERROR_PERMISSION, "name the target instead of the symbolic link" },
  { EXDEV, WEIR_ERROR_PERMISSION, "it leads out of its directory or file system" },
  { EEXIST, WEIR_ERROR_EXISTS, NULL },
  { ENOTEMPTY, WEIR_ERROR_EXISTS, NULL },
  { EFBIG, WEIR_ERROR_LIMIT, "raise the limit of the size of files (ulimit -f)" },
  { EMFILE, WEIR_ERROR_LIMIT, "raise the limit of open files (ulimit -n)" },
  { ENFILE, WEIR_ERROR_LIMIT, "raise the system's limit of open files (fs.file-max)" },
  { ENAMETOOLONG, WEIR_ERROR_LIMIT, "shorten the name" },
  { ENOMEM, WEIR_ERROR_LIMIT, "free memory or give the machine more" },
  { EINVAL, WEIR_ERROR_INVALID, NULL },
  { EISDIR, WEIR_ERROR_INVALID, "name a file" },
  { ENOSPC, WEIR_ERROR_IO, "free space there or use another disk" },
  { EDQUOT, WEIR_ERROR_IO, "free space or raise the quota" },
  { ENOSYS, WEIR_ERROR_UNSUPPORTED, NULL },
  { EOPNOTSUPP, WEIR_ERROR_UNSUPPORTED, NULL },
};

bool
weir_error_set_errno (GError **error, const char *doing, const char *path, int errnum)
{
  g_autofree char *quoted = path != NULL ? weir_error_quote (path) : NULL;
  WeirError code = WEIR_ERROR_IO;
  const char *remedy = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (reasons); i++) {
    if (reasons[i].errnum == errnum) {
      code = reasons[i].code;
      remedy = reasons[i].remedy;
      break;
    }
  }
  g_set_error (error, WEIR_ERROR, (int)code, "cannot %s%s%s: %s%s%s", doing,
               quoted != NULL ? " " : "", quoted != NULL ? quoted : "", g_strerror (errnum),
               remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
  return false;
}

/* Returns: what is behind the first character of @text, or behind its first byte when that is no
 * character, and then 0 in @ret_character. */
static const char *
next_character (const char *text, gunichar *ret_character)
{
  gunichar character = g_utf8_get_char_validated (text, -1);

  if (character == (gunichar)-1 || character == (gunichar)-2) {
    *ret_character = 0;
    return text + 1;
  }
  *ret_character = character;
  return g_utf8_next_char (text);
}

static void
append_bytes (GString *string, const char *at, const char *end)
{
  for (; at < end; at++)
    g_string_append_printf (string, "\\x%02x", (unsigned char)*at);
}

char *
weir_error_quote (const char *text)
{
  GString *quoted = g_string_new ("'");
  const char *at = text != NULL ? text : "";

  while (*at != '\0' && quoted->len < WEIR_LIMIT_QUOTE) {
    gunichar character;
    const char *next = next_character (at, &character);

    if (character == '\'' || character == '\\')
      g_string_append_printf (quoted, "\\%c", *at);
    else if (g_unichar_isprint (character))
      g_string_append_len (quoted, at, next - at);
    else
      append_bytes (quoted, at, next);
    at = next;
  }
  g_string_append (quoted, *at != '\0' ? "...'" : "'");
  return g_string_free (quoted, FALSE);
}

char *
weir_error_clean (const char *message)
{
  GString *clean = g_string_new (NULL);

  while (*message != '\0') {
    gunichar character;
    const char *next = next_character (message, &character);

    if (g_unichar_isprint (character) || character == '\n')
      g_string_append_len (clean, message, next - message);
    else
      append_bytes (clean, message, next);
    message = next;
  }
  return g_string_free (clean, FALSE);
}
