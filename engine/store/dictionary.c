/* dictionary.c: words by number and numbers by word.
 *
 * Words are never taken back, so they stand in blocks of which each is twice as large as the one
 * before and none ever moves: who knows a number reads its word without a lock. A text that is
 * replaced stays, too. */
#include "store/dictionary.h"

#include <stdatomic.h>
#include <string.h>
#include <weir/error.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/lock.h"
#include "base/names.h"
#include "store/entry.h"

#define N_KINDS     (WEIR_WORD_NAME + 1)
#define FIRST_BLOCK 64u /* a power of two */
#define N_BLOCKS    27  /* 2^32 words */

#define WITHOUT UINT32_MAX /* instead of the number of a name that will never have one */

typedef struct {
  _Atomic (const char *) text;
  _Atomic uint32_t id; /* in this process, of a name that was asked for */
} Word;

typedef struct {
  _Atomic uint64_t n; /* grows under lock, behind the word */
  Word *blocks[N_BLOCKS];
  GHashTable *numbers; /* text to number; guarded by lock */
  GPtrArray *replaced; /* texts; guarded by lock */
} Words;

struct WeirDictionary {
  WeirLock lock;
  Words words[N_KINDS];
  _Atomic uint32_t by_id[WEIR_LIMIT_NAMES]; /* numbers of names by their number here; 0: not yet */
  WeirEntryWriter writer;                   /* guarded by lock */
  bool is_ahead;                            /* guarded by lock: of what is loaded */
  _Atomic uint64_t n_renames;
  WeirDictionaryAppendFunc append;
  void *data;
};

static const WeirOpKind op_kinds[N_KINDS] = {
  [WEIR_WORD_COMPONENT] = WEIR_OP_COMPONENT,
  [WEIR_WORD_QUEUE] = WEIR_OP_QUEUE,
  [WEIR_WORD_NAME] = WEIR_OP_NAME,
};

static const char *const kind_texts[N_KINDS] = {
  [WEIR_WORD_COMPONENT] = "component",
  [WEIR_WORD_QUEUE] = "queue",
  [WEIR_WORD_NAME] = "attribute name",
};

WeirDictionary *
weir_dictionary_new (WeirDictionaryAppendFunc append, void *data)
{
  WeirDictionary *dictionary = g_new0 (WeirDictionary, 1);

  pthread_mutex_init (&dictionary->lock, NULL);
  for (unsigned kind = 0; kind < N_KINDS; kind++) {
    dictionary->words[kind].numbers = g_hash_table_new (g_str_hash, g_str_equal);
    dictionary->words[kind].replaced = g_ptr_array_new_with_free_func (g_free);
  }
  weir_entry_writer_init (&dictionary->writer);
  dictionary->append = append;
  dictionary->data = data;
  return dictionary;
}

/* Where the word of @number is, in a block that may have to be made. */
static inline Word **
find_block (Words *words, uint64_t number, uint64_t *ret_index)
{
  uint64_t index = number - 1 + FIRST_BLOCK;
  unsigned top = 63 - (unsigned)__builtin_clzll (index);

  *ret_index = index - (UINT64_C (1) << top);
  return &words->blocks[top - (unsigned)__builtin_ctz (FIRST_BLOCK)];
}

/* Returns: (nullable): NULL when it was never given. */
static Word *
find_word (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number)
{
  Words *words = &dictionary->words[kind];
  uint64_t index;
  Word **block;

  if (number == 0 || number > atomic_load_explicit (&words->n, memory_order_acquire))
    return NULL;
  block = find_block (words, number, &index);
  return &(*block)[index];
}

void
weir_dictionary_free (WeirDictionary *dictionary)
{
  if (dictionary == NULL)
    return;
  for (unsigned kind = 0; kind < N_KINDS; kind++) {
    Words *words = &dictionary->words[kind];

    for (uint64_t number = 1; number <= words->n; number++)
      g_free ((char *)find_word (dictionary, kind, number)->text);
    for (unsigned i = 0; i < N_BLOCKS; i++)
      g_free (words->blocks[i]);
    g_hash_table_unref (words->numbers);
    g_ptr_array_unref (words->replaced);
  }
  weir_entry_writer_clear (&dictionary->writer);
  pthread_mutex_destroy (&dictionary->lock);
  g_free (dictionary);
}

