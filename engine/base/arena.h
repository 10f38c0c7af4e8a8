/* arena.h: memory that is taken piece by piece and given back all at once.
 *
 * For what lives as long as one session. A reset keeps one block, large enough for what the last
 * round needed (up to WEIR_LIMIT_ARENA_KEPT), so that a steady state allocates nothing.
 *
 * Thread: one at a time for each arena. */
#pragma once

#include <glib.h>
#include <stdarg.h>
#include <stddef.h>

typedef struct WeirArenaBlock WeirArenaBlock;

/* A zeroed struct is an empty arena. */
typedef struct {
  WeirArenaBlock *newest;
  char *at; /* free space of the newest block */
  char *end;
  size_t total; /* size of all blocks */
} WeirArena;

void weir_arena_init (WeirArena *arena);
void weir_arena_clear (WeirArena *arena);

/* Everything taken from @arena is gone. */
void weir_arena_reset (WeirArena *arena);

/* All return (transfer none), aligned for any type, valid until the next reset. The bytes of
 * weir_arena_alloc are not set. */
void *weir_arena_alloc (WeirArena *arena, size_t size);
void *weir_arena_alloc0 (WeirArena *arena, size_t size);
char *weir_arena_strdup (WeirArena *arena, const char *text);
char *weir_arena_strndup (WeirArena *arena, const char *text, size_t length);
char *weir_arena_printf (WeirArena *arena, const char *format, ...) G_GNUC_PRINTF (2, 3);
char *weir_arena_vprintf (WeirArena *arena, const char *format, va_list args) G_GNUC_PRINTF (2, 0);
