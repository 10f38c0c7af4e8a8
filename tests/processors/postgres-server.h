/* postgres-server.h: a real PostgreSQL for a test, in a folder of its own, which ends with the
 * test, however that ends.
 *
 * It listens in its folder, where everybody is let in, and at 127.0.0.1, where a password is asked
 * for, with TLS and without. Its certificate is for "localhost". */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define POSTGRES_PASSWORD "a 'secret' \\ word"

typedef struct {
  char *folder;
  char *bin;  /* where its programs are */
  char *ca;   /* the certificate that has signed its own */
  char *port; /* both in its folder and at 127.0.0.1 */
  GPid pid;   /* 0: it does not run */
  GThread *drain;
} PostgresServer;

/* Returns: (transfer full) (nullable): a server that runs; NULL: PostgreSQL is not installed. */
PostgresServer *postgres_server_new (void);
void postgres_server_free (PostgresServer *server);

/* At once, with all connections. */
void postgres_server_stop (PostgresServer *server);
void postgres_server_start (PostgresServer *server);
