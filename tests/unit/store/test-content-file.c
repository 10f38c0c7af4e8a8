#include "base/limits.h"
#include "store/content-file.h"
#include <glib.h>
#include <sys/stat.h>

static void
test_a_taken_segment_is_the_takers_alone (void)
{
  WeirContentPool pool;
  WeirContentFile *a, *b, *c;

  weir_content_pool_init (&pool, g_get_tmp_dir (), NULL);
  a = weir_content_pool_take (&pool, NULL);
  b = weir_content_pool_take (&pool, NULL);
  g_assert_true (a != b);
  weir_content_pool_give_back (&pool, a);
  c = weir_content_pool_take (&pool, NULL);
  g_assert_true (c == a);
  weir_content_pool_give_back (&pool, b);
  weir_content_pool_give_back (&pool, c);
  weir_content_pool_clear (&pool);
}

static void
test_a_segment_begins_anew_only_without_claims (void)
{
  WeirContentPool pool;
  WeirContentFile *segment, *claimed;

  weir_content_pool_init (&pool, g_get_tmp_dir (), NULL);
  segment = weir_content_pool_take (&pool, NULL);
  segment->end = 100000;
  claimed = weir_content_file_ref (segment);
  weir_content_pool_give_back (&pool, segment);

  segment = weir_content_pool_take (&pool, NULL);
  g_assert_true (segment == claimed);
  g_assert_cmpuint (segment->end, ==, 100000);
  weir_content_pool_give_back (&pool, segment);

  weir_content_file_unref (claimed);
  segment = weir_content_pool_take (&pool, NULL);
  g_assert_cmpuint (segment->end, ==, 0);
  weir_content_pool_give_back (&pool, segment);
  weir_content_pool_clear (&pool);
}

static void
test_a_full_segment_comes_back_when_its_claims_are_gone (void)
{
  WeirContentPool pool;
  WeirContentFile *full, *claimed, *other;

  weir_content_pool_init (&pool, g_get_tmp_dir (), NULL);
  full = weir_content_pool_take (&pool, NULL);
  full->end = WEIR_LIMIT_CONTENT_SEGMENT - WEIR_LIMIT_CONTENT_SHARED + 1;
  claimed = weir_content_file_ref (full);
  weir_content_pool_give_back (&pool, full);

  other = weir_content_pool_take (&pool, NULL);
  g_assert_true (other != full);
  weir_content_file_unref (claimed);
  full = weir_content_pool_take (&pool, NULL);
  g_assert_true (full == claimed);
  g_assert_cmpuint (full->end, ==, 0);
  weir_content_pool_give_back (&pool, other);
  weir_content_pool_give_back (&pool, full);
  weir_content_pool_clear (&pool);
}

static void
test_the_pool_is_bounded (void)
{
  WeirContentPool pool;
  WeirContentFile *files[WEIR_CONTENT_POOL_SIZE + 5];

  weir_content_pool_init (&pool, g_get_tmp_dir (), NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    files[i] = weir_content_pool_take (&pool, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    weir_content_pool_give_back (&pool, files[i]);
  g_assert_cmpuint (pool.n_idle, ==, WEIR_CONTENT_POOL_SIZE);
  weir_content_pool_clear (&pool);
}

static void
test_own_files_have_no_name_and_no_second_life (void)
{
  WeirContentPool pool;
  WeirContentFile *file;
  struct stat status;

  weir_content_pool_init (&pool, g_get_tmp_dir (), NULL);
  file = weir_content_file_new (&pool, NULL);
  g_assert_cmpint (fstat (file->fd, &status), ==, 0);
  g_assert_cmpuint (status.st_nlink, ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  weir_content_file_unref (file);
  weir_content_file_unref (NULL);
  g_assert_cmpuint (pool.n_idle, ==, 0);
  weir_content_pool_clear (&pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-file/alone", test_a_taken_segment_is_the_takers_alone);
  g_test_add_func ("/content-file/anew", test_a_segment_begins_anew_only_without_claims);
  g_test_add_func ("/content-file/full", test_a_full_segment_comes_back_when_its_claims_are_gone);
  g_test_add_func ("/content-file/bounded", test_the_pool_is_bounded);
  g_test_add_func ("/content-file/own", test_own_files_have_no_name_and_no_second_life);
  return g_test_run ();
}
