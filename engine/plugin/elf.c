/* elf.c: the few ELF headers that tell whether a file is a module.
 *
 * Every structure is copied out after its bounds were checked, because nothing in a file is
 * aligned or true by itself. */
#include "plugin/elf.h"
#include <elf.h>
#include <link.h>
#include <string.h>

/* What WEIR_MODULE writes; the name has its NUL. */
#define NOTE_NAME      "Weir"
#define NOTE_NAME_SIZE 5
#define NOTE_DATA_SIZE 8
#define NOTE_TYPE      1

typedef struct {
  const unsigned char *data;
  size_t size;
} File;

#if __SIZEOF_POINTER__ == 8
#define NATIVE_CLASS ELFCLASS64
#else
#define NATIVE_CLASS ELFCLASS32
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_DATA ELFDATA2LSB
#else
#define NATIVE_DATA ELFDATA2MSB
#endif

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
#elif defined(__riscv)
#define NATIVE_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define NATIVE_MACHINE EM_PPC64
#elif defined(__s390x__)
#define NATIVE_MACHINE EM_S390
#else
#error "add the ELF machine number of this architecture"
#endif

static bool
refuse (GError **error, WeirError code, const char *message)
{
  g_set_error_literal (error, WEIR_ERROR, code, message);
  return false;
}

static bool
refuse_truncated (GError **error)
{
  return refuse (error, WEIR_ERROR_CORRUPT, "is incomplete: copy or build it again");
}

static bool
is_inside (const File *file, uint64_t offset, uint64_t size)
{
  return offset <= file->size && size <= file->size - offset;
}

static bool
read_at (const File *file, uint64_t offset, void *ret_struct, size_t size)
{
  if (!is_inside (file, offset, size))
    return false;
  memcpy (ret_struct, file->data + offset, size);
  return true;
}

static bool
check_header (const File *file, ElfW (Ehdr) * ret_header, GError **error)
{
  if (file->size < SELFMAG || memcmp (file->data, ELFMAG, SELFMAG) != 0)
    return refuse (error, WEIR_ERROR_INVALID, "is not a shared library: remove or replace it");
  if (!read_at (file, 0, ret_header, sizeof *ret_header))
    return refuse_truncated (error);
  if (ret_header->e_ident[EI_CLASS] != NATIVE_CLASS ||
      ret_header->e_ident[EI_DATA] != NATIVE_DATA || ret_header->e_machine != NATIVE_MACHINE)
    return refuse (error, WEIR_ERROR_UNSUPPORTED,
                   "is for another kind of machine: build it for this one");
  if (ret_header->e_type != ET_DYN)
    return refuse (error, WEIR_ERROR_INVALID,
                   "is not a shared library but another kind of ELF file: build it with "
                   "shared_module() or -shared");
  return true;
}

/* A segment that the file does not have is mapped nevertheless, and reading it is SIGBUS. The table
 * of sections is the last thing in a file: without it, an interrupted copy could look whole. */
static bool
check_whole (const File *file, const ElfW (Ehdr) * header, GError **error)
{
  if (!is_inside (file, header->e_shoff, (uint64_t)header->e_shnum * header->e_shentsize))
    return refuse_truncated (error);
  for (unsigned i = 0; i < header->e_phnum; i++) {
    ElfW (Phdr) segment;

    if (header->e_phentsize != sizeof segment ||
        !read_at (file, header->e_phoff + (uint64_t)i * sizeof segment, &segment, sizeof segment) ||
        !is_inside (file, segment.p_offset, segment.p_filesz))
      return refuse_truncated (error);
  }
  return true;
}

static uint64_t
pad (uint64_t size, uint64_t alignment)
{
  return (size + alignment - 1) / alignment * alignment;
}

/* Looks through the notes of a segment; what is broken ends the search. */
static bool
search_notes (const File *file, const ElfW (Phdr) * segment, WeirModuleNote *ret_note)
{
  uint64_t alignment = segment->p_align == 8 ? 8 : 4;
  uint64_t at = 0;

  while (at < segment->p_filesz) {
    WeirModuleNote note = { 0 };
    ElfW (Nhdr) header;

    if (!read_at (file, segment->p_offset + at, &header, sizeof header))
      return false;
    if (header.n_namesz == NOTE_NAME_SIZE && header.n_descsz == NOTE_DATA_SIZE &&
        header.n_type == NOTE_TYPE && read_at (file, segment->p_offset + at, &note, sizeof note) &&
        memcmp (note.name, NOTE_NAME, NOTE_NAME_SIZE) == 0) {
      *ret_note = note;
      return true;
    }
    at += sizeof header + pad (header.n_namesz, alignment) + pad (header.n_descsz, alignment);
  }
  return false;
}

static bool
find_note (const File *file, const ElfW (Ehdr) * header, WeirModuleNote *ret_note, GError **error)
{
  for (unsigned i = 0; i < header->e_phnum; i++) {
    ElfW (Phdr) segment;

    if (read_at (file, header->e_phoff + (uint64_t)i * sizeof segment, &segment, sizeof segment) &&
        segment.p_type == PT_NOTE && search_notes (file, &segment, ret_note))
      return true;
  }
  return refuse (error, WEIR_ERROR_INVALID,
                 "is a shared library but no Weir module: end its source with WEIR_MODULE");
}

bool
weir_elf_read_note (const void *data, size_t size, WeirModuleNote *ret_note, GError **error)
{
  File file = { data, size };
  ElfW (Ehdr) header;

  return check_header (&file, &header, error) && check_whole (&file, &header, error) &&
         find_note (&file, &header, ret_note, error);
}
