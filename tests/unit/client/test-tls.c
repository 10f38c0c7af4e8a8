/* Both ends of TLS, and how they know each other. */
#include "base/wake.h"
#include "client/client.h"
#include "client/known.h"
#include "serving.h"

#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include <weir/error.h>

typedef struct {
  Serving serving;
  char *directory; /* of the certificate */
  char *authority; /* who signs for clients; NULL: nobody */
  char *where;     /* without fingerprint */
  atomic_uint n_done;
  WeirWake done;
} World;

static void
on_head (void *data, WeirExchange *exchange)
{
  weir_exchange_take_body (exchange, 2000000);
}

/* Says who asks, with so much behind it as the path says. */
static void
on_request (void *data, WeirExchange *exchange)
{
  const WeirPeer *peer = weir_exchange_get_peer (exchange);
  size_t size, n_more = g_ascii_strtoull (weir_exchange_get_path (exchange) + 1, NULL, 10);
  g_autofree char *more = g_strnfill (n_more, 'x');
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;

  weir_exchange_get_body (exchange, &size);
  g_assert_false (peer->is_unix);
  text = g_strdup_printf ("%s %s %zu%s", peer->address,
                          peer->certificate != NULL ? peer->certificate : "nobody", size, more);
  body = g_bytes_new (text, strlen (text));
  weir_exchange_answer (exchange, 200, "text/plain", NULL, body);
}

static void
forget (void)
{
  g_autofree char *path = weir_known_get_path ();

  g_remove (path);
  g_unsetenv ("WEIR_CA");
  g_unsetenv ("WEIR_CERTIFICATE");
}

/* A key and a certificate, as an administrator makes them. Returns: false: there is no openssl. */
static bool
make_client (const char *path)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autofree char *key = g_strconcat (path, ".key", NULL);
  g_autofree char *command = NULL, *key_text = NULL, *text = NULL, *both = NULL;
  int status = 0;

  if (openssl == NULL)
    return false;
  command =
      g_strdup_printf ("%s req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                       "-subj /CN=maria -keyout %s -out %s",
                       openssl, key, path);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_get_contents (key, &key_text, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  both = g_strconcat (key_text, text, NULL);
  g_assert_true (g_file_set_contents (path, both, -1, NULL));
  g_remove (key);
  return true;
}

static void
set_up (World *world, const void *data)
{
  WeirHttpHandler handler = { on_head, on_request, world };
  g_autoptr (GError) error = NULL;
  WeirTlsOptions options = { 0 };

  forget ();
  world->directory = g_dir_make_tmp ("weir-tls-XXXXXX", NULL);
  options.directory = world->directory;
  if (data != NULL) {
    world->authority = g_build_filename (world->directory, "clients.pem", NULL);
    if (make_client (world->authority))
      options.client_authority = world->authority;
  }
  world->serving.tls = weir_tls_new (&options, &error);
  g_assert_no_error (error);
  serving_start (&world->serving, &handler, NULL);
  world->where = g_strdup_printf ("https://localhost:%u", world->serving.port);
}

static void
tear_down (World *world, const void *data)
{
  g_autofree char *file = g_build_filename (world->directory, "tls.pem", NULL);

  serving_stop (&world->serving);
  weir_tls_free (world->serving.tls);
  g_remove (file);
  if (world->authority != NULL)
    g_remove (world->authority);
  g_assert_cmpint (g_rmdir (world->directory), ==, 0);
  g_free (world->directory);
  g_free (world->authority);
  g_free (world->where);
}

static char *
get_pinned (World *world)
{
  return g_strdup_printf ("%s#sha256:%s", world->where,
                          weir_tls_get_fingerprint (world->serving.tls));
}

static char *
ask (WeirClient *client, const char *path)
{
  g_autoptr (GError) error = NULL;
  WeirReply reply;
  char *text;

  weir_client_ask (client, "GET", path, NULL, NULL, &reply, &error);
  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (reply.body, NULL), g_bytes_get_size (reply.body));
  weir_reply_clear (&reply);
  return text;
}

