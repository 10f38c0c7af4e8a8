/* What recording costs the flow that is recorded: lives of FlowFiles with it and without it, in
 * turn, durable as by default. The ratio is of the time until all that the flow does is durable;
 * what is recorded later than that is said beside it, with the CPU time of all threads. */
#include "bench.h"
#include "engine-lives.h"

#define N_LIVES  1000000 /* if nobody says otherwise */
#define N_ROUNDS 7

int
main (int argc, char **argv)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  unsigned n = argc > 1 ? (unsigned)strtoul (argv[1], NULL, 10) : N_LIVES;
  Lives lives = { registry, n, 10, 2, WEIR_DURABILITY_POWER, false };
  double ratios[N_ROUNDS];

  for (unsigned i = 0; i < N_ROUNDS; i++) {
    LivesCost off, on;

    lives.has_provenance = false;
    run_lives (&lives, &off);
    lives.has_provenance = true;
    run_lives (&lives, &on);
    ratios[i] = on.flow / off.flow;
    g_print ("  without: %.0f events/s, %.0f ns of CPU, %.1f B of log a life; with: %.0f events/s "
             "(%.3f), %.0f ns, %.1f B; recorded %.2f s later (%.3f)\n",
             off.flow, off.cpu, off.bytes, on.flow, ratios[i], on.cpu, on.bytes, on.recorded,
             on.rate / off.rate);
  }
  bench_report ("prov.engine_ratio", ratios, N_ROUNDS, "ratio");
  return 0;
}
