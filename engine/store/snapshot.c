/* snapshot.c: names of files. Whatever in the directory has a name that is not of this kind is
 * somebody else's and stays. */
#include "store/snapshot.h"

#include <string.h>
#include <weir/error.h>

#define DIGITS 12
#define ASIDE  ".tmp"

char *
weir_snapshot_get_path (const char *directory, uint64_t number, const char *suffix)
{
  return g_strdup_printf ("%s/%0*" G_GINT64_MODIFIER "u.%s", directory, DIGITS, number, suffix);
}

/* Returns: whether @name is a number and @suffix. */
static bool
parse_name (const char *name, const char *suffix, uint64_t *ret_number)
{
  size_t n_digits = strspn (name, "0123456789");

  if (n_digits < DIGITS || n_digits > DIGITS + 7 || name[n_digits] != '.' ||
      strcmp (name + n_digits + 1, suffix) != 0)
    return false;
  *ret_number = g_ascii_strtoull (name, NULL, 10);
  return true;
}

static int
compare_down (const void *a, const void *b)
{
  const uint64_t *left = a, *right = b;

  return *left > *right ? -1 : *left < *right;
}

GArray *
weir_snapshot_list (const char *directory, uint64_t *ret_highest, GError **error)
{
  g_autoptr (GArray) manifests = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &failure);
  uint64_t highest = 0, number;
  const char *name;

  if (dir == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "%s", failure->message);
    return NULL;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (parse_name (name, WEIR_SNAPSHOT_MANIFEST, &number)) {
      g_array_append_val (manifests, number);
      highest = MAX (highest, number);
    } else if (parse_name (name, WEIR_SNAPSHOT_PART, &number) ||
               parse_name (name, WEIR_SNAPSHOT_MANIFEST ASIDE, &number)) {
      highest = MAX (highest, number);
    }
  }
  g_array_sort (manifests, compare_down);
  *ret_highest = highest;
  return g_steal_pointer (&manifests);
}

static bool
contains (const GArray *numbers, uint64_t number)
{
  for (guint i = 0; i < numbers->len; i++) {
    if (g_array_index (numbers, uint64_t, i) == number)
      return true;
  }
  return false;
}

void
weir_snapshot_clean (const char *directory, const GArray *manifests, const GArray *parts,
                     WeirFs *fs)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);
    uint64_t number;

    if ((parse_name (name, WEIR_SNAPSHOT_MANIFEST, &number) && !contains (manifests, number)) ||
        (parse_name (name, WEIR_SNAPSHOT_PART, &number) && !contains (parts, number)) ||
        parse_name (name, WEIR_SNAPSHOT_MANIFEST ASIDE, &number))
      (void)weir_fs_unlink (fs, path, NULL);
  }
}

guint
weir_snapshot_choose (const uint64_t *sizes, guint n, uint64_t n_new)
{
  uint64_t above = n_new;

  while (n > 0 && sizes[n - 1] <= 2 * above)
    above += sizes[--n];
  return n;
}
