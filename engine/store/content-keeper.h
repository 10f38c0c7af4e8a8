/* content-keeper.h: the files of a data directory that contents are in: their names and numbers,
 * what has to be synced, and what may go; inside the store only.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "store/archive.h"
#include "store/content-cleaner.h"
#include "store/content-durable.h"
#include "store/content-file.h"
#include "store/content-segments.h"

struct WeirContentKeeper {
  WeirContentSegments segments;
  WeirContentCleaner cleaner;
  WeirContentPool *pool;
  WeirReserve *reserve; /* (nullable) */
  WeirArchive *archive; /* NULL: files are deleted; the cleaner's thread */
  char *log_directory;
  uint64_t segment_size;
  bool must_sync;
  void (*on_segment_free) (void *data, uint64_t number);
  void *data;
  _Atomic uint64_t last_number;
  _Atomic bool names_changed;
  _Atomic bool keeps_all;
  uint64_t held_bytes;     /* that segments may hold before they are looked at (hollow.h) */
  uint64_t hollow_at;      /* likewise, the next time; the cleaner's thread */
  _Atomic unsigned n_open; /* descriptors of files */
  unsigned open_max;       /* beyond it, one that is not used is closed */
  WeirLock lock;
  GPtrArray *dirty;  /* guarded by lock; a reference each */
  GHashTable *files; /* guarded by lock; all by number, without a reference */
  GPtrArray *found;  /* main thread; a reference each; NULL after the sweep */
};

/* Returns: (transfer full): NULL with @error. */
WeirContentKeeper *weir_content_keeper_new (const WeirContentOptions *options,
                                            WeirContentPool *pool, GError **error);

/* No claim may be left. Takes NULL. */
void weir_content_keeper_free (WeirContentKeeper *keeper);

/* Makes a file with a number of its own, pinned. Returns: (transfer full): NULL with @error. */
WeirContentFile *weir_content_keeper_create (WeirContentKeeper *keeper, WeirContentKind kind,
                                             GError **error);

/* Returns: (transfer full) (nullable): the file with @number; NULL when there is none that anybody
 * refers to. */
WeirContentFile *weir_content_keeper_find (WeirContentKeeper *keeper, uint64_t number);

/* Opens @file if need be, and remembers its descriptor. Returns: (transfer none): -1 with @error.
 */
int weir_content_keeper_open (WeirContentKeeper *keeper, WeirContentFile *file, GError **error);

/* Closes it unless it has users. */
void weir_content_keeper_close (WeirContentKeeper *keeper, WeirContentFile *file);

/* Returns: (transfer full). */
char *weir_content_keeper_get_path (WeirContentKeeper *keeper, const WeirContentFile *file);

/* Learns size and start of a segment, which a large one has under an earlier number. */
bool weir_content_keeper_find_segment (WeirContentKeeper *keeper, WeirContentFile *file,
                                       GError **error);

/* @file has got bytes that must be on disk before the next frame. */
void weir_content_keeper_mark_dirty (WeirContentKeeper *keeper, WeirContentFile *file);

bool weir_content_keeper_sync (WeirContentKeeper *keeper, GError **error);

/* Takes over a file that has no references any more, or a segment's release that holds none. */
void weir_content_keeper_let_go (WeirContentKeeper *keeper, WeirContentFile *file);
void weir_content_keeper_let_go_segment (WeirContentKeeper *keeper, WeirSegmentRelease *release);
