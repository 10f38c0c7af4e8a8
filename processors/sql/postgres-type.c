/* postgres-type.c: the types of every server, by the numbers that never change (pg_type.dat); what
 * people have defined has other numbers in each database. */
#include "postgres-type.h"

static const struct {
  Oid type;
  WeirSqlType kind;
  const char *name;
} types[] = {
  { 16, WEIR_SQL_INTEGER, "boolean" },
  { 17, WEIR_SQL_BYTES, "bytea" },
  { 19, WEIR_SQL_TEXT, "name" },
  { 20, WEIR_SQL_INTEGER, "bigint" },
  { 21, WEIR_SQL_INTEGER, "smallint" },
  { 23, WEIR_SQL_INTEGER, "integer" },
  { 25, WEIR_SQL_TEXT, "text" },
  { 26, WEIR_SQL_INTEGER, "oid" },
  { 114, WEIR_SQL_TEXT, "json" },
  { 700, WEIR_SQL_NUMBER, "real" },
  { 701, WEIR_SQL_NUMBER, "double precision" },
  { 1042, WEIR_SQL_TEXT, "character" },
  { 1043, WEIR_SQL_TEXT, "character varying" },
  { 1082, WEIR_SQL_TEXT, "date" },
  { 1083, WEIR_SQL_TEXT, "time without time zone" },
  { 1114, WEIR_SQL_TEXT, "timestamp without time zone" },
  { 1184, WEIR_SQL_TEXT, "timestamp with time zone" },
  { 1186, WEIR_SQL_TEXT, "interval" },
  { 1700, WEIR_SQL_TEXT, "numeric" },
  { 2950, WEIR_SQL_TEXT, "uuid" },
  { 3802, WEIR_SQL_TEXT, "jsonb" },
};

WeirSqlType
postgres_type_get_kind (Oid type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      return types[i].kind;
  return WEIR_SQL_TEXT;
}

char *
postgres_type_get_name (Oid type, int modifier)
{
  for (size_t i = 0; modifier < 0 && i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      return g_strdup (types[i].name);
  return NULL;
}