/* As with ssh: compared once, and from then on it must be the same. */
static void
test_fingerprint (World *world, const void *data)
{
  g_autofree char *pinned = get_pinned (world);
  g_autofree char *wrong = g_strdup_printf ("%s#sha256:%064d", world->where, 0);
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) stranger = weir_client_new (world->where, "token", &error);
  g_autoptr (WeirClient) mistaken = NULL, first = NULL, second = NULL;

  g_assert_null (stranger);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, pinned)); /* what to write is in the message */
  g_clear_error (&error);
  mistaken = weir_client_new (wrong, "token", &error);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  g_clear_error (&error);
  first = weir_client_new (pinned, "token", &error);
  g_assert_no_error (error);
  answer = ask (first, "/");
  g_assert_cmpstr (answer, ==, "127.0.0.1 nobody 0");
  second = weir_client_new (world->where, "token", &error);
  g_assert_no_error (error);
}

static void
reload (void *data)
{
  World *world = data;
  g_autoptr (GError) error = NULL;

  weir_tls_reload (world->serving.tls, &error);
  g_assert_no_error (error);
  atomic_fetch_add (&world->n_done, 1);
  weir_wake_ring (&world->done);
}

/* What is connected stays so; who comes anew sees the new certificate. */
static void
test_reload (World *world, const void *data)
{
  g_autofree char *pinned = get_pinned (world);
  g_autofree char *file = g_build_filename (world->directory, "tls.pem", NULL);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) old = weir_client_new (pinned, NULL, &error);
  g_autoptr (WeirClient) late = NULL;
  WeirTlsOptions options = { .directory = world->directory };
  WeirTls *other;

  g_assert_no_error (error);
  before = ask (old, "/");
  g_assert_cmpint (g_remove (file), ==, 0);
  other = weir_tls_new (&options, &error); /* makes another one there */
  g_assert_no_error (error);
  weir_tls_free (other);
  weir_loop_post (world->serving.loop, reload, world);
  for (uint32_t n = weir_wake_get (&world->done); atomic_load (&world->n_done) == 0;
       n = weir_wake_get (&world->done))
    weir_wake_wait (&world->done, n);
  after = ask (old, "/");
  g_assert_cmpstr (after, ==, before);
  late = weir_client_new (world->where, NULL, &error);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, "not the server that is known"));
}

static void
test_authority (World *world, const void *data)
{
  g_autofree char *file = g_build_filename (world->directory, "tls.pem", NULL);
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = NULL, none = NULL;
  GStatBuf now;

  g_assert_cmpint (g_stat (file, &now), ==, 0);
  g_assert_cmpint (now.st_mode & 0777, ==, 0600);
  g_setenv ("WEIR_CA", file, TRUE);
  client = weir_client_new (world->where, NULL, &error);
  g_assert_no_error (error);
  answer = ask (client, "/");
  g_assert_cmpstr (answer, ==, "127.0.0.1 nobody 0");
  g_setenv ("WEIR_CA", "/nowhere", TRUE);
  none = weir_client_new (world->where, NULL, &error);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
}

