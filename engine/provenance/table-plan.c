/* table-plan.c: conditions of SQL as a filter of the history. A bound may be too wide, never too
 * narrow: NULL, text where a number should be, and other types are left to SQLite, which compares
 * each row again. */
#include "provenance/table-parts.h"

#include <math.h>
#include <string.h>

#include "provenance/timestamp.h"

/* --- planning --- */

void
weir_plan_init (WeirPlan *plan, WeirHistory *history)
{
  uint64_t first, last;

  *plan = (WeirPlan){ .terms = g_string_new (NULL), .rows = 1 };
  if (weir_history_get_range (history, &first, &last))
    plan->rows = (double)(last - first) + 1;
}

void
weir_plan_clear (WeirPlan *plan)
{
  g_string_free (plan->terms, TRUE);
}

/* Returns: '=', '<', 'l' (<=), '>', 'g' (>=); 0: of no use. */
static char
get_comparison (unsigned char op)
{
  switch (op) {
  case SQLITE_INDEX_CONSTRAINT_EQ:
  case SQLITE_INDEX_CONSTRAINT_IS:
    return '=';
  case SQLITE_INDEX_CONSTRAINT_LT:
    return '<';
  case SQLITE_INDEX_CONSTRAINT_LE:
    return 'l';
  case SQLITE_INDEX_CONSTRAINT_GT:
    return '>';
  case SQLITE_INDEX_CONSTRAINT_GE:
    return 'g';
  default:
    return '\0';
  }
}

static bool
is_ordered (char role)
{
  return role == WEIR_ROLE_EVENT || role == WEIR_ROLE_TIME || role == WEIR_ROLE_TIME_US;
}

static bool
is_number (char role)
{
  return role == WEIR_ROLE_EVENT || role == WEIR_ROLE_TIME_US;
}

/* What remains of the rows, as a guess. */
static void
narrow_rows (WeirPlan *plan, char role, char comparison)
{
  static const char roles[] = "eutfpnvcy";
  static const double shares[] = { 0, 1e-6, 1e-6, 1e-6, 1e-6, 0.3, 1e-2, 0.1, 0.2 };

  if (comparison != '=' && comparison != 'i')
    plan->rows *= 0.3;
  else
    plan->rows *= shares[strchr (roles, role) - roles];
  plan->is_one = plan->is_one || (role == WEIR_ROLE_EVENT && comparison == '=');
}

void
weir_plan_add (WeirPlan *plan, sqlite3_index_info *info, const char *roles)
{
  int n_columns = (int)strlen (roles);

  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
    char comparison = constraint->usable ? get_comparison (constraint->op) : '\0';
    char role;

    if (comparison == '\0' || constraint->iColumn < 0 || constraint->iColumn >= n_columns)
      continue;
    role = roles[constraint->iColumn];
    if (role == WEIR_ROLE_NONE || (comparison != '=' && !is_ordered (role)))
      continue;
    if (!is_number (role) && strcmp (sqlite3_vtab_collation (info, i), "BINARY") != 0)
      continue;
    if (role == WEIR_ROLE_TYPE && sqlite3_vtab_in (info, i, -1)) {
      sqlite3_vtab_in (info, i, 1);
      comparison = 'i';
    }
    g_string_append_c (plan->terms, role);
    g_string_append_c (plan->terms, comparison);
    info->aConstraintUsage[i].argvIndex = (int)(plan->terms->len / 2);
    narrow_rows (plan, role, comparison);
  }
}

/* Passes over the columns of one role, of which only the first one orders anything.
 * Returns: whether there was one. */
static bool
take_order (const sqlite3_index_info *info, const char *roles, const char *wanted, int *index,
            bool *ret_is_descending)
{
  int start = *index;

  while (*index < info->nOrderBy && info->aOrderBy[*index].iColumn >= 0 &&
         strchr (wanted, roles[info->aOrderBy[*index].iColumn]) != NULL)
    ++*index;
  if (*index == start)
    return false;
  *ret_is_descending = info->aOrderBy[start].desc;
  return true;
}

