/* attic.h: what was replaced while somebody may still look at it, kept until its owner goes: a name
 * that changed, say. What is kept there is small and rarely comes.
 *
 * Thread: one at a time; what is in it may be read by any. */
#pragma once

#include <glib.h>

typedef struct {
  void *thing;
  GDestroyNotify destroy;
} WeirKept;

/* A zeroed struct is an empty one. */
typedef struct {
  GArray *kept; /* WeirKept; NULL: nothing yet */
} WeirAttic;

/* Takes @thing, which may be NULL. */
static inline void
weir_attic_keep (WeirAttic *attic, const void *thing, GDestroyNotify destroy)
{
  WeirKept kept = { (void *)thing, destroy };

  if (thing == NULL)
    return;
  if (attic->kept == NULL)
    attic->kept = g_array_new (FALSE, FALSE, sizeof (WeirKept));
  g_array_append_val (attic->kept, kept);
}

static inline void
weir_attic_clear (WeirAttic *attic)
{
  for (guint i = 0; attic->kept != NULL && i < attic->kept->len; i++) {
    const WeirKept *kept = &g_array_index (attic->kept, WeirKept, i);
    kept->destroy (kept->thing);
  }
  g_clear_pointer (&attic->kept, g_array_unref);
}
