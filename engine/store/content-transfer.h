/* content-transfer.h: content from and to files outside the store. Thread: any. */
#pragma once

#include "store/content.h"

/* New content with what @fd holds from its position to its end; @path names it in errors. A small
 * file costs one read, a large one is copied in the kernel. */
bool weir_content_store_import (WeirContentStore *store, int fd, const char *path,
                                WeirContent *ret_content, GError **error);

/* Writes all of @content to @fd at its position; @path names it in errors. */
bool weir_content_export (const WeirContent *content, int fd, const char *path, GError **error);
