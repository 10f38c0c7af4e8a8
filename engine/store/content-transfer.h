/* content-transfer.h: content from and to files outside the store. Thread: any. */
#pragma once

#include "store/content.h"

/* New content with what @fd holds from its position to its end; @path is what errors call it (NULL:
 * its own name). A small file is read straight into its claim, a large one shares its blocks with
 * the content where the file system can. */
bool weir_content_store_import (WeirContentStore *store, int fd, const char *path,
                                WeirContent *ret_content, GError **error);

/* Writes all of @content to @fd at its position; @path is what errors call it (NULL: its
 * own name). */
bool weir_content_export (const WeirContent *content, int fd, const char *path, GError **error);

/* Gives the file that @content is all of the name @name in @directory, when nobody else has a
 * reference: it must not be read any more. Only where files have no names (memory durability).
 * Returns: (transfer full): a descriptor, -1 when nothing was done. */
int weir_content_give (const WeirContent *content, int directory, const char *name);
