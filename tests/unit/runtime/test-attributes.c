/* Tests engine/runtime/attributes.c: blocks that are shared, copied and grown, against a hash table
 * that does the same work the plain way. */
#include "base/limits.h"
#include "base/names.h"
#include "runtime/attributes.h"

#include <glib.h>

static void
set (WeirAttributes **attributes, const char *name, const char *value)
{
  WeirAttributes *old;

  g_assert_true (weir_attributes_set (attributes, name, value, &old));
  weir_attributes_unref (old);
}

static void
test_set_and_get (void)
{
  WeirAttributes *attributes = NULL;

  g_assert_null (weir_attributes_get (NULL, "a"));
  set (&attributes, "a", "1");
  set (&attributes, "b", "");
  set (&attributes, "a", "a longer value");
  g_assert_cmpstr (weir_attributes_get (attributes, "a"), ==, "a longer value");
  g_assert_cmpstr (weir_attributes_get (attributes, "b"), ==, "");
  g_assert_null (weir_attributes_get (attributes, "c"));
  g_assert_cmpuint (weir_attributes_get_n (attributes), ==, 2);
  weir_attributes_unref (attributes);
}

static void
test_shared_blocks_do_not_change (void)
{
  WeirAttributes *one = NULL;
  WeirAttributes *two;
  WeirAttributes *old;

  set (&one, "a", "1");
  two = weir_attributes_ref (one);
  set (&two, "a", "2");
  g_assert_cmpstr (weir_attributes_get (one, "a"), ==, "1");
  g_assert_cmpstr (weir_attributes_get (two, "a"), ==, "2");

  WeirAttributes *three = weir_attributes_ref (one);
  weir_attributes_remove (&three, "a", &old);
  weir_attributes_unref (old);
  g_assert_cmpuint (weir_attributes_get_n (three), ==, 0);
  g_assert_cmpstr (weir_attributes_get (one, "a"), ==, "1");
  weir_attributes_unref (one);
  weir_attributes_unref (two);
  weir_attributes_unref (three);
}

static void
test_a_value_may_come_from_the_block (void)
{
  WeirAttributes *attributes = NULL;
  WeirAttributes *old = NULL;
  const char *kept;

  set (&attributes, "a", "value");
  kept = weir_attributes_get (attributes, "a");
  for (unsigned i = 0; i < 100; i++) {
    g_autofree char *name = g_strdup_printf ("copy-%u", i);
    g_assert_true (weir_attributes_set (&attributes, name, kept, &old));
    kept = weir_attributes_get (attributes, name);
    g_assert_cmpstr (kept, ==, "value");
    weir_attributes_unref (old);
  }
  weir_attributes_unref (attributes);
}

static void
test_limit (void)
{
  g_autofree char *huge = g_strnfill (WEIR_LIMIT_ATTRIBUTES, 'x');
  WeirAttributes *attributes = NULL;
  WeirAttributes *old;

  set (&attributes, "a", "1");
  g_assert_false (weir_attributes_set (&attributes, "b", huge, &old));
  g_assert_null (old);
  g_assert_cmpuint (weir_attributes_get_n (attributes), ==, 1);
  weir_attributes_unref (attributes);
}

static void
test_intersect (void)
{
  WeirAttributes *a = NULL;
  WeirAttributes *b = NULL;
  WeirAttributes *both;

  set (&a, "same", "1");
  set (&a, "differs", "1");
  set (&a, "only a", "1");
  set (&b, "differs", "2");
  set (&b, "same", "1");
  both = weir_attributes_intersect (a, b);
  g_assert_cmpuint (weir_attributes_get_n (both), ==, 1);
  g_assert_cmpstr (weir_attributes_get (both, "same"), ==, "1");
  g_assert_null (weir_attributes_intersect (a, NULL));
  weir_attributes_unref (a);
  weir_attributes_unref (b);
  weir_attributes_unref (both);
}

static void
test_trim_keeps_values (void)
{
  WeirAttributes *attributes = NULL;
  size_t before;

  set (&attributes, "a", "1");
  before = weir_attributes_get_bytes (attributes);
  weir_attributes_trim (&attributes);
  g_assert_cmpuint (weir_attributes_get_bytes (attributes), <, before);
  g_assert_cmpstr (weir_attributes_get (attributes, "a"), ==, "1");
  weir_attributes_unref (attributes);
}

