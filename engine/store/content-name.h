/* content-name.h: the names of content files and segments: <twelve digits>.<kind>. Thread: any. */
#pragma once

#include "base/fs.h"

/* Returns: (transfer full). */
char *weir_content_name_new (uint64_t number, const char *kind);

/* Returns: false for all other names. @ret_kind points into @name. */
bool weir_content_name_parse (const char *name, uint64_t *ret_number, const char **ret_kind);

typedef struct {
  const char *name;
  const char *kind;
  uint64_t number;
  uint64_t size;
  int64_t changed; /* wall, microseconds: when it was renamed, or else changed */
} WeirContentName;

/* All files in @directory that have such names. */
bool weir_content_name_each (WeirFs *fs, const char *directory,
                             void (*func) (void *user, const WeirContentName *name), void *user,
                             GError **error);
