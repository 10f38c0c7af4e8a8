/* test-hollow.c: what small contents that stay keep on the disk, and that they stay whole. Guards
 * invariants 22 and 24. */
#include <sys/stat.h>
#include <weir/error.h>

#include "scratch.h"
#include "store/audit.h"
#include "store/claim.h"
#include "store/content-durable.h"
#include "store/content-reader.h"
#include "store/data.h"
#include "store/segment.h"

#define SEGMENT UINT64_C (65536)
#define N_STAY  40u

typedef struct {
  uint64_t id;
  uint32_t seed; /* of its bytes */
  size_t size;   /* likewise */
  WeirContent content;
} Live;

typedef struct {
  char *directory;
  char *log;
  WeirData *data;
  WeirEntryWriter writer;
  WeirEntryReader reader;
  GArray *live; /* Live */
  uint64_t next;
  uint32_t next_seed;
} World;

static void
on_durable (void *data, uint64_t durable)
{
}

static void
on_failure (void *data, const GError *error)
{
  g_error ("%s", error->message);
}

static void
fill (char *bytes, uint32_t seed, size_t size)
{
  for (size_t i = 0; i < size; i++)
    bytes[i] = (char)((seed * 31 + (uint32_t)i) * UINT32_C (2654435761) >> 19);
}

static void
assert_whole (const WeirContent *content, const Live *live)
{
  g_autofree char *expected = g_malloc (live->size);
  g_autofree char *found = g_malloc (live->size + 1);
  g_autoptr (GError) error = NULL;
  WeirContentReader reader;

  fill (expected, live->seed, live->size);
  weir_content_reader_init (&reader, content);
  g_assert_cmpint (weir_content_reader_read (&reader, found, live->size + 1, &error), ==,
                   live->size);
  g_assert_no_error (error);
  g_assert_cmpmem (found, live->size, expected, live->size);
  weir_content_reader_clear (&reader);
}

static bool
take_over (void *user, const WeirImage *image, GError **error)
{
  World *self = user;

  for (guint i = 0; i < self->live->len; i++) {
    Live *live = &g_array_index (self->live, Live, i);

    if (live->id == image->id) {
      g_assert_null (live->content.claim);
      g_assert_true (weir_data_open_content (self->data, &image->content, &live->content, error));
      return true;
    }
  }
  g_assert_not_reached ();
}

static void
open_data (World *self)
{
  WeirDataOptions options = { .directory = self->directory,
                              .owner = "test",
                              .durability = WEIR_DURABILITY_PROCESS,
                              .segment_size = SEGMENT,
                              .checkpoint_bytes = 4 * SEGMENT,
                              .on_durable = on_durable,
                              .on_failure = on_failure };
  g_autoptr (GError) error = NULL;

  self->data = weir_data_open (&options, &error);
  g_assert_no_error (error);
  g_assert_true (weir_data_each_flowfile (self->data, take_over, self, &error));
  g_assert_true (weir_data_start (self->data, &error));
}

/* As the end of a process does: what is live stays. */
static void
close_data (World *self)
{
  weir_data_stop (self->data);
  for (guint i = 0; i < self->live->len; i++)
    weir_content_clear (&g_array_index (self->live, Live, i).content);
  g_clear_pointer (&self->data, weir_data_free);
}

static World *
world_new (void)
{
  World *self = g_new0 (World, 1);

  self->directory = g_dir_make_tmp ("weir-hollow-XXXXXX", NULL);
  self->log = g_build_filename (self->directory, "log", NULL);
  self->live = g_array_new (FALSE, FALSE, sizeof (Live));
  self->next = self->next_seed = 1;
  weir_entry_writer_init (&self->writer);
  open_data (self);
  return self;
}

