#include "base/uuid.h"
#include <glib.h>
#include <weir/flowfile.h>

static void
test_layout (void)
{
  char text[WEIR_UUID_SIZE];

  weir_uuid_format (UINT64_C (0x0123456789abcdef), UINT64_C (0x1122334455667788), text);
  g_assert_cmpstr (text, ==, "01234567-89ab-8def-9122-334455667788");
  g_assert_true (g_uuid_string_is_valid (text));
  g_assert_cmpuint (WEIR_UUID_LENGTH + 1, ==, WEIR_UUID_SIZE);
}

static void
test_what_is_written_is_read (void)
{
  for (int i = 0; i < 10000; i++) {
    uint64_t install = (uint64_t)g_test_rand_int () << 32 | (uint32_t)g_test_rand_int ();
    uint64_t id = ((uint64_t)g_test_rand_int () << 32 | (uint32_t)g_test_rand_int ()) >>
                  g_test_rand_int_range (2, 64);
    uint64_t read_install, read_id;
    char text[WEIR_UUID_SIZE];

    weir_uuid_format (install, id, text);
    g_assert_true (weir_uuid_parse (text, &read_install, &read_id));
    g_assert_cmpuint (read_id, ==, id);
    g_assert_cmpuint (read_install, ==, weir_uuid_install (install));
  }
}

static void
test_other_text_is_refused (void)
{
  static const char *const others[] = {
    "",
    "01234567",
    "01234567-89ab-4def-9122-334455667788",  /* another version */
    "01234567-89ab-8def-c122-334455667788",  /* another variant */
    "01234567-89ab-8def-9122-33445566778",   /* too short */
    "01234567-89ab-8def-9122-3344556677889", /* too long */
    "01234567-89ab-8def-9122-33445566778g",
    "01234567089ab-8def-9122-334455667788",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (others); i++) {
    uint64_t install = 7, id = 7;

    g_assert_false (weir_uuid_parse (others[i], &install, &id));
    g_assert_cmpuint (install + id, ==, 14);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uuid/layout", test_layout);
  g_test_add_func ("/uuid/round-trip", test_what_is_written_is_read);
  g_test_add_func ("/uuid/refusals", test_other_text_is_refused);
  return g_test_run ();
}
