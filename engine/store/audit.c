/* audit.c: the life of an audit, what it counts, and the snapshot. */
#include "store/audit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "base/uuid.h"
#include "store/audit-parts.h"
#include "store/book-struct.h"
#include "store/manifest.h"
#include "store/part-reader.h"
#include "store/snapshot.h"

#define LIVING_TRIES 10u

/* --- findings --- */

static void
finding_free (void *data)
{
  WeirFinding *finding = data;

  g_free (finding->file);
  g_free (finding->what);
  g_free (finding->effect);
  g_free (finding);
}

void
weir_audit_add (WeirAudit *audit, bool is_damage, const char *file, uint64_t offset, char *effect,
                const char *format, ...)
{
  WeirFinding *finding = g_new0 (WeirFinding, 1);
  va_list args;

  finding->is_damage = is_damage;
  finding->file = g_strdup (file);
  finding->offset = offset;
  finding->effect = effect != NULL ? effect : g_strdup ("nothing is lost by it");
  va_start (args, format);
  finding->what = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (audit->findings, finding);
  if (is_damage && !g_ptr_array_find_with_equal_func (audit->damaged, file, g_str_equal, NULL))
    g_ptr_array_add (audit->damaged, g_strdup (file));
}

bool
weir_audit_is_damaged (WeirAudit *audit)
{
  return audit->damaged->len > 0;
}

GPtrArray *
weir_audit_get_findings (WeirAudit *audit)
{
  return audit->findings;
}

/* --- its life --- */

static void
queue_free (void *data)
{
  WeirAuditQueue *queue = data;

  g_free (queue->name);
  g_free (queue);
}

static void
state_free (void *data)
{
  WeirAuditState *state = data;

  g_free (state->name);
  g_free (state);
}

static bool
take (WeirAudit *audit, GError **error)
{
  g_autofree char *user = NULL;
  g_autoptr (GError) reason = NULL;

  if (audit->options.only_counts)
    return weir_identity_look (&audit->identity, audit->directory, audit->options.fs, &audit->user,
                               error);
  if (weir_identity_open (&audit->identity, audit->directory, "weir data", false, audit->options.fs,
                          &reason))
    return true;
  if (!g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_EXISTS) ||
      !weir_identity_look (&audit->identity, audit->directory, audit->options.fs, &user, NULL)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
               "%s is in use: %s; stop that one first ('weir data stat' may look at it meanwhile)",
               audit->directory, user != NULL ? user : "by somebody who has just ended");
  return false;
}

WeirAudit *
weir_audit_open (const WeirAuditOptions *options, GError **error)
{
  g_autoptr (WeirAudit) audit = g_new0 (WeirAudit, 1);

  audit->options = *options;
  audit->directory = g_strdup (options->directory);
  audit->log_directory = g_build_filename (audit->directory, "log", NULL);
  audit->snapshot_directory = g_build_filename (audit->directory, "snapshot", NULL);
  audit->content_directory = g_build_filename (audit->directory, "content", NULL);
  audit->archive_directory = g_build_filename (audit->directory, "archive", NULL);
  audit->identity = (WeirIdentity)WEIR_IDENTITY_INIT;
  audit->findings = g_ptr_array_new_with_free_func (finding_free);
  audit->queues = g_ptr_array_new_with_free_func (queue_free);
  audit->states = g_ptr_array_new_with_free_func (state_free);
  audit->damaged = g_ptr_array_new_with_free_func (g_free);
  audit->lost = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  audit->unreadable = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  if (!g_file_test (audit->directory, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no directory '%s'",
                 audit->directory);
    return NULL;
  }
  return take (audit, error) ? g_steal_pointer (&audit) : NULL;
}

static void
close_book (WeirAudit *audit)
{
  g_clear_pointer (&audit->book, weir_book_free);
  g_clear_pointer (&audit->dictionary, weir_dictionary_free);
}

void
weir_audit_free (WeirAudit *audit)
{
  if (audit == NULL)
    return;
  close_book (audit);
  weir_identity_close (&audit->identity);
  g_free (audit->user);
  g_ptr_array_unref (audit->findings);
  g_ptr_array_unref (audit->queues);
  g_ptr_array_unref (audit->states);
  g_ptr_array_unref (audit->damaged);
  g_array_unref (audit->unreadable);
  g_hash_table_unref (audit->lost);
  g_free (audit->directory);
  g_free (audit->log_directory);
  g_free (audit->snapshot_directory);
  g_free (audit->content_directory);
  g_free (audit->archive_directory);
  g_free (audit);
}