static void
world_free (World *self)
{
  if (self->data != NULL)
    close_data (self);
  weir_entry_writer_clear (&self->writer);
  g_array_unref (self->live);
  scratch_remove (self->directory);
  g_free (self->directory);
  g_free (self->log);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static uint64_t
append (World *self)
{
  uint64_t place;

  weir_data_append (self->data, 1, self->writer.start, weir_entry_writer_get_size (&self->writer),
                    &place);
  return place;
}

/* An entry that creates a FlowFile with @live->content. */
static void
create (World *self, Live *live)
{
  WeirContentRef ref;
  const void *bytes = weir_content_describe (&live->content, &ref);
  size_t at;

  live->id = self->next++;
  weir_entry_writer_begin (&self->writer, 0);
  if (live->id == 1)
    weir_entry_write_number (&self->writer, WEIR_OP_QUEUE, 1, "here:success>there");
  weir_entry_write_create (&self->writer, live->id, 1, false);
  weir_entry_write_attributes (&self->writer, NULL, 0, NULL, 0);
  at = weir_entry_write_content (&self->writer, &ref, bytes);
  if (bytes != NULL)
    weir_claim_set_place (live->content.claim, append (self) + at);
  else
    append (self);
  g_array_append_val (self->live, *live);
}

static void
make (World *self, size_t size)
{
  Live live = { .seed = self->next_seed++, .size = size };
  g_autofree char *bytes = g_malloc (size);

  fill (bytes, live.seed, size);
  g_assert_true (weir_content_store_put (weir_data_get_contents (self->data), bytes, size,
                                         &live.content, NULL));
  create (self, &live);
}

static void
make_clone (World *self, guint index)
{
  Live live = g_array_index (self->live, Live, index);

  live.content = weir_content_ref (&live.content);
  create (self, &live);
}

static void
drop (World *self, guint index)
{
  Live *live = &g_array_index (self->live, Live, index);

  weir_entry_writer_begin (&self->writer, 0);
  weir_entry_write_drop (&self->writer, live->id);
  append (self);
  weir_content_clear (&live->content);
  g_array_remove_index_fast (self->live, index);
}

static uint64_t
count_bytes (World *self)
{
  g_autoptr (GDir) names = g_dir_open (self->log, 0, NULL);
  const char *name;
  uint64_t bytes = 0;

  while ((name = g_dir_read_name (names)) != NULL) {
    g_autofree char *path = g_build_filename (self->log, name, NULL);
    struct stat status;

    if (stat (path, &status) == 0)
      bytes += (uint64_t)status.st_blocks * 512;
  }
  return bytes;
}

/* Each from the disk, as a restart would see it. */
static void
check_all (World *self)
{
  for (guint i = 0; i < self->live->len; i++) {
    const Live *live = &g_array_index (self->live, Live, i);
    g_autoptr (GError) error = NULL;
    WeirContentRef ref;
    WeirContent content;

    weir_content_describe (&live->content, &ref);
    g_assert_true (weir_data_open_content (self->data, &ref, &content, &error));
    assert_whole (&content, live);
    weir_content_clear (&content);
  }
}

static void
settle (World *self)
{
  g_assert_true (weir_data_wait_applied (self->data, weir_data_get_appended (self->data)));
  weir_content_store_settle (weir_data_get_contents (self->data));
}

/* One in @share stays, up to N_STAY. */
static void
work (World *self, unsigned n, unsigned share)
{
  for (unsigned i = 0; i < n; i++) {
    make (self, (size_t)g_test_rand_int_range (1, 6000));
    if (i % share != 0 || self->live->len > N_STAY)
      drop (self, self->live->len - 1);
  }
  settle (self);
}

static void
check_audit (World *self)
{
  WeirAuditOptions options = { .directory = self->directory };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirAudit) audit = weir_audit_open (&options, &error);

  g_assert_no_error (error);
  g_assert_true (weir_audit_read (audit, &error) && weir_audit_verify (audit, &error));
  for (guint i = 0; i < weir_audit_get_findings (audit)->len; i++) {
    const WeirFinding *finding = weir_audit_get_findings (audit)->pdata[i];

    g_error ("%s: %s", finding->file, finding->what);
  }
  g_assert_cmpuint (weir_audit_get_figures (audit)->n_flowfiles, ==, self->live->len);
}

static bool
is_in_hollow (World *self, const Live *live)
{
  WeirSegmentFolder folder = { self->log, 0, SEGMENT, NULL };
  WeirContentRef ref;

  weir_content_describe (&live->content, &ref);
  return weir_segment_is_hollow (&folder, ref.start / SEGMENT);
}

/* Snapshots and what follows from them come when they come: the flow goes on until they have. */
static void
assert_becomes_less (World *self, uint64_t bytes)
{
  for (unsigned round = 0; count_bytes (self) >= bytes; round++) {
    g_assert_cmpuint (round, <, 100);
    work (self, 50, 1000);
  }
}

/* Forty contents that stay, in about as many segments. */
static void
test_little_is_held (void)
{
  g_autoptr (World) self = world_new ();

  work (self, N_STAY * 40, 40);
  g_assert_cmpuint (self->live->len, >=, N_STAY);
  assert_becomes_less (self, N_STAY * SEGMENT / 2);
  g_assert_true (is_in_hollow (self, &g_array_index (self->live, Live, 0)));
  check_all (self);
  close_data (self);
  check_audit (self);

  open_data (self);
  check_all (self);
  while (self->live->len > 0)
    drop (self, 0);
  assert_becomes_less (self, N_STAY * SEGMENT / 2);
}

/* What comes and goes in any order, is cloned, and survives restarts. */
static void
test_at_random (void)
{
  g_autoptr (World) self = world_new ();

  for (unsigned round = 0; round < 12; round++) {
    for (unsigned i = 0; i < 300; i++) {
      guint index =
          self->live->len > 0 ? (guint)g_test_rand_int_range (0, (gint32)self->live->len) : 0;
      gint32 dice = g_test_rand_int_range (0, 10);

      if (self->live->len < 10 || dice < 4)
        make (self, (size_t)g_test_rand_int_range (1, dice == 0 ? 8192 : 2000));
      else if (dice == 4)
        make_clone (self, index);
      else
        drop (self, index);
    }
    work (self, 100, 1000);
    check_all (self);
    if (round % 3 == 2) {
      close_data (self);
      check_audit (self);
      open_data (self);
    }
  }
}

/* Where most of a segment is needed it stays as it is; the last of these others share. */
static void
test_much_is_left_alone (void)
{
  g_autoptr (World) self = world_new ();

  for (unsigned i = 0; i < 200; i++)
    make (self, 4000);
  for (unsigned round = 0; round < 10; round++)
    work (self, 100, 1000);
  for (guint i = 0; i < 150; i++)
    g_assert_false (is_in_hollow (self, &g_array_index (self->live, Live, i)));
  check_all (self);
  close_data (self);
  check_audit (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hollow/little-is-held", test_little_is_held);
  g_test_add_func ("/hollow/at-random", test_at_random);
  g_test_add_func ("/hollow/much-is-left-alone", test_much_is_left_alone);
  return g_test_run ();
}
