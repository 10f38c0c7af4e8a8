/* host.h: how other machines reach this one. */
#pragma once

/* The first address of an interface that is up and is not the loopback: IPv4 if there is one. Asks
 * no name server. Returns: (transfer full): "127.0.0.1" when there is none. Thread: any. */
char *weir_host_get_address (void);