/* --- counting --- */

static void
count_files (WeirAudit *audit, const char *name, WeirAuditFiles *ret_files)
{
  g_autofree char *path = g_build_filename (audit->directory, name, NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *entry;

  while (directory != NULL && (entry = g_dir_read_name (directory)) != NULL) {
    g_autofree char *file = g_build_filename (path, entry, NULL);
    struct stat status;

    if (stat (file, &status) < 0 || !S_ISREG (status.st_mode))
      continue;
    ret_files->n_files++;
    ret_files->bytes += (uint64_t)status.st_blocks * 512;
  }
}

static int
compare_names (const void *a, const void *b)
{
  /* Both structs begin with their name. */
  return strcmp (**(char ***)a, **(char ***)b);
}

static void
count_state (void *user, uint64_t component, const char *key, const char *value)
{
  WeirAudit *audit = user;
  const char *name = weir_dictionary_get_text (audit->dictionary, WEIR_WORD_COMPONENT, component);
  WeirAuditState *state = NULL;

  for (guint i = 0; i < audit->states->len && state == NULL; i++) {
    WeirAuditState *other = audit->states->pdata[i];

    if (g_strcmp0 (other->name, name) == 0)
      state = other;
  }
  if (state == NULL) {
    state = g_new0 (WeirAuditState, 1);
    state->name = g_strdup (name != NULL ? name : "?");
    g_ptr_array_add (audit->states, state);
  }
  state->n_keys++;
  state->bytes += strlen (key) + strlen (value);
}

typedef struct {
  WeirAudit *audit;
  GHashTable *queues; /* number to WeirAuditQueue */
} Count;

static bool
count_flowfile (void *user, const WeirImage *image, GError **error)
{
  Count *count = user;
  WeirAuditFigures *figures = &count->audit->figures;
  WeirAuditQueue *queue = g_hash_table_lookup (count->queues, &image->queue);

  if (queue == NULL) {
    const char *name =
        weir_dictionary_get_text (count->audit->dictionary, WEIR_WORD_QUEUE, image->queue);

    queue = g_new0 (WeirAuditQueue, 1);
    queue->name = g_strdup (name != NULL ? name : "?");
    g_ptr_array_add (count->audit->queues, queue);
    g_hash_table_insert (count->queues, g_memdup2 (&image->queue, sizeof image->queue), queue);
  }
  queue->n_flowfiles++;
  queue->bytes += image->content.length;
  if (queue->oldest == 0 || image->entry_time < queue->oldest)
    queue->oldest = image->entry_time;
  figures->n_flowfiles++;
  figures->bytes += image->content.length;
  if (figures->oldest == 0 || image->entry_time < figures->oldest)
    figures->oldest = image->entry_time;
  return true;
}

static void
count_all (WeirAudit *audit)
{
  Count count = { audit, g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL) };
  g_autoptr (GError) error = NULL;

  count_files (audit, "log", &audit->figures.log);
  count_files (audit, "snapshot", &audit->figures.snapshot);
  count_files (audit, "content", &audit->figures.content);
  count_files (audit, "archive", &audit->figures.archive);
  count_files (audit, "quarantine", &audit->figures.quarantine);
  if (audit->book != NULL) {
    weir_book_each_state (audit->book, count_state, audit);
    if (!weir_book_each_flowfile (audit->book, count_flowfile, &count, &error))
      weir_audit_add (audit, true, "snapshot", 0,
                      g_strdup ("not all FlowFiles could be counted; 'weir data check' says more"),
                      "%s", error->message);
  }
  g_hash_table_unref (count.queues);
  g_ptr_array_sort (audit->queues, compare_names);
  g_ptr_array_sort (audit->states, compare_names);
}

/* --- the snapshot --- */

static char *
name_snapshot (uint64_t number, const char *suffix)
{
  return weir_snapshot_get_path ("snapshot", number, suffix);
}

