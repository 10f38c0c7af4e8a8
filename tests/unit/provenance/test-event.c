/* Names of event types, both ways. */
#include "provenance/event.h"

static void
test_names (void)
{
  for (WeirEventType type = WEIR_EVENT_CREATE; type < WEIR_EVENT_N; type++) {
    g_autofree char *lower = g_ascii_strdown (weir_event_type_get_name (type), -1);

    g_assert_cmpint (weir_event_type_find (weir_event_type_get_name (type)), ==, type);
    g_assert_cmpint (weir_event_type_find (lower), ==, type);
  }
  g_assert_null (weir_event_type_get_name (0));
  g_assert_null (weir_event_type_get_name (WEIR_EVENT_N));
  g_assert_cmpint (weir_event_type_find ("NOTHING"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/names", test_names);
  return g_test_run ();
}
