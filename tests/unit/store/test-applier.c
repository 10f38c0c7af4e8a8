#include "store/applier.h"
#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <weir/error.h>

#include "base/lock.h"
#include "log-fixture.h"

typedef struct {
  LogFixture *log;
  char *directory;
  FailingFs failing; /* of the book */
  WeirDictionary *dictionary;
  WeirBook *book;
  WeirApplier *applier;
  WeirEntryWriter writer;
  uint64_t checkpoint_bytes;
  uint64_t batch_bytes;
  unsigned patience_msec;

  WeirLock lock;
  pthread_cond_t changed;
  uint64_t checkpoint; /* guarded by lock, as are the next */
  unsigned n_checkpoints;
  char *failure;
} Fixture;

static void
on_durable (void *data, uint64_t durable)
{
  Fixture *self = data;

  weir_applier_on_durable (self->applier, durable);
}

static void
on_checkpoint (void *data, uint64_t place)
{
  Fixture *self = data;
  WEIR_LOCKED (&self->lock);

  self->checkpoint = place;
  self->n_checkpoints++;
  pthread_cond_broadcast (&self->changed);
}

static void
on_failure (void *data, const GError *error)
{
  Fixture *self = data;
  WEIR_LOCKED (&self->lock);

  g_assert_null (self->failure);
  self->failure = g_strdup (error->message);
  pthread_cond_broadcast (&self->changed);
}

static void
on_append (void *data, const void *body, size_t size)
{
  Fixture *self = data;

  weir_log_append (self->log->log, 0, body, size, NULL);
}

/* Opens log and book, with what is behind the book read from the log as a start does it. */
static void
start (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WeirLogOptions log_options = log_fixture_get_options (self->log);
  WeirBookOptions options = {
    .directory = self->directory, .log_id = LOG_ID, .fs = &self->failing.fs, .must_sync = true
  };
  WeirApplierOptions applier_options = { .log_directory = self->log->directory,
                                         .log_id = LOG_ID,
                                         .segment_size = SEGMENT_SIZE,
                                         .checkpoint_bytes = self->checkpoint_bytes,
                                         .batch_bytes = self->batch_bytes,
                                         .patience_msec = self->patience_msec,
                                         .on_checkpoint = on_checkpoint,
                                         .on_failure = on_failure,
                                         .data = self };
  WeirLogReader *reader;
  WeirFrame frame;

  self->dictionary = weir_dictionary_new (on_append, self);
  options.dictionary = self->dictionary;
  self->book = weir_book_open (&options, &error);
  g_assert_no_error (error);
  weir_book_get_position (self->book, &applier_options.place, &applier_options.sequence);
  g_assert_cmpint (g_mkdir_with_parents (self->log->directory, 0700), ==, 0);
  reader = weir_log_reader_new (self->log->directory, LOG_ID, SEGMENT_SIZE, applier_options.place,
                                applier_options.sequence, NULL, &error);
  g_assert_no_error (error);
  while (weir_log_reader_next (reader, UINT64_MAX, &frame, &error) == WEIR_LOG_FRAME) {
    g_assert_true (weir_book_add_frame (self->book, &frame, &error));
    g_assert_true (weir_book_fold (self->book, &error));
    applier_options.place = frame.next;
    applier_options.sequence = frame.sequence + 1;
  }
  g_assert_no_error (error);
  weir_log_reader_get_end (reader, &self->log->end);
  weir_log_reader_free (reader);

  log_options.on_durable = on_durable;
  log_options.data = self;
  self->log->log = weir_log_open (&log_options, &self->log->end, &error);
  g_assert_no_error (error);
  applier_options.book = self->book;
  self->applier = weir_applier_new (&applier_options, &error);
  g_assert_no_error (error);
}

static void
stop (Fixture *self)
{
  log_fixture_close (self->log);
  g_clear_pointer (&self->applier, weir_applier_free);
  g_clear_pointer (&self->book, weir_book_free);
  g_clear_pointer (&self->dictionary, weir_dictionary_free);
}

