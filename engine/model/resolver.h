/* resolver.h: replaces `#{name}` by the value of the parameter.
 *
 * A name is looked up in the group of the text, then in the groups around it; in the value of a
 * parameter, from the group that defines it. `##{` stands for the text `#{`. Within an expression
 * `${...}` a value becomes a quoted string, so that no value can change what the expression does.
 * Each parameter is resolved, and each secret read, once in the life of a resolver.
 *
 * Thread: any, one at a time. */
#pragma once

#include "base/mask.h"
#include "model/catalog.h"

typedef struct WeirResolver WeirResolver;

/* Reads a secret from its source, as it stands in the flow file; @place: what it is bound to when
 * it is encrypted (weir_parameter_get_place). Returns: (transfer full). The error may say where,
 * never what. */
typedef char *(*WeirSecretFunc) (void *data, const char *source, const char *place, GError **error);

/* @overrides (name to value, nullable) replace the values of parameters of the root group.
 * @flow and @overrides must outlive the resolver and must not change.
 * Returns: (transfer full). */
WeirResolver *weir_resolver_new (const WeirFlow *flow, GHashTable *overrides,
                                 WeirSecretFunc read_secret, void *data);

/* Wipes what was secret. */
void weir_resolver_free (WeirResolver *resolver);

/* Resolves @text as written in @group.
 *
 * Returns: (transfer full), or NULL with @error: WEIR_ERROR_NOT_FOUND, no such parameter;
 * WEIR_ERROR_FAILED, there is one but it has no value (weir_resolver_get says why);
 * WEIR_ERROR_INVALID or WEIR_ERROR_LIMIT, the text itself is wrong. */
WeirResolved *weir_resolver_resolve (WeirResolver *resolver, const WeirGroup *group,
                                     const char *text, GError **error);

/* The value of one parameter of @group.
 * Returns: (transfer none), or NULL with @error. */
const WeirResolved *weir_resolver_get (WeirResolver *resolver, const WeirGroup *group,
                                       const WeirParameter *parameter, GError **error);

/* Resolves @properties (WeirPropertyNode) of a component in @group. What cannot be resolved has a
 * NULL text, and a problem of @owner is added to @problems unless it is the parameter's own, which
 * weir_flow_check tells where the parameter stands.
 *
 * Returns: (transfer full): WeirResolved, in the order of @properties. */
GPtrArray *weir_resolver_resolve_all (WeirResolver *resolver, const WeirComponent *owner,
                                      const GPtrArray *properties, GPtrArray *problems);

/* Wipes the text when it is secret. */
void weir_resolved_free (WeirResolved *resolved);

/* Returns: (transfer none) (nullable): the parameter that @name means in @group, and where it is
 * defined in *@ret_owner unless that is NULL. */
const WeirParameter *weir_resolver_find (WeirResolver *resolver, const WeirGroup *group,
                                         const char *name, const WeirGroup **ret_owner);

/* What to do about a reference in @text, written in @group, that means no parameter.
 * Returns: (transfer full): with the name that was probably meant, if there is one. */
char *weir_resolver_advise (WeirResolver *resolver, const WeirGroup *group, const char *text);

/* Adds the values of all secrets that were read so far to @mask. */
void weir_resolver_add_secrets (const WeirResolver *resolver, WeirMask *mask);

/* True when a text that was resolved so far refers to @parameter. */
bool weir_resolver_is_used (const WeirResolver *resolver, const WeirParameter *parameter);

/* True when @name may be a parameter's: letters, digits, '_', '-', '.' and spaces within. */
bool weir_parameter_name_is_valid (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirResolver, weir_resolver_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirResolved, weir_resolved_free)
