/* What expressions cost: two usual ones, the worst ones, and compiling. Prints one JSON object a
 * line: {"id","value","unit","runs","spread"}. */
#include "bench.h"
#include "expr/expr.h"

#include <malloc.h>
#include <string.h>

#define N_RUNS     9
#define N_EACH     200000
#define N_COMPILED 10000

static const char *const names[] = { "path", "uuid",      "kafka.topic", "s3.bucket", "type",
                                     "long", "mime.type", "source.host", "filename",  "zzz" };
static const char *values[] = { "/in/2026/08",
                                "5b1c7f0e-8c1d-4c8e-9a53-0123456789ab",
                                "telemetry.raw.v1",
                                "ingest-eu-west-1",
                                "x",
                                NULL,
                                "application/json",
                                "edge-0123.fab3.example.net",
                                "events-2026-08-25T11-01.json",
                                "last" };

static const char *
lookup (const void *subject, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i][0] == name[0] && strcmp (names[i], name) == 0)
      return values[i];
  return NULL;
}

static size_t
count (const void *subject)
{
  return G_N_ELEMENTS (names);
}

static void
nth (const void *subject, size_t index, const char **ret_name, const char **ret_value)
{
  *ret_name = names[index];
  *ret_value = values[index];
}

static int64_t
field (const void *subject, WeirExprField which)
{
  return 4096;
}

static const WeirExprScope scope = {
  .subject = names, .lookup = lookup, .count = count, .nth = nth, .field = field
};

static int64_t
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
bench_evaluate (const char *id, const char *text)
{
  g_autoptr (WeirExpr) expr = weir_expr_compile (text, WEIR_EXPR_NONE, NULL);
  double figures[N_RUNS];
  WeirArena arena = { 0 };

  for (unsigned run = 0; run < N_RUNS; run++) {
    int64_t start = now_ns ();

    for (unsigned i = 0; i < N_EACH; i++) {
      bench_keep ((void *)weir_expr_run (expr, &scope, &arena, NULL));
      if (i % 100 == 0)
        weir_arena_reset (&arena);
    }
    figures[run] = (double)(now_ns () - start) / N_EACH;
  }
  weir_arena_clear (&arena);
  bench_report (id, figures, N_RUNS, "ns");
}

/* Each does as much work as it can get; none may take longer than 10 ms. */
static const char *const hostile[] = {
  "${long:matches('(a+)+$')}",
  "${long:find('(a|aa)+$')}",
  "${long:find('a*a*a*a*a*[bc]')}",
  "${long:find('(.*)(.*)(.*)(.*)(.*)[^a]$')}",
  "${long:replaceAll('a*?', '$0$0')}",
  "${long:replaceAll('(?=(a+))', '$1')}",
  "${long:replaceAll('(a+)+b|a', '')}",
  "${long:repeat(15):repeat(15):repeat(15):repeat(15)}",
  "${literal('x'):repeat(1000000):replace('x', 'yy')}",
  "${literal('x'):repeat(1000000):toUpper():toLower():toUpper():toLower():toUpper():toLower()}",
  "${literal('ä'):repeat(500000):toUpper():toLower():toUpper()}",
  "${literal('ä'):repeat(500000):substring(499999):append('${long}'):length()}",
  "${literal('x,'):repeat(500000):unique(','):length()}",
  "${literal('x,'):repeat(500000):getDelimitedField(400000)}",
  "${allDelineatedValues(${literal('x,'):repeat(500000)}, ','):join(';')}",
  "${allDelineatedValues(${literal('x,'):repeat(500000)}, ','):count()}",
  "${allDelineatedValues(${long}, ''):and(${anyDelineatedValue(${long}, ''):gt(1)}):count()}",
  "${literal('$${literal(1):plus(1)}'):repeat(2000):evaluateELString()}",
  "${literal('x'):padLeft(1000000, 'ab'):lastIndexOf('ba')}",
  "${long:lastIndexOf('${long}b')}",
};

static void
bench_hostile (void)
{
  double figures[3];

  for (unsigned run = 0; run < G_N_ELEMENTS (figures); run++) {
    figures[run] = 0;
    for (size_t i = 0; i < G_N_ELEMENTS (hostile); i++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (WeirExpr) expr = NULL;
      WeirArena arena = { 0 };
      int64_t start = now_ns ();
      double ms;

      expr = weir_expr_compile (hostile[i], WEIR_EXPR_NONE, &error);
      if (expr != NULL)
        bench_keep ((void *)weir_expr_run (expr, &scope, &arena, &error));
      ms = (double)(now_ns () - start) / 1e6;
      if (run == 0)
        g_print ("%8.3f ms  %s: %s\n", ms, hostile[i], error != NULL ? error->message : "done");
      figures[run] = MAX (figures[run], ms);
      weir_arena_clear (&arena);
    }
  }
  bench_report ("expr.hostile_ms", figures, G_N_ELEMENTS (figures), "ms");
}

static void
bench_compile (void)
{
  g_autofree WeirExpr **exprs = g_new (WeirExpr *, N_COMPILED);
  double figures[N_RUNS];

  for (unsigned run = 0; run < N_RUNS; run++) {
    size_t used = mallinfo2 ().uordblks;
    int64_t start;
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

    for (unsigned i = 0; i < N_COMPILED; i++)
      g_ptr_array_add (texts, i % 2 == 0 ? g_strdup_printf ("${file%u:gt(%u):and(${type:equals("
                                                            "'x%u')})}",
                                                            i, i, i)
                                         : g_strdup_printf ("/in/%u/${filename%u:substringBefore("
                                                            "'.'):toUpper()}-${uuid}.txt",
                                                            i, i));
    start = now_ns ();
    for (unsigned i = 0; i < N_COMPILED; i++)
      exprs[i] = weir_expr_compile (texts->pdata[i], WEIR_EXPR_NONE, NULL);
    figures[run] = (double)(now_ns () - start) / 1e6;
    if (run == 0)
      g_print ("%d compiled: %.1f MB\n", N_COMPILED, (double)(mallinfo2 ().uordblks - used) / 1e6);
    for (unsigned i = 0; i < N_COMPILED; i++)
      weir_expr_free (exprs[i]);
  }
  bench_report ("expr.compile_10k_ms", figures, N_RUNS, "ms");
}

int
main (void)
{
  g_autofree char *letters = g_strnfill (20000, 'a');

  values[5] = letters;
  bench_evaluate ("expr.string_ns", "${filename:substringBefore('.'):toUpper()}");
  bench_evaluate ("expr.logic_ns", "${fileSize:gt(1024):and(${type:equals('x')})}");
  bench_hostile ();
  bench_compile ();
  return 0;
}
