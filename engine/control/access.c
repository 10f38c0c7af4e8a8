/* access.c: see the header. The flow comes before the role, or who is refused would learn that it
 * is there. */
#include "control/access.h"

#include <weir/error.h>

#include "base/error.h"

bool
weir_access_set_no_flow (const char *flow, GError **error)
{
  g_autofree char *quoted = weir_error_quote (flow);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no flow %s", quoted);
  return false;
}

/* Returns: (transfer none) (nullable): the first flow that the request names and @identity must not
 * see. */
static const char *
find_foreign (const WeirIdentity *identity, const WeirArguments *arguments)
{
  const WeirParam *params = arguments->row->params;

  for (size_t i = 0; params != NULL && params[i].name != NULL; i++)
    if (params[i].kind == WEIR_PARAM_FLOW && arguments->values[i].is_given &&
        !weir_identity_may (identity, WEIR_ROLE_NONE, arguments->values[i].text))
      return arguments->values[i].text;
  return NULL;
}

bool
weir_access_check (const WeirIdentity *identity, const WeirArguments *arguments, int *ret_status,
                   GError **error)
{
  const WeirMethod *row = arguments->row;
  const char *foreign;

  if (row->role == WEIR_ROLE_NONE)
    return true;
  if (identity->role == WEIR_ROLE_NONE) {
    *ret_status = 401;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s needs a token: send 'Authorization: Bearer weir_...'", row->name);
    return false;
  }
  foreign = find_foreign (identity, arguments);
  if (foreign != NULL) {
    *ret_status = 404;
    return weir_access_set_no_flow (foreign, error);
  }
  if (!weir_identity_may (identity, row->role, NULL)) {
    *ret_status = 403;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION, "%s needs the role %s, you have %s",
                 row->name, weir_role_get_text (row->role), weir_role_get_text (identity->role));
    return false;
  }
  if ((row->flags & WEIR_METHOD_WHOLE) != 0 && identity->flows != NULL) {
    *ret_status = 403;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s is not for who may use some flows only", row->name);
    return false;
  }
  return true;
}
