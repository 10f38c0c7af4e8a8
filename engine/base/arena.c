/* arena.c: bump allocation from blocks that double in size.
 *
 * Under AddressSanitizer free space is poisoned and a gap is left behind each piece, so that
 * overruns and uses after a reset are found as with malloc. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

#if defined(__SANITIZE_ADDRESS__)
#define WEIR_ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_ARENA_ASAN 1
#endif
#endif

#ifdef WEIR_ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(start, size)   ASAN_POISON_MEMORY_REGION (start, size)
#define UNPOISON(start, size) ASAN_UNPOISON_MEMORY_REGION (start, size)
#define GAP                   16
#else
#define POISON(start, size)
#define UNPOISON(start, size)
#define GAP 0
#endif

#define ALIGNMENT   16
#define FIRST_BLOCK 4096

struct WeirArenaBlock {
  WeirArenaBlock *older;
  size_t size; /* of the bytes behind this header */
  _Alignas(ALIGNMENT) char bytes[];
};

static void
open_block (WeirArena *arena, WeirArenaBlock *block)
{
  arena->newest = block;
  arena->at = block->bytes;
  arena->end = block->bytes + block->size;
  POISON (block->bytes, block->size);
}

static void
add_block (WeirArena *arena, size_t needed)
{
  size_t size = MAX (MAX (needed, FIRST_BLOCK), MIN (arena->total, WEIR_LIMIT_ARENA_KEPT));
  WeirArenaBlock *block = g_malloc (sizeof (WeirArenaBlock) + size);

  block->older = arena->newest;
  block->size = size;
  arena->total += size;
  open_block (arena, block);
}

static void
free_blocks (WeirArenaBlock *block)
{
  while (block != NULL) {
    WeirArenaBlock *older = block->older;

    UNPOISON (block->bytes, block->size);
    g_free (block);
    block = older;
  }
}

void
weir_arena_init (WeirArena *arena)
{
  *arena = (WeirArena){ 0 };
}

void
weir_arena_clear (WeirArena *arena)
{
  free_blocks (arena->newest);
  weir_arena_init (arena);
}

void
weir_arena_reset (WeirArena *arena)
{
  WeirArenaBlock *block = arena->newest;
  size_t total = MIN (arena->total, WEIR_LIMIT_ARENA_KEPT);

  if (block == NULL)
    return;
  if (block->older == NULL && block->size <= WEIR_LIMIT_ARENA_KEPT) {
    open_block (arena, block);
    return;
  }

  weir_arena_clear (arena);
  add_block (arena, total);
}

void *
weir_arena_alloc (WeirArena *arena, size_t size)
{
  size_t room = (size_t)(arena->end - arena->at);
  size_t taken;
  char *piece;

  g_assert (size <= SIZE_MAX / 4);
  taken = ((size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1)) + GAP;
  if (G_UNLIKELY (taken > room))
    add_block (arena, taken);

  piece = arena->at;
  arena->at += taken;
  UNPOISON (piece, size);
  return piece;
}

void *
weir_arena_alloc0 (WeirArena *arena, size_t size)
{
  return memset (weir_arena_alloc (arena, size), 0, size);
}

char *
weir_arena_strdup (WeirArena *arena, const char *text)
{
  size_t size = strlen (text) + 1;

  return memcpy (weir_arena_alloc (arena, size), text, size);
}

char *
weir_arena_strndup (WeirArena *arena, const char *text, size_t length)
{
  char *copy = weir_arena_alloc (arena, length + 1);

  memcpy (copy, text, length);
  copy[length] = '\0';
  return copy;
}

char *
weir_arena_printf (WeirArena *arena, const char *format, ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = weir_arena_vprintf (arena, format, args);
  va_end (args);
  return text;
}

char *
weir_arena_vprintf (WeirArena *arena, const char *format, va_list args)
{
  va_list again;
  int length;
  char *text;

  va_copy (again, args);
  length = vsnprintf (NULL, 0, format, again);
  va_end (again);
  g_assert (length >= 0);

  text = weir_arena_alloc (arena, (size_t)length + 1);
  (void)vsnprintf (text, (size_t)length + 1, format, args);
  return text;
}
