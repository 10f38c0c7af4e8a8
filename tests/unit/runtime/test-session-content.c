/* Tests engine/runtime/session-content.c: content that leaves through a descriptor, as a whole and
 * in parts, whatever it is kept in. */
#include "kit.h"

#include "base/limits.h"
#include "support/nameless.h"

#include <string.h>
#include <unistd.h>

static size_t to_make; /* bytes of the one FlowFile; SIZE_MAX: it is made */
static unsigned n_undone;

static char
byte_at (uint64_t offset)
{
  return (char)(offset * 7 + offset / 251);
}

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  size_t size = to_make;
  g_autofree char *content = NULL;
  WeirFlowFile *flowfile;

  if (size == SIZE_MAX)
    return true;
  content = g_malloc (size + 1);
  for (size_t i = 0; i < size; i++)
    content[i] = byte_at (i);
  flowfile = weir_session_create (session);
  g_assert_true (weir_session_set_content (session, flowfile, content, size, NULL));
  weir_session_transfer (session, flowfile, 0);
  to_make = SIZE_MAX;
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);

static int
open_scratch (void)
{
  int fd = open (g_get_tmp_dir (), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
assert_holds (int fd, uint64_t offset, size_t size)
{
  g_autofree char *content = g_malloc (size + 1);

  g_assert_cmpint (pread (fd, content, size + 1, 0), ==, (ssize_t)size);
  for (size_t i = 0; i < size; i++)
    g_assert_cmpint (content[i], ==, byte_at (offset + i));
}

/* Returns: (transfer full): a kit that has run @trigger with a FlowFile of @size bytes. */
static Kit *
run (const WeirProcessor *type, size_t size)
{
  Kit *kit = kit_new_by_hand ();

  to_make = size;
  n_undone = 0;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "test", type);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "test");
  kit_connect (kit, "test", "success", "end");
  kit_start (kit);
  kit_run (kit);
  return kit;
}

static const size_t sizes[] = { 0, 1, 5000, 3 * WEIR_LIMIT_CONTENT_INLINE,
                                WEIR_LIMIT_CONTENT_SHARED + 4711 };

static bool
on_export (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session), *slice;
  WEIR_AUTO_FD int whole = open_scratch (), parts = open_scratch (), of_slice = open_scratch ();
  uint64_t size, step;

  if (flowfile == NULL)
    return true;
  size = weir_flowfile_get_size (flowfile);
  step = size / 3 + 1;
  g_assert_true (weir_session_export (session, flowfile, whole, NULL));
  assert_holds (whole, 0, size);

  for (uint64_t at = 0; at < size; at += step)
    g_assert_true (
        weir_session_export_part (session, flowfile, at, MIN (step, size - at), parts, NULL));
  g_assert_true (weir_session_export_part (session, flowfile, size, 0, parts, NULL));
  assert_holds (parts, 0, size);

  slice = weir_session_slice (session, flowfile, size / 4, size / 2);
  g_assert_true (weir_session_export_part (session, slice, size / 8, size / 8, of_slice, NULL));
  assert_holds (of_slice, size / 4 + size / 8, size / 8);
  weir_session_remove (session, slice);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor export = KIT_PROCESSOR ("Export", on_export);

static void
test_whole_and_in_parts (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Kit) kit = run (&export, sizes[i]);

    g_assert_null (kit_message (kit));
    g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  }
}

/* One trigger for each way to ask for what is not there. */
static bool
on_ask_for_more (void *state, WeirSession *session, GError **error)
{
  static const struct {
    uint64_t offset, size;
  } ranges[] = { { 0, 101 }, { 101, 0 }, { 50, 51 }, { 1, UINT64_MAX }, { UINT64_MAX, 1 } };
  WeirFlowFile *flowfile = weir_session_get (session);
  unsigned i = n_undone;

  if (flowfile == NULL)
    return true;
  if (i < G_N_ELEMENTS (ranges)) {
    n_undone++;
    g_assert_false (weir_session_export_part (session, flowfile, ranges[i].offset, ranges[i].size,
                                              STDERR_FILENO, NULL));
  }
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor ask_for_more = KIT_PROCESSOR ("AskForMore", on_ask_for_more);

static void
test_range (void)
{
  g_autoptr (Kit) kit = run (&ask_for_more, 100);

  for (unsigned i = 1; i <= 5; i++) {
    g_assert_cmpuint (kit->messages->len, ==, i);
    g_assert_nonnull (strstr (kit_message (kit), "beyond the end"));
    g_assert_cmpuint (kit_count (kit, 1), ==, 0);
    kit_advance (kit, 60 * G_USEC_PER_SEC); /* the penalty */
  }
  g_assert_cmpuint (kit->messages->len, ==, 5);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
}

/* What has a file of its own; the FlowFile goes on as it was. */
static bool
on_give (void *state, WeirSession *session, GError **error)
{
  WEIR_AUTO_FD int directory = open (g_get_tmp_dir (), O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *name = g_strdup_printf (".weir-given-%d", getpid ());
  WeirFlowFile *flowfile = weir_session_get (session);
  uint64_t size;

  if (flowfile == NULL)
    return true;
  size = weir_flowfile_get_size (flowfile);
  if (size > WEIR_LIMIT_CONTENT_SHARED && nameless_gets_name ()) {
    WEIR_AUTO_FD int given = weir_session_give (session, flowfile, directory, name);

    assert_holds (given, 0, size);
    g_assert_cmpint (unlinkat (directory, name, 0), ==, 0);
  } else {
    g_assert_cmpint (weir_session_give (session, flowfile, directory, name), ==, -1);
  }
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor give = KIT_PROCESSOR ("Give", on_give);

static void
test_give (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Kit) kit = run (&give, sizes[i]);

    g_assert_null (kit_message (kit));
    g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  nameless_begin ();
  g_test_add_func ("/session-content/whole and in parts", test_whole_and_in_parts);
  g_test_add_func ("/session-content/range", test_range);
  g_test_add_func ("/session-content/give", test_give);
  return g_test_run ();
}
