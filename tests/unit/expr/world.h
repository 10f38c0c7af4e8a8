/* world.h: a made-up FlowFile and host for tests of expressions. */
#pragma once

#include "expr/expr.h"

/* 2026-02-03T04:05:06.789Z */
#define WORLD_NOW_MILLIS G_GINT64_CONSTANT (1770091506789)

typedef struct {
  GPtrArray *names; /* of attributes, in the order that they were set */
  GPtrArray *values;
  WeirClock *clock;
  WeirRandom random;
  _Atomic int64_t next_int;
  WeirArena arena;
  WeirExprScope scope;
} World;

World *world_new (void);
void world_free (World *world);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Sets @attributes, "name=value" with @separator between; NULL for none. */
void world_set (World *world, const char *attributes, const char *separator);

/* Compiles and evaluates. Returns: (transfer full): NULL with @error set. */
char *world_evaluate (World *world, const char *text, GError **error);
