/* identity.c: see the header. In the header line every part is percent-encoded, so that no name can
 * look like another part: "editor * token%20night" or "viewer orders,returns maria". */
#include "control/identity.h"

#include <string.h>
#include <weir/error.h>

#include "base/limits.h"

#define ALL  "*"
#define NONE "-" /* bound to no flow at all: an encoded name is never just this */

static const char *const role_texts[] = { "none", "viewer", "operator", "editor", "admin" };

G_STATIC_ASSERT (G_N_ELEMENTS (role_texts) == WEIR_ROLE_ADMIN + 1);

WeirIdentity *
weir_identity_new (const char *name, WeirUserRole role, const char *const *flows)
{
  WeirIdentity *identity = g_new (WeirIdentity, 1);

  *identity = (WeirIdentity){
    .name = g_strdup (name),
    .role = role,
    .flows = g_strdupv ((GStrv)flows),
  };
  return identity;
}

void
weir_identity_free (WeirIdentity *identity)
{
  if (identity == NULL)
    return;
  g_free (identity->name);
  g_strfreev (identity->flows);
  g_free (identity);
}

bool
weir_identity_may (const WeirIdentity *identity, WeirUserRole role, const char *flow)
{
  if (identity->role < role)
    return false;
  return flow == NULL || identity->flows == NULL ||
         g_strv_contains ((const char *const *)identity->flows, flow);
}

const char *
weir_role_get_text (WeirUserRole role)
{
  return role_texts[role];
}

bool
weir_role_parse (const char *text, WeirUserRole *ret_role)
{
  for (size_t i = 0; i < G_N_ELEMENTS (role_texts); i++) {
    if (strcmp (text, role_texts[i]) == 0) {
      *ret_role = (WeirUserRole)i;
      return true;
    }
  }
  return false;
}

/* Everything but letters, digits and "_.~" is encoded: "-" too, so that NONE is no name. */
static void
append_encoded (GString *line, const char *text)
{
  for (; *text != '\0'; text++) {
    if (g_ascii_isalnum (*text) || strchr ("_.~", *text) != NULL)
      g_string_append_c (line, *text);
    else
      g_string_append_printf (line, "%%%02X", (unsigned char)*text);
  }
}

char *
weir_identity_format (const WeirIdentity *identity)
{
  GString *line = g_string_new (weir_role_get_text (identity->role));

  g_string_append_c (line, ' ');
  if (identity->flows == NULL)
    g_string_append (line, ALL);
  else if (identity->flows[0] == NULL)
    g_string_append (line, NONE);
  for (size_t i = 0; identity->flows != NULL && identity->flows[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (line, ',');
    append_encoded (line, identity->flows[i]);
  }
  g_string_append_c (line, ' ');
  append_encoded (line, identity->name);
  return g_string_free (line, FALSE);
}

/* Returns: (transfer full): NULL when it is not an encoded name. */
static char *
decode (const char *text)
{
  char *name = *text != '\0' ? g_uri_unescape_string (text, NULL) : NULL;

  if (name != NULL && !g_utf8_validate (name, -1, NULL))
    g_clear_pointer (&name, g_free);
  return name;
}

static bool
parse_flows (const char *text, GStrv *ret_flows)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GPtrArray) flows = g_ptr_array_new_with_free_func (g_free);

  if (strcmp (text, ALL) == 0) {
    *ret_flows = NULL;
    return true;
  }
  if (*text == '\0')
    return false;
  parts = g_strsplit (strcmp (text, NONE) == 0 ? "" : text, ",", -1);
  for (size_t i = 0; parts[i] != NULL; i++) {
    char *flow = decode (parts[i]);

    if (flow == NULL)
      return false;
    g_ptr_array_add (flows, flow);
  }
  g_ptr_array_add (flows, NULL);
  *ret_flows = (GStrv)g_ptr_array_free (g_steal_pointer (&flows), FALSE);
  return true;
}

WeirIdentity *
weir_identity_parse (const char *text, GError **error)
{
  g_autoptr (WeirIdentity) identity = g_new0 (WeirIdentity, 1);
  g_auto (GStrv) parts = g_strsplit (text, " ", 4);

  if (strlen (text) <= WEIR_LIMIT_HEADERS && g_strv_length (parts) == 3 &&
      weir_role_parse (parts[0], &identity->role) && parse_flows (parts[1], &identity->flows) &&
      (identity->name = decode (parts[2])) != NULL)
    return g_steal_pointer (&identity);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "header Weir-Identity: role, flows and name are expected, as a server sends them");
  return NULL;
}