/* Adds the word with the next number, under the lock. @text: (transfer full). */
static void
add (WeirDictionary *dictionary, WeirWordKind kind, char *text)
{
  Words *words = &dictionary->words[kind];
  uint64_t number = words->n + 1, index;
  Word **block = find_block (words, number, &index);

  g_assert (number <= UINT32_MAX);
  if (index == 0)
    *block = g_new (Word, number - 1 + FIRST_BLOCK);
  (*block)[index].text = text;
  (*block)[index].id = WEIR_NAME_NONE;
  g_hash_table_insert (words->numbers, text, GSIZE_TO_POINTER (number));
  atomic_store_explicit (&words->n, number, memory_order_release);
}

/* Names come from data as well as from flows. */
static bool
may_have_number (WeirWordKind kind, uint64_t number, size_t size)
{
  return kind != WEIR_WORD_NAME ||
         (number <= WEIR_LIMIT_DICTIONARY && size <= WEIR_LIMIT_NAME_KEPT);
}

/* Gives a number that there is another text, under the lock. @text: (transfer full). */
static void
replace (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number, char *text)
{
  Words *words = &dictionary->words[kind];
  Word *word = find_word (dictionary, kind, number);
  const char *before = word->text;

  g_hash_table_remove (words->numbers, before);
  g_ptr_array_add (words->replaced, (char *)before);
  word->text = text;
  g_hash_table_insert (words->numbers, text, GSIZE_TO_POINTER (number));
}

static uint64_t
find_number (const WeirDictionary *dictionary, WeirWordKind kind, const char *text)
{
  return GPOINTER_TO_SIZE (g_hash_table_lookup (dictionary->words[kind].numbers, text));
}

/* What the log says at last. Returns: false when it cannot be. @text: (transfer full) then. */
static bool
load (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number, char *text, size_t size)
{
  const Word *word = find_word (dictionary, kind, number);

  if (strlen (text) != size || find_number (dictionary, kind, text) != 0 ||
      !may_have_number (kind, number, size))
    return false;
  if (word != NULL && kind != WEIR_WORD_NAME)
    replace (dictionary, kind, number, text);
  else if (word == NULL && number == dictionary->words[kind].n + 1)
    add (dictionary, kind, text);
  else
    return false;
  return true;
}

bool
weir_dictionary_load (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number,
                      const void *text, size_t size, GError **error)
{
  g_autofree char *copy = g_strndup (text, size);
  g_autofree char *quoted = NULL;
  const Word *word;
  WEIR_LOCKED (&dictionary->lock);

  word = find_word (dictionary, kind, number);
  if (word != NULL && ((dictionary->is_ahead && kind != WEIR_WORD_NAME) ||
                       (strlen (word->text) == size && memcmp (word->text, text, size) == 0)))
    return true;
  if (load (dictionary, kind, number, copy, size)) {
    copy = NULL;
    return true;
  }
  quoted = weir_error_quote (copy);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "number %" G_GUINT64_FORMAT
               " of the %s %s contradicts those that were given before, or what can have one",
               number, kind_texts[kind], quoted);
  return false;
}

void
weir_dictionary_go_on (WeirDictionary *dictionary)
{
  WEIR_LOCKED (&dictionary->lock);
  dictionary->is_ahead = true;
}

/* Under the lock; into the entry that was begun, and here. */
static void
rename_one (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number, const char *text)
{
  uint64_t other = find_number (dictionary, kind, text);

  if (other == number)
    return;
  if (other != 0) {
    char *aside = g_strdup_printf ("%s (%" G_GUINT64_FORMAT ")", text, other);

    weir_entry_write_number (&dictionary->writer, op_kinds[kind], other, aside);
    replace (dictionary, kind, other, aside);
  }
  weir_entry_write_number (&dictionary->writer, op_kinds[kind], number, text);
  replace (dictionary, kind, number, g_strdup (text));
  atomic_fetch_add (&dictionary->n_renames, 1);
}

