/* zone.c: time zones on top of GTimeZone, which reads the system's tzdata.
 *
 * A name from outside may open nothing but a zone: what is no plain name is refused before GLib
 * sees it, which would take it for a path. */
#include "expr/zone.h"
#include "base/error.h"
#include "expr/calendar.h"
#include "expr/zone-names.h"
#include <string.h>

/* The calendar repeats itself after 400 years, weekdays too; GLib knows the rules for some hundred
 * years ahead. */
#define CYCLE      (INT64_C (146097) * WEIR_EXPR_DAY_SECONDS)
#define YEAR_2400  INT64_C (13569465600)
#define YEAR_2000  INT64_C (946684800)
#define MAX_OFFSET (18 * 3600)
#define MAX_NAME   64

struct WeirExprZone {
  GTimeZone *rules; /* NULL: @offset all the time */
  int32_t offset;
  char *id;
};

static WeirExprZone *
new_zone (GTimeZone *rules, int32_t offset, char *id)
{
  WeirExprZone *zone = g_new0 (WeirExprZone, 1);

  zone->rules = rules;
  zone->offset = offset;
  zone->id = id;
  return zone;
}

void
weir_expr_zone_free (WeirExprZone *zone)
{
  if (zone == NULL)
    return;
  g_clear_pointer (&zone->rules, g_time_zone_unref);
  g_free (zone->id);
  g_free (zone);
}

static char *
format_offset (const char *before, int32_t offset)
{
  const int32_t size = ABS (offset);
  const char sign = offset < 0 ? '-' : '+';

  if (offset == 0)
    return g_strdup (*before != '\0' ? before : "Z");
  if (size % 60 != 0)
    return g_strdup_printf ("%s%c%02d:%02d:%02d", before, sign, size / 3600, size / 60 % 60,
                            size % 60);
  return g_strdup_printf ("%s%c%02d:%02d", before, sign, size / 3600, size / 60 % 60);
}

WeirExprZone *
weir_expr_zone_new_offset (int32_t offset)
{
  return new_zone (NULL, offset, format_offset ("", offset));
}

WeirExprZone *
weir_expr_zone_new_local (void)
{
  GTimeZone *rules = g_time_zone_new_local ();
  const char *id = g_time_zone_get_identifier (rules);

  return new_zone (rules, 0, g_strdup (id != NULL && *id != '\0' ? id : "UTC"));
}

/* Two digits at @at below @limit; -1 when they are not there. */
static int
read_pair (const char *text, size_t length, size_t at, int limit)
{
  int pair;

  if (at + 2 > length || !g_ascii_isdigit (text[at]) || !g_ascii_isdigit (text[at + 1]))
    return -1;
  pair = (text[at] - '0') * 10 + (text[at + 1] - '0');
  return pair < limit ? pair : -1;
}

size_t
weir_expr_zone_parse_offset (const char *text, size_t length, int32_t *ret_offset)
{
  static const int limits[] = { 24, 60, 60 };
  static const int32_t units[] = { 3600, 60, 1 };
  int32_t sum = 0;
  size_t at = 1;
  bool colon;

  if (length < 2 || (text[0] != '+' && text[0] != '-'))
    return 0;
  colon = length > 3 && text[3] == ':';
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++) {
    size_t next = at + (i > 0 && colon && at < length && text[at] == ':' ? 1 : 0);
    int pair = i > 0 && colon && next == at ? -1 : read_pair (text, length, next, limits[i]);

    if (pair < 0 && i > 0)
      break;
    if (pair < 0) {
      /* A single digit is an hour. */
      if (!g_ascii_isdigit (text[at]))
        return 0;
      sum = (text[at] - '0') * 3600;
      colon = length > 2 && text[2] == ':';
      at++;
      continue;
    }
    sum += pair * units[i];
    at = next + 2;
  }
  if (sum > MAX_OFFSET)
    return 0;
  *ret_offset = text[0] == '-' ? -sum : sum;
  return at;
}

static bool
is_plain_name (const char *name)
{
  if (!g_ascii_isalpha (name[0]) || strstr (name, "..") != NULL || strlen (name) > MAX_NAME)
    return false;
  /* Variants that no other program knows. */
  if (g_str_has_prefix (name, "posix") || g_str_has_prefix (name, "right/"))
    return false;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("~/._+-", *at) == NULL)
      return false;
  return true;
}

