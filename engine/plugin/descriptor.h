/* descriptor.h: a module's descriptor, whatever the sizes it was compiled with, in our own layout.
 *
 * Thread: any. */
#pragma once

#include <weir/processor.h>

/* Copies @theirs, walking its tables by the sizes that it recorded: what we do not know is left
 * out, what it does not know is zero. Texts stay the module's; NULL ones for people become "".
 * Whatever the engine relies on is checked, so nobody else need doubt a descriptor.
 *
 * Returns: (transfer full), or NULL with @error set. */
WeirProcessor *weir_descriptor_new (const WeirProcessor *theirs, GError **error);

/* The same for what has no on_trigger, since it is the part of a service's descriptor that it has
 * in common with a processor (service-type.h).
 * Returns: (transfer full). */
WeirProcessor *weir_descriptor_new_common (const WeirProcessor *theirs, GError **error);

/* Takes NULL. */
void weir_descriptor_free (WeirProcessor *descriptor);

/* True when @name may be the name of a type: letters, digits, '_', '-' and '.', beginning with a
 * letter; it becomes part of file names and of the module index. */
bool weir_type_name_is_valid (const char *name);