int
weir_plan_get_order (const sqlite3_index_info *info, const char *roles, bool is_unique)
{
  bool type_descends = false, time_descends = false, event_descends = false;
  bool by_type, by_time, by_event;
  int order = 0, i = 0;

  by_type = take_order (info, roles, (char[]){ WEIR_ROLE_TYPE, '\0' }, &i, &type_descends);
  by_time = take_order (info, roles, (char[]){ WEIR_ROLE_TIME, WEIR_ROLE_TIME_US, '\0' }, &i,
                        &time_descends);
  by_event = take_order (info, roles, (char[]){ WEIR_ROLE_EVENT, '\0' }, &i, &event_descends);
  if (i < info->nOrderBy && !(by_event && is_unique))
    return -1;
  if (by_time && by_event && time_descends != event_descends)
    return -1;
  order |= by_type ? WEIR_ORDER_TYPE : 0;
  order |= type_descends ? WEIR_ORDER_TYPE_DESCENDING : 0;
  order |= by_time ? WEIR_ORDER_TIME : 0;
  order |= time_descends || event_descends ? WEIR_ORDER_DESCENDING : 0;
  return order;
}

int
weir_plan_finish (WeirPlan *plan, sqlite3_index_info *info, int number)
{
  info->idxNum = number;
  info->idxStr = sqlite3_mprintf ("%s", plan->terms->str);
  info->needToFreeIdxStr = 1;
  info->estimatedRows = (sqlite3_int64)MAX (plan->rows, 1);
  info->estimatedCost = plan->rows + 100;
  if (plan->is_one)
    info->idxFlags |= SQLITE_INDEX_SCAN_UNIQUE;
  return info->idxStr != NULL ? SQLITE_OK : SQLITE_NOMEM;
}

/* --- scanning --- */

/* Whether @value, compared with what is a text, is one or becomes one. */
static const char *
get_text (sqlite3_value *value, size_t *ret_size)
{
  int type = sqlite3_value_type (value);
  const char *text;

  if (type == SQLITE_NULL || type == SQLITE_BLOB)
    return NULL;
  text = (const char *)sqlite3_value_text (value);
  *ret_size = (size_t)sqlite3_value_bytes (value);
  return text;
}

/* The least number that is not below @value (with @is_behind: that is above it); INT64_MIN: all
 * are. Returns: false when none is. */
typedef bool (*FindFunc) (sqlite3_value *value, bool is_behind, int64_t *ret_number);

static bool
find_number (sqlite3_value *value, bool is_behind, int64_t *ret_number)
{
  int type = sqlite3_value_numeric_type (value);

  if (type == SQLITE_FLOAT) {
    double real = sqlite3_value_double (value);

    *ret_number = (int64_t)(is_behind ? floor (real) + 1 : ceil (real));
    return true;
  }
  *ret_number = sqlite3_value_int64 (value);
  if (is_behind && *ret_number == INT64_MAX)
    return false;
  *ret_number += is_behind;
  return type == SQLITE_INTEGER; /* all numbers sort before texts */
}

static bool
find_time (sqlite3_value *value, bool is_behind, int64_t *ret_number)
{
  size_t size;
  const char *text = get_text (value, &size);

  if (text == NULL) /* all texts sort before blobs */
    return false;
  *ret_number = weir_timestamp_find (text, size, is_behind);
  return *ret_number != INT64_MAX;
}

/* Sets the bounds @low and @high, both included. Returns: false when nothing is in between. */
static bool
narrow (int64_t *low, int64_t *high, char comparison, sqlite3_value *value, FindFunc find)
{
  int64_t bound;

  if (comparison != '<' && comparison != 'l') {
    if (!find (value, comparison == '>', &bound))
      return false;
    *low = MAX (*low, bound);
  }
  if (comparison != '>' && comparison != 'g' && find (value, comparison != '<', &bound)) {
    if (bound == INT64_MIN)
      return false;
    *high = MIN (*high, bound - 1);
  }
  return *low <= *high;
}

static bool
narrow_number (int64_t *low, int64_t *high, char comparison, sqlite3_value *value)
{
  /* What is not exact is left to SQLite. */
  if (sqlite3_value_numeric_type (value) == SQLITE_FLOAT &&
      !(fabs (sqlite3_value_double (value)) < 0x1p53))
    return true;
  return narrow (low, high, comparison, value, find_number);
}

