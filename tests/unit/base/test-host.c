/* test-host.c: an address that can be bound is one of this machine. */
#include "base/host.h"
#include <arpa/inet.h>
#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_address (void)
{
  g_autofree char *text = weir_host_get_address ();
  struct sockaddr_in four = { .sin_family = AF_INET };
  struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
  bool is_four = inet_pton (AF_INET, text, &four.sin_addr) == 1;
  int fd = -1;
  int bound;

  g_test_message ("%s", text);
  g_assert_true (is_four || inet_pton (AF_INET6, text, &six.sin6_addr) == 1);
  fd = socket (is_four ? AF_INET : AF_INET6, SOCK_STREAM, 0);
  g_assert_cmpint (fd, >=, 0);
  bound = is_four ? bind (fd, (struct sockaddr *)&four, sizeof four)
                  : bind (fd, (struct sockaddr *)&six, sizeof six);
  g_assert_cmpint (bound, ==, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/address", test_address);
  return g_test_run ();
}
