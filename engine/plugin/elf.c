/* elf.c: the few ELF headers that tell whether a file is a module.
 *
 * Every structure is copied out after its bounds were checked, because nothing in a file is
 * aligned or true by itself. */
#include "plugin/elf.h"
#include <elf.h>
#include <link.h>
#include <string.h>

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

/* A segment that the file does not have is mapped nevertheless, and reading it is SIGBUS. */
static bool
check_segments (const File *file, const ElfW (Ehdr) * header, GError **error)
{
  for (unsigned i = 0; i < header->e_phnum; i++) {
    ElfW (Phdr) segment;

    if (header->e_phentsize != sizeof segment ||
        !read_at (file, header->e_phoff + (uint64_t)i * sizeof segment, &segment, sizeof segment) ||
        !is_inside (file, segment.p_offset, segment.p_filesz))
      return refuse_truncated (error);
  }
  return true;
}

static bool
has_name (const File *file, const ElfW (Shdr) * strings, uint64_t name, const char *wanted)
{
  size_t size = strlen (wanted) + 1;

  return name <= strings->sh_size && size <= strings->sh_size - name &&
         memcmp (file->data + strings->sh_offset + name, wanted, size) == 0;
}

/* Returns: false when @symbols is broken; whether the symbol is there is in @ret_found. */
static bool
search_symbols (const File *file, const ElfW (Shdr) * symbols, const ElfW (Shdr) * strings,
                const char *wanted, bool *ret_found)
{
  *ret_found = false;
  if (!is_inside (file, symbols->sh_offset, symbols->sh_size) ||
      !is_inside (file, strings->sh_offset, strings->sh_size))
    return false;
  for (uint64_t at = 0; at + sizeof (ElfW (Sym)) <= symbols->sh_size; at += sizeof (ElfW (Sym))) {
    ElfW (Sym) symbol;

    if (!read_at (file, symbols->sh_offset + at, &symbol, sizeof symbol))
      return false;
    if (symbol.st_shndx != SHN_UNDEF && has_name (file, strings, symbol.st_name, wanted))
      *ret_found = true;
  }
  return true;
}

static bool
read_section (const File *file, const ElfW (Ehdr) * header, uint64_t index,
              ElfW (Shdr) * ret_section)
{
  return index < header->e_shnum && header->e_shentsize == sizeof *ret_section &&
         read_at (file, header->e_shoff + index * sizeof *ret_section, ret_section,
                  sizeof *ret_section);
}

static bool
check_symbol (const File *file, const ElfW (Ehdr) * header, const char *wanted, GError **error)
{
  bool is_found = false;

  for (unsigned i = 0; i < header->e_shnum; i++) {
    ElfW (Shdr) section, strings;

    if (!read_section (file, header, i, &section))
      return refuse_truncated (error);
    if (section.sh_type != SHT_DYNSYM)
      continue;
    if (!read_section (file, header, section.sh_link, &strings) ||
        !search_symbols (file, &section, &strings, wanted, &is_found))
      return refuse_truncated (error);
  }
  if (is_found)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "does not export %s: it is not a Weir module; end its source with WEIR_MODULE",
               wanted);
  return false;
}

bool
weir_elf_check (const void *data, size_t size, const char *symbol, GError **error)
{
  File file = { data, size };
  ElfW (Ehdr) header;

  return check_header (&file, &header, error) && check_segments (&file, &header, error) &&
         check_symbol (&file, &header, symbol, error);
}
