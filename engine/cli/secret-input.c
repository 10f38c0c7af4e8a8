/* secret-input.c: the terminal shows nothing meanwhile, and is what it was when this returns:
 * Ctrl-C is read like a letter, so that it cannot end the program in between. */
#include "cli/secret-input.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/secret.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>

#define CTRL_C '\003'

/* Wiped where it ends. Longer ones than a terminal gives at once come by a pipe. */
typedef struct {
  char bytes[WEIR_LIMIT_SECRET_BYTES + 2];
  size_t size;
} Input;

static void
input_clear (Input *input)
{
  explicit_bzero (input, sizeof *input);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Input, input_clear)

static char *
take (const Input *input, GError **error)
{
  size_t size = input->size;

  if (size > 0 && input->bytes[size - 1] == '\n')
    size--;
  if (size == 0)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "a secret cannot be empty");
  else if (size > WEIR_LIMIT_SECRET_BYTES)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the secret is longer than %d bytes",
                 WEIR_LIMIT_SECRET_BYTES);
  else if (!g_utf8_validate (input->bytes, (gssize)size, NULL))
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "the secret is not valid UTF-8 text; encode it, as base64 for example");
  else
    return g_strndup (input->bytes, size);
  return NULL;
}

static bool
read_line (Input *input, const char *prompt, GError **error)
{
  struct termios shown;
  struct termios hidden;
  ssize_t got;

  if (tcgetattr (STDIN_FILENO, &shown) < 0)
    return weir_error_set_errno (error, "hide what is typed", NULL, errno);
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
  if (tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden) < 0)
    return weir_error_set_errno (error, "hide what is typed", NULL, errno);
  fputs (prompt, stderr);
  fflush (stderr);
  do
    got = read (STDIN_FILENO, input->bytes, sizeof input->bytes);
  while (got < 0 && errno == EINTR);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  fputc ('\n', stderr);
  if (got < 0)
    return weir_error_set_errno (error, "read from the terminal", NULL, errno);
  input->size = (size_t)got;
  if (memchr (input->bytes, CTRL_C, input->size) == NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "nothing was changed");
  return false;
}

static char *
ask (const char *name, GError **error)
{
  g_autofree char *prompt = g_strdup_printf ("Value of %s: ", name);
  g_auto (Input) input = { .size = 0 };
  g_auto (Input) again = { .size = 0 };

  if (!read_line (&input, prompt, error) || !read_line (&again, "The same again: ", error))
    return NULL;
  if (input.size == again.size && memcmp (input.bytes, again.bytes, input.size) == 0)
    return take (&input, error);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "the two are not the same; nothing was changed");
  return NULL;
}

char *
weir_secret_input_read (const char *name, GError **error)
{
  g_auto (Input) input = { .size = 0 };
  ssize_t size;

  if (isatty (STDIN_FILENO))
    return ask (name, error);
  size =
      weir_fs_read (NULL, STDIN_FILENO, input.bytes, sizeof input.bytes, "standard input", error);
  if (size < 0)
    return NULL;
  input.size = (size_t)size;
  return take (&input, error);
}
