#include "postgres-server.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* PostgreSQL does not run as root. It is to end when the test does. */
static void
become_server (void *data)
{
  if (geteuid () == 0 && (setgid (NOBODY) != 0 || setuid (NOBODY) != 0))
    _exit (1);
  prctl (PR_SET_PDEATHSIG, SIGQUIT);
}

static void
give_away (const char *path)
{
  if (geteuid () == 0)
    g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
}

static void
run (const PostgresServer *server, const char *const *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status;

  g_spawn_sync (server->folder, (char **)command, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, become_server, NULL, NULL, &said,
                &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s failed: %s", command[0], said);
}

static void
write_file (const PostgresServer *server, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (server->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  give_away (path);
}

static void
make_certificates (PostgresServer *server)
{
  const char *ca[] = { "openssl", "req",    "-x509", "-newkey", "rsa:2048",
                       "-nodes",  "-days",  "2",     "-subj",   "/CN=CA of the test",
                       "-keyout", "ca.key", "-out",  "ca.pem",  NULL };
  const char *request[] = { "openssl",    "req",   "-newkey",       "rsa:2048",
                            "-nodes",     "-subj", "/CN=localhost", "-keyout",
                            "server.key", "-out",  "server.csr",    NULL };
  const char *sign[] = { "openssl",    "x509",   "-req",     "-in",    "server.csr",
                         "-CA",        "ca.pem", "-CAkey",   "ca.key", "-CAcreateserial",
                         "-days",      "2",      "-extfile", "names",  "-out",
                         "server.pem", NULL };

  write_file (server, "names", "subjectAltName = DNS:localhost\n");
  run (server, ca);
  run (server, request);
  run (server, sign);
  server->ca = g_build_filename (server->folder, "ca.pem", NULL);
}

static void
make_cluster (PostgresServer *server)
{
  g_autofree char *initdb = g_build_filename (server->bin, "initdb", NULL);
  g_autofree char *hba = g_build_filename ("data", "pg_hba.conf", NULL);
  const char *command[] = { initdb,      "-D", "data",          "-U", "weir", "--pwfile",
                            "password",  "-A", "scram-sha-256", "-E", "UTF8", "--no-locale",
                            "--no-sync", NULL };

  write_file (server, "password", POSTGRES_PASSWORD "\n");
  run (server, command);
  write_file (server, hba,
              "local all all trust\n"
              "host all all 127.0.0.1/32 scram-sha-256\n");
}

/* Returns: (transfer full): one that was free. */
static char *
find_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &size), ==, 0);
  close (fd);
  return g_strdup_printf ("%u", ntohs (address.sin_port));
}

/* Returns: (transfer full) (nullable): the folder of the newest version. */
static char *
find_programs (void)
{
  g_autoptr (GDir) versions = g_dir_open ("/usr/lib/postgresql", 0, NULL);
  g_autofree char *best = NULL;
  const char *name;

  while (versions != NULL && (name = g_dir_read_name (versions)) != NULL) {
    g_autofree char *bin = g_build_filename ("/usr/lib/postgresql", name, "bin", NULL);
    g_autofree char *initdb = g_build_filename (bin, "initdb", NULL);

    if (g_file_test (initdb, G_FILE_TEST_IS_EXECUTABLE) &&
        (best == NULL || strcmp (bin, best) > 0)) {
      g_free (best);
      best = g_steal_pointer (&bin);
    }
  }
  return g_steal_pointer (&best);
}

PostgresServer *
postgres_server_new (void)
{
  g_autofree char *bin = find_programs ();
  PostgresServer *server;

  if (bin == NULL)
    return NULL;
  server = g_new0 (PostgresServer, 1);
  server->bin = g_steal_pointer (&bin);
  server->folder = g_dir_make_tmp ("weir-postgres-XXXXXX", NULL);
  g_assert_nonnull (server->folder);
  give_away (server->folder);
  make_certificates (server);
  make_cluster (server);
  postgres_server_start (server);
  return server;
}

static void *
drain (void *data)
{
  FILE *log = data;
  char line[1024];

  while (fgets (line, sizeof line, log) != NULL)
    continue;
  fclose (log);
  return NULL;
}

/* Returns: false when it has ended before it was ready. */
static bool
wait_until_ready (FILE *log, GString *said)
{
  char line[1024];

  while (fgets (line, sizeof line, log) != NULL) {
    g_string_append (said, line);
    if (strstr (line, "ready to accept connections") != NULL)
      return true;
  }
  return false;
}

static bool
try_to_start (PostgresServer *server, GString *said)
{
  g_autofree char *postgres = g_build_filename (server->bin, "postgres", NULL);
  g_autofree char *data = g_build_filename (server->folder, "data", NULL);
  g_autofree char *sockets = g_strconcat ("unix_socket_directories=", server->folder, NULL);
  g_autofree char *certificate = g_strdup_printf ("ssl_cert_file=%s/server.pem", server->folder);
  g_autofree char *key = g_strdup_printf ("ssl_key_file=%s/server.key", server->folder);
  const char *command[] = { postgres,
                            "-D",
                            data,
                            "-p",
                            server->port,
                            "-c",
                            sockets,
                            "-c",
                            "listen_addresses=127.0.0.1",
                            "-c",
                            "ssl=on",
                            "-c",
                            certificate,
                            "-c",
                            key,
                            "-F",
                            "-c",
                            "max_connections=20",
                            "-c",
                            "shared_buffers=16MB",
                            NULL };
  g_autoptr (GError) error = NULL;
  int fd;
  FILE *log;

  g_spawn_async_with_pipes (server->folder, (char **)command, NULL,
                            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, become_server,
                            NULL, &server->pid, NULL, NULL, &fd, &error);
  g_assert_no_error (error);
  log = fdopen (fd, "r");
  if (wait_until_ready (log, said)) {
    server->drain = g_thread_new ("log", drain, log);
    return true;
  }
  fclose (log);
  waitpid (server->pid, NULL, 0);
  return false;
}

void
postgres_server_start (PostgresServer *server)
{
  g_autoptr (GString) said = g_string_new (NULL);
  unsigned attempts = 0;

  /* Another program may have taken the port meanwhile. */
  do {
    if (attempts++ == 5)
      g_error ("PostgreSQL does not start: %s", said->str);
    if (server->port == NULL || attempts > 1) {
      g_free (server->port);
      server->port = find_port ();
    }
  } while (!try_to_start (server, said));
}

void
postgres_server_stop (PostgresServer *server)
{
  if (server->pid == 0)
    return;
  kill (server->pid, SIGQUIT);
  g_assert_cmpint (waitpid (server->pid, NULL, 0), ==, server->pid);
  g_thread_join (g_steal_pointer (&server->drain));
  server->pid = 0;
}

void
postgres_server_free (PostgresServer *server)
{
  if (server == NULL)
    return;
  postgres_server_stop (server);
  g_free (server->ca);
  g_free (server->port);
  g_free (server->bin);
  g_free (server->folder);
  g_free (server);
}
