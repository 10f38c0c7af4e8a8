/* names.h: attribute names, kept once for the whole process.
 *
 * A name that is kept has a small number, the same for the life of the process, so that attributes
 * are compared by number. Because names can come from data, at most WEIR_LIMIT_NAMES of them are
 * kept; the others get 0, and whoever holds an attribute by that name stores the text itself.
 *
 * Thread: any, for every function here. Lookups take no lock. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* These have the same number in every process. */
enum {
  WEIR_NAME_NONE, /* not kept */
  WEIR_NAME_UUID,
  WEIR_NAME_FILENAME,
  WEIR_NAME_PATH,
};

/* The number of @name, which is added if need be; WEIR_NAME_NONE when it is not kept. */
uint32_t weir_name_intern (const char *name);
uint32_t weir_name_intern_n (const char *name, size_t length);

/* The same without adding it, for those who only ask. */
uint32_t weir_name_find (const char *name);

/* Returns: (transfer none): the text of a number that one of the above returned, or of a constant.
 */
const char *weir_name_get (uint32_t id);
size_t weir_name_get_length (uint32_t id);

/* Its weir_name_hash (hash.h), for a number that weir_name_intern returned. */
uint32_t weir_name_get_hash (uint32_t id);
