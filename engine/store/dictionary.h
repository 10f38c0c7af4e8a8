/* dictionary.h: the numbers that entries use instead of the texts of components, queues and
 * attribute names. A number is given once for a directory, from 1, and is in the log before
 * anything that uses it.
 *
 * Thread: any, for every function here. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct WeirDictionary WeirDictionary;

typedef enum {
  WEIR_WORD_COMPONENT,
  WEIR_WORD_QUEUE,
  WEIR_WORD_NAME,
} WeirWordKind;

/* The number of @text, given and logged if need be. */
uint64_t weir_dictionary_get_number (WeirDictionary *dictionary, WeirWordKind kind,
                                     const char *text);

/* The same for an attribute name by its number in this process (base/names.h); without a lock for
 * one that was used before. */
uint64_t weir_dictionary_get_name (WeirDictionary *dictionary, uint32_t name);

/* Returns: (transfer none) (nullable): the text of @number; NULL when it was never given. */
const char *weir_dictionary_get_text (WeirDictionary *dictionary, WeirWordKind kind,
                                      uint64_t number);

/* The number of an attribute name in this process; WEIR_NAME_NONE when it is not kept there. */
uint32_t weir_dictionary_find_name (WeirDictionary *dictionary, uint64_t number);

guint weir_dictionary_get_n (WeirDictionary *dictionary, WeirWordKind kind);
