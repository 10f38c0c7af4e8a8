/* What building blocks of events costs, without a log or a disk: lives of six events with two
 * attributes each on average, many lives at once. Figures are CPU time, so that a machine which has
 * other work gives the same. */
#include "bench.h"

#include <string.h>
#include <time.h>

#include "provenance/block.h"
#include "provenance/stream.h"

#define N_RUNS    5
#define N_EVENTS  (2000 * WEIR_BLOCK_EVENTS)
#define N_FLIGHT  8192
#define N_ROWS    64
#define N_COLUMNS 10
#define N_MADE                                                                      \
  (4 * WEIR_BLOCK_EVENTS) /* that are used again and again; they fit into the cache \
                           */

typedef struct {
  WeirEvent event;
  uint32_t offset; /* of what it sets */
  uint32_t end;
} Made;

typedef struct {
  GRand *rand;
  char *rows[N_ROWS][N_COLUMNS];
  uint64_t flowfiles[N_FLIGHT];
  unsigned steps[N_FLIGHT];
  uint64_t next;
  int64_t time;
  Made *made;
  WeirStream sets;
} Lives;

static const char *const formats[N_COLUMNS] = {
  "events-2026-08-25T11-%02u.json",
  "./in/2026/08/%u",
  "application/json",
  "ingest-eu-west-1",
  "telemetry.raw.v%u",
  "%u",
  "%u",
  "%u",
  "5b1c7f0e-8c1d-4c8e-9a53-%012u",
  "edge-%04u.fab3.example.net",
};

static void
put_set (Lives *lives, WeirEvent *event, uint64_t name, const char *value)
{
  weir_stream_put (&lives->sets, name);
  weir_stream_put (&lives->sets, strlen (value));
  weir_stream_put_bytes (&lives->sets, value, strlen (value));
  event->has_attributes = true;
  event->set.n++;
}

static void
make_event (Lives *lives, Made *made)
{
  unsigned slot = g_rand_int (lives->rand) % N_FLIGHT;
  unsigned step = lives->steps[slot];
  WeirEvent *event = &made->event;
  char value[24];

  static const WeirEventType types[] = { WEIR_EVENT_RECEIVE,
                                         WEIR_EVENT_ATTRIBUTES_MODIFIED,
                                         WEIR_EVENT_ATTRIBUTES_MODIFIED,
                                         WEIR_EVENT_CONTENT_MODIFIED,
                                         WEIR_EVENT_ROUTE,
                                         WEIR_EVENT_DROP };

  *event = (WeirEvent){ .type = types[step], .time = lives->time += g_rand_int (lives->rand) % 3 };
  made->offset = (uint32_t)weir_stream_get_size (&lives->sets);
  if (step == 0) {
    char **row = lives->rows[g_rand_int (lives->rand) % N_ROWS];

    lives->flowfiles[slot] = lives->next++;
    event->is_birth = true;
    for (unsigned i = 0; i < N_COLUMNS; i++)
      put_set (lives, event, 1 + i, row[i]);
    lives->sets.at = lives->sets.start + weir_stream_get_size (&lives->sets);
    g_snprintf (value, sizeof value, "%" G_GUINT64_FORMAT, lives->flowfiles[slot]);
    put_set (lives, event, 20, value);
    event->set.n = N_COLUMNS + 1;
  } else if (step < 3) {
    g_snprintf (value, sizeof value, "%u", g_rand_int (lives->rand) % 1000);
    put_set (lives, event, 20 + step, value);
  }
  made->end = (uint32_t)weir_stream_get_size (&lives->sets);
  event->flowfile = lives->flowfiles[slot];
  event->component = 1 + step * 7 + event->flowfile % 7;
  event->queue = step < 5 ? event->component : 0;
  event->source = step > 0 ? event->component - 7 : 0;
  event->size = 1000 + event->flowfile % 100;
  event->old_size = event->is_birth ? 0 : event->size;
  event->entry_time = event->lineage_start = event->time;
  event->usec = 20 + g_rand_int (lives->rand) % 100;
  lives->steps[slot] = (step + 1) % 6;
}

static void
make_lives (Lives *lives)
{
  *lives =
      (Lives){ .rand = g_rand_new_with_seed (1), .next = 1, .time = INT64_C (1700000000000000) };
  for (unsigned i = 0; i < N_ROWS; i++)
    for (unsigned k = 0; k < N_COLUMNS; k++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      lives->rows[i][k] = g_strdup_printf (formats[k], g_rand_int (lives->rand) % 997);
#pragma GCC diagnostic pop
    }
  lives->made = g_new (Made, N_MADE);
  for (unsigned i = 0; i < N_MADE; i++)
    make_event (lives, &lives->made[i]);
  for (unsigned i = 0; i < N_MADE; i++) {
    Made *made = &lives->made[i];

    made->event.set.cursor =
        (WeirCursor){ lives->sets.start + made->offset, lives->sets.start + made->end, false };
  }
}

static double
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char *
get_name (void *data, uint64_t number)
{
  return number < 15 ? formats[(number - 1) % N_COLUMNS] : "step";
}

int
main (void)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  double rates[N_RUNS], bytes[N_RUNS];
  Lives lives;

  make_lives (&lives);
  for (unsigned run = 0; run < N_RUNS; run++) {
    double start = get_cpu ();
    uint64_t size = 0;
    WeirBlock block;

    weir_block_writer_begin (writer, 1);
    for (uint64_t i = 0; i < N_EVENTS; i++) {
      weir_block_writer_add (writer, &lives.made[i % N_MADE].event);
      if (!weir_block_writer_is_full (writer))
        continue;
      weir_block_writer_pack (writer, &block);
      size += block.size + block.filter_size;
      weir_block_writer_begin (writer, i + 2);
    }
    rates[run] = N_EVENTS / (get_cpu () - start);
    bytes[run] = (double)size / N_EVENTS;
  }
  bench_report ("prov.block.events", rates, N_RUNS, "1/s");
  bench_report ("prov.block.bytes", bytes, N_RUNS, "B");
  return 0;
}
