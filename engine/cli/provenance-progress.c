/* provenance-progress.c: a line that says where a long search is, and goes before there is a result
 * to see. */
#include "cli/provenance.h"

#include <inttypes.h>
#include <unistd.h>

#define FIRST_USEC G_USEC_PER_SEC /* a second without an answer is long */
#define EACH_USEC  (G_USEC_PER_SEC / 4)

static bool
on_progress (void *user, uint64_t event)
{
  WeirProvenance *self = user;
  WeirProvenanceProgress *progress = &self->progress;
  int64_t now;

  progress->n++;
  if (!progress->is_wanted)
    return true;
  now = g_get_monotonic_time ();
  if (now < progress->next)
    return true;
  progress->next = now + EACH_USEC;
  progress->is_drawn = true;
  fprintf (stderr, "\r%.1f million events looked at, now at %" PRIu64 " (Ctrl-C ends it)\033[K",
           (double)progress->n * WEIR_BLOCK_EVENTS / 1e6, event);
  return true;
}

void
weir_provenance_start_progress (WeirProvenance *self)
{
  self->progress.is_wanted = isatty (STDERR_FILENO) == 1;
  self->progress.next = g_get_monotonic_time () + FIRST_USEC;
  weir_history_set_progress (self->history, on_progress, self);
}

void
weir_provenance_end_progress (WeirProvenance *self)
{
  /* Results would be written into the line. */
  self->progress.is_wanted = false;
  if (!self->progress.is_drawn)
    return;
  fputs ("\r\033[K", stderr);
  self->progress.is_drawn = false;
}
