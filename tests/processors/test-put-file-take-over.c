/* Tests PutFile where nothing is connected to success: a large content then becomes the file and is
 * not copied, which must be seen in nothing but the bytes that the process writes. */
#include "putting.h"
#include "support/nameless.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SIZE    ((size_t)5 * 1024 * 1024 + 3)
#define NOBODY  65534
#define ANOTHER 12345

static char *
make_content (void)
{
  char *content = g_malloc (SIZE + 1);

  for (size_t i = 0; i < SIZE; i++)
    content[i] = (char)('a' + (i * 7 >> 3 ^ i >> 13) % 26);
  content[SIZE] = '\0';
  return content;
}

/* So many bytes this process has written so far; 0 where the system does not count them. */
static uint64_t
get_written (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/io", &text, NULL, NULL))
    return 0;
  line = strstr (text, "wchar: ");
  return line != NULL ? g_ascii_strtoull (line + strlen ("wchar: "), NULL, 10) : 0;
}

/* Returns: (transfer full). */
static WeirHarness *
last_new (const Scratch *scratch)
{
  WeirHarness *h = putting_new (scratch);

  weir_harness_auto_terminate (h, "success");
  return h;
}

static struct stat
look_at (const Scratch *scratch, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return status;
}

static void
assert_written (const Scratch *scratch, uint64_t before, bool copied)
{
  g_autofree char *path = scratch_path (scratch, "out/large");

  /* What has labels is copied in any case. */
  if (nameless_gets_name () && before > 0 && listxattr (path, NULL, 0) <= 0)
    g_assert_cmpint (get_written () - before >= SIZE, ==, copied);
  else
    g_printerr ("# nothing can be taken over here: only the files were tested\n");
}

static void
test_takes_over (void)
{
  for (unsigned i = 0; i < 4; i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;
    g_autofree char *content = make_content ();
    int64_t now = g_get_real_time () / G_USEC_PER_SEC;
    struct stat status;
    uint64_t before;

    scratch_init (&scratch);
    umask (022);
    h = last_new (&scratch);
    weir_harness_set (h, "Sync to Disk", i % 2 == 0 ? "true" : "false");
    if (i >= 2) {
      weir_harness_set (h, "Permissions", "rwxr-x--x");
      weir_harness_set (h, "Last Modified Time", "2023-11-14T22:13:20+0000");
    }
    weir_harness_push (h, content, SIZE, "filename", "large", NULL);
    before = get_written ();
    g_assert_cmpuint (weir_harness_run (h, 9), >=, 1);
    assert_written (&scratch, before, false);
    weir_harness_assert_drained (h);
    scratch_assert_list (&scratch, "out", "large");
    scratch_assert_content (&scratch, "out/large", content);
    status = look_at (&scratch, "out/large");
    g_assert_cmpuint (status.st_nlink, ==, 1);
    g_assert_cmpuint (status.st_mode & 07777, ==, i < 2 ? 0644 : 0751);
    if (i < 2)
      g_assert_cmpint (status.st_mtime, >=, now - 1);
    else
      g_assert_cmpint (status.st_mtime, ==, 1700000000);
  }
}

/* Who comes behind reads the content: it must not be somebody else's file. */
static void
test_copies_for_who_comes_behind (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *content = make_content ();
  const WeirFlowFile *out;
  uint64_t before;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  weir_harness_push (h, content, SIZE, "filename", "large", NULL);
  before = get_written ();
  g_assert_cmpuint (weir_harness_run (h, 9), >=, 1);
  assert_written (&scratch, before, true);
  scratch_assert_content (&scratch, "out/large", content);
  scratch_append (&scratch, "out/large", "more");
  scratch_write (&scratch, "out/large", "other", -1);
  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, content);
}

static void
test_refused (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *content = make_content ();
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = last_new (&scratch);
  weir_harness_push (h, content, SIZE, "filename", "large", NULL);
  weir_harness_push (h, content, SIZE, "filename", "large", NULL);
  weir_harness_run (h, 9);
  out = weir_harness_pull (h, "failure");
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, content);
  g_assert_null (weir_harness_pull (h, "failure"));
  scratch_assert_list (&scratch, "out", "large");
  scratch_assert_content (&scratch, "out/large", content);
}

