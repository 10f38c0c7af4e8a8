#include "store/manifest.h"
#include <glib.h>
#include <string.h>
#include <weir/error.h>

#include "base/crc32c.h"

static WeirManifest *
make (void)
{
  WeirManifest *manifest = weir_manifest_new (0x1f);
  static const uint64_t parts[] = { 7, 3 };

  manifest->place = 67112960;
  manifest->sequence = 12;
  manifest->next_id = 34;
  manifest->reserved_id = 1048610;
  manifest->next_order = 56;
  g_array_append_vals (manifest->parts, parts, 2);
  g_ptr_array_add (manifest->words[WEIR_WORD_COMPONENT], g_strdup ("read"));
  g_ptr_array_add (manifest->words[WEIR_WORD_QUEUE], g_strdup ("a:b>c"));
  g_ptr_array_add (manifest->words[WEIR_WORD_NAME], g_strdup ("new\nline"));
  g_ptr_array_add (manifest->words[WEIR_WORD_NAME], g_strdup (""));
  g_assert_true (weir_manifest_set_state (manifest, 2, "k\t", 2, "v\\", 2));
  g_assert_true (weir_manifest_set_state (manifest, 1, "k", 1, "", 0));
  return manifest;
}

static const char text[] = "weir manifest 1\n"
                           "log 000000000000001f\n"
                           "place 67112960\n"
                           "sequence 12\n"
                           "next-flowfile 34\n"
                           "reserved-flowfile 1048610\n"
                           "next-order 56\n"
                           "part 7\n"
                           "part 3\n"
                           "component read\n"
                           "queue a:b>c\n"
                           "name new\\nline\n"
                           "name \n"
                           "state 1 k\t\n"
                           "state 2 k\\t\tv\\\\\n";

static void
test_is_the_text_that_is_documented (void)
{
  g_autoptr (WeirManifest) manifest = make ();
  g_autoptr (WeirManifest) again = NULL;
  g_autoptr (GString) written = weir_manifest_format (manifest);
  g_autoptr (GString) rewritten = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *last = g_strdup_printf ("crc32c %08x\n", weir_crc32c (0, text, strlen (text)));

  g_assert_true (g_str_has_prefix (written->str, text));
  g_assert_cmpstr (written->str + strlen (text), ==, last);

  again = weir_manifest_parse (written->str, written->len, "x", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->words[WEIR_WORD_NAME]->pdata[0], ==, "new\nline");
  g_assert_true (again->log_id == 0x1f && again->place == 67112960 && again->sequence == 12 &&
                 again->next_id == 34 && again->reserved_id == 1048610 && again->next_order == 56);
  g_assert_cmpuint (g_array_index (again->parts, uint64_t, 1), ==, 3);
  rewritten = weir_manifest_format (again);
  g_assert_cmpstr (rewritten->str, ==, written->str);
}

static void
test_states (void)
{
  g_autoptr (WeirManifest) manifest = weir_manifest_new (1);
  WeirManifestState wanted = { 1, "key", 3, NULL };
  const WeirManifestState *state;

  g_assert_true (weir_manifest_set_state (manifest, 1, "key+", 3, "value", 2));
  g_assert_true (weir_manifest_set_state (manifest, 1, "keys", 4, "other", 5));
  state = g_tree_lookup (manifest->states, &wanted);
  g_assert_cmpstr (state->value, ==, "va");
  g_assert_true (weir_manifest_set_state (manifest, 1, "key", 3, "new", 3));
  g_assert_cmpstr (state->value, ==, "new");
  g_assert_true (weir_manifest_set_state (manifest, 1, "key", 3, NULL, 0));
  g_assert_true (weir_manifest_set_state (manifest, 1, "never", 5, NULL, 0));
  g_assert_null (g_tree_lookup (manifest->states, &wanted));
  g_assert_cmpint (g_tree_nnodes (manifest->states), ==, 1);
  g_assert_false (weir_manifest_set_state (manifest, 1, "a\0b", 3, "x", 1));
  g_assert_false (weir_manifest_set_state (manifest, 1, "a", 1, "x\0y", 3));
}

static void
test_refuses_lines (void)
{
  static const char *const bad[] = {
    "",           "place\n",     "place x\n",      "place 1 \n",
    "place -1\n", "part 5",      "colour red\n",   "name a\\x\n",
    "name a\\\n", "state 1 k\n", "state x k\tv\n", "\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GString) file = g_string_new (i == 0 ? "weir manifest 2\n" : "weir manifest 1\n");
    g_autoptr (GError) error = NULL;
    g_autofree char *exact = NULL;

    g_string_append (file, bad[i]);
    g_string_append_printf (file, "crc32c %08x\n", weir_crc32c (0, file->str, file->len));
    exact = g_memdup2 (file->str, file->len);
    g_assert_null (weir_manifest_parse (exact, file->len, "the file", &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    g_assert_nonnull (strstr (error->message, "'the file'"));
  }
}

static void
test_every_flipped_bit_is_seen (void)
{
  g_autoptr (WeirManifest) manifest = make ();
  g_autoptr (GString) good = weir_manifest_format (manifest);

  for (gsize i = 0; i < good->len; i++) {
    for (int bit = 0; bit < 8; bit++) {
      g_autofree char *bad = g_memdup2 (good->str, good->len);

      bad[i] = (char)(bad[i] ^ 1 << bit);
      g_assert_null (weir_manifest_parse (bad, good->len, "x", NULL));
    }
    g_assert_null (weir_manifest_parse (good->str, i, "x", NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/text", test_is_the_text_that_is_documented);
  g_test_add_func ("/manifest/states", test_states);
  g_test_add_func ("/manifest/lines", test_refuses_lines);
  g_test_add_func ("/manifest/bits", test_every_flipped_bit_is_seen);
  return g_test_run ();
}
