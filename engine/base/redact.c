/* redact.c: by what names say. A rule that hides too much costs a look elsewhere, one that hides
 * too little costs a password. */
#include "base/redact.h"

#include <glib.h>
#include <string.h>

#define HIDDEN "***"

/* Anywhere in a name, without regard to case, `-`, `_` and `.`. */
static const char *const parts[] = {
  "password",  "passwd",     "passphrase", "pwd",        "secret",        "token",     "apikey",
  "signature", "credential", "accesskey",  "privatekey", "authorization", "sessionid", "cookie",
};

/* The whole name of a parameter of an address; attributes have such names for other things. */
static const char *const wholes[] = { "sig", "key", "auth", "pass", "code", "pw", "sas", "jwt" };

static char *
simplify (const char *name)
{
  GString *text = g_string_new (NULL);

  for (; *name != '\0'; name++) {
    if (*name != '-' && *name != '_' && *name != '.' && *name != ' ')
      g_string_append_c (text, g_ascii_tolower (*name));
  }
  return g_string_free (text, FALSE);
}

bool
weir_redact_is_secret (const char *name)
{
  g_autofree char *simple = simplify (name);

  for (unsigned i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (strstr (simple, parts[i]) != NULL)
      return true;
  }
  return false;
}

static bool
is_secret_parameter (const char *name)
{
  g_autofree char *simple = simplify (name);

  for (unsigned i = 0; i < G_N_ELEMENTS (wholes); i++) {
    if (g_str_equal (simple, wholes[i]))
      return true;
  }
  return weir_redact_is_secret (name);
}

/* The password of `scheme://user:password@host`: what is between the first colon and the last @
 * before the path. */
static void
append_authority (GString *text, const char *start, const char *end)
{
  const char *at = g_strrstr_len (start, end - start, "@");
  const char *colon = at != NULL ? memchr (start, ':', (size_t)(at - start)) : NULL;

  if (colon == NULL) {
    g_string_append_len (text, start, end - start);
    return;
  }
  g_string_append_len (text, start, colon + 1 - start);
  g_string_append (text, HIDDEN);
  g_string_append_len (text, at, end - at);
}

static void
append_pair (GString *text, const char *start, const char *end)
{
  const char *equals = memchr (start, '=', (size_t)(end - start));
  g_autofree char *escaped = NULL;
  g_autofree char *name = NULL;

  if (equals != NULL) {
    escaped = g_strndup (start, (gsize)(equals - start));
    name = g_uri_unescape_string (escaped, NULL);
  }
  if (equals == NULL || !is_secret_parameter (name != NULL ? name : escaped)) {
    g_string_append_len (text, start, end - start);
    return;
  }
  g_string_append_len (text, start, equals + 1 - start);
  g_string_append (text, HIDDEN);
}

/* name=value&name=value, in a query, a fragment, or behind a semicolon. */
static void
append_pairs (GString *text, const char *start)
{
  while (*start != '\0') {
    const char *end = start + strcspn (start, "?&;#");

    append_pair (text, start, end);
    if (*end != '\0')
      g_string_append_c (text, *end++);
    start = end;
  }
}

char *
weir_redact_uri (const char *uri)
{
  GString *text = g_string_new (NULL);
  const char *authority = strstr (uri, "://");
  const char *rest = uri;

  if (authority != NULL && memchr (uri, '?', (size_t)(authority - uri)) == NULL) {
    const char *end = authority + 3 + strcspn (authority + 3, "/?#");

    g_string_append_len (text, uri, authority + 3 - uri);
    append_authority (text, authority + 3, end);
    rest = end;
  }
  append_pairs (text, rest);
  return g_string_free (text, FALSE);
}