static void
set_up (Fixture *self, const void *data)
{
  self->log = log_fixture_new (WEIR_DURABILITY_PROCESS);
  self->directory = directory_in_memory ("weir-applier-XXXXXX");
  self->checkpoint_bytes = 1;
  failing_fs_init (&self->failing, 0, 0, false);
  weir_entry_writer_init (&self->writer);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->changed, NULL);
}

static void
tear_down (Fixture *self, const void *data)
{
  const char *name;
  GDir *dir = g_dir_open (self->directory, 0, NULL);

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (self->directory, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->failure);
  weir_entry_writer_clear (&self->writer);
  log_fixture_free (self->log);
}

static uint64_t
append (Fixture *self)
{
  return weir_log_append (self->log->log, WALL, self->writer.start,
                          weir_entry_writer_get_size (&self->writer), NULL);
}

/* One FlowFile with one attribute, which is its id. Returns: the ticket. */
static uint64_t
create (Fixture *self, uint64_t id)
{
  uint64_t queue = weir_dictionary_get_number (self->dictionary, WEIR_WORD_QUEUE, "a>b");
  uint64_t name = weir_dictionary_get_number (self->dictionary, WEIR_WORD_NAME, "id");
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);
  WeirEntryAttribute attribute = { { name }, text, strlen (text) };

  weir_entry_writer_begin (&self->writer, 0);
  weir_entry_write_create (&self->writer, id, queue, false);
  weir_entry_write_attributes (&self->writer, &attribute, 1, NULL, 0);
  return append (self);
}

static bool
check_image (void *user, const WeirImage *image, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, image->id);
  WeirOpNames names = image->attributes;
  const uint8_t *value;
  WeirEntryName name;
  size_t size;

  g_assert_true (weir_op_next_set (&names, &name, &value, &size));
  g_assert_cmpmem (value, size, text, strlen (text));
  ++*(unsigned *)user;
  return true;
}

static void
wait_for_checkpoint (Fixture *self, uint64_t ticket)
{
  WEIR_LOCKED (&self->lock);

  while (self->checkpoint < ticket && self->failure == NULL)
    pthread_cond_wait (&self->changed, &self->lock);
  g_assert_null (self->failure);
}

#define N 3000

/* What is durable gets into the book and onto disk; a new start goes on from there. */
static void
test_follows_the_log (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  uint64_t ticket = 0, before = 0;
  unsigned n = 0;

  for (unsigned run = 0; run < 3; run++) {
    self->checkpoint_bytes = run == 0 ? 1 : run == 1 ? UINT64_MAX : 30000;
    start (self);
    for (uint64_t id = 1; id <= N; id++)
      ticket = create (self, run * N + id);
    if (run == 0) {
      wait_for_checkpoint (self, ticket);
      g_assert_cmpuint (weir_applier_get_applied (self->applier), >=, ticket);
    }
    if (run == 1)
      g_assert_cmpuint (self->checkpoint, <, ticket);
    stop (self);
    /* So little is written at an orderly end. */
    g_assert_cmpuint (self->checkpoint, >=, ticket);
    if (run == 2)
      g_assert_cmpuint (self->n_checkpoints, <=, (ticket - before) / self->checkpoint_bytes + 3);
    self->n_checkpoints = 0;
    before = ticket;
  }

  self->checkpoint_bytes = 0;
  start (self);
  weir_book_each_flowfile (self->book, check_image, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 3 * N);
  stop (self);
}

/* Others read what has been applied while more is applied and written. */
typedef struct {
  Fixture *fixture;
  _Atomic uint64_t last_id; /* with its ticket applied */
  _Atomic bool is_ending;
} Reading;