static void
assert_equal (const WeirAttributes *attributes, GHashTable *model)
{
  g_assert_cmpuint (weir_attributes_get_n (attributes), ==, g_hash_table_size (model));
  for (size_t i = 0; i < weir_attributes_get_n (attributes); i++) {
    const char *name;
    const char *value;
    weir_attributes_get_nth (attributes, i, &name, &value);
    g_assert_cmpstr (value, ==, g_hash_table_lookup (model, name));
    g_assert_cmpstr (weir_attributes_get (attributes, name), ==, value);
  }
}

/* Names longer than are interned are stored in the block: both kinds take part. */
static char *
random_name (void)
{
  unsigned i = g_test_rand_int_range (0, 30);
  g_autofree char *tail = i % 5 == 0 ? g_strnfill (300, 'n') : g_strdup ("");

  return g_strdup_printf ("name-%u%s", i, tail);
}

/* What the difference says, done to what @from has, gives what @to has; and it says nothing that
 * was so before. */
static void
assert_leads_to (const WeirAttributes *from, const WeirAttributes *to, bool is_made_from)
{
  g_autoptr (GHashTable) model = g_hash_table_new (g_str_hash, g_str_equal);
  size_t n_from = weir_attributes_get_n (from), n_to = weir_attributes_get_n (to);
  g_autofree WeirAttributeChange *changes = g_new (WeirAttributeChange, n_from + n_to + 1);
  size_t n = weir_attributes_diff (from, to, is_made_from, changes);
  const char *name, *value;

  for (size_t i = 0; i < n_from; i++) {
    weir_attributes_get_nth (from, i, &name, &value);
    g_hash_table_insert (model, (char *)name, (char *)value);
  }
  for (size_t i = 0; i < n; i++) {
    g_assert_cmpstr (g_hash_table_lookup (model, changes[i].name), !=, changes[i].value);
    if (changes[i].value != NULL)
      g_hash_table_insert (model, (char *)changes[i].name, (char *)changes[i].value);
    else
      g_hash_table_remove (model, changes[i].name);
  }
  assert_equal (to, model);
}

static void
test_against_a_hash_table (void)
{
  g_autoptr (GHashTable) model = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  WeirAttributes *attributes = NULL;
  WeirAttributes *shared = NULL;

  for (unsigned round = 0; round < 5000; round++) {
    g_autofree char *name = random_name ();
    g_autofree char *value = g_strnfill (g_test_rand_int_range (0, 60), 'a' + round % 26);
    WeirAttributes *old = NULL;

    switch (g_test_rand_int_range (0, 5)) {
    case 4:
      weir_attributes_trim (&attributes);
      break;
    case 0:
      weir_attributes_remove (&attributes, name, &old);
      g_hash_table_remove (model, name);
      break;
    case 1:
      weir_attributes_unref (shared);
      shared = weir_attributes_ref (attributes);
      break;
    default:
      g_assert_true (weir_attributes_set (&attributes, name, value, &old));
      g_hash_table_replace (model, g_strdup (name), g_strdup (value));
      break;
    }
    weir_attributes_unref (old);
    assert_equal (attributes, model);
    assert_leads_to (shared, attributes, false);
    assert_leads_to (shared, attributes, true);
    assert_leads_to (attributes, shared, false);
  }
  weir_attributes_unref (shared);
  weir_attributes_unref (attributes);
}

static void
test_set_many (void)
{
  const char *names[] = { "a", "b", "a" };
  const char *values[] = { "1", "2", "3" };
  WeirAttributes *attributes = NULL;
  WeirAttributes *old;

  g_assert_true (weir_attributes_set_many (&attributes, names, values, 3, &old));
  g_assert_null (old);
  g_assert_cmpuint (weir_attributes_get_n (attributes), ==, 2);
  g_assert_cmpstr (weir_attributes_get (attributes, "a"), ==, "3");
  weir_attributes_unref (attributes);
}

