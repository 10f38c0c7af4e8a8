/* postgres-error.c: what a server says is wrong, and what to do about it. */
#include "postgres-link.h"

#include <string.h>

/* The first that the SQLSTATE begins with counts. */
static const struct {
  const char *state;
  WeirError error;
  const char *remedy; /* NULL where the reason says enough */
} reasons[] = {
  { "25006", WEIR_ERROR_PERMISSION,
    "set Read Only to false, or name a server that can be written" },
  { "57014", WEIR_ERROR_LIMIT, "raise Statement Timeout, or have the statement do less" },
  { "57P", WEIR_ERROR_IO, NULL },
  { "08", WEIR_ERROR_IO, NULL },
  { "40", WEIR_ERROR_IO, "it may work when it is tried again" },
  { "55P03", WEIR_ERROR_IO, "it may work when it is tried again" },
  { "42501", WEIR_ERROR_PERMISSION, "have the owner GRANT it to the user" },
  { "28", WEIR_ERROR_PERMISSION, NULL },
  { "3D000", WEIR_ERROR_NOT_FOUND, NULL },
  { "0A", WEIR_ERROR_UNSUPPORTED, NULL },
  { "53", WEIR_ERROR_LIMIT, NULL },
  { "54", WEIR_ERROR_LIMIT, NULL },
  { "XX001", WEIR_ERROR_CORRUPT, "restore it from a copy" },
  { "XX002", WEIR_ERROR_CORRUPT, "rebuild it with REINDEX" },
  { "2", WEIR_ERROR_INVALID, NULL }, /* data, constraints, transactions */
  { "42", WEIR_ERROR_INVALID, NULL },
};

bool
postgres_link_fail (const PGresult *result, const char *doing, GError **error)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
  const char *detail = PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL);
  const char *hint = PQresultErrorField (result, PG_DIAG_MESSAGE_HINT);
  WeirError kind = state != NULL ? WEIR_ERROR_FAILED : WEIR_ERROR_IO;
  g_autoptr (GString) text = NULL;

  /* One that libpq has made itself has no fields. */
  text = g_string_new (message != NULL ? message : PQresultErrorMessage (result));
  g_strchomp (text->str);
  text->len = strlen (text->str);
  if (strstr (text->str, POSTGRES_NO_COPY) != NULL)
    state = "0A";
  if (detail != NULL)
    g_string_append_printf (text, ": %s", detail);
  for (size_t i = 0; state != NULL && i < G_N_ELEMENTS (reasons); i++) {
    if (!g_str_has_prefix (state, reasons[i].state))
      continue;
    kind = reasons[i].error;
    hint = reasons[i].remedy != NULL ? reasons[i].remedy : hint;
    break;
  }
  if (hint != NULL)
    g_string_append_printf (text, "; %s", hint);
  g_set_error (error, WEIR_ERROR, (int)kind, "cannot %s: %s", doing, text->str);
  return false;
}
