/* lives.h: the log of an engine at work, made up: FlowFiles that live for six events with two
 * attributes each on average, ten at the birth, two of which nobody else has; ten in a session,
 * thousands in flight, in frames of about a megabyte. A third are made of others. */
#pragma once

#include <string.h>

#include "provenance/fact.h"
#include "store/dictionary.h"
#include "store/frame.h"

#define LIVES_STEPS   6
#define LIVES_SESSION 10
#define LIVES_FLIGHT  1024 /* that a queue holds at most */
#define LIVES_ROWS    64
#define LIVES_COLUMNS 10
#define LIVES_JOINED  10 /* parents of what is made of several */
#define LIVES_OFFSET  6  /* of the columns: the FlowFile's number, so it can be asked for */
#define LIVES_FRAME   ((size_t)1024 * 1024)
#define LIVES_LANES   7 /* of components beside each other */
#define LIVES_BEGIN   INT64_C (1700000000000000)

typedef struct {
  GRand *rand;
  WeirDictionary *dictionary;
  uint64_t names[LIVES_COLUMNS + 2];
  uint64_t components[LIVES_STEPS][LIVES_LANES];
  uint64_t queues[LIVES_STEPS][LIVES_LANES];
  uint64_t success;
  char *rows[LIVES_ROWS][LIVES_COLUMNS];
  bool is_tree; /* all are made of the first one: ten of each */

  uint64_t ends[LIVES_STEPS]; /* FlowFiles that have been through a step: those are in order */
  int64_t time;
  uint64_t n_events;
  uint64_t place;
  uint64_t sequence;
  WeirEntryWriter writer;
  GByteArray *payload;
} Lives;

static inline void
lives_ignore (void *data, const void *body, size_t size)
{
}

static inline uint64_t
lives_word (Lives *lives, WeirWordKind kind, const char *format, unsigned a, unsigned b)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_autofree char *text = g_strdup_printf (format, a, b);
#pragma GCC diagnostic pop

  return weir_dictionary_get_number (lives->dictionary, kind, text);
}

static inline void
lives_init (Lives *lives)
{
  static const char *const names[] = { "filename",    "path",  "mime.type",     "source.host",
                                       "kafka.topic", "batch", "kafka.offset",  "kafka.partition",
                                       "request.id",  "host",  "route.decided", "score" };

  *lives = (Lives){ .rand = g_rand_new_with_seed (1), .time = LIVES_BEGIN, .place = 4096 };
  lives->dictionary = weir_dictionary_new (lives_ignore, NULL);
  lives->payload = g_byte_array_sized_new ((guint)LIVES_FRAME + 65536);
  weir_entry_writer_init (&lives->writer);
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    lives->names[i] = weir_dictionary_get_number (lives->dictionary, WEIR_WORD_NAME, names[i]);
  lives->success = weir_dictionary_get_number (lives->dictionary, WEIR_WORD_NAME, "success");
  for (unsigned i = 0; i < LIVES_STEPS; i++)
    for (unsigned k = 0; k < LIVES_LANES; k++) {
      lives->components[i][k] = lives_word (lives, WEIR_WORD_COMPONENT, "lane%2$u/step%1$u", i, k);
      lives->queues[i][k] =
          lives_word (lives, WEIR_WORD_QUEUE, "lane%2$u/step%1$u:success>lane%2$u/next", i, k);
    }
  for (unsigned i = 0; i < LIVES_ROWS; i++) {
    unsigned n = g_rand_int_range (lives->rand, 0, 997);
    char **row = lives->rows[i];

    row[0] = g_strdup_printf ("events-2026-08-25T11-%02u.json", n);
    row[1] = g_strdup_printf ("./in/2026/08/%u", n % 31);
    row[2] = g_strdup ("application/json");
    row[3] = g_strdup ("ingest-eu-west-1");
    row[4] = g_strdup_printf ("telemetry.raw.v%u", n % 4);
    row[5] = g_strdup_printf ("%u", n);
    row[6] = NULL; /* each its own */
    row[7] = g_strdup_printf ("%u", n % 12);
    row[8] = NULL; /* its own, too */
    row[9] = g_strdup_printf ("edge-%04u.fab3.example.net", n);
  }
}