/* More than one record, and more than the socket takes at once. */
static void
test_large (World *world, const void *data)
{
  g_autofree char *pinned = get_pinned (world);
  g_autofree char *answer = NULL, *upload = g_strnfill (1500000, 'u');
  g_autoptr (GBytes) body = g_bytes_new_static (upload, 1500000);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (pinned, NULL, &error);
  WeirReply reply;

  answer = ask (client, "/5000000");
  g_assert_cmpuint (strlen (answer), ==, strlen ("127.0.0.1 nobody 0") + 5000000);
  g_assert_true (weir_client_ask (client, "PUT", "/", "text/plain", body, &reply, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (reply.body, NULL), g_bytes_get_size (reply.body),
                   "127.0.0.1 nobody 1500000", 24);
  weir_reply_clear (&reply);
}

/* TLS 1.3 tells a client with the first answer. */
static void
check_refused (const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (where, NULL, &error);
  WeirReply reply;

  if (client != NULL)
    g_assert_false (weir_client_ask (client, "GET", "/", NULL, NULL, &reply, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
}

static void
test_client_certificate (World *world, const void *data)
{
  g_autofree char *pinned = get_pinned (world);
  g_autofree char *own = g_build_filename (world->directory, "tls.pem", NULL);
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) maria = NULL;

  if (!g_file_test (world->authority, G_FILE_TEST_EXISTS)) {
    g_test_skip ("there is no openssl to make a certificate with");
    return;
  }
  check_refused (pinned);
  g_setenv ("WEIR_CERTIFICATE", world->authority, TRUE);
  maria = weir_client_new (pinned, NULL, &error);
  g_assert_no_error (error);
  answer = ask (maria, "/");
  g_assert_cmpstr (answer, ==, "127.0.0.1 CN=maria 0");
  g_setenv ("WEIR_CERTIFICATE", own, TRUE); /* that nobody has signed for */
  check_refused (pinned);
}

/* --- as others see it --- */

/* Returns: (transfer full) (nullable): what @format says; NULL: there is no such program. */
static char *
run (const char *program, const char *arguments, int *ret_status)
{
  g_autofree char *path = g_find_program_in_path (program);
  g_autofree char *command = path != NULL ? g_strdup_printf ("%s %s", path, arguments) : NULL;
  char *output = NULL;

  if (path == NULL)
    return NULL;
  g_assert_true (g_spawn_command_line_sync (command, &output, NULL, ret_status, NULL));
  return output;
}

static void
test_curl (World *world, const void *data)
{
  g_autofree char *good =
      g_strdup_printf ("-sS --cacert %s/tls.pem %s/", world->directory, world->where);
  g_autofree char *old =
      g_strdup_printf ("-sS --tls-max 1.2 --cacert %s/tls.pem %s/", world->directory, world->where);
  g_autofree char *name = g_strdup_printf ("-sS -o /dev/null -w %%{http_code} --cacert %s/tls.pem "
                                           "-H Host:evil.example %s/",
                                           world->directory, world->where);
  g_autofree char *plain = g_strdup_printf ("-sS -m 20 http://localhost:%u/", world->serving.port);
  g_autofree char *answer = NULL, *refused = NULL, *misdirected = NULL, *unsafe = NULL;
  int status = 0;

  answer = run ("curl", good, &status);
  if (answer == NULL) {
    g_test_skip ("there is no curl");
    return;
  }
  g_assert_cmpstr (answer, ==, "127.0.0.1 nobody 0");
  refused = run ("curl", old, &status);
  g_assert_cmpint (status, !=, 0);
  misdirected = run ("curl", name, &status);
  g_assert_cmpstr (misdirected, ==, "421");
  unsafe = run ("curl", plain, &status);
  g_assert_cmpint (status, !=, 0);
  g_assert_cmpstr (unsafe, ==, "");
}

#define ADD(name, data, test) g_test_add ("/tls/" name, World, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *configuration = g_dir_make_tmp ("weir-tls-XXXXXX", NULL);
  g_autofree char *inside = g_build_filename (configuration, "weir", NULL);
  int status;

  /* Not by G_TEST_OPTION_ISOLATE_DIRS, which leaks with each test after the first. */
  g_setenv ("XDG_CONFIG_HOME", configuration, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("fingerprint", NULL, test_fingerprint);
  ADD ("reload", NULL, test_reload);
  ADD ("authority", NULL, test_authority);
  ADD ("large", NULL, test_large);
  ADD ("client-certificate", "asks", test_client_certificate);
  ADD ("curl", NULL, test_curl);
  status = g_test_run ();
  forget ();
  g_rmdir (inside);
  g_rmdir (configuration);
  return status;
}
