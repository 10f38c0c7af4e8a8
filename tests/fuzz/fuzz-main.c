/* fuzz-main.c: replays a corpus without libFuzzer, so that every build tests what fuzzing found.
 *
 * Each file is named before it is tried: when one crashes, the log ends with its name. */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
replay (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  g_autofree uint8_t *exact = NULL;
  size_t size;

  g_print ("%s\n", path);
  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);

  /* Without the NUL that GLib adds, so that a read past the end is seen. */
  exact = g_memdup2 (data, size);
  LLVMFuzzerTestOneInput (exact, size);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  unsigned n_files = 0;

  if (argc != 2) {
    g_printerr ("usage: %s CORPUS-FOLDER\n", argv[0]);
    return EXIT_FAILURE;
  }
  dir = g_dir_open (argv[1], 0, &error);
  if (dir == NULL) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }

  LLVMFuzzerTestOneInput ((const uint8_t *)"", 0);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (argv[1], name, NULL);

    replay (path);
    n_files++;
  }
  if (n_files == 0) {
    g_printerr ("%s: no seeds; a corpus holds at least one good and one bad input\n", argv[1]);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