uint64_t
weir_dictionary_get_n_renames (WeirDictionary *dictionary)
{
  return atomic_load (&dictionary->n_renames);
}

void
weir_dictionary_rename (WeirDictionary *dictionary, const WeirRename *renames, size_t n)
{
  WEIR_LOCKED (&dictionary->lock);

  if (n == 0)
    return;
  weir_entry_writer_begin (&dictionary->writer, 0);
  for (size_t i = 0; i < n; i++)
    rename_one (dictionary, renames[i].kind, renames[i].number, renames[i].text);
  dictionary->append (dictionary->data, dictionary->writer.start,
                      weir_entry_writer_get_size (&dictionary->writer));
}

uint64_t
weir_dictionary_get_number (WeirDictionary *dictionary, WeirWordKind kind, const char *text)
{
  uint64_t number;
  WEIR_LOCKED (&dictionary->lock);

  number = find_number (dictionary, kind, text);
  if (number != 0)
    return number;
  number = dictionary->words[kind].n + 1;
  if (!may_have_number (kind, number, strlen (text)))
    return 0;
  weir_entry_writer_begin (&dictionary->writer, 0);
  weir_entry_write_number (&dictionary->writer, op_kinds[kind], number, text);
  dictionary->append (dictionary->data, dictionary->writer.start,
                      weir_entry_writer_get_size (&dictionary->writer));
  add (dictionary, kind, g_strdup (text));
  return number;
}

static uint64_t
get_number_by_id (WeirDictionary *dictionary, uint32_t id, const char *text)
{
  _Atomic uint32_t *place = &dictionary->by_id[id];
  uint32_t number = atomic_load_explicit (place, memory_order_acquire);

  if (G_UNLIKELY (number == 0)) {
    number = (uint32_t)weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, text);
    number = number != 0 ? number : WITHOUT;
    atomic_store_explicit (place, number, memory_order_release);
  }
  return number != WITHOUT ? number : 0;
}

WeirEntryName
weir_dictionary_get_name (WeirDictionary *dictionary, uint32_t id, const char *text)
{
  uint64_t number = id != WEIR_NAME_NONE
                        ? get_number_by_id (dictionary, id, text)
                        : weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, text);

  return (WeirEntryName){ number, text, number != 0 ? 0 : strlen (text) };
}

const char *
weir_dictionary_get_text (WeirDictionary *dictionary, WeirWordKind kind, uint64_t number)
{
  const Word *word = find_word (dictionary, kind, number);

  return word != NULL ? word->text : NULL;
}

const char *
weir_dictionary_get_name_text (WeirDictionary *dictionary, const WeirEntryName *name,
                               size_t *ret_size)
{
  const char *text = name->text;

  *ret_size = name->size;
  if (name->number == 0)
    return text;
  text = weir_dictionary_get_text (dictionary, WEIR_WORD_NAME, name->number);
  if (text != NULL)
    *ret_size = strlen (text);
  return text;
}

uint32_t
weir_dictionary_find_name (WeirDictionary *dictionary, const WeirEntryName *name)
{
  Word *word;
  uint32_t id;

  if (name->number == 0)
    return weir_name_intern_n (name->text, name->size);
  word = find_word (dictionary, WEIR_WORD_NAME, name->number);
  if (word == NULL)
    return WEIR_NAME_NONE;
  id = atomic_load_explicit (&word->id, memory_order_relaxed);
  if (G_UNLIKELY (id == WEIR_NAME_NONE)) {
    id = weir_name_intern (word->text);
    atomic_store_explicit (&word->id, id, memory_order_relaxed);
  }
  return id;
}

guint
weir_dictionary_get_n (WeirDictionary *dictionary, WeirWordKind kind)
{
  return (guint)dictionary->words[kind].n;
}
