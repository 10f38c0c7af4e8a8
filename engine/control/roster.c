/* roster.c: see the header. */
#include "control/roster.h"

#include <string.h>

WeirRoster *
weir_roster_new_empty (uint32_t n)
{
  WeirRoster *roster = g_malloc0 (sizeof *roster + n * sizeof roster->subjects[0]);

  roster->n_refs = 1;
  roster->n = n;
  return roster;
}

WeirRoster *
weir_roster_ref (WeirRoster *roster)
{
  atomic_fetch_add_explicit (&roster->n_refs, 1, memory_order_relaxed);
  return roster;
}

void
weir_roster_unref (WeirRoster *roster)
{
  if (roster == NULL || atomic_fetch_sub (&roster->n_refs, 1) > 1)
    return;
  for (uint32_t i = 0; i < roster->n; i++) {
    WeirSubject *subject = &roster->subjects[i];
    g_free (subject->path);
    g_free (subject->name);
    g_free (subject->type);
    g_free (subject->from);
    g_free (subject->to);
  }
  g_free (roster);
}

bool
weir_roster_find (const WeirRoster *roster, WeirSubjectKind kind, const char *path,
                  uint32_t *ret_place)
{
  for (uint32_t i = 0; i < roster->n; i++) {
    if (roster->subjects[i].kind == kind && strcmp (roster->subjects[i].path, path) == 0) {
      *ret_place = i;
      return true;
    }
  }
  return false;
}
