/* units.c: numbers with units, without floating point, so that nothing depends on the locale and
 * what is exact stays exact. */
#include "base/units.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

__extension__ typedef unsigned __int128 Wide;

typedef struct {
  const char *names; /* in lower case, each between spaces */
  const char *shown; /* how it is written; NULL: it is only read */
  uint64_t size;     /* in the smallest unit of the table */
} Unit;

/* In bytes. */
static const Unit size_units[] = {
  { " b byte bytes ", "B", 1 },
  { " kb kib k ", "KB", UINT64_C (1) << 10 },
  { " mb mib m ", "MB", UINT64_C (1) << 20 },
  { " gb gib g ", "GB", UINT64_C (1) << 30 },
  { " tb tib t ", "TB", UINT64_C (1) << 40 },
  { " pb pib p ", "PB", UINT64_C (1) << 50 },
};

/* In nanoseconds. The two spellings of mu are U+00B5 and U+03BC. */
static const Unit duration_units[] = {
  { " ns nano nanos nanosecond nanoseconds ", NULL, 1 },
  { " us \u00b5s \u03bcs micro micros microsecond microseconds ", "us", 1000 },
  { " ms milli millis millisecond milliseconds ", "ms", 1000000 },
  { " s sec secs second seconds ", "s", UINT64_C (1000000000) },
  { " min mins m minute minutes ", "min", UINT64_C (60000000000) },
  { " h hr hrs hour hours ", "h", UINT64_C (3600000000000) },
  { " d day days ", "d", UINT64_C (86400000000000) },
  { " w wk wks week weeks ", NULL, UINT64_C (604800000000000) },
};

/* A decimal number: digits / 10^decimals. */
typedef struct {
  Wide digits;
  Wide scale; /* 10^decimals */
} Number;

/* Returns: the first character behind the number, NULL when there is none or it is too long. */
static const char *
parse_number (const char *text, Number *ret_number)
{
  Number number = { 0, 1 };
  unsigned n_digits = 0;
  bool fraction = false;

  for (;; text++) {
    if (*text == '.' && !fraction && n_digits > 0 && g_ascii_isdigit (text[1])) {
      fraction = true;
    } else if (g_ascii_isdigit (*text)) {
      if (++n_digits > WEIR_LIMIT_UNIT_DIGITS)
        return NULL;
      number.digits = number.digits * 10 + (unsigned)(*text - '0');
      number.scale *= fraction ? 10 : 1;
    } else {
      break;
    }
  }
  *ret_number = number;
  return n_digits > 0 ? text : NULL;
}

static const Unit *
find_unit (const Unit *units, size_t n_units, const char *name, size_t length)
{
  char padded[24] = " ";

  if (length == 0 || length > sizeof padded - 3)
    return NULL;
  for (size_t i = 0; i < length; i++)
    padded[1 + i] = g_ascii_tolower (name[i]);
  if (strchr (padded + 1, ' ') != NULL)
    return NULL;
  padded[1 + length] = ' ';

  for (size_t i = 0; i < n_units; i++) {
    if (strstr (units[i].names, padded) != NULL)
      return &units[i];
  }
  return NULL;
}

/* Rounds @number times @unit divided by @resolution; false when that is above @max. */
static bool
multiply (Number number, uint64_t unit, uint64_t resolution, uint64_t max, uint64_t *ret_value)
{
  Wide divisor = number.scale * resolution; /* at most 10^20 * 10^3 */
  Wide product, value;

  if (__builtin_mul_overflow (number.digits, (Wide)unit, &product))
    return false;
  value = product / divisor;
  if (product % divisor >= divisor - divisor / 2)
    value++;
  if (value == 0 && product != 0)
    value = 1; /* 0 often means "never" or "no limit": not what "1 ns" asks for */
  if (value > max)
    return false;
  *ret_value = (uint64_t)value;
  return true;
}

typedef struct {
  const Unit *units;
  size_t n_units;
  uint64_t resolution;
  uint64_t max;
  const char *expected;
} Kind;

static const Kind size_kind = { size_units, G_N_ELEMENTS (size_units), 1, UINT64_MAX,
                                "a size such as '10 MB': a number and B, KB, MB, GB, TB or PB" };
static const Kind duration_kind = {
  duration_units, G_N_ELEMENTS (duration_units), 1000, INT64_MAX,
  "a duration such as '30 s': a number and ns, us, ms, s, min, h, d or w"
};

