/* run-status.c: each picture is written over the last one: the cursor goes up as many lines as were
 * drawn, and what is below is erased. A line never wraps, or the count would be wrong. */
#include "cli/run-status.h"

#include "base/lock.h"
#include "base/units.h"
#include "runtime/recording.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINES_MAX 24u                 /* processors shown; the busiest ones when there are more */
#define LAG_SHOWN (64u * 1024 * 1024) /* provenance that is less behind is as good as there */
#define HISTORY   8u /* pictures that a rate looks back, so that it does not jump */

struct WeirRunStatus {
  FILE *stream;
  bool live;
  WeirLock lock;
  GString *picture;              /* guarded by lock: what is on the screen */
  unsigned n_lines;              /* guarded by lock: of it */
  WeirFigures *history[HISTORY]; /* main thread only, as are the next two */
  unsigned n_drawn;
  int64_t start;
};

typedef struct {
  const WeirNodeFigures *now;
  double in_rate;
  double out_rate;
  double busy; /* 1: one worker all the time */
} Row;

WeirRunStatus *
weir_run_status_new (FILE *stream, bool live)
{
  WeirRunStatus *status = g_new0 (WeirRunStatus, 1);

  status->stream = stream;
  status->live = live;
  status->picture = g_string_new ("");
  pthread_mutex_init (&status->lock, NULL);
  return status;
}

/* Call with the lock held. */
static void
erase (WeirRunStatus *status)
{
  if (status->n_lines > 0)
    fprintf (status->stream, "\033[%uA\033[J", status->n_lines);
}

void
weir_run_status_free (WeirRunStatus *status)
{
  if (status == NULL)
    return;
  erase (status);
  fflush (status->stream);
  g_string_free (status->picture, TRUE);
  for (unsigned i = 0; i < HISTORY; i++)
    weir_figures_free (status->history[i]);
  pthread_mutex_destroy (&status->lock);
  g_free (status);
}

void
weir_run_status_say (WeirRunStatus *status, const char *format, ...)
{
  va_list args;

  WEIR_LOCKED (&status->lock);
  erase (status);
  va_start (args, format);
  vfprintf (status->stream, format, args);
  va_end (args);
  fputc ('\n', status->stream);
  fputs (status->picture->str, status->stream);
  fflush (status->stream);
}

