/* sandbox.h: a directory of its own for processors that read, write and delete files.
 *
 * While one is entered, it is the working directory, deep enough that a few `..` stay inside. */
#pragma once

#include <weir/processor.h>

typedef struct {
  char *root;
  char *before; /* the working directory */
} Sandbox;

/* Returns: (transfer full): with its file in place. */
Sandbox *sandbox_enter (void);

/* Puts the file in place that processors read, and that some of them took away. */
void sandbox_fill (const Sandbox *sandbox);

/* Leaves it and removes everything in it. Takes NULL. */
void sandbox_leave (Sandbox *sandbox);

/* Returns: (transfer full) (nullable): what to write for @property when it has no default: its
 * example, but no path outside of the sandbox. */
char *sandbox_get_value (const Sandbox *sandbox, const WeirProperty *property);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sandbox, sandbox_leave)
