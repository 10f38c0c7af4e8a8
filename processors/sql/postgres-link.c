/* postgres-link.c: libpq never waits here: its socket does, with an end. A connection on which
 * something was waited for in vain is not used again. */
#include "postgres-link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* Beyond the time that the server itself gives a statement. */
#define GRACE_USEC (5 * G_USEC_PER_SEC)

/* Rows that are read for less than it costs to have the server stop. */
#define FEW 10000u

static void
ignore_notice (void *data, const PGresult *result)
{
}

/* @until: monotonic; 0: for ever. Returns: false when the time was over. */
static bool
wait_for (PGconn *conn, short events, int64_t until)
{
  for (;;) {
    struct pollfd item = { .fd = PQsocket (conn), .events = events };
    int64_t rest = until != 0 ? MAX (0, until - g_get_monotonic_time ()) : -1;
    int n = poll (&item, 1, rest >= 0 ? (int)MIN ((rest + 999) / 1000, G_MAXINT) : -1);

    if (n > 0 || (n < 0 && errno != EINTR))
      return true;
    if (n == 0 && rest == 0)
      return false;
  }
}

/* --- opening --- */

static const struct {
  const char *part;
  WeirError error;
  const char *remedy;
} obstacles[] = {
  { "permission denied", WEIR_ERROR_PERMISSION, "have the owner GRANT it to the user" },
  { "password authentication failed", WEIR_ERROR_PERMISSION, "correct User and Password" },
  { "no password supplied", WEIR_ERROR_PERMISSION, "set Password" },
  { "does not support SSL", WEIR_ERROR_PERMISSION,
    "set TLS Mode to disable if all between here and there is trusted" },
  { "certificate verify failed", WEIR_ERROR_PERMISSION,
    "set CA File to the certificate that has signed that of the server" },
  { "does not match host name", WEIR_ERROR_PERMISSION, "set Host to the name in the certificate" },
  { "pg_hba.conf", WEIR_ERROR_PERMISSION, "have the server let this user in from here" },
  { "too many", WEIR_ERROR_LIMIT, "lower Max Total Connections, or raise what the server takes" },
  { "database \"", WEIR_ERROR_NOT_FOUND, "correct Database" },
  { "role \"", WEIR_ERROR_PERMISSION, "correct User" },
  { "Connection refused", WEIR_ERROR_IO, "see that the server runs and that Port is its port" },
  { "No such file or directory", WEIR_ERROR_IO,
    "see that the server runs and that Host is where its socket is" },
};

static const char *const stages[] = { "connect", "agree on TLS", "log in", "log in" };

static void
fail_to_open (PGconn *conn, PostgresStage stage, GError **error)
{
  g_autofree char *message = g_strdup (PQerrorMessage (conn));
  WeirError kind = WEIR_ERROR_IO;
  const char *remedy = NULL;

  g_strdelimit (g_strchomp (message), "\n", ' ');
  for (size_t i = G_N_ELEMENTS (obstacles); i-- > 0;)
    if (strstr (message, obstacles[i].part) != NULL) {
      kind = obstacles[i].error;
      remedy = obstacles[i].remedy;
    }
  g_set_error (error, WEIR_ERROR, (int)kind, "cannot %s: %s%s%s", stages[stage], message,
               remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
}

static PostgresStage
get_stage (PGconn *conn)
{
  switch (PQstatus (conn)) {
  case CONNECTION_OK:
    return POSTGRES_LOGGED_IN;
  case CONNECTION_AWAITING_RESPONSE:
  case CONNECTION_AUTH_OK:
  case CONNECTION_SETENV:
  case CONNECTION_CONSUME:
    return POSTGRES_TRUSTED;
  case CONNECTION_MADE:
  case CONNECTION_SSL_STARTUP:
    return POSTGRES_CONNECTED;
  default:
    return POSTGRES_NOWHERE;
  }
}

static bool
connect_within (PGconn *conn, int64_t usec, PostgresStage *stage, GError **error)
{
  int64_t until = g_get_monotonic_time () + usec;
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;

  while (next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED) {
    *stage = MAX (*stage, get_stage (conn));
    if (!wait_for (conn, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO,
                   "cannot %s: the server did not answer within Connect Timeout", stages[*stage]);
      return false;
    }
    next = PQconnectPoll (conn);
  }
  if (next == PGRES_POLLING_FAILED) {
    fail_to_open (conn, *stage, error);
    return false;
  }
  *stage = POSTGRES_LOGGED_IN;
  return true;
}

/* What the rest of this module relies on, whatever the database has as its own. */
static bool
set_up (PostgresLink *link, const PostgresOptions *options, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SET standard_conforming_strings = on; SET DateStyle = ISO; "
      "SET extra_float_digits = 3; SET bytea_output = hex; "
      "SET statement_timeout = %" G_GINT64_FORMAT "; SET default_transaction_read_only = %s",
      (options->statement_usec + 999) / 1000, options->read_only ? "on" : "off");
  PGresult *result;

  if (!options->read_only)
    *strrchr (sql, ';') = '\0'; /* as the database has it */
  result = postgres_link_finish (link, PQsendQuery (link->conn, sql) != 0, "set it up", error);
  PQclear (result);
  return result != NULL;
}

