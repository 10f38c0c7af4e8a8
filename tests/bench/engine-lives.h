/* engine-lives.h: lives of FlowFiles through an engine with real processors. A life is five events:
 * made with ten attributes, changed three times, dropped.
 *
 * The directory is made where WEIR_BENCH_DIR says, or below /var/tmp, which is a disk where /tmp
 * may be memory. */
#pragma once

#include "../unit/runtime/kit.h"

#include "xml/reader.h"

#include <sys/resource.h>

#define EVENTS     5
#define MUCH_LATER (600 * G_USEC_PER_SEC)

/* --- directories --- */

static char *
make_directory (void)
{
  const char *base = g_getenv ("WEIR_BENCH_DIR");
  char *path = g_build_filename (base != NULL ? base : "/var/tmp", "weir-bench-store-XXXXXX", NULL);

  if (g_mkdtemp (path) == NULL)
    g_error ("cannot make %s", path);
  return path;
}

/* --- lives --- */

static const char flow_text[] =
    "<flow xmlns='urn:weir:flow:1' name='lives'>"
    "<processor id='make' type='GenerateFlowFile'>"
    "<property name='Maximum FlowFiles'>%u</property><property name='Batch Size'>%u</property>"
    "<property name='absolute.path'>/in/2026/08</property>"
    "<property name='mime.kind'>application/json</property>"
    "<property name='s3.bucket'>ingest-eu-west-1</property>"
    "<property name='kafka.topic'>telemetry.raw.v1</property>"
    "<property name='kafka.partition'>7</property>"
    "<property name='kafka.offset'>918273645</property>"
    "<property name='record.count'>431</property>"
    "<property name='fragment.identifier'>5b1c7f0e-8c1d-4c8e-9a53-0123456789ab</property>"
    "<property name='source.host'>edge-0123.fab3.example.net</property>"
    "<property name='file'>events-2026-08-25T11-01.json</property>"
    "</processor>"
    "<processor id='one' type='UpdateAttribute'><property "
    "name='stage'>parsed</property></processor>"
    "<processor id='two' type='UpdateAttribute'><property name='topic'>${kafka.topic}-clean"
    "</property></processor>"
    "<processor id='three' type='UpdateAttribute'><property "
    "name='stage'>done</property></processor>"
    "<processor id='end' type='RouteOnAttribute'><auto-terminate relationship='unmatched'/>"
    "</processor>"
    "<connection from='make:success' to='one'/><connection from='one:success' to='two'/>"
    "<connection from='two:success' to='three'/><connection from='three:success' to='end'/>"
    "</flow>";

typedef struct {
  WeirRegistry *registry;
  unsigned n;
  unsigned per_session;
  unsigned n_workers;
  WeirDurability durability;
  bool has_provenance;
} Lives;

typedef struct {
  double rate;     /* events a second, all of them durable and recorded */
  double flow;     /* events a second of what the flow does */
  double bytes;    /* of log, a life */
  double cpu;      /* ns an event, of all threads */
  double recorded; /* seconds from the end of the flow until all is recorded */
} LivesCost;

static WeirEngine *
load (const char *text, WeirEngineOptions *options, WeirFlow **ret_flow)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirResolver) resolver = NULL;
  g_autoptr (GError) error = NULL;
  WeirEngine *engine;

  *ret_flow = weir_flow_read (text, strlen (text), problems);
  if (*ret_flow == NULL || problems->len > 0)
    g_error ("the flow of the bench has problems");
  resolver = weir_resolver_new (*ret_flow, NULL, NULL, NULL);
  engine = weir_engine_new (options, &error);
  if (engine == NULL || !weir_engine_load (engine, *ret_flow, resolver, &error))
    g_error ("%s", error->message);
  return engine;
}

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e9 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e3;
}

static void
run_lives (const Lives *lives, LivesCost *ret_cost)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *text = g_strdup_printf (flow_text, lives->n, lives->per_session);
  WeirEngineOptions options = { .registry = lives->registry,
                                .n_workers = lives->n_workers,
                                .session_max = lives->per_session,
                                .data_dir = directory,
                                .durability = lives->durability,
                                .without_provenance = !lives->has_provenance };
  g_autoptr (WeirFlow) flow = NULL;
  WeirEngine *engine = load (text, &options, &flow);
  int64_t start = g_get_monotonic_time (), idle, end;
  double cpu = get_cpu (), n_events = (double)lives->n * EVENTS;

  weir_engine_start (engine);
  if (!weir_engine_wait_idle (engine, MUCH_LATER))
    g_error ("the flow does not come to an end");
  idle = g_get_monotonic_time ();
  if (!weir_engine_stop (engine, MUCH_LATER))
    g_error ("the engine does not come to an end");
  end = g_get_monotonic_time ();
  ret_cost->flow = n_events / (double)(idle - start) * 1e6;
  ret_cost->recorded = (double)(end - idle) / 1e6;
  ret_cost->rate = n_events / (double)(end - start) * 1e6;
  if (engine->data != NULL)
    ret_cost->bytes = (double)weir_data_get_logged (engine->data) / lives->n;
  weir_engine_free (engine);
  ret_cost->cpu = (get_cpu () - cpu) / n_events;
  kit_remove_all (directory);
}