static void *
read_all_the_time (void *data)
{
  Reading *reading = data;
  unsigned n = 0;

  while (!reading->is_ending) {
    uint64_t last = reading->last_id;
    uint64_t ids[3] = { 1, (1 + last) / 2, last };
    g_autoptr (GError) error = NULL;

    if (last < 3)
      continue;
    weir_book_read (reading->fixture->book, ids, 3, check_image, &n, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (n, >, 0);
  return NULL;
}

static void
test_is_read_meanwhile (Fixture *self, const void *data)
{
  Reading reading = { .fixture = self };
  pthread_t thread;

  start (self);
  g_assert_cmpint (pthread_create (&thread, NULL, read_all_the_time, &reading), ==, 0);
  for (uint64_t id = 1; id <= 300; id++) {
    uint64_t ticket = 0;

    for (uint64_t i = 1; i <= 10; i++)
      ticket = create (self, 10 * id + i - 10);
    wait_for_checkpoint (self, ticket);
    reading.last_id = 10 * id;
  }
  reading.is_ending = true;
  pthread_join (thread, NULL);
  stop (self);
}

#define VERY_LONG 1000000000u /* milliseconds */

/* What is durable waits for a batch to be full, but nobody who waits for it does, nor the end. */
static void
test_waits_for_a_batch (Fixture *self, const void *data)
{
  uint64_t ticket = 0;

  self->patience_msec = VERY_LONG;
  self->batch_bytes = 20 * 4096;
  self->checkpoint_bytes = UINT64_MAX;
  start (self);
  for (uint64_t id = 1; id <= 3; id++) {
    ticket = create (self, id);
    g_assert_true (weir_log_wait (self->log->log, ticket, NULL));
    g_assert_true (weir_applier_wait (self->applier, ticket));
  }
  for (uint64_t id = 4; id <= 7; id++) {
    ticket = create (self, id);
    g_assert_true (weir_log_wait (self->log->log, ticket, NULL));
  }
  /* The last was at once behind what somebody waited for. */
  g_assert_cmpuint (weir_applier_get_applied (self->applier), <, ticket);
  for (uint64_t id = 8; id <= 40; id++) {
    uint64_t later = create (self, id);

    g_assert_true (weir_log_wait (self->log->log, later, NULL));
  }
  while (weir_applier_get_applied (self->applier) < ticket)
    sched_yield ();
  stop (self);
  g_assert_cmpuint (self->n_checkpoints, ==, 1);
}

/* A batch that is not full is taken after a while. */
static void
test_does_not_wait_for_ever (Fixture *self, const void *data)
{
  self->patience_msec = 1;
  start (self);
  for (uint64_t id = 1; id <= 20; id++)
    wait_for_checkpoint (self, create (self, id));
  stop (self);
}

static void
wait_for_failure (Fixture *self, const char *part)
{
  WEIR_LOCKED (&self->lock);

  while (self->failure == NULL)
    pthread_cond_wait (&self->changed, &self->lock);
  g_assert_nonnull (strstr (self->failure, part));
}

static void
test_stops_at_a_malformed_entry (Fixture *self, const void *data)
{
  start (self);
  weir_entry_writer_begin (&self->writer, 0);
  weir_entry_write_drop (&self->writer, 77);
  append (self);
  wait_for_failure (self, "FlowFile 77 is dropped");
  create (self, 1);
  stop (self);
}

static void
test_stops_when_the_disk_fails (Fixture *self, const void *data)
{
  start (self);
  failing_fs_init (&self->failing, 1, EIO, false);
  create (self, 1);
  wait_for_failure (self, "cannot");
  failing_fs_init (&self->failing, 0, 0, false);
  stop (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/applier/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("follows", test_follows_the_log);
  ADD ("read", test_is_read_meanwhile);
  ADD ("batch", test_waits_for_a_batch);
  ADD ("patience", test_does_not_wait_for_ever);
  ADD ("malformed", test_stops_at_a_malformed_entry);
  ADD ("disk", test_stops_when_the_disk_fails);
  return g_test_run ();
}
