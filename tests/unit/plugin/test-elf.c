#include "module-folder.h"
#include "plugin/elf.h"
#include <elf.h>
#include <link.h>
#include <string.h>

static void
refuse (const void *data, size_t size, const char *what)
{
  g_autoptr (GError) error = NULL;
  WeirModuleNote note;

  g_assert_false (weir_elf_read_note (data, size, &note, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, what) == NULL)
    g_error ("no '%s' in \"%s\"", what, error->message);
}

static void
test_accepts_a_module (void)
{
  size_t size;
  g_autofree char *data = module_folder_read ("one", &size);
  g_autoptr (GError) error = NULL;
  WeirModuleNote note;

  g_assert_true (weir_elf_read_note (data, size, &note, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (note.magic, ==, WEIR_MODULE_MAGIC);
  g_assert_cmpuint (note.abi_major, ==, WEIR_ABI_MAJOR);
  g_assert_cmpuint (note.abi_minor, ==, WEIR_ABI_MINOR);
}

static void
test_refuses_other_files (void)
{
  size_t size;
  g_autofree char *library = module_folder_read ("no-entry", &size);

  refuse ("", 0, "not a shared library");
  refuse ("\177EL", 3, "not a shared library");
  refuse ("#!/bin/sh\nexit 0\n", 17, "not a shared library");
  refuse (library, size, "no Weir module");
}

/* Wherever a copy was interrupted. Each length is in memory of its own, where reading past the end
 * is seen. */
static void
test_refuses_truncated_files (void)
{
  size_t size;
  g_autofree char *data = module_folder_read ("one", &size);

  for (size_t cut = SELFMAG; cut < size; cut += cut < 1024 ? 1 : 61) {
    g_autofree char *part = g_memdup2 (data, cut);

    refuse (part, cut, "is incomplete");
  }
}

/* What the file does not have would be mapped all the same. */
static void
test_refuses_segments_beyond_the_end (void)
{
  size_t size;
  g_autofree char *data = module_folder_read ("one", &size);
  ElfW (Ehdr) header;
  ElfW (Phdr) segment;

  memcpy (&header, data, sizeof header);
  memcpy (&segment, data + header.e_phoff, sizeof segment);
  segment.p_filesz = size - segment.p_offset + 1;
  memcpy (data + header.e_phoff, &segment, sizeof segment);
  refuse (data, size, "is incomplete");
}

static void
test_refuses_other_machines (void)
{
  size_t size;
  g_autofree char *data = module_folder_read ("one", &size);

  data[EI_CLASS] ^= 3;
  refuse (data, size, "another kind of machine");
  data[EI_CLASS] ^= 3;
  data[18] ^= 1; /* e_machine */
  refuse (data, size, "another kind of machine");
  data[18] ^= 1;
  data[16] = ET_EXEC; /* e_type */
  refuse (data, size, "another kind of ELF file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elf/module", test_accepts_a_module);
  g_test_add_func ("/elf/other-files", test_refuses_other_files);
  g_test_add_func ("/elf/truncated", test_refuses_truncated_files);
  g_test_add_func ("/elf/segments", test_refuses_segments_beyond_the_end);
  g_test_add_func ("/elf/machine", test_refuses_other_machines);
  return g_test_run ();
}
