/* postgres-kit.h: a PostgresConnection to a real server, for tests of it. */
#pragma once

#include "postgres-server.h"
#include "service-kit.h"

#include <weir/sql.h>

typedef struct {
  ServiceKit kit;
  const WeirService *service; /* from the first acquire on */
} PostgresKit;

extern PostgresServer *the_server; /* of all tests; NULL: PostgreSQL is not installed */

/* @host: NULL: in the folder of the server. */
void postgres_kit_init (PostgresKit *self, const void *host);
void postgres_kit_clear (PostgresKit *self, const void *data);

/* These end the test when they do not work. The first and the last but one return: (transfer full).
 */
WeirSqlConnection *acquire (PostgresKit *self);
void execute (WeirSqlConnection *connection, const char *sql);
void refuse (WeirSqlConnection *connection, const char *sql, WeirError code, const char *what);
WeirSqlStatement *prepare (WeirSqlConnection *connection, const char *sql);
int64_t ask (WeirSqlConnection *connection, const char *sql);

void postgres_kit_add (const char *path, const char *host,
                       void (*test) (PostgresKit *self, const void *data));

/* Has the server for as long as the tests, which @add adds, run. */
int postgres_kit_run (int argc, char **argv, void (*add) (void));