/* What was undone, or has to be finished by the next run, is done once all the same. */
static void
test_crash (void)
{
  for (unsigned is_durable = 0; is_durable < 2; is_durable++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;
    g_autofree char *content = make_content ();

    scratch_init (&scratch);
    h = last_new (&scratch);
    weir_harness_push (h, "", 0, "filename", "first", NULL);
    weir_harness_run (h, 9); /* whose files they are */
    weir_harness_delay (h);
    weir_harness_push (h, content, SIZE, "filename", "large", NULL);
    weir_harness_sync (h, 9);
    g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
    g_assert_false (scratch_has (&scratch, "out/large"));
    if (is_durable != 0)
      weir_harness_sync (h, 0);
    weir_harness_crash (h);
    for (unsigned i = 0; i < 9; i++) {
      weir_harness_run (h, 9);
      weir_harness_sync (h, 9);
    }
    scratch_assert_list (&scratch, "out", "first large");
    scratch_assert_content (&scratch, "out/large", content);
    g_assert_cmpuint (look_at (&scratch, "out/large").st_nlink, ==, 1);
    weir_harness_assert_drained (h);
  }
}

/* As a file that is made there. */
static void
test_group_of_the_directory (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *content = make_content ();
  g_autofree char *out = NULL;

  if (getuid () != 0) {
    g_test_skip ("only root can give a directory away");
    return;
  }
  scratch_init (&scratch);
  out = scratch_path (&scratch, "out");
  scratch_write (&scratch, "out/x", "", 0);
  g_assert_cmpint (chown (out, (uid_t)-1, NOBODY), ==, 0);
  g_assert_cmpint (chmod (out, 02775), ==, 0);
  h = last_new (&scratch);
  weir_harness_push (h, content, SIZE, "filename", "large", NULL);
  weir_harness_run (h, 9);
  scratch_assert_content (&scratch, "out/large", content);
  g_assert_cmpuint (look_at (&scratch, "out/large").st_gid, ==, NOBODY);
}

typedef struct {
  uint16_t tag;
  uint16_t permissions;
  uint32_t id;
} Access;

typedef struct {
  uint32_t version;
  Access entries[5];
} AccessList;

/* Such a list goes to what is made in a directory, and to nothing else. */
static void
test_access_list_of_the_directory (void)
{
  static const AccessList list = {
    2, { { 1, 7, -1 }, { 2, 6, ANOTHER }, { 4, 5, -1 }, { 0x10, 7, -1 }, { 0x20, 0, -1 } }
  };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *content = make_content ();
  g_autofree char *out = NULL, *large = NULL;

  scratch_init (&scratch);
  out = scratch_path (&scratch, "out");
  large = scratch_path (&scratch, "out/large");
  scratch_write (&scratch, "out/x", "", 0);
  if (setxattr (out, "system.posix_acl_default", &list, sizeof list, 0) < 0) {
    g_test_skip ("there are no access lists here");
    return;
  }
  h = last_new (&scratch);
  weir_harness_push (h, content, SIZE, "filename", "large", NULL);
  weir_harness_run (h, 9);
  scratch_assert_content (&scratch, "out/large", content);
  g_assert_cmpint (getxattr (large, "system.posix_acl_access", NULL, 0), ==, sizeof list);
}

static void
run_elsewhere (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = last_new (scratch);
  g_autofree char *content = make_content ();

  if (!scratch_mount (scratch, "out", 2 * SIZE)) {
    g_printerr ("# no mounts here: another file system was not tested\n");
    return;
  }
  weir_harness_push (h, content, SIZE, "filename", "large", NULL);
  weir_harness_run (h, 9);
  weir_harness_assert_drained (h);
  scratch_assert_list (scratch, "out", "large");
  scratch_assert_content (scratch, "out/large", content);
}

static void
test_another_file_system (void)
{
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_in_child (&scratch, run_elsewhere);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  nameless_begin ();
  g_test_add_func ("/put-file/takes over", test_takes_over);
  g_test_add_func ("/put-file/copies for who comes behind", test_copies_for_who_comes_behind);
  g_test_add_func ("/put-file/refused as it was", test_refused);
  g_test_add_func ("/put-file/taken over before a crash", test_crash);
  g_test_add_func ("/put-file/group of the directory", test_group_of_the_directory);
  g_test_add_func ("/put-file/access list of the directory", test_access_list_of_the_directory);
  g_test_add_func ("/put-file/another file system", test_another_file_system);
  return g_test_run ();
}