static bool
parse (const Kind *kind, const char *text, uint64_t *ret_value, GError **error)
{
  const char *at = text;
  const char *end;
  const Unit *unit;
  Number number;
  g_autofree char *quoted = NULL;

  while (g_ascii_isspace (*at))
    at++;
  at = parse_number (at, &number);
  if (at == NULL)
    goto wrong;
  while (g_ascii_isspace (*at))
    at++;
  end = at + strlen (at);
  while (end > at && g_ascii_isspace (end[-1]))
    end--;

  unit = find_unit (kind->units, kind->n_units, at, (size_t)(end - at));
  if (unit == NULL && end == at && number.digits == 0)
    unit = &kind->units[0];
  if (unit == NULL)
    goto wrong;
  if (multiply (number, unit->size, kind->resolution, kind->max, ret_value))
    return true;

  quoted = weir_error_quote (text);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "%s is more than can be counted", quoted);
  return false;

wrong:
  quoted = weir_error_quote (text);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is not %s", quoted, kind->expected);
  return false;
}

bool
weir_units_parse_size (const char *text, uint64_t *ret_bytes, GError **error)
{
  return parse (&size_kind, text, ret_bytes, error);
}

bool
weir_units_parse_duration (const char *text, int64_t *ret_usec, GError **error)
{
  uint64_t usec;

  if (!parse (&duration_kind, text, &usec, error))
    return false;
  *ret_usec = (int64_t)usec;
  return true;
}

/* Writes @value / @unit with at most three decimals, when that is exact. */
static bool
print_exactly (char *buffer, size_t size, uint64_t value, uint64_t unit)
{
  uint64_t whole = value / unit;
  uint64_t rest = value % unit;
  uint64_t decimals;
  int length;

  if ((Wide)rest * 1000 % unit != 0)
    return false;
  decimals = (uint64_t)((Wide)rest * 1000 / unit);
  length = g_snprintf (buffer, size, "%" G_GUINT64_FORMAT ".%03u", whole, (unsigned)decimals);
  while (buffer[length - 1] == '0')
    buffer[--length] = '\0';
  if (buffer[length - 1] == '.')
    buffer[--length] = '\0';
  return true;
}

/* The unit whose number is shortest, the largest one among equals. */
static char *
format (const Kind *kind, uint64_t value)
{
  char best[32] = "";
  const char *shown = NULL;

  for (size_t i = 0; i < kind->n_units; i++) {
    const Unit *unit = &kind->units[i];
    char number[32];

    if (unit->shown == NULL ||
        !print_exactly (number, sizeof number, value, unit->size / kind->resolution))
      continue;
    if (shown == NULL || strlen (number) <= strlen (best)) {
      memcpy (best, number, sizeof best);
      shown = unit->shown;
    }
  }
  return g_strdup_printf ("%s %s", best, shown);
}

char *
weir_units_format_size (uint64_t bytes)
{
  return bytes == 0 ? g_strdup ("0 B") : format (&size_kind, bytes);
}

char *
weir_units_format_duration (int64_t usec)
{
  g_assert (usec >= 0);
  return usec == 0 ? g_strdup ("0 s") : format (&duration_kind, (uint64_t)usec);
}

/* Three digits, whatever the locale. */
static char *
human (double value, const char *unit)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const char *layout = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
  size_t length;

  g_ascii_formatd (number, sizeof number, layout, value);
  length = strlen (number);
  if (strchr (number, '.') != NULL) {
    while (number[length - 1] == '0')
      length--;
    if (number[length - 1] == '.')
      length--;
  }
  return g_strdup_printf ("%.*s%s%s", (int)length, number, *unit != '\0' ? " " : "", unit);
}

static char *
human_with_unit (const Kind *kind, uint64_t value)
{
  const Unit *best = NULL;

  for (size_t i = 0; i < kind->n_units; i++) {
    const Unit *unit = &kind->units[i];

    if (unit->shown != NULL &&
        (best == NULL || (double)value * (double)kind->resolution >= 0.9995 * (double)unit->size))
      best = unit;
  }
  return human ((double)value * (double)kind->resolution / (double)best->size, best->shown);
}

char *
weir_units_human_size (uint64_t bytes)
{
  return human_with_unit (&size_kind, bytes);
}

char *
weir_units_human_duration (int64_t usec)
{
  return usec <= 0 ? g_strdup ("0 s") : human_with_unit (&duration_kind, (uint64_t)usec);
}

char *
weir_units_human_count (uint64_t count)
{
  static const char *const steps[] = { "", "k", "M", "G", "T", "P", "E" };
  double value = (double)count;
  size_t step = 0;

  while (value >= 999.5) {
    value /= 1000;
    step++;
  }
  return human (value, steps[step]);
}
