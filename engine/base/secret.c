/* secret.c: environment variables, files and credentials as sources of secrets. */
#include "base/secret.h"
#include "base/limits.h"
#include "base/sealed.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <weir/error.h>

/* Returns: (transfer none) (nullable): what stands behind @kind, as "env:", in @source. */
static const char *
get_rest (const char *source, const char *kind)
{
  size_t length = strlen (kind);

  return strncmp (source, kind, length) == 0 && source[length] != '\0' ? source + length : NULL;
}

bool
weir_secret_source_is_valid (const char *source)
{
  return get_rest (source, "env:") != NULL || get_rest (source, "file:") != NULL ||
         get_rest (source, "credential:") != NULL || weir_sealed_is (source);
}

static char *
read_environment (const char *name, GError **error)
{
  const char *value = g_getenv (name);

  if (value == NULL || value[0] == '\0') {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "the environment variable %s is not set",
                 name);
    return NULL;
  }
  if (!g_utf8_validate (value, -1, NULL)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the environment variable %s is not valid UTF-8", name);
    return NULL;
  }
  return g_strdup (value);
}

/* Returns: the bytes read into @buffer, or -1 with @error set. */
static ssize_t
read_all (const char *path, char *buffer, size_t size, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  size_t length = 0;
  ssize_t got = fd;

  while (fd >= 0 && length < size) {
    got = read (fd, buffer + length, size - length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    length += (size_t)got;
  }
  if (got < 0)
    g_set_error (error, WEIR_ERROR, errno == ENOENT ? WEIR_ERROR_NOT_FOUND : WEIR_ERROR_IO,
                 "cannot read the file %s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return got < 0 ? -1 : (ssize_t)length;
}

static char *
read_file (const char *path, GError **error)
{
  char buffer[WEIR_LIMIT_SECRET_BYTES + 2];
  char *secret = NULL;
  ssize_t length = read_all (path, buffer, sizeof buffer, error);

  if (length < 0)
    return NULL;
  if (length > 0 && buffer[length - 1] == '\n')
    length--;
  if (length == 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "the file %s is empty", path);
  else if (length > WEIR_LIMIT_SECRET_BYTES)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the file %s is longer than %d bytes", path,
                 WEIR_LIMIT_SECRET_BYTES);
  else if (!g_utf8_validate (buffer, length, NULL))
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the file %s is not valid UTF-8 text",
                 path);
  else
    secret = g_strndup (buffer, (gsize)length);
  explicit_bzero (buffer, sizeof buffer);
  return secret;
}

/* systemd.exec(5), LoadCredential= and LoadCredentialEncrypted=. */
static char *
read_credential (const char *name, GError **error)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = NULL;

  if (strchr (name, '/') != NULL || name[0] == '.') {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "'%s' cannot be the name of a credential",
                 name);
    return NULL;
  }
  if (directory == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no credential '%s': CREDENTIALS_DIRECTORY is not set, as systemd does "
                 "for a service with LoadCredential=%s:...",
                 name, name);
    return NULL;
  }
  path = g_build_filename (directory, name, NULL);
  return read_file (path, error);
}

char *
weir_secret_read (const char *source, GError **error)
{
  const char *rest = NULL;

  if ((rest = get_rest (source, "env:")) != NULL)
    return read_environment (rest, error);
  if ((rest = get_rest (source, "file:")) != NULL)
    return read_file (rest, error);
  if ((rest = get_rest (source, "credential:")) != NULL)
    return read_credential (rest, error);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "this is no source of a secret: it begins with env:, file: or credential:");
  return NULL;
}

void
weir_secret_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
weir_secret_keep_from_disk (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_CORE, &limit) == 0) {
    limit.rlim_cur = 0;
    setrlimit (RLIMIT_CORE, &limit);
  }
}