static void
test_build (void)
{
  g_autofree char *large = g_strnfill (WEIR_LIMIT_ATTRIBUTES, 'x');
  g_autofree char *long_name = g_strnfill (1000, 'n');
  const WeirAttributeText texts[] = {
    { weir_name_intern ("one"), "one", 3, "1 and more", 1 },
    { WEIR_NAME_NONE, long_name, 1000, "long", 4 },
    { weir_name_intern ("empty"), "empty", 5, "x", 0 },
  };
  const WeirAttributeText much[] = {
    { WEIR_NAME_NONE, large, WEIR_LIMIT_ATTRIBUTES - 100, large, WEIR_LIMIT_ATTRIBUTES - 100 },
    { WEIR_NAME_NONE, long_name, 1000, large, 1000 },
  };
  WeirAttributes *block, *old;
  bool failed;

  block = weir_attributes_build (texts, G_N_ELEMENTS (texts), &failed);
  g_assert_false (failed);
  g_assert_cmpuint (weir_attributes_get_n (block), ==, 3);
  g_assert_cmpstr (weir_attributes_get (block, "one"), ==, "1");
  g_assert_cmpstr (weir_attributes_get (block, long_name), ==, "long");
  g_assert_cmpstr (weir_attributes_get (block, "empty"), ==, "");

  /* It is like any other. */
  g_assert_true (weir_attributes_set (&block, "one", "first", &old));
  weir_attributes_unref (old);
  g_assert_true (weir_attributes_set (&block, long_name, "longer", &old));
  weir_attributes_unref (old);
  g_assert_cmpuint (weir_attributes_get_n (block), ==, 3);
  g_assert_cmpstr (weir_attributes_get (block, "one"), ==, "first");
  g_assert_cmpstr (weir_attributes_get (block, long_name), ==, "longer");
  weir_attributes_unref (block);

  g_assert_null (weir_attributes_build (texts, 0, &failed));
  g_assert_false (failed);
  g_assert_null (weir_attributes_build (much, 2, &failed));
  g_assert_true (failed);

  /* Names that another process kept stand in the block of this one. */
  block = weir_attributes_build (much, 1, &failed);
  g_assert_false (failed);
  g_assert_cmpuint (weir_attributes_get_bytes (block), >, WEIR_LIMIT_ATTRIBUTES);
  weir_attributes_unref (block);
}

static void
assert_diff (WeirAttributes *from, WeirAttributes *to, const char *expected)
{
  WeirAttributeChange changes[16];
  size_t n = weir_attributes_diff (from, to, false, changes);
  g_autoptr (GString) text = g_string_new ("");

  for (size_t i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", changes[i].name,
                            changes[i].value != NULL ? changes[i].value : "-");
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_diff (void)
{
  static const char *const names[] = { "a", "b", "c" };
  static const char *const values[] = { "1", "2", "3" };
  WeirAttributes *from = NULL;
  WeirAttributes *to, *old;

  g_assert_true (weir_attributes_set_many (&from, names, values, 3, &old));
  to = weir_attributes_ref (from);
  assert_diff (from, to, "");
  assert_diff (NULL, from, "a=1 b=2 c=3");
  assert_diff (from, NULL, "a=- b=- c=-");
  g_assert_true (weir_attributes_set (&to, "b", "2", &old));
  weir_attributes_unref (old);
  assert_diff (from, to, "");
  g_assert_true (weir_attributes_set (&to, "b", "two", &old));
  weir_attributes_unref (old);
  weir_attributes_remove (&to, "a", &old);
  g_assert_true (weir_attributes_set (&to, "d", "4", &old));
  weir_attributes_unref (old);
  assert_diff (from, to, "b=two d=4 a=-");
  assert_diff (to, from, "a=1 b=2 d=-");
  weir_attributes_unref (from);
  weir_attributes_unref (to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attributes/set and get", test_set_and_get);
  g_test_add_func ("/attributes/shared", test_shared_blocks_do_not_change);
  g_test_add_func ("/attributes/value from the block", test_a_value_may_come_from_the_block);
  g_test_add_func ("/attributes/limit", test_limit);
  g_test_add_func ("/attributes/intersect", test_intersect);
  g_test_add_func ("/attributes/trim", test_trim_keeps_values);
  g_test_add_func ("/attributes/set many", test_set_many);
  g_test_add_func ("/attributes/against a hash table", test_against_a_hash_table);
  g_test_add_func ("/attributes/build", test_build);
  g_test_add_func ("/attributes/diff", test_diff);
  return g_test_run ();
}
