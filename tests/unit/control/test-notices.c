/* Tests engine/control/notices.c: what is kept each for itself, and what is counted. */
#include "control/notices.h"

#include "base/limits.h"

#include <string.h>

static void
add (WeirNotices *notices, const char *component, WeirLogLevel level, const char *message)
{
  WeirBulletin bulletin = { .wall = 5,
                            .level = level,
                            .component = (char *)component,
                            .name = (char *)"Name",
                            .message = (char *)message,
                            .is_kept = true };

  weir_notices_add (notices, &bulletin);
}

static void
test_in_order (void)
{
  g_autoptr (WeirNotices) notices = weir_notices_new (7, NULL);
  g_autoptr (GPtrArray) taken = NULL;
  const WeirNotice *notice;

  add (notices, "a", WEIR_LOG_ERROR, "one");
  add (notices, "b", WEIR_LOG_WARNING, "two");
  taken = weir_notices_take (notices, -1);
  g_assert_cmpuint (taken->len, ==, 2);
  notice = taken->pdata[0];
  g_assert_cmpuint (notice->id, ==, 7);
  g_assert_cmpint (notice->wall, ==, 5);
  g_assert_cmpint (notice->level, ==, WEIR_LOG_ERROR);
  g_assert_cmpstr (notice->component, ==, "a");
  g_assert_cmpstr (notice->name, ==, "Name");
  g_assert_cmpstr (notice->message, ==, "one");
  g_assert_null (notice->flowfile);
  g_assert_cmpuint (notice->more, ==, 0);
  notice = taken->pdata[1];
  g_assert_cmpuint (notice->id, ==, 8);
  g_ptr_array_unref (taken);
  taken = weir_notices_take (notices, 0);
  g_assert_cmpuint (taken->len, ==, 0);
}

/* A flood of one component is a few bulletins and a number; another one is not touched by it. */
static void
test_flood (void)
{
  WeirClock *clock = weir_clock_new_fake (1000);
  g_autoptr (WeirNotices) notices = weir_notices_new (1, clock);
  g_autoptr (GPtrArray) taken = NULL;
  const WeirNotice *notice;

  for (unsigned i = 0; i < 100000; i++)
    add (notices, "flood", WEIR_LOG_ERROR, i < WEIR_LIMIT_NOTICES_EACH ? "first" : "rest");
  add (notices, "other", WEIR_LOG_ERROR, "heard");
  add (notices, "flood", WEIR_LOG_WARNING, "heard, too");
  g_assert_true (weir_notices_has_counted (notices));
  taken = weir_notices_take (notices, 0);
  g_assert_cmpuint (taken->len, ==, WEIR_LIMIT_NOTICES_EACH + 2);
  g_ptr_array_unref (taken);

  weir_clock_advance (clock, G_USEC_PER_SEC);
  taken = weir_notices_take (notices, 0);
  g_assert_cmpuint (taken->len, ==, 1);
  notice = taken->pdata[0];
  g_assert_cmpstr (notice->message, ==, "rest");
  g_assert_cmpuint (notice->more, ==, 100000 - WEIR_LIMIT_NOTICES_EACH - 1);
  g_assert_cmpuint (notice->id, ==, WEIR_LIMIT_NOTICES_EACH + 3);
  g_assert_false (weir_notices_has_counted (notices));

  /* A new second, new bulletins. */
  g_ptr_array_unref (taken);
  add (notices, "flood", WEIR_LOG_ERROR, "again");
  taken = weir_notices_take (notices, 0);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_cmpstr (((const WeirNotice *)taken->pdata[0])->message, ==, "again");
  g_clear_pointer (&taken, g_ptr_array_unref);
  g_clear_pointer (&notices, weir_notices_free);
  weir_clock_free_fake (clock);
}

/* Many components that each say little are a flood, too. */
static void
test_flood_of_many (void)
{
  WeirClock *clock = weir_clock_new_fake (1000);
  g_autoptr (WeirNotices) notices = weir_notices_new (1, clock);
  g_autoptr (GPtrArray) taken = NULL;

  for (unsigned i = 0; i < 2 * WEIR_LIMIT_NOTICES_ALL; i++) {
    g_autofree char *component = g_strdup_printf ("p%u", i);
    add (notices, component, WEIR_LOG_ERROR, "full");
  }
  taken = weir_notices_take (notices, 0);
  g_assert_cmpuint (taken->len, ==, WEIR_LIMIT_NOTICES_ALL);
  g_clear_pointer (&taken, g_ptr_array_unref);
  g_clear_pointer (&notices, weir_notices_free);
  weir_clock_free_fake (clock);
}

static void
test_long_message (void)
{
  g_autoptr (WeirNotices) notices = weir_notices_new (1, NULL);
  g_autoptr (GPtrArray) taken = NULL;
  g_autoptr (GString) text = g_string_new ("x");
  const WeirNotice *notice;

  while (text->len < 2 * WEIR_LIMIT_NOTICE)
    g_string_append (text, "ä");
  add (notices, "a", WEIR_LOG_ERROR, text->str);
  taken = weir_notices_take (notices, 0);
  notice = taken->pdata[0];
  g_assert_cmpuint (strlen (notice->message), ==, WEIR_LIMIT_NOTICE - 1 + strlen ("..."));
  g_assert_true (g_utf8_validate (notice->message, -1, NULL));
}

static void *
wake (void *data)
{
  weir_notices_wake (data);
  return NULL;
}

static void
test_wake (void)
{
  g_autoptr (WeirNotices) notices = weir_notices_new (1, NULL);
  g_autoptr (GPtrArray) taken = NULL;
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, wake, notices), ==, 0);
  taken = weir_notices_take (notices, -1);
  g_assert_cmpuint (taken->len, ==, 0);
  pthread_join (thread, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notices/in-order", test_in_order);
  g_test_add_func ("/notices/flood", test_flood);
  g_test_add_func ("/notices/flood-of-many", test_flood_of_many);
  g_test_add_func ("/notices/long-message", test_long_message);
  g_test_add_func ("/notices/wake", test_wake);
  return g_test_run ();
}