static inline void
lives_clear (Lives *lives)
{
  for (unsigned i = 0; i < LIVES_ROWS; i++)
    for (unsigned k = 0; k < LIVES_COLUMNS; k++)
      g_free (lives->rows[i][k]);
  g_rand_free (lives->rand);
  weir_dictionary_free (lives->dictionary);
  weir_entry_writer_clear (&lives->writer);
  g_byte_array_unref (lives->payload);
}

/* Contents lie one behind the other in files; nobody can guess a checksum. */
static inline void
lives_write_content (Lives *lives, uint64_t file, uint64_t id, uint32_t size)
{
  WeirContentRef content = { .where = WEIR_WHERE_FILE,
                             .file = file + id / 10000,
                             .start = id % 10000 * 4096,
                             .size = size,
                             .length = size,
                             .crc = g_rand_int (lives->rand) };

  weir_entry_write_content (&lives->writer, &content, NULL);
}

/* In a quarter of the sessions ten are parts of one that is in flight, in a fifth one is made of
 * several. */
static inline void
lives_report_parents (Lives *lives, uint64_t id)
{
  uint64_t session = (id - 1) / LIVES_SESSION, parents[LIVES_JOINED];
  uint64_t first = lives->ends[LIVES_STEPS - 1] + 1, n_flight = lives->ends[0] + 1 - first;
  WeirFact fact = { .fields = WEIR_FACT_EVENT | WEIR_FACT_PARENTS, .parents = parents };

  if (lives->is_tree && id > 1) {
    fact.event = WEIR_EVENT_FORK;
    fact.n_parents = 1;
    parents[0] = (id + LIVES_SESSION - 2) / LIVES_SESSION;
  } else if (!lives->is_tree && session % 20 < 5 && n_flight > 0) {
    fact.event = WEIR_EVENT_FORK;
    fact.n_parents = 1;
    parents[0] = first + session * 7919 % n_flight;
  } else if (!lives->is_tree && session % 20 < 9 && id % LIVES_SESSION == 1 &&
             n_flight > LIVES_JOINED) {
    fact.event = WEIR_EVENT_JOIN;
    fact.n_parents = LIVES_JOINED;
    for (unsigned i = 0; i < LIVES_JOINED; i++)
      parents[i] = first + session * 7919 % (n_flight - LIVES_JOINED) + i;
  }
  if (fact.n_parents > 0)
    weir_fact_write (&fact, &lives->writer);
}

static inline void
lives_create (Lives *lives, uint64_t id, unsigned lane)
{
  char **row = lives->rows[g_rand_int_range (lives->rand, 0, LIVES_ROWS)];
  WeirEntryAttribute attributes[LIVES_COLUMNS];
  char offset[24], request[40];

  g_snprintf (offset, sizeof offset, "%" G_GUINT64_FORMAT, id);
  g_snprintf (request, sizeof request, "%08x-%04x-4%03x-a%03x-%08x%04x", g_rand_int (lives->rand),
              g_rand_int (lives->rand) >> 16, g_rand_int (lives->rand) >> 20,
              g_rand_int (lives->rand) >> 20, g_rand_int (lives->rand),
              g_rand_int (lives->rand) >> 16);
  for (unsigned i = 0; i < LIVES_COLUMNS; i++) {
    const char *own = i == LIVES_OFFSET ? offset : request;
    const char *value = row[i] != NULL ? row[i] : own;

    attributes[i] = (WeirEntryAttribute){ { .number = lives->names[i] }, value, strlen (value) };
  }
  lives_report_parents (lives, id);
  weir_entry_write_create (&lives->writer, id, lives->queues[0][lane], false);
  weir_entry_write_attributes (&lives->writer, attributes, LIVES_COLUMNS, NULL, 0);
  lives_write_content (lives, 1, id, (uint32_t)g_rand_int_range (lives->rand, 100, 4000));
}

/* One FlowFile through one step: it is made, gets an attribute, another, another content, is sent
 * along a relationship, ends. */