static bool
narrow_event (WeirHistoryFilter *filter, char comparison, sqlite3_value *value)
{
  int64_t low = (int64_t)filter->from, high = (int64_t)MIN (filter->to, INT64_MAX);

  if (!narrow_number (&low, &high, comparison, value))
    return false;
  filter->from = (uint64_t)low;
  filter->to = (uint64_t)high;
  return true;
}

static uint32_t
get_type (sqlite3_value *value)
{
  size_t size;
  const char *text = get_text (value, &size);
  WeirEventType type = text != NULL ? weir_event_type_find (text) : 0;

  return type != 0 ? UINT32_C (1) << type : 0;
}

static bool
narrow_types (WeirHistoryFilter *filter, char comparison, sqlite3_value *value)
{
  uint32_t types = comparison == '=' ? get_type (value) : 0;
  sqlite3_value *one;

  if (comparison == 'i')
    for (int code = sqlite3_vtab_in_first (value, &one); code == SQLITE_OK;
         code = sqlite3_vtab_in_next (value, &one))
      types |= get_type (one);
  filter->types = filter->types != 0 ? filter->types & types : types;
  return filter->types != 0;
}

static bool
narrow_text (char **text, sqlite3_value *value)
{
  size_t size;
  const char *other = get_text (value, &size);

  if (other == NULL)
    return false;
  if (strlen (other) != size)
    return true;
  if (*text != NULL)
    return strcmp (*text, other) == 0;
  *text = g_strdup (other);
  return true;
}

static bool
narrow_flowfile (WeirHistoryFilter *filter, WeirHistory *history, bool is_own, sqlite3_value *value)
{
  size_t size;
  const char *text = get_text (value, &size);
  uint64_t flowfile = text != NULL ? weir_history_parse_uuid (history, text) : 0;

  if (flowfile == 0)
    return false;
  /* Of a parent and a child at once, the child has fewer events. */
  if (filter->flowfile != 0 && filter->is_own)
    return !is_own || filter->flowfile == flowfile;
  filter->flowfile = flowfile;
  filter->is_own = is_own;
  return true;
}

static bool
narrow_scan (WeirScan *scan, WeirHistory *history, char role, char comparison, sqlite3_value *value)
{
  WeirHistoryFilter *filter = &scan->filter;

  switch (role) {
  case WEIR_ROLE_EVENT:
    return narrow_event (filter, comparison, value);
  case WEIR_ROLE_TIME:
    return narrow (&filter->since, &filter->until, comparison, value, find_time);
  case WEIR_ROLE_TIME_US:
    return narrow_number (&filter->since, &filter->until, comparison, value);
  case WEIR_ROLE_TYPE:
    return narrow_types (filter, comparison, value);
  case WEIR_ROLE_COMPONENT:
    return narrow_text (&scan->component, value);
  case WEIR_ROLE_NAME:
    return narrow_text (&scan->name, value);
  case WEIR_ROLE_VALUE:
    return narrow_text (&scan->value, value);
  default:
    return narrow_flowfile (filter, history, role == WEIR_ROLE_FLOWFILE, value);
  }
}

void
weir_scan_init (WeirScan *scan, WeirHistory *history, const char *terms, int argc,
                sqlite3_value **argv)
{
  *scan = (WeirScan){ .filter = WEIR_HISTORY_FILTER_INIT };
  for (int i = 0; i < argc && !scan->is_empty; i++) {
    /* x IS NULL may be true where x = NULL is not. */
    if (sqlite3_value_type (argv[i]) == SQLITE_NULL && terms[2 * i + 1] == '=')
      continue;
    scan->is_empty = !narrow_scan (scan, history, terms[2 * i], terms[2 * i + 1], argv[i]);
  }
  scan->filter.component = scan->component;
  /* One that is removed is set to nothing, so a name alone does not narrow the events. */
  if (scan->name != NULL && scan->value != NULL) {
    scan->attribute = (WeirHistoryAttribute){ scan->name, scan->value };
    scan->filter.attributes = &scan->attribute;
    scan->filter.n_attributes = 1;
  }
}

void
weir_scan_clear (WeirScan *scan)
{
  g_clear_pointer (&scan->component, g_free);
  g_clear_pointer (&scan->name, g_free);
  g_clear_pointer (&scan->value, g_free);
}
