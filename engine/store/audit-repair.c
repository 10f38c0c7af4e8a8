/* audit-repair.c: makes a directory one that opens, and one that is small.
 *
 * Whatever is damaged is copied before anything is changed. Then all that could be read becomes one
 * snapshot, which says that the log goes on in a new segment: no start looks at a damaged byte any
 * more. Segments stay while contents are in them. */
#include <string.h>
#include <time.h>
#include <weir/error.h>

#include "base/error.h"
#include "base/fs-copy.h"
#include "base/limits.h"
#include "store/audit-parts.h"
#include "store/content-durable.h"
#include "store/segment.h"

/* --- aside --- */

static bool
copy_file (WeirAudit *audit, const char *name, const char *folder, GError **error)
{
  WeirFs *fs = audit->options.fs;
  g_autofree char *from_path = g_build_filename (audit->directory, name, NULL);
  g_autofree char *flat = g_strdelimit (g_strdup (name), "/", '-');
  g_autofree char *to_path = g_build_filename (folder, flat, NULL);
  WEIR_AUTO_FD int from_fd = -1, to_fd = -1;
  WeirFsEnd from, to;
  uint64_t n;

  if (!g_file_test (from_path, G_FILE_TEST_IS_REGULAR))
    return true;
  from_fd = weir_fs_open (fs, AT_FDCWD, from_path, O_RDONLY | O_NOFOLLOW, 0, error);
  if (from_fd < 0)
    return false;
  to_fd = weir_fs_open (fs, AT_FDCWD, to_path, O_WRONLY | O_CREAT | O_EXCL, 0600, error);
  from = (WeirFsEnd){ from_fd, 0, from_path };
  to = (WeirFsEnd){ to_fd, 0, to_path };
  return to_fd >= 0 && weir_fs_copy (fs, &from, &to, UINT64_MAX, &n, error) &&
         weir_fs_sync (fs, to_fd, to_path, error);
}

/* Returns: (transfer full): what was found, as text. */
static GString *
write_report (WeirAudit *audit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < audit->findings->len; i++) {
    const WeirFinding *finding = audit->findings->pdata[i];

    if (finding->is_damage)
      g_string_append_printf (text, "%s: byte %" G_GUINT64_FORMAT ": %s\n    %s\n", finding->file,
                              finding->offset, finding->what, finding->effect);
  }
  return text;
}

static bool
set_aside (WeirAudit *audit, GError **error)
{
  WeirFs *fs = audit->options.fs;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *folder = g_build_filename (audit->directory, "quarantine", stamp, NULL);
  g_autofree char *path = g_build_filename (folder, "report.txt", NULL);
  g_autoptr (GString) report = write_report (audit);

  if (!weir_fs_make_directory (fs, folder, 0700, error))
    return false;
  for (guint i = 0; i < audit->damaged->len; i++)
    if (!copy_file (audit, audit->damaged->pdata[i], folder, error))
      return false;
  return weir_fs_replace_file (fs, path, report->str, report->len, 0600, error);
}

/* --- what is to be there --- */

/* No snapshot can be read: all there is is what the log says, if that is still there from its
 * beginning. */
static bool
begin_anew (WeirAudit *audit, GError **error)
{
  for (guint i = 0; i < audit->damaged->len; i++) {
    const char *name = audit->damaged->pdata[i];
    g_autofree char *path = g_build_filename (audit->directory, name, NULL);

    if (g_str_has_suffix (name, ".manifest") && !weir_fs_unlink (audit->options.fs, path, error))
      return false;
  }
  if (!weir_audit_open_book (audit, error) || !weir_audit_read_log (audit, error))
    return false;
  if (audit->last.sequence > 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "'%s' cannot be repaired: no snapshot can be read, and the log does not go back to "
               "its beginning; put a backup of snapshot/ there",
               audit->directory);
  return false;
}

/* FlowFiles whose contents cannot be read end here. Ids that were set aside in what is lost of the
 * log may have been given. */
static bool
say_what_is_lost (WeirAudit *audit, GError **error)
{
  uint64_t above = weir_book_get_next_flowfile_id (audit->book) + WEIR_LIMIT_IDS_LOST;
  WeirEntryWriter writer;
  WeirLogEntry entry = { .place = audit->last.next, .wall = audit->last.wall };
  bool worked;

  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 0);
  for (guint i = 0; i < audit->unreadable->len; i++)
    weir_entry_write_drop (&writer, g_array_index (audit->unreadable, uint64_t, i));
  weir_entry_write_ids (&writer, above);
  entry.body = writer.start;
  entry.size = weir_entry_writer_get_size (&writer);
  worked = weir_book_apply (audit->book, &entry, error);
  weir_entry_writer_clear (&writer);
  return worked;
}

static WeirSegmentFolder
get_folder (WeirAudit *audit)
{
  return (WeirSegmentFolder){ audit->log_directory, audit->identity.log_id,
                              weir_audit_get_segment_size (audit), audit->options.fs };
}