static inline void
lives_step (Lives *lives, unsigned step, unsigned lane, uint64_t id)
{
  WeirEntryWriter *writer = &lives->writer;
  WeirEntryAttribute attribute;
  char value[24];

  if (step == 0) {
    lives_create (lives, id, lane);
    return;
  }
  if (step == LIVES_STEPS - 1) {
    weir_entry_write_drop (writer, id);
    return;
  }
  weir_entry_write_update (writer, id);
  weir_entry_write_queue (writer, lives->queues[step][lane]);
  if (step < 3) {
    g_snprintf (value, sizeof value, "%u", g_rand_int_range (lives->rand, 0, 1000));
    attribute = (WeirEntryAttribute){ { .number = lives->names[LIVES_COLUMNS + step - 1] },
                                      value,
                                      strlen (value) };
    weir_entry_write_attributes (writer, &attribute, 1, NULL, 0);
  } else if (step == 3) {
    lives_write_content (lives, 1000000, id, (uint32_t)g_rand_int_range (lives->rand, 50, 2000));
  }
}

/* A session of one component. */
static inline void
lives_make_entry (Lives *lives, unsigned step)
{
  uint64_t from = lives->ends[step], to = from + LIVES_SESSION;
  unsigned lane = (unsigned)(from / LIVES_SESSION % LIVES_LANES);
  WeirFact fact = { .fields = WEIR_FACT_SIZE | WEIR_FACT_SOURCE | WEIR_FACT_RELATIONSHIP |
                              WEIR_FACT_HOW | WEIR_FACT_USEC,
                    .size = 1000,
                    .source = step > 0 ? lives->queues[step - 1][lane] : 0,
                    .relationship = step < LIVES_STEPS - 1 ? lives->success : 0,
                    .how = step == 4 ? WEIR_FACT_CHOICE : WEIR_FACT_PLAIN,
                    .usec = 20 + (uint64_t)g_rand_int_range (lives->rand, 0, 100) };

  weir_entry_writer_begin (&lives->writer, lives->components[step][lane]);
  weir_fact_write (&fact, &lives->writer);
  for (uint64_t id = from; id < to; id++)
    lives_step (lives, step, lane, id + 1);
  lives->ends[step] = to;
  lives->n_events += LIVES_SESSION;
  lives->time += g_rand_int_range (lives->rand, 1, 10);
}

/* Some step that has input and room for its output. */
static inline unsigned
lives_choose (Lives *lives)
{
  unsigned step = (unsigned)g_rand_int_range (lives->rand, 0, LIVES_STEPS);

  while ((step > 0 && lives->ends[step] == lives->ends[step - 1]) ||
         (step < LIVES_STEPS - 1 &&
          lives->ends[step] >= lives->ends[step + 1] + (uint64_t)LIVES_FLIGHT))
    step = (step + 1) % LIVES_STEPS;
  return step;
}

/* The next frame; valid until the next call. */
static inline void
lives_make_frame (Lives *lives, WeirFrame *ret_frame)
{
  WeirFrame frame = { .place = lives->place, .sequence = ++lives->sequence, .wall = lives->time };

  g_byte_array_set_size (lives->payload, 0);
  while (lives->payload->len < LIVES_FRAME) {
    size_t used = lives->payload->len, size;
    int64_t delta = lives->time - frame.wall;
    uint8_t *body;
    const uint8_t *end;

    lives_make_entry (lives, lives_choose (lives));
    size = weir_entry_writer_get_size (&lives->writer);
    g_byte_array_set_size (lives->payload, (guint)(used + WEIR_FRAME_ENTRY + size));
    end =
        weir_frame_put_entry (lives->payload->data + used, delta, lives->writer.start, size, &body);
    g_byte_array_set_size (lives->payload, (guint)(end - lives->payload->data));
    frame.n_entries++;
  }
  frame.payload = lives->payload->data;
  frame.size = lives->payload->len;
  frame.next = lives->place += weir_frame_pad (WEIR_FRAME_HEADER + frame.size);
  *ret_frame = frame;
}