PostgresLink *
postgres_link_open (const PostgresOptions *options, PostgresStage *ret_stage, GError **error)
{
  PostgresLink *link = g_new0 (PostgresLink, 1);
  PostgresStage stage = POSTGRES_NOWHERE;
  bool is_open = false;

  link->base.methods = options->methods;
  link->statement_usec = options->statement_usec;
  link->conn = PQconnectStartParams (options->keywords, options->values, 0);
  if (link->conn == NULL) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "there is not enough memory");
  } else if (PQstatus (link->conn) == CONNECTION_BAD) {
    fail_to_open (link->conn, stage, error);
  } else if (connect_within (link->conn, options->connect_usec, &stage, error)) {
    PQsetNoticeReceiver (link->conn, ignore_notice, NULL);
    PQsetnonblocking (link->conn, 1);
    link->opened_at = link->used_at = g_get_monotonic_time ();
    is_open = set_up (link, options, error);
  }
  if (ret_stage != NULL)
    *ret_stage = stage;
  if (!is_open)
    g_clear_pointer (&link, postgres_link_close);
  return link;
}

void
postgres_link_close (PostgresLink *link)
{
  if (link == NULL)
    return;
  PQfinish (link->conn);
  g_free (link);
}

/* --- using --- */

/* A server that goes says so first: its end is behind that. */
bool
postgres_link_is_alive (PostgresLink *link)
{
  struct pollfd item = { .fd = PQsocket (link->conn), .events = POLLIN };

  while (poll (&item, 1, 0) > 0)
    if (PQconsumeInput (link->conn) == 0)
      return false;
  return PQisBusy (link->conn) == 0 && PQtransactionStatus (link->conn) == PQTRANS_IDLE;
}

static bool
is_lost (PostgresLink *link, GError **error)
{
  g_autofree char *message = g_strdup (PQerrorMessage (link->conn));

  g_strchomp (message);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the connection is lost: %s", message);
  return false;
}

static bool
wait_for_server (PostgresLink *link, short events, GError **error)
{
  int64_t usec = link->statement_usec;

  if (wait_for (link->conn, events, usec > 0 ? g_get_monotonic_time () + usec + GRACE_USEC : 0))
    return true;
  /* The socket is libpq's to close; without its server it is of no use. */
  PQfinish (g_steal_pointer (&link->conn));
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO,
               "the server has not answered for longer than Statement Timeout");
  return false;
}

bool
postgres_link_flush (PostgresLink *link, bool sent, GError **error)
{
  int rest = sent ? 1 : -1;

  while (rest > 0 && (rest = PQflush (link->conn)) > 0) {
    if (!wait_for_server (link, POLLIN | POLLOUT, error))
      return false;
    if (PQconsumeInput (link->conn) == 0)
      return is_lost (link, error);
  }
  return rest == 0 || is_lost (link, error);
}

/* Nothing can be copied here: the server is told, or its bytes are passed over. */
static bool
end_copy (PostgresLink *link, const PGresult *result, GError **error)
{
  char *bytes = NULL;
  int n;

  if (PQresultStatus (result) == PGRES_COPY_IN)
    return postgres_link_flush (link, PQputCopyEnd (link->conn, POSTGRES_NO_COPY) == 1, error);
  if (PQresultStatus (result) != PGRES_COPY_OUT)
    return true;
  while ((n = PQgetCopyData (link->conn, &bytes, true)) >= 0) {
    PQfreemem (g_steal_pointer (&bytes));
    if (n > 0)
      continue;
    if (!wait_for_server (link, POLLIN, error))
      return false;
    if (PQconsumeInput (link->conn) == 0)
      return is_lost (link, error);
  }
  return true;
}

bool
postgres_link_get_result (PostgresLink *link, PGresult **ret_result, GError **error)
{
  PGresult *result;

  while (PQisBusy (link->conn) != 0) {
    if (!wait_for_server (link, POLLIN, error))
      return false;
    if (PQconsumeInput (link->conn) == 0)
      break; /* why not comes as a result */
  }
  result = PQgetResult (link->conn);
  if (!end_copy (link, result, error)) {
    PQclear (result);
    return false;
  }
  *ret_result = result;
  return true;
}

static void
cancel (PostgresLink *link)
{
  char why_not[256];
  PGcancel *request = PQgetCancel (link->conn);

  PQcancel (request, why_not, sizeof why_not);
  PQfreeCancel (request);
}

void
postgres_link_give_up (PostgresLink *link, bool may_cancel)
{
  PGresult *result;

  link->running = NULL;
  for (unsigned n = 0; postgres_link_get_result (link, &result, NULL) && result != NULL; n++) {
    PQclear (result);
    if (may_cancel && n == FEW)
      cancel (link);
  }
}

static bool
has_failed (const PGresult *result)
{
  return result != NULL && PQresultStatus (result) == PGRES_FATAL_ERROR;
}

PGresult *
postgres_link_finish (PostgresLink *link, bool sent, const char *doing, GError **error)
{
  PGresult *last = NULL;
  PGresult *next = NULL;
  bool worked = postgres_link_flush (link, sent, error);

  while (worked && (worked = postgres_link_get_result (link, &next, error)) && next != NULL) {
    /* The first that failed counts, else the last. */
    PQclear (has_failed (last) ? next : last);
    last = has_failed (last) ? last : next;
  }
  if (worked && last != NULL && !has_failed (last))
    return last;
  if (worked && last != NULL)
    postgres_link_fail (last, doing, error);
  else if (worked)
    is_lost (link, error);
  PQclear (last);
  return NULL;
}

bool
postgres_link_clean (PostgresLink *link)
{
  PGTransactionStatusType status =
      link->conn != NULL ? PQtransactionStatus (link->conn) : PQTRANS_UNKNOWN;
  const char *sql = link->has_remainder ? "ROLLBACK; DEALLOCATE ALL" : "ROLLBACK";
  PGresult *result;

  link->used_at = g_get_monotonic_time ();
  if (status == PQTRANS_IDLE)
    return true;
  if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)
    return false;
  result = postgres_link_finish (link, PQsendQuery (link->conn, sql) != 0, "roll back", NULL);
  PQclear (result);
  link->has_remainder = false;
  return result != NULL;
}