static unsigned
terminal_width (FILE *stream)
{
  struct winsize size;

  if (ioctl (fileno (stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

/* Adds a line that does not wrap. */
G_GNUC_PRINTF (4, 5)
static void
add_line (GString *picture, unsigned width, unsigned *n_lines, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  if (g_utf8_validate (line, -1, NULL) && g_utf8_strlen (line, -1) > (glong)width - 1)
    *g_utf8_offset_to_pointer (line, (glong)width - 1) = '\0';
  g_string_append (picture, line);
  g_string_append_c (picture, '\n');
  (*n_lines)++;
}

static int
by_busy (const void *a, const void *b)
{
  const Row *one = a;
  const Row *other = b;

  return (one->busy < other->busy) - (one->busy > other->busy);
}

static int
by_place (const void *a, const void *b)
{
  const Row *one = a;
  const Row *other = b;

  return (one->now > other->now) - (one->now < other->now);
}

/* The processors, the busiest first. */
static Row *
rows_of (const WeirFigures *now, const WeirFigures *before, unsigned *ret_n)
{
  double seconds = MAX (0.001, (double)(now->monotonic - before->monotonic) / G_USEC_PER_SEC);
  Row *rows = g_new (Row, now->n_nodes + 1);
  unsigned n = 0;

  for (size_t i = 0; i < now->n_nodes; i++) {
    const WeirNodeFigures *a = &before->nodes[i];
    const WeirNodeFigures *b = &now->nodes[i];

    if (b->node->component->kind != WEIR_KIND_PROCESSOR)
      continue;
    rows[n++] = (Row){ .now = b,
                       .in_rate = (double)(b->in.flowfiles - a->in.flowfiles) / seconds,
                       .out_rate = (double)(b->out.flowfiles - a->out.flowfiles) / seconds,
                       .busy = (b->task_seconds - a->task_seconds) / seconds };
  }
  qsort (rows, n, sizeof (Row), by_busy);
  *ret_n = n;
  return rows;
}

static void
add_row (GString *picture, unsigned width, unsigned *n_lines, const Row *row, bool slowest)
{
  g_autofree char *in = weir_units_human_count ((uint64_t)row->in_rate);
  g_autofree char *out = weir_units_human_count ((uint64_t)row->out_rate);
  g_autofree char *queued = weir_units_human_count (row->now->queued.flowfiles);
  g_autofree char *bytes = weir_units_human_size (row->now->queued.bytes);

  add_line (picture, width, n_lines, "%s %-26.26s %8s/s %8s/s %8s %9s %5.0f %%%s",
            slowest ? ">" : " ", row->now->node->path, in, out, queued, bytes, row->busy * 100,
            row->now->bulletins > 0 ? " !" : "");
}

static void
paint (GString *picture, unsigned *n_lines, unsigned width, const WeirFigures *now,
       const WeirFigures *before)
{
  unsigned n;
  g_autofree Row *rows = rows_of (now, before, &n);
  unsigned n_shown = MIN (n, LINES_MAX);
  const WeirNodeFigures *slowest = n > 0 && rows[0].busy > 0.005 ? rows[0].now : NULL;

  add_line (picture, width, n_lines, "  %-26s %10s %10s %8s %9s %7s", "PROCESSOR", "IN", "OUT",
            "QUEUED", "SIZE", "BUSY");
  qsort (rows, n_shown, sizeof (Row), by_place);
  for (unsigned i = 0; i < n_shown; i++)
    add_row (picture, width, n_lines, &rows[i], slowest != NULL && rows[i].now == slowest);
  if (n > n_shown)
    add_line (picture, width, n_lines, "  ... and %u less busy ones", n - n_shown);
}

static void
add_title (WeirRunStatus *status, unsigned width, const WeirFigures *now, const char *name,
           const char *doing)
{
  g_autofree char *time = weir_units_human_duration (now->monotonic - status->start);
  g_autofree char *queued = weir_units_human_count (now->queued.flowfiles);
  g_autofree char *bytes = weir_units_human_size (now->queued.bytes);

  add_line (status->picture, width, &status->n_lines, "%s: %s, %s queued (%s), after %s", name,
            doing, queued, bytes, time);
}

static void
add_lag (WeirRunStatus *status, unsigned width, WeirEngine *engine)
{
  WeirRecorderFigures recorded;
  g_autofree char *lag = NULL;

  if (!weir_recording_get_figures (engine, &recorded) || recorded.lag_bytes < LAG_SHOWN)
    return;
  lag = weir_units_human_size (recorded.lag_bytes);
  add_line (status->picture, width, &status->n_lines, "  provenance is %s of log behind", lag);
}

void
weir_run_status_draw (WeirRunStatus *status, WeirEngine *engine, const WeirFlow *flow,
                      const char *doing)
{
  WeirFigures *now;
  const WeirFigures *before;
  WeirFigures **slot = &status->history[status->n_drawn % HISTORY];
  unsigned width;

  if (!status->live)
    return;
  now = weir_figures_take (engine);
  if (status->n_drawn == 0)
    status->start = now->monotonic;
  before = status->n_drawn >= HISTORY ? *slot : status->history[0];
  width = terminal_width (status->stream);

  WEIR_LOCKED (&status->lock);
  erase (status);
  status->n_lines = 0;
  g_string_truncate (status->picture, 0);
  add_title (status, width, now, weir_component_get_label (&flow->root->base), doing);
  paint (status->picture, &status->n_lines, width, now, before != NULL ? before : now);
  add_lag (status, width, engine);
  fputs (status->picture->str, status->stream);
  fflush (status->stream);
  weir_figures_free (*slot);
  *slot = now;
  status->n_drawn++;
}
