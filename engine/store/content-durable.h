/* content-durable.h: contents that outlive the process.
 *
 * Small claims are in the log, as a part of the entry that makes them; the others are in files that
 * have names (docs/internals/data-directory.md). A claim is on disk before the frame that names it,
 * and what it is in is let go only after the entry that dropped its last reference is durable
 * (storage design, rule 10). Nothing is handed out before its checksum was compared.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "base/clock.h"
#include "store/content-file.h"
#include "store/content.h"
#include "store/entry.h"
#include "store/reserve.h"

typedef struct {
  const char *directory;     /* DIR/content; made if need be */
  const char *log_directory; /* DIR/log: small contents are read from there */
  uint64_t segment_size;     /* of the log; 0: WEIR_LIMIT_SEGMENT */
  bool must_sync;            /* false for WEIR_DURABILITY_PROCESS */
  uint64_t held_bytes; /* of log that only contents hold, before they are looked at (hollow.h); 0:
                          WEIR_LIMIT_HELD */
  unsigned open_max;   /* files that stay open; 0: a quarter of what the process may have */

  const char *archive_directory; /* DIR/archive; made when something gets there */
  uint64_t archive_bytes;        /* of files that nobody needs any more; 0: none are kept */
  int64_t archive_usec;          /* the longest that one is kept; 0: no matter how long */

  WeirReserve *reserve; /* (nullable): told of what is written to content files */
  WeirClock *clock;     /* NULL: the machine's */
  WeirFs *fs;           /* NULL outside of tests */

  /* The ticket of the last entry that was appended. Any thread; must not call the store. */
  uint64_t (*get_appended) (void *data);
  /* A segment that was given to weir_content_store_release_segment has no content any more that
   * anybody could need. The store's own thread. */
  void (*on_segment_free) (void *data, uint64_t number);
  void *data;
} WeirContentOptions;

/* Looks at what is there, and changes nothing. Returns: (transfer full): NULL with @error; freed
 * by weir_content_store_free. */
WeirContentStore *weir_content_store_new_durable (const WeirContentOptions *options,
                                                  GError **error);

/* --- what was there --- */

/* Content as an image says: read and verified when somebody asks for it. After the sweep, only what
 * is in a file or segment that the caller holds. Thread: any.
 * Returns: false with @error, which names the file but not the FlowFile, when it cannot be there.
 */
bool weir_content_store_open_claim (WeirContentStore *store, const WeirContentRef *ref,
                                    WeirContent *ret_content, GError **error);

/* Everything has been opened: files that nobody refers to go (as soon as something is durable).
 * Thread: main. */
void weir_content_store_sweep (WeirContentStore *store);

/* --- a commit --- */

/* What an entry says of @content. Returns: (transfer none) (nullable): the bytes of the claim,
 * which belong into the entry, when @ret_ref says WEIR_WHERE_HERE: then weir_claim_set_place must
 * follow once the entry has been appended, before anybody else gets to see the claim. */
const void *weir_content_describe (const WeirContent *content, WeirContentRef *ret_ref);

/* @place: in the log, of the claim's first byte; of several in one entry the first one stays. The
 * bytes stay in memory, too; the segment of the log is held for as long as the claim lives. */
void weir_claim_set_place (WeirClaim *claim, uint64_t place);

/* Makes durable what was written before the call: the log's on_write. */
bool weir_content_store_sync (WeirContentStore *store, GError **error);

/* All below @durable can no longer be lost: the log's on_durable. Quick. */
void weir_content_store_on_durable (WeirContentStore *store, uint64_t durable);

/* --- letting go --- */

/* The log does not need segment @number, and the @n_numbers - 1 behind it when it is a large one:
 * on_segment_free is called for it as soon as no content is in it, at once or later. Once for each
 * segment; no entry may be appended to it any more. */
void weir_content_store_release_segment (WeirContentStore *store, uint64_t number,
                                         uint64_t n_numbers);

/* A snapshot of @parts ((transfer full): WeirPart) is on disk: segments wholly below @below, which
 * it is beyond, may give back what no content in them needs. Returns at once. */
void weir_content_store_hollow (WeirContentStore *store, GPtrArray *parts, uint64_t below);

/* The file that the bytes of @content are in, held for those who keep only an id (a backlog): the
 * claim may go meanwhile and be opened again. Returns: (transfer full) (nullable): given back by
 * weir_content_file_unref (content-file.h). */
WeirContentFile *weir_content_hold_file (const WeirContent *content);

/* The process ends, its FlowFiles do not: from now on, no reference that is given back lets
 * anything go. To be called before FlowFiles are freed that the log still has. */
void weir_content_store_keep_all (WeirContentStore *store);

/* Waits until everything that may go by now has gone. For tests, and before the store is freed. */
void weir_content_store_settle (WeirContentStore *store);

/* --- the archive --- */

/* Content that nothing in the flow refers to any more, for as long as the archive keeps it.
 * Returns: false with @error when it is not there. */
bool weir_content_store_open_archived (WeirContentStore *store, const WeirContentRef *ref,
                                       WeirContent *ret_content, GError **error);
