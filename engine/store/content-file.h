/* content-file.h: the files that claims live in, and the pool of those that are shared; inside the
 * store only.
 *
 * A writer takes a shared file out of the pool, so that nobody else writes to it, and gives it
 * back. While it is with either of them it is pinned. Claims in it keep a reference. In memory
 * durability files have no name, and a shared file that has no claims left begins anew: writing to
 * pages that are in the cache already costs half, and the disk may never see them. Files with names
 * are the keeper's (content-keeper.h), who lets them go. */
#pragma once

#include "base/fs.h"
#include "base/lock.h"

/* Shared files that wait for a writer; what is given back beyond is closed with its last claim. */
#define WEIR_CONTENT_POOL_SIZE 8

typedef struct WeirContentFile WeirContentFile;
typedef struct WeirContentKeeper WeirContentKeeper;

typedef struct {
  WeirFs *fs;                /* NULL outside of tests */
  WeirContentKeeper *keeper; /* NULL: files have no names */
  char *directory;           /* where files are made */
  char *label;               /* what errors call files without a name */
  WeirLock lock;
  unsigned n_idle;                               /* guarded by lock */
  WeirContentFile *idle[WEIR_CONTENT_POOL_SIZE]; /* guarded by lock; a reference and a pin each */
} WeirContentPool;

typedef enum {
  WEIR_CONTENT_SHARED,
  WEIR_CONTENT_OWN,
  WEIR_CONTENT_SEGMENT, /* of the log: counted in content-segments.c */
} WeirContentKind;

struct WeirContentFile {
  WeirContentPool *pool;
  _Atomic size_t n_refs;
  _Atomic int fd;           /* -1: not open; stays as it is while there are users */
  _Atomic unsigned n_users; /* of a file with a name */
  WeirContentKind kind;
  bool is_found;      /* of an earlier run: never written again */
  bool is_archived;   /* the archive lets it go */
  _Atomic bool dirty; /* waits for a sync */
  uint64_t number;    /* 0: it has no name */
  uint64_t end;       /* of what claims use; only who took it out of the pool may touch it */
  uint64_t size;      /* of one that was found; 0: not known */
  uint64_t start;     /* SEGMENT: the place of its first byte, once its name is known */
  struct WeirSegmentRelease *release; /* SEGMENT; guarded by the lock of the segments */
};

void weir_content_pool_init (WeirContentPool *pool, const char *directory, WeirFs *fs);

/* No claim may be left. */
void weir_content_pool_clear (WeirContentPool *pool);

/* A shared file with room for a claim of WEIR_LIMIT_CONTENT_SHARED bytes at its end, pinned, the
 * caller's alone until it is given back. Returns: (transfer full): NULL with @error. Thread: any.
 */
WeirContentFile *weir_content_pool_take (WeirContentPool *pool, GError **error);

/* Takes over the caller's reference and pin. Thread: any. */
void weir_content_pool_give_back (WeirContentPool *pool, WeirContentFile *file);

/* Takes over a file that has no references. Returns: false when the pool is full, or the file
 * cannot be opened. Thread: any. */
bool weir_content_pool_begin_anew (WeirContentPool *pool, WeirContentFile *file);

/* A file for one large claim, pinned. Returns: (transfer full): NULL with @error. Thread: any. */
WeirContentFile *weir_content_file_new (WeirContentPool *pool, GError **error);

/* One that is there already, not open. Returns: (transfer full). Thread: any. */
WeirContentFile *weir_content_file_new_found (WeirContentPool *pool, WeirContentKind kind,
                                              uint64_t number, uint64_t size);

/* Returns: (transfer none): its descriptor, which stays open until weir_content_file_unpin; -1 with
 * @error, and then nothing is to be unpinned. Thread: any, for both. */
int weir_content_file_pin (WeirContentFile *file, GError **error);
void weir_content_file_unpin (WeirContentFile *file);

/* What an error of fs.h calls it. Returns: (transfer none) (nullable): NULL when it has a name,
 * which is looked up then. */
const char *weir_content_file_get_label (const WeirContentFile *file);

/* Returns: (transfer full): what a message calls it. */
char *weir_content_file_describe (const WeirContentFile *file);

/* Returns: (transfer full): @file. Thread: any. */
WeirContentFile *weir_content_file_ref (WeirContentFile *file);

/* Takes NULL. Thread: any. */
void weir_content_file_unref (WeirContentFile *file);

/* Closes and frees one without references, whatever is on the disk. */
void weir_content_file_destroy (WeirContentFile *file);
