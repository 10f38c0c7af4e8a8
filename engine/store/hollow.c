/* hollow.c: a bit for each block of such a segment, set where an image has content, and then a hole
 * for each run of blocks without one. A segment whose header is a hole is no part of the log any
 * more, whatever of its frames is left. */
#include "store/hollow.h"

#include <stdatomic.h>
#include <sys/stat.h>

#include "store/frame.h"
#include "store/merge.h"
#include "store/segment.h"

/* With more of it in use, a segment is left alone. */
#define LIVE_PART 4

typedef struct {
  WeirContentKeeper *keeper;
  GPtrArray *parts;
  uint64_t below;
  GHashTable *segments; /* number to Segment: each of those that a segment has */
} Job;

typedef struct {
  uint64_t number; /* the first */
  uint64_t start;  /* its place */
  uint64_t n_blocks;
  uint64_t n_live;
  uint8_t *live; /* a bit for each block */
} Segment;

static void
free_segment (void *data)
{
  Segment *segment = data;

  g_free (segment->live);
  g_free (segment);
}

static void
free_job (Job *job)
{
  g_ptr_array_unref (job->parts);
  g_free (job);
}

static bool
must_end (const Job *job)
{
  return atomic_load (&job->keeper->keeps_all);
}

static char *
get_path (const Job *job, uint64_t number)
{
  return weir_segment_get_path (job->keeper->log_directory, number);
}

/* Returns: what they take on the disk. */
static uint64_t
count_bytes (const Job *job, const GArray *held)
{
  uint64_t bytes = 0;

  for (guint i = 0; i < held->len; i++) {
    g_autofree char *path = get_path (job, g_array_index (held, WeirSegmentFile, i).number);
    struct stat status;

    if (stat (path, &status) == 0)
      bytes += (uint64_t)status.st_blocks * 512;
  }
  return bytes;
}

/* --- which blocks are needed --- */

static GPtrArray *
make_segments (Job *job, const GArray *held)
{
  GPtrArray *segments = g_ptr_array_new_with_free_func (free_segment);

  job->segments = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < held->len; i++) {
    const WeirSegmentFile *file = &g_array_index (held, WeirSegmentFile, i);
    uint64_t unit = job->keeper->segment_size;
    Segment *segment = g_new0 (Segment, 1);

    segment->number = file->number;
    segment->start = file->number * unit;
    segment->n_blocks = file->n_numbers * unit / WEIR_FRAME_BLOCK;
    segment->live = g_malloc0 (segment->n_blocks / 8 + 1);
    g_ptr_array_add (segments, segment);
    for (uint64_t number = file->number; number < file->number + file->n_numbers; number++)
      g_hash_table_insert (job->segments, g_memdup2 (&number, sizeof number), segment);
  }
  return segments;
}

static bool
is_live (const Segment *segment, uint64_t block)
{
  return (segment->live[block / 8] >> block % 8 & 1) != 0;
}

static void
mark (Job *job, const WeirContentRef *content)
{
  uint64_t number = content->start / job->keeper->segment_size;
  Segment *segment = g_hash_table_lookup (job->segments, &number);
  uint64_t first, last;

  if (segment == NULL || content->size == 0)
    return;
  first = (content->start - segment->start) / WEIR_FRAME_BLOCK;
  last = (content->start - segment->start + content->size - 1) / WEIR_FRAME_BLOCK;
  for (uint64_t block = first; block <= last && block < segment->n_blocks; block++) {
    segment->n_live += !is_live (segment, block);
    segment->live[block / 8] |= (uint8_t)(1u << block % 8);
  }
}

/* Returns: false when not all was read: then nothing is known. */
static bool
mark_all (Job *job)
{
  WeirMerge merge;
  WeirLayer layer;
  bool worked;

  weir_merge_init (&merge, (WeirPart **)job->parts->pdata, job->parts->len, NULL, true);
  while ((worked = !must_end (job) && weir_merge_next (&merge, &layer, NULL)) &&
         layer.kind != WEIR_LAYER_NONE)
    if (layer.content.where == WEIR_WHERE_LOG)
      mark (job, &layer.content);
  weir_merge_clear (&merge);
  return worked;
}

/* --- holes --- */

/* Without its header first: a segment of the log that has some of its frames would be damaged. */
static bool
make_holes (const Job *job, const Segment *segment)
{
  WeirFs *fs = job->keeper->pool->fs;
  g_autofree char *path = get_path (job, segment->number);
  WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, path, O_RDWR | O_NOFOLLOW, 0, NULL);
  bool worked = fd >= 0 && weir_fs_make_hole (fs, fd, 0, WEIR_SEGMENT_HEADER, path, NULL) &&
                weir_fs_sync_data (fs, fd, path, NULL);
  uint64_t end;

  for (uint64_t block = 1; worked && block < segment->n_blocks; block = end + 1) {
    for (end = block; end < segment->n_blocks && !is_live (segment, end); end++)
      continue;
    if (end > block)
      worked = weir_fs_make_hole (fs, fd, block * WEIR_FRAME_BLOCK,
                                  (end - block) * WEIR_FRAME_BLOCK, path, NULL);
  }
  return worked;
}

static bool
make_all_holes (const Job *job, const GPtrArray *segments)
{
  for (guint i = 0; i < segments->len; i++) {
    const Segment *segment = segments->pdata[i];

    if (must_end (job))
      return true;
    if (segment->n_live * LIVE_PART < segment->n_blocks && !make_holes (job, segment))
      return false;
  }
  return true;
}

/* Where holes cannot be made it is not tried again. */
static void
hollow (Job *job)
{
  WeirContentKeeper *keeper = job->keeper;
  g_autoptr (GArray) held = weir_content_segments_list_held (&keeper->segments, job->below);
  g_autoptr (GPtrArray) segments = NULL;

  if (count_bytes (job, held) < keeper->hollow_at)
    return;
  segments = make_segments (job, held);
  if (mark_all (job)) {
    if (make_all_holes (job, segments))
      keeper->hollow_at = MAX (keeper->held_bytes, 2 * count_bytes (job, held));
    else
      keeper->hollow_at = UINT64_MAX;
  }
  g_hash_table_unref (job->segments);
}

/* On the thread that also lets go of segments: none of these goes meanwhile. */
static void
on_due (void *owner, void *item, bool is_due)
{
  Job *job = item;

  if (is_due)
    hollow (job);
  free_job (job);
}

void
weir_hollow_begin (WeirContentKeeper *keeper, GPtrArray *parts, uint64_t below)
{
  Job *job = g_new0 (Job, 1);

  *job = (Job){ .keeper = keeper, .parts = parts, .below = below };
  weir_content_cleaner_add (&keeper->cleaner, on_due, job);
}
