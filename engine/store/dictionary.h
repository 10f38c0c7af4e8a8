/* dictionary.h: the numbers that entries use instead of the texts of components, queues and
 * attribute names. A number is given once for a directory, from 1, and is in the log before
 * anything that uses it. That of a component or a queue may get another text: no two have the same.
 *
 * Thread: any, for every function here. */
#pragma once

#include "store/entry.h"

typedef struct WeirDictionary WeirDictionary;

/* Appends the body of an entry to the log. It is called with a lock held, so that the entry is in
 * the log before anybody can use the number: it must not come back to the dictionary. */
typedef void (*WeirDictionaryAppendFunc) (void *data, const void *body, size_t size);

typedef enum {
  WEIR_WORD_COMPONENT,
  WEIR_WORD_QUEUE,
  WEIR_WORD_NAME,
} WeirWordKind;

/* An empty one. Returns: (transfer full). */
WeirDictionary *weir_dictionary_new (WeirDictionaryAppendFunc append, void *data);
void weir_dictionary_free (WeirDictionary *dictionary);

/* Takes over a number that stands in the manifest or in the log: the next of its kind, one that has
 * been given for the same text, or one of a component or a queue that gets another text, which no
 * other has. Returns: false with @error for any other. */
bool weir_dictionary_load (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number,
                           const void *text, size_t size, GError **error);

/* What the directory holds has been loaded: from now on it is this dictionary that gives numbers
 * and texts, and what is loaded comes from the log behind it. */
void weir_dictionary_go_on (WeirDictionary *dictionary);

typedef struct {
  WeirWordKind kind; /* not a name */
  uint64_t number;
  const char *text;
} WeirRename;

/* Gives numbers other texts, all at once: in one entry of the log. Another number that has such a
 * text and does not get another one here is called "text (number)" from now on. */
void weir_dictionary_rename (WeirDictionary *dictionary, const WeirRename *renames, size_t n);

/* How often a text was replaced by that. */
uint64_t weir_dictionary_get_n_renames (WeirDictionary *dictionary);

/* The number of @text, given and logged if need be. Returns: 0 for an attribute name that is too
 * long or came too late to have one, and never will (WEIR_LIMIT_DICTIONARY). */
uint64_t weir_dictionary_get_number (WeirDictionary *dictionary, WeirWordKind kind,
                                     const char *text);

/* The name @text as an entry has it, which points to @text; @id: its number in this process
 * (base/names.h), for which no lock is taken when it was used before, or WEIR_NAME_NONE. */
WeirEntryName weir_dictionary_get_name (WeirDictionary *dictionary, uint32_t id, const char *text);

/* Returns: (transfer none) (nullable): the text of @number, which stays also when it gets another
 * one; NULL when it was never given. */
const char *weir_dictionary_get_text (WeirDictionary *dictionary, WeirWordKind kind,
                                      uint64_t number);

/* The text of a name that an entry has. Returns: (transfer none) (nullable): not NUL-terminated;
 * NULL when its number was never given. */
const char *weir_dictionary_get_name_text (WeirDictionary *dictionary, const WeirEntryName *name,
                                           size_t *ret_size);

/* The number of an attribute name in this process, which keeps it if it can; else WEIR_NAME_NONE.
 */
uint32_t weir_dictionary_find_name (WeirDictionary *dictionary, const WeirEntryName *name);

guint weir_dictionary_get_n (WeirDictionary *dictionary, WeirWordKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDictionary, weir_dictionary_free)
