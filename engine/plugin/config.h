/* config.h: the properties of one processor, checked, parsed and stored in its state struct.
 *
 * All that is wrong is found at once. Each start of a processor gets a configuration of its own,
 * so its state begins zeroed; what the configuration stored lives as long as it does.
 *
 * Thread: any, one at a time until weir_config_new has returned; then read only. */
#pragma once

#include <stdbool.h>
#include <weir/processor.h>

typedef struct {
  const char *name;
  const char *value;          /* parameters resolved */
  bool is_secret;             /* never to be shown, not even in a message */
  const WeirService *service; /* the one that @value names; NULL: the field gets none */
} WeirPropertyText;

typedef struct {
  char *property; /* the property it is about; NULL: the processor as a whole */
  char *message;
} WeirConfigProblem;

/* Returns: (transfer full): an array of WeirConfigProblem that owns them. */
GPtrArray *weir_config_problems_new (void);

/* Puts all @problems (at least one) into one error. */
void weir_config_problems_to_error (const GPtrArray *problems, GError **error);

/* @type must be in the layout of this engine (weir_registry_find) and stay.
 *
 * Returns: (transfer full) (nullable): NULL when something was added to @problems. */
WeirConfig *weir_config_new (const WeirProcessor *type, const WeirPropertyText *properties,
                             size_t n_properties, GPtrArray *problems);

/* Frees the state struct and everything that was stored in it. Takes NULL. */
void weir_config_free (WeirConfig *config);

/* Returns: (transfer none). */
const WeirProcessor *weir_config_get_type (const WeirConfig *config);

/* What the callbacks of the module get. Returns: (transfer none). */
void *weir_config_get_state (const WeirConfig *config);

/* Relationships: those of the descriptor under their numbers, then those that on_configure added.
 */
unsigned weir_config_get_n_relationships (const WeirConfig *config);

/* Returns: (transfer none). */
const char *weir_config_get_relationship (const WeirConfig *config, unsigned index);
const char *weir_config_get_relationship_description (const WeirConfig *config, unsigned index);

bool weir_config_find_relationship (const WeirConfig *config, const char *name,
                                    unsigned *ret_index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirConfig, weir_config_free)
