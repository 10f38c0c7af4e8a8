/* content-file.h: the unnamed files that claims live in, and the pool of those that are shared;
 * inside the store only.
 *
 * A writer takes a segment out of the pool, so that nobody else writes to it, and gives it back.
 * Claims in it keep a reference. A segment that has no claims left begins anew: writing to pages
 * that are in the cache already costs half, and the disk may never see them. */
#pragma once

#include "base/fs.h"
#include "base/lock.h"

/* Segments that wait for a writer; what is given back beyond is closed with its last claim. */
#define WEIR_CONTENT_POOL_SIZE 8

typedef struct WeirContentFile WeirContentFile;

typedef struct {
  WeirFs *fs;      /* NULL outside of tests */
  char *directory; /* where files are made */
  char *label;     /* what errors call them */
  WeirLock lock;
  unsigned n_idle;                               /* guarded by lock */
  WeirContentFile *idle[WEIR_CONTENT_POOL_SIZE]; /* guarded by lock; a reference each */
} WeirContentPool;

struct WeirContentFile {
  WeirContentPool *pool;
  _Atomic size_t n_refs;
  int fd;
  bool shared;
  uint64_t end; /* of what claims use; only who took a segment out of the pool may touch it */
};

void weir_content_pool_init (WeirContentPool *pool, const char *directory, WeirFs *fs);

/* No claim may be left. */
void weir_content_pool_clear (WeirContentPool *pool);

/* A segment with room for a claim of WEIR_LIMIT_CONTENT_SHARED bytes at its end, the caller's alone
 * until it is given back. Returns: (transfer full): NULL with @error. Thread: any. */
WeirContentFile *weir_content_pool_take (WeirContentPool *pool, GError **error);

/* Takes over the caller's reference. Thread: any. */
void weir_content_pool_give_back (WeirContentPool *pool, WeirContentFile *file);

/* A file for one large claim. Returns: (transfer full): NULL with @error. Thread: any. */
WeirContentFile *weir_content_file_new (WeirContentPool *pool, GError **error);

/* Returns: (transfer full): @file. Thread: any. */
WeirContentFile *weir_content_file_ref (WeirContentFile *file);

/* Takes NULL. Thread: any. */
void weir_content_file_unref (WeirContentFile *file);