/* Each manifest there is, although only the newest is needed while it can be read. */
static bool
verify_manifests (WeirAudit *audit, GError **error)
{
  uint64_t highest;
  g_autoptr (GArray) numbers = weir_snapshot_list (audit->snapshot_directory, &highest, error);
  bool is_needed = true;

  if (numbers == NULL)
    return false;
  for (guint i = 0; i < numbers->len; i++) {
    uint64_t number = g_array_index (numbers, uint64_t, i);
    g_autofree char *name = name_snapshot (number, WEIR_SNAPSHOT_MANIFEST);
    g_autofree char *path =
        weir_snapshot_get_path (audit->snapshot_directory, number, WEIR_SNAPSHOT_MANIFEST);
    g_autoptr (GError) reason = NULL;
    g_autoptr (WeirManifest) manifest =
        weir_manifest_read (path, audit->identity.log_id, audit->options.fs, &reason);
    const char *effect = i + 1 < numbers->len
                             ? "the snapshot before it is used, if the log reaches back to it"
                             : "what there is stands only in the log, as far back as that reaches";

    if (manifest == NULL)
      weir_audit_add (audit, is_needed, name, 0, is_needed ? g_strdup (effect) : NULL, "%s",
                      reason->message);
    else
      is_needed = false;
  }
  return true;
}

static void
on_lost (void *data, uint64_t id)
{
  WeirAudit *audit = data;

  if (id != 0)
    g_hash_table_add (audit->lost, g_memdup2 (&id, sizeof id));
}

bool
weir_audit_open_book (WeirAudit *audit, GError **error)
{
  WeirBookOptions options = { .directory = audit->snapshot_directory,
                              .log_id = audit->identity.log_id,
                              .fs = audit->options.fs,
                              .must_sync = true,
                              .on_lost = audit->options.passes_over ? on_lost : NULL,
                              .data = audit };

  close_book (audit);
  audit->dictionary = weir_dictionary_new (NULL, NULL);
  options.dictionary = audit->dictionary;
  audit->book = weir_book_open (&options, error);
  if (audit->book == NULL)
    return false;
  weir_book_get_position (audit->book, &audit->first_place, &audit->sequence);
  return true;
}

/* Nobody writes there. */
static bool
read_resting (WeirAudit *audit, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (!g_file_test (audit->snapshot_directory, G_FILE_TEST_IS_DIR))
    weir_audit_add (audit, false, "snapshot", 0, NULL, "there is no snapshot yet");
  else if (!verify_manifests (audit, error))
    return false;
  if (!weir_audit_open_book (audit, &reason)) {
    if (!g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_CORRUPT) &&
        !g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
    weir_audit_add (audit, true, "snapshot", 0,
                    g_strdup ("no FlowFile can be told from the snapshot"), "%s", reason->message);
  } else if (!weir_audit_read_log (audit, error)) {
    return false;
  }
  return true;
}

/* Whether there is a newer snapshot than the one that was read. */
static bool
is_outdated (WeirAudit *audit)
{
  uint64_t highest;
  g_autoptr (GArray) numbers = weir_snapshot_list (audit->snapshot_directory, &highest, NULL);

  return numbers != NULL && numbers->len > 0 &&
         g_array_index (numbers, uint64_t, 0) > audit->book->manifest_number;
}

/* Beside an engine, which lets go of what it does not need: then from a newer snapshot on. */
static bool
read_living (WeirAudit *audit, GError **error)
{
  for (unsigned i = 0; i < LIVING_TRIES; i++) {
    g_clear_error (error);
    if (weir_audit_open_book (audit, error) && weir_audit_read_living_log (audit, error) &&
        (!is_outdated (audit) || i + 1 == LIVING_TRIES))
      return true;
  }
  g_prefix_error (error, "the engine there is faster than it can be read; try again: ");
  return false;
}

bool
weir_audit_read (WeirAudit *audit, GError **error)
{
  GError *reason = NULL;
  bool is_read = audit->user == NULL && read_resting (audit, &reason);

  /* What looked like damage may have been an engine that has just started. */
  if (audit->options.only_counts && audit->user == NULL)
    (void)weir_identity_look (&audit->identity, audit->directory, audit->options.fs, &audit->user,
                              NULL);
  if (audit->user != NULL) {
    g_clear_error (&reason);
    g_ptr_array_set_size (audit->findings, 0);
    g_ptr_array_set_size (audit->damaged, 0);
    is_read = read_living (audit, &reason);
  }
  if (is_read)
    count_all (audit);
  else
    g_propagate_error (error, reason);
  return is_read;
}

