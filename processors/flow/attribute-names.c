/* attribute-names.c: which attributes are nobody's to set. */
#include "attribute-names.h"

#include <string.h>

bool
attribute_names_check (const WeirConfig *config, GError **error)
{
  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++) {
    if (strcmp (weir_config_get_dynamic (config, i)->name, "uuid") == 0) {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                           "uuid cannot be set, it is what makes a FlowFile itself: use another "
                           "name");
      return false;
    }
  }
  return true;
}
