#include "control/notify.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Returns: (transfer full): what has come. */
static char *
receive (int fd)
{
  char buffer[256];
  ssize_t n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

  return n < 0 ? NULL : g_strndup (buffer, n);
}

static int
listen_at (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM, 0);
  size_t size = strlen (path);

  memcpy (address.sun_path, path, size);
  if (*path == '@')
    address.sun_path[0] = '\0';
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address,
                         offsetof (struct sockaddr_un, sun_path) + size + (*path == '/')),
                   ==, 0);
  return fd;
}

static void
check_at (const char *path)
{
  int fd = listen_at (path);
  g_autofree char *ready = NULL, *reloading = NULL;
  WeirNotify *notify;

  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  g_setenv ("WATCHDOG_USEC", "30000000", TRUE);
  notify = weir_notify_new ();
  g_assert_null (g_getenv ("NOTIFY_SOCKET")); /* children are not the service */
  g_assert_null (g_getenv ("WATCHDOG_USEC"));
  g_assert_cmpint (weir_notify_get_watchdog_usec (notify), ==, 15000000);
  weir_notify_send (notify, "READY=1\nSTATUS=2 flows run");
  ready = receive (fd);
  g_assert_cmpstr (ready, ==, "READY=1\nSTATUS=2 flows run");
  weir_notify_reloading (notify);
  reloading = receive (fd);
  g_assert_true (g_str_has_prefix (reloading, "RELOADING=1\nMONOTONIC_USEC="));
  close (fd);
  weir_notify_send (notify, "STOPPING=1"); /* nobody is there any more: no harm */
  weir_notify_free (notify);
}

static void
test_tells (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-notify-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "notify", NULL);
  g_autofree char *name = g_strdup_printf ("@weir-test-%d", (int)getpid ());

  check_at (path);
  check_at (name);
  unlink (path);
  rmdir (directory);
}

static void
test_alone (void)
{
  WeirNotify *notify;

  g_setenv ("NOTIFY_SOCKET", "vsock:2:1234", TRUE);
  g_setenv ("WATCHDOG_USEC", "30000000", TRUE);
  g_setenv ("WATCHDOG_PID", "1", TRUE);
  notify = weir_notify_new ();
  weir_notify_send (notify, "READY=1");
  g_assert_cmpint (weir_notify_get_watchdog_usec (notify), ==, 0);
  weir_notify_free (notify);
  notify = weir_notify_new ();
  weir_notify_send (notify, "READY=1");
  weir_notify_free (notify);
}

static void
take (const char *pid, const char *count, const char *names)
{
  g_setenv ("LISTEN_PID", pid, TRUE);
  g_setenv ("LISTEN_FDS", count, TRUE);
  if (names != NULL)
    g_setenv ("LISTEN_FDNAMES", names, TRUE);
}

static void
test_sockets (void)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int)getpid ());
  GArray *sockets;

  take (pid, "2", "api");
  sockets = weir_notify_take_sockets ();
  g_assert_cmpuint (sockets->len, ==, 2);
  g_assert_cmpint (g_array_index (sockets, WeirHandedSocket, 0).fd, ==, 3);
  g_assert_cmpstr (g_array_index (sockets, WeirHandedSocket, 0).name, ==, "api");
  g_assert_cmpstr (g_array_index (sockets, WeirHandedSocket, 1).name, ==, "");
  g_assert_null (g_getenv ("LISTEN_FDS"));
  g_array_unref (sockets);

  take ("1", "2", NULL); /* meant for another process */
  sockets = weir_notify_take_sockets ();
  g_assert_cmpuint (sockets->len, ==, 0);
  g_array_unref (sockets);
  sockets = weir_notify_take_sockets ();
  g_assert_cmpuint (sockets->len, ==, 0);
  g_array_unref (sockets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notify/tells", test_tells);
  g_test_add_func ("/notify/alone", test_alone);
  g_test_add_func ("/notify/sockets", test_sockets);
  return g_test_run ();
}