/* --- each block of each part --- */

/* One that is not named was being written when the engine ended, or is on its way out. */
static void
verify_part (WeirAudit *audit, uint64_t number, bool is_named)
{
  g_autofree char *name = name_snapshot (number, WEIR_SNAPSHOT_PART);
  g_autofree char *path =
      weir_snapshot_get_path (audit->snapshot_directory, number, WEIR_SNAPSHOT_PART);
  g_autoptr (GError) reason = NULL;
  g_autoptr (WeirPart) part =
      weir_part_open (path, audit->identity.log_id, number, audit->options.fs, &reason);
  WeirPartCursor cursor;

  if (part == NULL) {
    weir_audit_add (audit, is_named, name, 0,
                    is_named ? g_strdup ("all that is in this part is lost") : NULL, "%s",
                    reason->message);
    return;
  }
  weir_part_cursor_init (&cursor, part);
  for (;;) {
    if (!weir_part_cursor_next (&cursor, &reason)) {
      WeirPartBlock block, next;

      weir_part_cursor_pass_over (&cursor, &block, &next);
      weir_audit_add (audit, is_named, name, block.offset,
                      is_named
                          ? g_strdup_printf ("what this part says of FlowFiles %" G_GUINT64_FORMAT
                                             " to %" G_GUINT64_FORMAT " is lost",
                                             block.first_id, next.first_id - 1)
                          : NULL,
                      "%s: bytes %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, reason->message,
                      block.offset, next.offset - 1);
      g_clear_error (&reason);
    } else if (cursor.layer.kind == WEIR_LAYER_NONE) {
      break;
    } else {
      audit->figures.n_images++;
    }
  }
  weir_part_cursor_clear (&cursor);
}

static bool
is_named (const GArray *named, uint64_t number)
{
  for (guint i = 0; named != NULL && i < named->len; i++)
    if (g_array_index (named, uint64_t, i) == number)
      return true;
  return false;
}

/* Those that are named, and those that are there. */
static void
verify_parts (WeirAudit *audit)
{
  g_autoptr (GDir) directory = g_dir_open (audit->snapshot_directory, 0, NULL);
  const GArray *named = audit->book != NULL ? audit->book->manifest->parts : NULL;
  const char *entry;

  for (guint i = 0; named != NULL && i < named->len; i++)
    verify_part (audit, g_array_index (named, uint64_t, i), true);
  while (directory != NULL && (entry = g_dir_read_name (directory)) != NULL) {
    uint64_t number = g_ascii_strtoull (entry, NULL, 10);
    g_autofree char *name = weir_snapshot_get_path ("", number, WEIR_SNAPSHOT_PART);

    if (number != 0 && strcmp (name + 1, entry) == 0 && !is_named (named, number))
      verify_part (audit, number, false);
  }
}

static void
add_lost (WeirAudit *audit)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, audit->lost);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    char uuid[WEIR_UUID_LENGTH + 1];

    weir_uuid_format (audit->identity.install_id, *(uint64_t *)id, uuid);
    weir_audit_add (audit, true, "snapshot", 0, g_strdup_printf ("FlowFile %s is lost", uuid),
                    "of FlowFile %" G_GUINT64_FORMAT
                    " there is only what was changed last, not what it was",
                    *(uint64_t *)id);
  }
}

bool
weir_audit_verify (WeirAudit *audit, GError **error)
{
  verify_parts (audit);
  add_lost (audit);
  return weir_audit_verify_segments (audit, error) && weir_audit_verify_contents (audit, error);
}

/* --- what was found --- */

const WeirAuditFigures *
weir_audit_get_figures (WeirAudit *audit)
{
  return &audit->figures;
}

GPtrArray *
weir_audit_get_queues (WeirAudit *audit)
{
  return audit->queues;
}

GPtrArray *
weir_audit_get_states (WeirAudit *audit)
{
  return audit->states;
}

const char *
weir_audit_get_user (WeirAudit *audit, int64_t *ret_wall)
{
  *ret_wall = audit->last.wall;
  return audit->user;
}
