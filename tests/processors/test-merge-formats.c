/* Tests what MergeContent writes: content with delimiters, archives, attributes. Archives are read
 * back by the system's own programs. */
#include "merge.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
test_delimiter_texts (void)
{
  g_autoptr (WeirHarness) h = merge_content ("Delimiter Strategy", "Text", "Header", "<${k}|",
                                             "Demarcator", ", ", "Footer", ">\n", NULL);

  push_with (h, "a", "k", "first");
  push_with (h, "b", "k", "second");
  push_with (h, "", "k", "third");
  weir_harness_run (h, 10);
  pull_merged (h, "<first|a, b, >\n", "MIN_THRESHOLDS_REACHED");
  push_each (h, "c");
  weir_harness_run (h, 10);
  pull_merged (h, "<|c>\n", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 4);
}

static void
test_no_delimiters (void)
{
  g_autoptr (WeirHarness) h = merge_content ("Header", "<", "Demarcator", ",", "Footer", ">", NULL);

  push_each (h, "ab");
  weir_harness_run (h, 10);
  pull_merged (h, "ab", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 2);
}

typedef struct {
  char *path;
} Folder;

static void
folder_clear (Folder *folder)
{
  const char *const argv[] = { "rm", "-rf", folder->path, NULL };

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (folder->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Folder, folder_clear)

static char *
in_folder (const Folder *folder, const char *name)
{
  return g_build_filename (folder->path, name, NULL);
}

static void
test_delimiter_files (void)
{
  g_auto (Folder) folder = { g_dir_make_tmp ("weir-XXXXXX", NULL) };
  g_autofree char *path = in_folder (&folder, "comma");
  g_autofree char *absent = in_folder (&folder, "absent");
  g_autofree char *pipe = in_folder (&folder, "pipe");
  g_autoptr (WeirHarness) h = merge_content ("Delimiter Strategy", "Filename", "Demarcator", path,
                                             "Header", "${header}", NULL);

  g_assert_true (g_file_set_contents (path, ", ", -1, NULL));
  g_assert_no_errno (mkfifo (pipe, 0600));
  push_each (h, "ab");
  weir_harness_run (h, 10);
  pull_merged (h, "a, b", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 2);

  /* They wait for somebody to put the file there, and nothing is lost meanwhile. */
  push_with (h, "a", "header", absent);
  push_with (h, "a", "header", absent);
  weir_harness_run (h, 10);
  g_assert_nonnull (strstr (weir_harness_get_error (h), absent));
  g_assert_cmpuint (weir_harness_queued (h), ==, 2);
  g_assert_true (g_file_set_contents (absent, "<", -1, NULL));
  weir_harness_advance (h, 60 * G_USEC_PER_SEC);
  weir_harness_run (h, 10);
  pull_merged (h, "<a, a", "MIN_THRESHOLDS_REACHED");
  assert_done (h, 2);

  push_with (h, "a", "header", pipe);
  weir_harness_run (h, 10);
  g_assert_nonnull (strstr (weir_harness_get_error (h), "not a file"));
}

/* --- archives --- */

/* What @command prints, with the path of @archive as $1 and of a folder as $2; "" when it fails. */
static char *
inspect (WeirHarness *h, const WeirFlowFile *archive, const Folder *folder, const char *command)
{
  g_autofree char *path = in_folder (folder, "archive");
  const char *const argv[] = { "sh", "-c", command, "sh", path, folder->path, NULL };
  char *output = NULL;
  char *complaint = NULL;
  const char *content;
  size_t size;
  int status;

  content = weir_harness_content (h, archive, &size);
  g_assert_true (g_file_set_contents (path, content, (gssize)size, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                               &complaint, &status, NULL));
  if (status != 0 || *complaint != '\0')
    g_test_message ("%s: %s%s", command, output, complaint);
  g_assert_cmpint (status, ==, 0);
  g_free (complaint);
  return output;
}

static void
push_hostile (WeirHarness *h)
{
  weir_harness_push (h, "1", -1, "filename", "../../etc/passwd", "path", "/abs/..//x/./", NULL);
  weir_harness_push (h, "2", -1, "filename", "/", "path", "..", "uuid2", "", NULL);
  weir_harness_push (h, "3", -1, "filename", "a\nb\x1b[1m\\c\xc2\x9b", "path", "./", NULL);
  weir_harness_push (h, "4", -1, "filename", "gr\xc3\xbc\xc3\x9f\xe6\x97\xa5", "path", "d/e", NULL);
  weir_harness_push (h, "5", -1, "filename", "not\xff utf8", "path", "d/e/", NULL);
  weir_harness_push (h, "", 0, "filename", "empty", NULL);
}

#define LIST_ZIP                                                                              \
  "unzip -tq \"$1\" >&2 && python3 -c 'import sys, zipfile\n"                                 \
  "for i in zipfile.ZipFile(sys.argv[1]).infolist(): print(ascii(i.filename), i.file_size)' " \
  "\"$1\""
#define LIST_TAR                                            \
  "tar -tf \"$1\" >&2 && python3 -c 'import sys, tarfile\n" \
  "for i in tarfile.open(sys.argv[1], encoding=\"utf-8\"): print(ascii(i.name), i.size)' \"$1\""

static void
assert_names (const char *format, const char *list, const char *keep_path, const char *expected)
{
  g_auto (Folder) folder = { g_dir_make_tmp ("weir-XXXXXX", NULL) };
  g_autoptr (WeirHarness) h = merge_content ("Merge Format", format, "Keep Path", keep_path, NULL);
  const WeirFlowFile *merged;
  g_autofree char *names = NULL;

  push_hostile (h);
  weir_harness_run (h, 10);
  merged = weir_harness_pull (h, "merged");
  names = inspect (h, merged, &folder, list);
  if (!g_pattern_match_simple (expected, names))
    g_error ("\"%s\" is not like \"%s\"", names, expected);
  assert_done (h, 6);
}

static void
test_names (void)
{
  const char *const without = "'etc/passwd' 1\n'*-*-*-*-*' 1\n"
                              "'a_b_[1m_c_' 1\n'gr\\xfc\\xdf\\u65e5' 1\n'not\\ufffd utf8' 1\n"
                              "'empty' 0\n";
  const char *const with = "'abs/x/etc/passwd' 1\n'*-*-*-*-*' 1\n"
                           "'a_b_[1m_c_' 1\n'd/e/gr\\xfc\\xdf\\u65e5' 1\n"
                           "'d/e/not\\ufffd utf8' 1\n'empty' 0\n";

  assert_names ("ZIP", LIST_ZIP, "false", without);
  assert_names ("ZIP", LIST_ZIP, "true", with);
  assert_names ("TAR", LIST_TAR, "false", without);
  assert_names ("TAR", LIST_TAR, "true", with);
}

static void
test_tar (void)
{
  g_auto (Folder) folder = { g_dir_make_tmp ("weir-XXXXXX", NULL) };
  g_autoptr (WeirHarness) h = merge_content ("Merge Format", "TAR", NULL);
  g_autofree char *large = g_strnfill (300000, 'x');
  g_autofree char *longish = g_strnfill (250, 'n');
  g_autofree char *list = NULL, *copy = NULL, *expected = NULL;
  const WeirFlowFile *merged;

  weir_harness_push (h, "one", -1, "filename", "1", "tar.permissions", "750",
                     "file.lastModifiedTime", "2001-02-03T04:05:06+0100", NULL);
  weir_harness_push (h, large, -1, "filename", longish, "tar.permissions", "999", NULL);
  weir_harness_push (h, "", 0, "filename", "3", "tar.permissions", "777x", "file.lastModifiedTime",
                     "yesterday", NULL);
  weir_harness_run (h, 10);
  merged = weir_harness_pull (h, "merged");
  g_assert_cmpstr (attribute (merged, "mime.type"), ==, "application/tar");
  g_assert_true (g_str_has_suffix (attribute (merged, "filename"), ".tar"));
  list = inspect (h, merged, &folder,
                  "cd \"$2\" && tar -xf archive && TZ=UTC stat -c '%A %s %y %n' 1 nn* 3");
  expected = g_strdup_printf ("-rwxr-x--- 3 2001-02-03 03:05:06.000000000 +0000 1\n"
                              "-rw-r--r-- 300000 2023-11-14 22:13:20.000000000 +0000 %s\n"
                              "-rw-r--r-- 0 2023-11-14 22:13:20.000000000 +0000 3\n",
                              longish);
  g_assert_cmpstr (list, ==, expected);
  copy = inspect (h, merged, &folder, "cd \"$2\" && cat 1 nn*");
  g_assert_true (g_str_has_prefix (copy, "onexxx"));
  g_assert_cmpuint (strlen (copy), ==, 300003);
  assert_done (h, 3);
}

static void
assert_zip (const char *level, const char *methods, size_t least, size_t most)
{
  g_auto (Folder) folder = { g_dir_make_tmp ("weir-XXXXXX", NULL) };
  g_autoptr (WeirHarness) h =
      merge_content ("Merge Format", "ZIP", "Compression Level", level, NULL);
  g_autofree char *large = g_strnfill (300000, 'x');
  g_autofree char *copy = NULL, *used = NULL;
  const WeirFlowFile *merged;

  weir_harness_push (h, "one", -1, "filename", "1", NULL);
  weir_harness_push (h, large, -1, "filename", "2", NULL);
  weir_harness_run (h, 10);
  merged = weir_harness_pull (h, "merged");
  g_assert_cmpstr (attribute (merged, "mime.type"), ==, "application/zip");
  g_assert_true (g_str_has_suffix (attribute (merged, "filename"), ".zip"));
  g_assert_cmpuint (weir_flowfile_get_size (merged), >, least);
  g_assert_cmpuint (weir_flowfile_get_size (merged), <, most);
  copy = inspect (h, merged, &folder, "cd \"$2\" && unzip -q archive && cat 1 2");
  g_assert_true (g_str_has_prefix (copy, "onexxx"));
  g_assert_cmpuint (strlen (copy), ==, 300003);
  used =
      inspect (h, merged, &folder,
               "python3 -c 'import sys, zipfile\n"
               "print([i.compress_type for i in zipfile.ZipFile(sys.argv[1]).infolist()])' \"$1\"");
  g_assert_cmpstr (used, ==, methods);
  assert_done (h, 2);
}

static void
test_zip (void)
{
  assert_zip ("0", "[0, 0]\n", 300003, 301000);
  assert_zip ("1", "[8, 8]\n", 100, 5000);
  assert_zip ("9", "[8, 8]\n", 100, 5000);
}

static void
push_same_names (WeirHarness *h)
{
  weir_harness_push (h, "1", -1, "filename", "same", NULL);
  weir_harness_push (h, "22", -1, "filename", "./same", NULL);
  weir_harness_push (h, "3", -1, "filename", "other", NULL);
  weir_harness_run (h, 10);
}

/* In a ZIP a second entry of a name would hide the first; a copy of it goes to failure. */
static void
test_same_names (void)
{
  g_auto (Folder) folder = { g_dir_make_tmp ("weir-XXXXXX", NULL) };
  g_autoptr (WeirHarness) zip = merge_content ("Merge Format", "ZIP", NULL);
  g_autoptr (WeirHarness) tar = merge_content ("Merge Format", "TAR", NULL);
  g_autofree char *in_zip = NULL, *in_tar = NULL;

  push_same_names (zip);
  in_zip = inspect (zip, weir_harness_pull (zip, "merged"), &folder, LIST_ZIP);
  g_assert_cmpstr (in_zip, ==, "'same' 1\n'other' 1\n");
  g_assert_cmpstr (weir_harness_content (zip, weir_harness_pull (zip, "failure"), NULL), ==, "22");
  assert_done (zip, 3);

  push_same_names (tar);
  in_tar = inspect (tar, weir_harness_pull (tar, "merged"), &folder, LIST_TAR);
  g_assert_cmpstr (in_tar, ==, "'same' 1\n'same' 2\n'other' 1\n");
  assert_done (tar, 3);
}

/* --- attributes --- */

static void
test_unique_attributes (void)
{
  g_autoptr (WeirHarness) h =
      merge_content ("Attribute Strategy", "Keep All Unique Attributes", NULL);
  const WeirFlowFile *merged;

  weir_harness_push (h, "", 0, "a", "1", "b", "1", "c", "1", "segment.original.filename", "s",
                     "filename", "f", "path", "p", NULL);
  weir_harness_push (h, "", 0, "b", "1", "c", "2", "d", "1", "mime.type", "t", "path", "p", NULL);
  weir_harness_push (h, "", 0, "c", "1", "e", "", NULL);
  weir_harness_run (h, 10);
  merged = weir_harness_pull (h, "merged");
  g_assert_cmpstr (attribute (merged, "a"), ==, "1");
  g_assert_cmpstr (attribute (merged, "b"), ==, "1");
  g_assert_null (attribute (merged, "c"));
  g_assert_cmpstr (attribute (merged, "d"), ==, "1");
  g_assert_cmpstr (attribute (merged, "e"), ==, "");
  g_assert_cmpstr (attribute (merged, "filename"), ==, "s");
  g_assert_cmpstr (attribute (merged, "mime.type"), ==, "application/octet-stream");
  assert_done (h, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge-formats/delimiter texts", test_delimiter_texts);
  g_test_add_func ("/merge-formats/no delimiters", test_no_delimiters);
  g_test_add_func ("/merge-formats/delimiter files", test_delimiter_files);
  g_test_add_func ("/merge-formats/names", test_names);
  g_test_add_func ("/merge-formats/tar", test_tar);
  g_test_add_func ("/merge-formats/zip", test_zip);
  g_test_add_func ("/merge-formats/same names", test_same_names);
  g_test_add_func ("/merge-formats/unique attributes", test_unique_attributes);
  return g_test_run ();
}