/* "UTC", "GMT" or "UT", alone or with an offset behind. */
static WeirExprZone *
new_universal (const char *name)
{
  static const char *const prefixes[] = { "UTC", "GMT", "UT" };
  int32_t offset = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    const char *rest = name + strlen (prefixes[i]);

    if (!g_str_has_prefix (name, prefixes[i]))
      continue;
    if (*rest == '\0')
      return new_zone (NULL, 0, g_strdup (name));
    if (weir_expr_zone_parse_offset (rest, strlen (rest), &offset) == strlen (rest))
      return new_zone (NULL, offset, format_offset (prefixes[i], offset));
  }
  return NULL;
}

WeirExprZone *
weir_expr_zone_new (const char *name, size_t length, GError **error)
{
  g_autofree char *id = g_strndup (name, length);
  g_autofree char *quoted = NULL;
  WeirExprZone *zone;
  GTimeZone *rules;
  int32_t offset;

  if (strcmp (id, "Z") == 0)
    return weir_expr_zone_new_offset (0);
  if (length > 0 && weir_expr_zone_parse_offset (id, length, &offset) == length)
    return weir_expr_zone_new_offset (offset);
  zone = new_universal (id);
  if (zone != NULL)
    return zone;
  rules = is_plain_name (id) ? g_time_zone_new_identifier (id) : NULL;
  if (rules != NULL)
    return new_zone (rules, 0, g_steal_pointer (&id));
  quoted = weir_error_quote (id);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "no time zone is called %s; write it as in 'Europe/Paris', 'UTC' or '+01:00'",
               quoted);
  return NULL;
}

static int
interval_at (const WeirExprZone *zone, int64_t seconds)
{
  if (seconds >= YEAR_2400)
    seconds -= ((seconds - YEAR_2400) / CYCLE + 1) * CYCLE;
  return g_time_zone_find_interval (zone->rules, G_TIME_TYPE_UNIVERSAL, seconds);
}

/* What tzdata calls the time. Before there were zones that was the local time of the place, for
 * which people say what they say now. */
static const char *
tzdata_abbreviation (const WeirExprZone *zone, int64_t seconds)
{
  const char *text = g_time_zone_get_abbreviation (zone->rules, interval_at (zone, seconds));
  int interval = interval_at (zone, YEAR_2000);

  if (strcmp (text, "LMT") != 0)
    return text;
  if (g_time_zone_is_dst (zone->rules, interval))
    interval = interval_at (zone, YEAR_2000 + 182 * WEIR_EXPR_DAY_SECONDS);
  return g_time_zone_get_abbreviation (zone->rules, interval);
}

int32_t
weir_expr_zone_get_offset (const WeirExprZone *zone, int64_t seconds)
{
  if (zone->rules == NULL)
    return zone->offset;
  return g_time_zone_get_offset (zone->rules, interval_at (zone, seconds));
}

int64_t
weir_expr_zone_to_utc (const WeirExprZone *zone, int64_t local, bool *ret_exists)
{
  int32_t before, after;
  bool exists;

  if (zone->rules == NULL) {
    if (ret_exists != NULL)
      *ret_exists = true;
    return local - zone->offset;
  }
  /* No zone changes its clocks twice within two days. */
  before = weir_expr_zone_get_offset (zone, local - WEIR_EXPR_DAY_SECONDS);
  after = weir_expr_zone_get_offset (zone, local + WEIR_EXPR_DAY_SECONDS);
  exists = weir_expr_zone_get_offset (zone, local - before) == before;
  if (!exists && weir_expr_zone_get_offset (zone, local - after) == after) {
    exists = true;
    before = after;
  }
  if (ret_exists != NULL)
    *ret_exists = exists;
  return local - before;
}

const char *
weir_expr_zone_get_id (const WeirExprZone *zone)
{
  return zone->id;
}

bool
weir_expr_zone_is_fixed (const WeirExprZone *zone)
{
  return zone->rules == NULL;
}

const char *
weir_expr_zone_get_abbreviation (const WeirExprZone *zone, int64_t seconds)
{
  const char *abbreviation;
  const WeirExprZoneName *name;

  if (zone->rules == NULL)
    return zone->id;
  abbreviation = tzdata_abbreviation (zone, seconds);
  name = weir_expr_zone_name_find (zone->id, abbreviation);
  return name != NULL ? name->abbreviation : abbreviation;
}

const char *
weir_expr_zone_get_long_name (const WeirExprZone *zone, int64_t seconds)
{
  const WeirExprZoneName *name;
  const char *abbreviation;

  abbreviation = zone->rules == NULL ? zone->id : tzdata_abbreviation (zone, seconds);
  name = weir_expr_zone_name_find (zone->id, abbreviation);
  return name != NULL ? name->full : abbreviation;
}
