/* host.c: looks through the interfaces of the machine. */
#include "base/host.h"
#include <arpa/inet.h>
#include <glib.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdbool.h>

static bool
format_address (const struct sockaddr *address, int family, char ret_text[INET6_ADDRSTRLEN])
{
  const void *bytes = NULL;

  if (address == NULL || address->sa_family != family)
    return false;
  if (family == AF_INET) {
    bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
  } else {
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

    if (IN6_IS_ADDR_LINKLOCAL (six))
      return false;
    bytes = six;
  }
  return inet_ntop (family, bytes, ret_text, INET6_ADDRSTRLEN) != NULL;
}

char *
weir_host_get_address (void)
{
  static const int families[] = { AF_INET, AF_INET6 };
  char text[INET6_ADDRSTRLEN] = "127.0.0.1";
  struct ifaddrs *interfaces = NULL;
  bool found = false;

  if (getifaddrs (&interfaces) != 0)
    return g_strdup (text);
  for (size_t i = 0; i < G_N_ELEMENTS (families) && !found; i++)
    for (const struct ifaddrs *each = interfaces; each != NULL && !found; each = each->ifa_next)
      if ((each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_LOOPBACK) == 0)
        found = format_address (each->ifa_addr, families[i], text);
  freeifaddrs (interfaces);
  return g_strdup (text);
}
