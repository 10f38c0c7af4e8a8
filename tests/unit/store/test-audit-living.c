/* test-audit-living.c: counting what is in a directory while an engine works there. What is counted
 * is what there was at some moment: sessions are in it whole, in order, or not at all (invariant
 * 15). */
#include "store/audit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <weir/error.h>

#include "scratch.h"
#include "store/data.h"
#include "store/entry.h"
#include "store/identity.h"

#define BATCH 3u

typedef struct {
  char *directory;
  WeirData *data;
  WeirEntryWriter writer;
  pthread_t thread;
  uint64_t next;   /* id of the next FlowFile */
  uint64_t oldest; /* of the oldest one */
  _Atomic bool is_over;
} Engine;

static void
on_durable (void *data, uint64_t durable)
{
}

static void
on_failure (void *data, const GError *error)
{
  g_error ("%s", error->message);
}

static uint64_t
append (Engine *self)
{
  return weir_data_append (self->data, G_USEC_PER_SEC, self->writer.start,
                           weir_entry_writer_get_size (&self->writer), NULL);
}

/* A session that brings a batch, and from the tenth on ends an old one. */
static uint64_t
work (Engine *self)
{
  static const char more[400];
  WeirContentRef none = { .where = WEIR_WHERE_NONE };

  weir_entry_writer_begin (&self->writer, 0);
  if (self->next == 1)
    weir_entry_write_number (&self->writer, WEIR_OP_QUEUE, 1, "here:success>there");
  for (unsigned i = 0; i < BATCH; i++) {
    weir_entry_write_create (&self->writer, self->next++, 1, false);
    weir_entry_write_attributes (&self->writer, NULL, 0, NULL, 0);
    weir_entry_write_content (&self->writer, &none, NULL);
  }
  if (self->next > 10 * BATCH)
    for (unsigned i = 0; i < BATCH; i++)
      weir_entry_write_drop (&self->writer, self->oldest++);
  weir_entry_write_state (&self->writer, 0, "some", more);
  return append (self);
}

static void *
run (void *data)
{
  Engine *self = data;

  /* What is not applied yet would have to be read each time. */
  for (unsigned i = 1; !atomic_load (&self->is_over); i++) {
    uint64_t ticket = work (self);

    if (i % 100 == 0)
      g_assert_true (weir_data_wait_applied (self->data, ticket));
  }
  return NULL;
}

static Engine *
engine_new (void)
{
  Engine *self = g_new0 (Engine, 1);
  WeirDataOptions options = { .owner = "Living",
                              .durability = WEIR_DURABILITY_PROCESS,
                              .segment_size = 256 * 1024,
                              .checkpoint_bytes = 512 * 1024,
                              .on_durable = on_durable,
                              .on_failure = on_failure };
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("weir-living-XXXXXX", NULL);
  self->next = self->oldest = 1;
  weir_entry_writer_init (&self->writer);
  options.directory = self->directory;
  self->data = weir_data_open (&options, &error);
  g_assert_no_error (error);
  g_assert_true (weir_data_start (self->data, &error));
  return self;
}

static void
engine_free (Engine *self)
{
  weir_data_free (self->data);
  weir_entry_writer_clear (&self->writer);
  scratch_remove (self->directory);
  g_free (self->directory);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Engine, engine_free)

static WeirAudit *
count (Engine *self)
{
  WeirAuditOptions options = { .directory = self->directory, .only_counts = true };
  g_autoptr (GError) error = NULL;
  WeirAudit *audit = weir_audit_open (&options, &error);

  g_assert_no_error (error);
  weir_audit_read (audit, &error);
  g_assert_no_error (error);
  return audit;
}

