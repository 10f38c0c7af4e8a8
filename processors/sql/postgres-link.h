/* postgres-link.h: one connection to a PostgreSQL server. All waiting for the server is here, and
 * none of it is without an end when the service has a time for it.
 *
 * Thread: one at a time. */
#pragma once

#include <libpq-fe.h>
#include <weir/sql.h>

/* What the server is told when it waits for rows to copy, and says again. */
#define POSTGRES_NO_COPY "COPY FROM STDIN is not possible here"

/* What was reached, each with all before it. */
typedef enum {
  POSTGRES_NOWHERE,
  POSTGRES_CONNECTED, /* something answers */
  POSTGRES_TRUSTED,   /* TLS, where it is wanted */
  POSTGRES_LOGGED_IN,
} PostgresStage;

typedef struct {
  const char *const *keywords; /* of libpq, closed by NULL */
  const char *const *values;
  int64_t connect_usec;
  int64_t statement_usec; /* 0: no limit */
  bool read_only;
  const WeirSqlMethods *methods;
} PostgresOptions;

typedef struct {
  WeirSqlConnection base;
  PGconn *conn;
  void *owner;            /* of whom opened it */
  const void *running;    /* the statement whose rows the server sends; NULL: none */
  int64_t statement_usec; /* as in the options */
  int64_t opened_at;      /* monotonic, as the next */
  int64_t used_at;
  unsigned n_names;   /* of statements, given so far */
  bool has_remainder; /* statements that could not be given up */
} PostgresLink;

/* @ret_stage (or NULL) is set in any case. Returns: (transfer full): NULL with @error set. */
PostgresLink *postgres_link_open (const PostgresOptions *options, PostgresStage *ret_stage,
                                  GError **error);

/* Takes NULL. */
void postgres_link_close (PostgresLink *link);

/* Rolls back what is open. Returns: false when the connection cannot be used any more. */
bool postgres_link_clean (PostgresLink *link);

/* True when the server has not closed it, as far as is known without asking. */
bool postgres_link_is_alive (PostgresLink *link);

/* After a function of libpq that sends, which returned @sent: has all of it go out. */
bool postgres_link_flush (PostgresLink *link, bool sent, GError **error);

/* @ret_result: (transfer full): NULL: there are no more. */
bool postgres_link_get_result (PostgresLink *link, PGresult **ret_result, GError **error);

/* Passes over what the server still sends. @may_cancel: has it stop when that is much, which undoes
 * the transaction that it is in. */
void postgres_link_give_up (PostgresLink *link, bool may_cancel);

/* What was sent, up to its last result. Returns: (transfer full): NULL with @error set, also when
 * the server refused it. */
PGresult *postgres_link_finish (PostgresLink *link, bool sent, const char *doing, GError **error);

/* What the server says is wrong. Returns: false. */
bool postgres_link_fail (const PGresult *result, const char *doing, GError **error);
