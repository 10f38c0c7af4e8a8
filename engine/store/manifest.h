/* manifest.h: the file that says which parts there are, up to which place they hold what the log
 * says, and all that is known beside FlowFiles: words and states.
 *
 * Thread: one at a time. */
#pragma once

#include "base/fs.h"
#include "store/dictionary.h"

typedef struct {
  uint64_t component;
  const char *key;
  size_t key_size;
  char *value;
} WeirManifestState;

typedef struct {
  uint64_t log_id;
  uint64_t place;       /* up to which the log has been folded */
  uint64_t sequence;    /* of the last frame that was */
  uint64_t next_id;     /* above all that the log says were made */
  uint64_t reserved_id; /* above all that were ever given; 0: none were reserved */
  uint64_t next_order;
  GPtrArray *words[WEIR_WORD_NAME + 1]; /* texts: the first has number 1 */
  GTree *states;                        /* set of WeirManifestState */
  GArray *parts;                        /* numbers, the oldest first */
} WeirManifest;

/* Returns: (transfer full): of a directory in which nothing has happened. */
WeirManifest *weir_manifest_new (uint64_t log_id);
void weir_manifest_free (WeirManifest *manifest);

/* Sets the value of a key, or clears it (NULL). Returns: false when a text has a NUL in it. */
bool weir_manifest_set_state (WeirManifest *manifest, uint64_t component, const void *key,
                              size_t key_size, const void *value, size_t value_size);

/* Returns: (transfer full): the bytes of the file. */
GString *weir_manifest_format (const WeirManifest *manifest);

/* Returns: (transfer full): NULL with @error. @path is what the error calls the bytes. */
WeirManifest *weir_manifest_parse (const char *text, size_t size, const char *path, GError **error);

/* The same for the file at @path, which must be of @log_id. Returns: (transfer full). */
WeirManifest *weir_manifest_read (const char *path, uint64_t log_id, WeirFs *fs, GError **error);

/* Puts it at @path so that a crash leaves it there as a whole or not at all. @ret_is_there, set in
 * any case: whether it may be there from now on, even after an error. */
bool weir_manifest_write (const WeirManifest *manifest, const char *path, bool must_sync,
                          WeirFs *fs, bool *ret_is_there, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirManifest, weir_manifest_free)
