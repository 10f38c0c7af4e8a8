/* bench-control-http.c: what the HTTP in front of a method costs, as it is used: a request goes to
 * the server, on to the flow host, and back.
 *
 * A host and a server, a process each, and ten clients that keep their connections. The figure is
 * requests by CPU time of both, user and system: what one core would answer. */
#include "base/clock.h"
#include "bench.h"
#include "control/http-server.h"
#include "wire/unix-address.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_RUNS    5
#define N_CLIENTS 10
#define N_ROUNDS  3000

static void
on_head (void *data, WeirExchange *exchange)
{
  if (data != NULL)
    weir_exchange_forward (exchange, data, "bench operator");
  else
    weir_exchange_take_body (exchange, 1000);
}

/* As long as the status of a processor. */
static void
on_request (void *data, WeirExchange *exchange)
{
  g_autofree char *text = g_strnfill (300, 'x');
  g_autoptr (GBytes) body = g_bytes_new_static (text, 300);

  weir_exchange_answer (exchange, 200, "application/json", NULL, body);
}

/* Serves at @path until it is killed; passes on to @host unless that is NULL. */
static pid_t
serve (const char *path, const char *host)
{
  WeirHttpHandler handler = { on_head, on_request, (void *)host };
  g_autoptr (GError) error = NULL;
  WeirHttpServer *server;
  WeirLoop *loop;
  pid_t pid = fork ();

  if (pid != 0)
    return pid;
  loop = weir_loop_new ();
  server = weir_http_server_new (loop, &handler, NULL);
  if (!weir_http_server_listen_unix (server, path, 0600, &error))
    g_error ("%s", error->message);
  weir_loop_run (loop);
  _exit (0);
}

static int
connect_to (const char *path)
{
  WeirUnixAddress address;
  int fd;

  if (!weir_unix_address_init (&address, path, NULL))
    g_error ("%s", path);
  while ((fd = weir_unix_address_connect (&address)) < 0)
    g_usleep (1000); /* it has not begun yet */
  weir_unix_address_clear (&address);
  fcntl (fd, F_SETFL, 0);
  return fd;
}

static void
read_answer (int fd)
{
  char buffer[4096];
  const char *body = NULL;
  size_t size = 0;

  while (body == NULL || size < (size_t)(body - buffer) + 300) {
    ssize_t n = read (fd, buffer + size, sizeof buffer - size);

    if (n <= 0)
      g_error ("the server has ended");
    size += n;
    body = memchr (buffer, 'x', size); /* there is none in the head */
  }
}

/* Each client asks, then each reads its answer: the server always has something to do. */
static void
ask_often (const char *path)
{
  static const char request[] = "GET /v1/flows/orders/processors/read HTTP/1.1\r\n"
                                "Host: localhost\r\nAccept: application/json\r\n\r\n";
  int fds[N_CLIENTS];

  for (unsigned i = 0; i < N_CLIENTS; i++)
    fds[i] = connect_to (path);
  for (unsigned round = 0; round < N_ROUNDS; round++) {
    for (unsigned i = 0; i < N_CLIENTS; i++)
      if (send (fds[i], request, sizeof request - 1, 0) < 0)
        g_error ("the server has ended");
    for (unsigned i = 0; i < N_CLIENTS; i++)
      read_answer (fds[i]);
  }
  for (unsigned i = 0; i < N_CLIENTS; i++)
    close (fds[i]);
}

static double
end (pid_t pid)
{
  struct rusage used;

  kill (pid, SIGTERM);
  wait4 (pid, NULL, 0, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec +
         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double
measure (const char *directory, bool is_forwarded)
{
  g_autofree char *host_path = g_build_filename (directory, "host.sock", NULL);
  g_autofree char *path = g_build_filename (directory, "server.sock", NULL);
  pid_t host = serve (host_path, NULL), server = is_forwarded ? serve (path, host_path) : 0;
  WeirClock *clock = weir_clock_system ();
  int64_t begin;
  double wall, used;

  close (connect_to (host_path));
  begin = weir_clock_get_monotonic (clock);
  ask_often (is_forwarded ? path : host_path);
  wall = (weir_clock_get_monotonic (clock) - begin) / 1e6;
  used = end (host) + (is_forwarded ? end (server) : 0);
  g_printerr ("%s: %.0f requests/s by the clock, %.1f us of CPU each\n",
              is_forwarded ? "forwarded" : "direct", N_CLIENTS * N_ROUNDS / wall,
              used * 1e6 / N_CLIENTS / N_ROUNDS);
  g_unlink (host_path);
  g_unlink (path);
  return N_CLIENTS * N_ROUNDS / used;
}

int
main (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-bench-XXXXXX", NULL);
  double direct[N_RUNS], forwarded[N_RUNS];

  for (unsigned i = 0; i < N_RUNS; i++) {
    direct[i] = measure (directory, false);
    forwarded[i] = measure (directory, true);
  }
  bench_report ("control.http_direct", direct, N_RUNS, "1/s");
  bench_report ("control.http_forwarded", forwarded, N_RUNS, "1/s");
  g_rmdir (directory);
  return 0;
}