/* What was read may have been in memory only, and what it says is about to be relied on. */
static bool
settle_segments (WeirAudit *audit, const GArray *files, GError **error)
{
  WeirFs *fs = audit->options.fs;

  for (guint i = 0; i < files->len; i++) {
    uint64_t number = g_array_index (files, WeirSegmentFile, i).number;
    g_autofree char *path = weir_segment_get_path (audit->log_directory, number);
    WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, path, O_RDONLY, 0, error);

    if (fd < 0 || !weir_fs_sync (fs, fd, path, error))
      return false;
  }
  return true;
}

/* A segment behind all others, for the log to go on in. @ret_frame: as if it were the last one. */
static bool
make_ground (WeirAudit *audit, WeirFrame *ret_frame, GError **error)
{
  WeirSegmentFolder folder = get_folder (audit);
  g_autoptr (GArray) files = weir_segment_list (&folder, error);
  WeirSegment segment = { .fd = -1 };
  uint64_t number;
  bool worked;

  if (files == NULL || !settle_segments (audit, files, error))
    return false;
  number = MAX (audit->end.segment, audit->last.next / folder.segment_size);
  if (files->len > 0) {
    const WeirSegmentFile *last = &g_array_index (files, WeirSegmentFile, files->len - 1);

    number = MAX (number, last->number + last->n_numbers - 1);
  }
  number++;
  if (!weir_segment_make (&folder, number, WEIR_SEGMENT_HEADER, 0, &segment, error))
    return false;
  worked = weir_segment_settle (&folder, &segment, error);
  weir_segment_close (&segment);
  *ret_frame = (WeirFrame){ .next = number * folder.segment_size + WEIR_SEGMENT_HEADER,
                            .sequence = MAX (audit->last.sequence, audit->highest_sequence) };
  return worked;
}

/* --- what is not needed --- */

typedef struct {
  WeirAudit *audit;
  WeirContentStore *store;
  GHashTable *segments; /* numbers of those that contents are in */
  GArray *contents;     /* WeirContent: of all FlowFiles */
} Needed;

static bool
note_needed (void *user, const WeirImage *image, GError **error)
{
  Needed *needed = user;
  uint64_t number = image->content.start / weir_audit_get_segment_size (needed->audit);
  WeirContent content;

  if (image->content.where == WEIR_WHERE_NONE)
    return true;
  if (image->content.where == WEIR_WHERE_LOG)
    g_hash_table_add (needed->segments, g_memdup2 (&number, sizeof number));
  if (!weir_content_store_open_claim (needed->store, &image->content, &content, error))
    return false;
  g_array_append_val (needed->contents, content);
  return true;
}

static bool
is_needed (const Needed *needed, const WeirSegmentFile *file)
{
  for (uint64_t i = 0; i < file->n_numbers; i++) {
    uint64_t number = file->number + i;

    if (g_hash_table_contains (needed->segments, &number))
      return true;
  }
  return false;
}

static bool
delete_segments (Needed *needed, uint64_t ground, GError **error)
{
  WeirSegmentFolder folder = get_folder (needed->audit);
  g_autoptr (GArray) files = weir_segment_list (&folder, error);

  for (guint i = 0; files != NULL && i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);
    g_autofree char *path = weir_segment_get_path (folder.directory, file->number);

    if (file->number != ground && !is_needed (needed, file) &&
        !weir_fs_unlink (folder.fs, path, error))
      return false;
  }
  return files != NULL;
}

static bool
delete_unneeded (WeirAudit *audit, const WeirFrame *frame, GError **error)
{
  Needed needed = { .audit = audit, .store = weir_audit_open_contents (audit, error) };
  bool worked;

  if (needed.store == NULL)
    return false;
  needed.segments = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  needed.contents = g_array_new (FALSE, FALSE, sizeof (WeirContent));
  worked = weir_book_each_flowfile (audit->book, note_needed, &needed, error) &&
           delete_segments (&needed, frame->next / weir_audit_get_segment_size (audit), error);
  if (worked) {
    weir_content_store_sweep (needed.store);
    weir_content_store_on_durable (needed.store, frame->next);
    weir_content_store_settle (needed.store);
  }
  weir_content_store_keep_all (needed.store);
  for (guint i = 0; i < needed.contents->len; i++)
    weir_content_clear (&g_array_index (needed.contents, WeirContent, i));
  g_array_unref (needed.contents);
  g_hash_table_unref (needed.segments);
  weir_content_store_free (needed.store);
  return worked;
}

static bool
rewrite (WeirAudit *audit, GError **error)
{
  WeirFrame frame;

  return weir_fs_make_directory (audit->options.fs, audit->snapshot_directory, 0700, error) &&
         make_ground (audit, &frame, error) && weir_book_compact (audit->book, &frame, error) &&
         delete_unneeded (audit, &frame, error);
}

bool
weir_audit_repair (WeirAudit *audit, GError **error)
{
  return set_aside (audit, error) && (audit->book != NULL || begin_anew (audit, error)) &&
         say_what_is_lost (audit, error) && rewrite (audit, error);
}

bool
weir_audit_compact (WeirAudit *audit, GError **error)
{
  if (!weir_audit_is_damaged (audit))
    return rewrite (audit, error);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "'%s' is damaged and stays as it is: see 'weir data check' first", audit->directory);
  return false;
}