static void
test_what_is_there (void)
{
  g_autoptr (Engine) self = engine_new ();
  g_autoptr (WeirAudit) audit = NULL;
  const WeirAuditQueue *queue;
  int64_t wall;

  for (unsigned i = 0; i < 5; i++)
    work (self);
  g_assert_true (weir_data_wait_applied (self->data, weir_data_get_appended (self->data)));
  audit = count (self);
  g_assert_cmpuint (weir_audit_get_figures (audit)->n_flowfiles, ==, 5 * BATCH);
  g_assert_cmpuint (weir_audit_get_queues (audit)->len, ==, 1);
  queue = weir_audit_get_queues (audit)->pdata[0];
  g_assert_cmpuint (queue->n_flowfiles, ==, 5 * BATCH);
  g_assert_nonnull (strstr (weir_audit_get_user (audit, &wall), "Living"));
  g_assert_cmpint (wall, ==, G_USEC_PER_SEC);
}

/* While snapshots are made and segments written over under the eyes of who counts. */
static void
test_while_it_works (void)
{
  g_autoptr (Engine) self = engine_new ();
  uint64_t most = 0;

  g_assert_cmpint (pthread_create (&self->thread, NULL, run, self), ==, 0);
  for (unsigned i = 0; i < 100; i++) {
    g_autoptr (WeirAudit) audit = count (self);
    uint64_t n = weir_audit_get_figures (audit)->n_flowfiles;

    g_assert_cmpuint (n % BATCH, ==, 0);
    g_assert_cmpuint (n, <=, 10 * BATCH);
    g_assert_cmpuint (weir_audit_get_findings (audit)->len, ==, 0);
    most = MAX (most, n);
  }
  atomic_store (&self->is_over, true);
  pthread_join (self->thread, NULL);
  g_assert_cmpuint (most, >=, 9 * BATCH);
}

/* Nobody is there: damage is damage. */
static void
test_at_rest (void)
{
  g_autoptr (Engine) self = engine_new ();
  WeirAuditOptions options = { .directory = self->directory };
  g_autofree char *file =
      g_build_filename (self->directory, "snapshot/000000009999.manifest", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirAudit) audit = NULL;
  int64_t wall;

  work (self);
  g_assert_null (weir_audit_open (&options, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "Living"));
  g_assert_nonnull (strstr (error->message, "weir data stat"));

  g_clear_pointer (&self->data, weir_data_free);
  g_assert_true (g_file_set_contents (file, "weir manifest 1\n", -1, NULL));
  audit = count (self);
  g_assert_null (weir_audit_get_user (audit, &wall));
  g_assert_cmpuint (weir_audit_get_figures (audit)->n_flowfiles, ==, BATCH);
  g_assert_true (weir_audit_is_damaged (audit));
}

static void *
look_all_the_time (void *data)
{
  Engine *self = data;

  while (!atomic_load (&self->is_over)) {
    WeirIdentity identity = WEIR_IDENTITY_INIT;
    g_autofree char *user = NULL;

    g_assert_true (weir_identity_look (&identity, self->directory, NULL, &user, NULL));
  }
  return NULL;
}

/* Whoever looks keeps no engine from starting. */
static void
test_lock (void)
{
  g_autoptr (Engine) self = engine_new ();

  g_clear_pointer (&self->data, weir_data_free);
  g_assert_cmpint (pthread_create (&self->thread, NULL, look_all_the_time, self), ==, 0);
  for (unsigned i = 0; i < 500; i++) {
    WeirIdentity identity = WEIR_IDENTITY_INIT;
    g_autoptr (GError) error = NULL;

    weir_identity_open (&identity, self->directory, "next", false, NULL, &error);
    g_assert_no_error (error);
    weir_identity_close (&identity);
  }
  atomic_store (&self->is_over, true);
  pthread_join (self->thread, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit-living/what-is-there", test_what_is_there);
  g_test_add_func ("/audit-living/while-it-works", test_while_it_works);
  g_test_add_func ("/audit-living/at-rest", test_at_rest);
  g_test_add_func ("/audit-living/lock", test_lock);
  return g_test_run ();
}
