/* content.h: the bytes of FlowFiles.
 *
 * A claim is an immutable run of bytes, in memory or in a file, shared by all who refer to it and
 * gone with the last of them. A WeirContent is a slice of one claim: small, copied by
 * weir_content_ref, and owned by one thread at a time; claims are shared by any number of them.
 *
 * Small claims are one piece of memory, unless there are many; middle ones share the segments of a
 * pool, and large ones have a file each (limits.h). In memory durability, which this file is about,
 * none of these files has a name, so a crash leaves nothing behind. Nor is there a checksum:
 * nothing is read back that was not written in this run, and a checksum of 1 KiB costs as much as
 * all else (docs/decisions/0003-importing-files.md). Contents that outlive the process, and what a
 * store needs for that, are in content-durable.h. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <weir/content.h>

#include "base/fs.h"

typedef struct WeirContentStore WeirContentStore;
typedef struct WeirClaim WeirClaim;

/* Zeroed: no content. It holds one reference to its claim. */
typedef struct {
  WeirClaim *claim; /* NULL when size is 0 */
  uint64_t offset;  /* into the claim */
  uint64_t size;
} WeirContent;

/* Files are made in @directory, or in $TMPDIR or /var/tmp when it is NULL. @fs is NULL outside of
 * tests. Returns: (transfer full): NULL with @error. */
WeirContentStore *weir_content_store_new (const char *directory, WeirFs *fs, GError **error);

/* All content must be gone. Takes NULL. */
void weir_content_store_free (WeirContentStore *store);

/* What is referred to at this moment. */
typedef struct {
  uint64_t n_claims;
  uint64_t memory_bytes;
  uint64_t disk_bytes;
} WeirContentUsage;

/* Thread: any; exact while no other thread works. */
void weir_content_store_get_usage (WeirContentStore *store, WeirContentUsage *ret_usage);

/* New content with a copy of @data. Thread: any. */
bool weir_content_store_put (WeirContentStore *store, const void *data, size_t size,
                             WeirContent *ret_content, GError **error);

/* Another reference to all or a part of the same bytes; the range must lie within @content.
 * Thread: any. */
WeirContent weir_content_ref (const WeirContent *content);
WeirContent weir_content_slice (const WeirContent *content, uint64_t offset, uint64_t size);

/* Gives the reference back and leaves @content empty. Thread: any. */
void weir_content_clear (WeirContent *content);

/* The bytes in place: those of a claim in memory as they are, those of a file mapped, or copied
 * where they are few. It holds a reference of its own. Closing unmaps: a mapping that is kept
 * counts as memory of the process. */
typedef struct {
  WeirBytes bytes;
  WeirContent content;
  void *mapping; /* of a file; or NULL */
  size_t mapping_size;
  void *copy; /* of a few bytes of a file; or NULL */
} WeirContentView;

bool weir_content_view_open (const WeirContent *content, WeirContentView *ret_view, GError **error);
void weir_content_view_close (WeirContentView *view);
