/* postgres-type.h: what PostgreSQL's types are for <weir/sql.h>.
 *
 * Thread: any. */
#pragma once

#include <libpq-fe.h>
#include <weir/sql.h>

#define POSTGRES_TYPE_BYTES ((Oid)17)

/* How values of it are told. One that has no number that a double or 64 bits hold exactly is text:
 * numeric, dates, JSON, arrays. */
WeirSqlType postgres_type_get_kind (Oid type);

/* Its name as SQL writes it, with what @modifier adds. Returns: (transfer full) (nullable): NULL
 * when the server has to be asked. */
char *postgres_type_get_name (Oid type, int modifier);
