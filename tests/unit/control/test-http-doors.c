/* Where a server listens: what is in its place already, and what it leaves. */
#include "control/http-server.h"
#include "wire/unix-address.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
on_nothing (void *data, WeirExchange *exchange)
{
  g_assert_not_reached ();
}

/* As a process leaves its socket that is killed. */
static void
leave_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  close (fd);
}

static void
test_socket_of_the_dead (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-http-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "control.sock", NULL);
  g_autoptr (GError) error = NULL;
  WeirHttpHandler handler = { on_nothing, on_nothing, NULL };
  WeirLoop *loop = weir_loop_new ();
  WeirHttpServer *first = weir_http_server_new (loop, &handler, NULL);
  WeirHttpServer *second = weir_http_server_new (loop, &handler, NULL);
  struct stat now;

  leave_socket (path);
  g_assert_true (weir_http_server_listen_unix (first, path, 0600, &error));
  g_assert_cmpint (stat (path, &now), ==, 0);
  g_assert_cmpint (now.st_mode & 0777, ==, 0600);
  g_assert_false (weir_http_server_listen_unix (second, path, 0600, &error));
  g_assert_nonnull (strstr (error->message, "another process listens there"));
  g_clear_error (&error);
  /* It goes with its server, and not with one that has another. */
  weir_http_server_free (second);
  g_assert_cmpint (stat (path, &now), ==, 0);
  weir_http_server_free (first);
  g_assert_cmpint (stat (path, &now), ==, -1);
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  first = weir_http_server_new (loop, &handler, NULL);
  g_assert_false (weir_http_server_listen_unix (first, path, 0600, &error));
  g_assert_nonnull (strstr (error->message, "is no socket"));
  weir_http_server_free (first);
  weir_loop_free (loop);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (rmdir (directory), ==, 0);
}

/* Longer than an address can be. */
static void
test_long_path (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-http-XXXXXX", NULL);
  g_autofree char *long_name = g_strnfill (120, 'd');
  g_autofree char *deep = g_build_filename (directory, long_name, NULL);
  g_autofree char *path = g_build_filename (deep, "control.sock", NULL);
  g_autoptr (GError) error = NULL;
  WeirHttpHandler handler = { on_nothing, on_nothing, NULL };
  WeirLoop *loop = weir_loop_new ();
  WeirHttpServer *server = weir_http_server_new (loop, &handler, NULL);
  WeirUnixAddress address;
  int fd;

  g_assert_cmpint (mkdir (deep, 0700), ==, 0);
  g_assert_true (weir_http_server_listen_unix (server, path, 0600, &error));
  g_assert_true (weir_unix_address_init (&address, path, &error));
  fd = weir_unix_address_connect (&address);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  weir_unix_address_clear (&address);
  weir_http_server_free (server);
  weir_loop_free (loop);
  g_assert_cmpint (rmdir (deep), ==, 0);
  g_assert_cmpint (rmdir (directory), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-doors/socket-of-the-dead", test_socket_of_the_dead);
  g_test_add_func ("/http-doors/long-path", test_long_path);
  return g_test_run ();
}
