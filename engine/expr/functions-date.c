/* functions-date.c: dates (milliseconds) and instants (nanoseconds).
 *
 * A pattern or a zone that is a literal is compiled with the expression. */
#include "expr/calendar.h"
#include "expr/date-pattern.h"
#include "expr/function.h"
#include "expr/moment.h"
#include "expr/text.h"

/* The pattern in argument 1 and the zone in argument 2, as far as they are literals. */
typedef struct {
  WeirExprDatePattern *pattern;
  WeirExprZone *zone;
} Prepared;

static void
release (void *data)
{
  Prepared *prepared = data;

  weir_expr_date_pattern_free (prepared->pattern);
  weir_expr_zone_free (prepared->zone);
  g_free (prepared);
}

static bool
prepare (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
         GError **error)
{
  const WeirExprValue *pattern = n_literals > 1 ? literals[1] : NULL;
  const WeirExprValue *zone = n_literals > 2 ? literals[2] : NULL;
  Prepared *prepared = g_new0 (Prepared, 1);

  if (pattern != NULL && pattern->type == WEIR_EXPR_TEXT) {
    prepared->pattern = weir_expr_date_pattern_new (pattern->text, pattern->length, error);
    if (prepared->pattern == NULL) {
      release (prepared);
      return false;
    }
  }
  if (n_literals < 3)
    prepared->zone = weir_expr_zone_new_local ();
  if (zone != NULL && zone->type == WEIR_EXPR_TEXT) {
    prepared->zone = weir_expr_zone_new (zone->text, zone->length, error);
    if (prepared->zone == NULL) {
      release (prepared);
      return false;
    }
  }
  *ret_prepared = prepared;
  return true;
}

/* What a call works with: prepared, or made now and then owned. */
typedef struct {
  const WeirExprDatePattern *pattern;
  const WeirExprZone *zone;
  WeirExprDatePattern *owned_pattern;
  WeirExprZone *owned_zone;
} Means;

static void
means_clear (Means *means)
{
  weir_expr_date_pattern_free (means->owned_pattern);
  weir_expr_zone_free (means->owned_zone);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Means, means_clear)

/* @means must be zeroed. The pattern must not be nothing; a zone that is nothing is the machine's.
 */
static bool
means_init (Means *means, WeirExprRun *run, const WeirExprValue *args, size_t n_args,
            GError **error)
{
  const Prepared *prepared = run->prepared;
  const WeirExprValue *zone = n_args > 2 ? &args[2] : NULL;

  means->pattern = prepared->pattern;
  means->zone = prepared->zone;
  if (means->pattern == NULL) {
    if (!weir_expr_run_charge (run, 20 + args[1].length, error))
      return false;
    means->owned_pattern = weir_expr_date_pattern_new (args[1].text, args[1].length, error);
    means->pattern = means->owned_pattern;
    if (means->pattern == NULL)
      return false;
  }
  if (means->zone == NULL) {
    if (!weir_expr_run_charge (run, WEIR_EXPR_ZONE_STEPS, error))
      return false;
    means->owned_zone = zone == NULL || weir_expr_is_nothing (zone)
                            ? weir_expr_zone_new_local ()
                            : weir_expr_zone_new (zone->text, zone->length, error);
    means->zone = means->owned_zone;
  }
  return means->zone != NULL;
}

/* What reading by @pattern may cost. */
static bool
charge_parse (WeirExprRun *run, const WeirExprDatePattern *pattern, GError **error)
{
  size_t steps = pattern->n_items;

  for (size_t i = 0; i < pattern->n_items; i++)
    if (pattern->items[i].kind == WEIR_EXPR_DATE_ZONE ||
        pattern->items[i].kind == WEIR_EXPR_DATE_ZONE_ID)
      steps += WEIR_EXPR_ZONE_STEPS;
  return weir_expr_run_charge (run, steps, error);
}

static bool
now (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
     GError **error)
{
  if (run->scope->clock != NULL)
    *ret_value = weir_expr_date (weir_clock_get_wall (run->scope->clock) / 1000);
  return true;
}

/* toDate, toInstant without pattern: the conversion has happened before the call. */
static bool
from_number (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
             GError **error)
{
  if (!weir_expr_is_nothing (&args[0]))
    *ret_value = weir_expr_date (args[0].whole);
  return true;
}

static bool
instant_from_number (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                     WeirExprValue *ret_value, GError **error)
{
  *ret_value = args[0];
  return weir_expr_run_to_instant (run, ret_value, error);
}

static bool
to_date (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  g_auto (Means) means = { 0 };
  int64_t seconds = 0;
  unsigned nano = 0;

  if (weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]))
    return true;
  if (!weir_expr_run_charge (run, 20, error) || !means_init (&means, run, args, n_args, error) ||
      !charge_parse (run, means.pattern, error) ||
      !weir_expr_date_parse (means.pattern, &args[0], means.zone, WEIR_EXPR_DATE_LENIENT, &seconds,
                             &nano, error))
    return false;
  *ret_value = weir_expr_date (weir_expr_moment_millis (seconds, nano));
  return true;
}

static bool
to_instant (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
            GError **error)
{
  g_auto (Means) means = { 0 };
  int64_t seconds = 0;
  unsigned nano = 0;

  if (weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]))
    return true;
  if (!weir_expr_run_charge (run, 20, error) || !means_init (&means, run, args, n_args, error) ||
      !charge_parse (run, means.pattern, error) ||
      !weir_expr_date_parse (means.pattern, &args[0], means.zone, WEIR_EXPR_DATE_STRICT, &seconds,
                             &nano, error))
    return false;
  *ret_value = weir_expr_instant (seconds, nano);
  return true;
}

static bool
print (WeirExprRun *run, const WeirExprValue *args, size_t n_args, int64_t seconds, unsigned nano,
       WeirExprValue *ret_value, GError **error)
{
  g_auto (Means) means = { 0 };
  WeirExprBuilder builder = { 0 };

  if (weir_expr_is_nothing (&args[1]))
    return true;
  if (!means_init (&means, run, args, n_args, error) ||
      !weir_expr_date_print (means.pattern, run, means.zone, seconds, nano, &builder, error))
    return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

static bool
format (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  int64_t seconds;
  unsigned nano;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  weir_expr_moment_split (args[0].millis, &seconds, &nano);
  return print (run, args, n_args, seconds, nano, ret_value, error);
}

static bool
format_instant (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                WeirExprValue *ret_value, GError **error)
{
  if (weir_expr_is_nothing (&args[0]))
    return true;
  return print (run, args, n_args, args[0].seconds, args[0].length, ret_value, error);
}

/* Seconds times @factor and what the nanoseconds add; wraps. */
static int64_t
count (const WeirExprValue *instant, uint64_t factor)
{
  return (int64_t)((uint64_t)instant->seconds * factor + instant->length / (1000000000 / factor));
}

static bool
to_micros (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
           GError **error)
{
  if (!weir_expr_is_nothing (&args[0]))
    *ret_value = weir_expr_whole (count (&args[0], 1000000));
  return true;
}

static bool
to_nanos (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  if (!weir_expr_is_nothing (&args[0]))
    *ret_value = weir_expr_whole (count (&args[0], 1000000000));
  return true;
}

/* A false answer, without saying why. */
static bool
is_valid_date (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  g_autoptr (GError) why = NULL;
  g_auto (Means) means = { 0 };
  WeirExprSpan span;
  WeirExprValue text;
  int64_t seconds;
  unsigned nano;

  *ret_value = weir_expr_truth (false);
  if (weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]))
    return true;
  if (!weir_expr_run_charge (run, 20, error))
    return false;
  if (!means_init (&means, run, args, n_args, &why) || !charge_parse (run, means.pattern, &why)) {
    if (!g_error_matches (why, WEIR_ERROR, WEIR_ERROR_LIMIT))
      return true;
    g_propagate_error (error, g_steal_pointer (&why));
    return false;
  }
  span = weir_expr_text_trim (args[0].text, args[0].length);
  text = weir_expr_view (span.at, span.length);
  *ret_value = weir_expr_truth (weir_expr_date_parse (
      means.pattern, &text, means.zone, WEIR_EXPR_DATE_CHECKED, &seconds, &nano, NULL));
  return true;
}

static bool
is_valid_instant (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                  WeirExprValue *ret_value, GError **error)
{
  int64_t seconds;
  unsigned nano;

  *ret_value =
      weir_expr_truth (!weir_expr_is_nothing (&args[0]) &&
                       weir_expr_moment_read_instant (&args[0], false, &seconds, &nano, NULL));
  return weir_expr_run_charge (run, 100, error);
}

/* "2 weeks": how many seconds, and months, which have no fixed length. */
typedef struct {
  int64_t seconds;
  int64_t days;
  int64_t months;
} Amount;

static bool
parse_amount (const WeirExprValue *text, Amount *ret_amount, GError **error)
{
  static const struct {
    const char *unit;
    Amount one;
  } units[] = {
    { "second", { .seconds = 1 } },  { "minute", { .seconds = 60 } },
    { "hour", { .seconds = 3600 } }, { "day", { .days = 1 } },
    { "week", { .days = 7 } },       { "month", { .months = 1 } },
    { "year", { .months = 12 } },
  };
  const WeirExprSpan span = weir_expr_text_trim (text->text, text->length);
  g_autofree char *copy = g_strndup (span.at, span.length);
  char *unit = NULL;
  guint64 number = g_ascii_isdigit (copy[0]) ? g_ascii_strtoull (copy, &unit, 10) : 0;

  if (unit == NULL || !g_ascii_isspace (*unit) || number > INT32_MAX)
    return weir_expr_run_fail (error, text, "is no amount of time; write it as in '2 weeks'");
  g_strstrip (unit);
  if (strlen (unit) > 1 && g_ascii_tolower (unit[strlen (unit) - 1]) == 's')
    unit[strlen (unit) - 1] = '\0';
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_ascii_strcasecmp (units[i].unit, unit) != 0)
      continue;
    ret_amount->seconds = (int64_t)number * units[i].one.seconds;
    ret_amount->days = (int64_t)number * units[i].one.days;
    ret_amount->months = (int64_t)number * units[i].one.months;
    return true;
  }
  return weir_expr_run_fail (error, text,
                             "has no unit of time; there are seconds, minutes, hours, days, weeks, "
                             "months and years");
}

/* Days and months are those of the calendar in @zone, whatever the clocks do meanwhile. */
static int64_t
add_amount (int64_t seconds, const Amount *amount, int sign, const WeirExprZone *zone)
{
  WeirExprCivil civil;
  int64_t local;

  if (amount->days == 0 && amount->months == 0)
    return seconds + sign * amount->seconds;
  local = seconds + weir_expr_zone_get_offset (zone, seconds);
  weir_expr_civil_set (&civil, local, 0);
  weir_expr_civil_add_months (&civil, sign * amount->months);
  local = weir_expr_civil_get_seconds (&civil) + sign * amount->days * WEIR_EXPR_DAY_SECONDS;
  return weir_expr_zone_to_utc (zone, local, NULL);
}

static bool
prepare_amount (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
                GError **error)
{
  Amount amount = { 0 };

  if (literals[1] == NULL || literals[1]->type != WEIR_EXPR_TEXT)
    return true;
  if (!parse_amount (literals[1], &amount, error))
    return false;
  *ret_prepared = g_memdup2 (&amount, sizeof amount);
  return true;
}

/* Moves the moment in @args[0] by the amount in @args[1]. */
static bool
move (WeirExprRun *run, const WeirExprValue *args, int sign, WeirExprValue *ret_value,
      GError **error)
{
  const bool is_date = args[0].type == WEIR_EXPR_DATE;
  const Amount *prepared = run->prepared;
  g_autoptr (WeirExprZone) zone = NULL;
  Amount amount = { 0 };
  int64_t seconds;
  unsigned nano;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  if (weir_expr_is_nothing (&args[1])) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "there is no amount of time; write it as in '2 weeks'");
    return false;
  }
  if (prepared != NULL)
    amount = *prepared;
  else if (!parse_amount (&args[1], &amount, error))
    return false;
  zone = is_date ? weir_expr_zone_new_local () : weir_expr_zone_new_offset (0);
  if (is_date) {
    weir_expr_moment_split (args[0].millis, &seconds, &nano);
    seconds = add_amount (seconds, &amount, sign, zone);
    *ret_value = weir_expr_date (weir_expr_moment_millis (seconds, nano));
  } else {
    *ret_value =
        weir_expr_instant (add_amount (args[0].seconds, &amount, sign, zone), args[0].length);
  }
  return weir_expr_run_charge (run, 20, error);
}

static bool
plus_duration (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  return move (run, args, 1, ret_value, error);
}

static bool
minus_duration (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                WeirExprValue *ret_value, GError **error)
{
  return move (run, args, -1, ret_value, error);
}

#define WITH_PATTERN .prepare = prepare, .release = release
#define WITH_AMOUNT  .prepare = prepare_amount, .release = g_free

static const WeirExprFunction rows[] = {
  { "now", now, .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_CHANGING, .value = WEIR_EXPR_DATE,
    .doc = "The current date and time.", .example = "${now():format('yyyy-MM-dd')}" },
  { "toDate", to_date, WITH_PATTERN, .flags = WEIR_EXPR_EXACT_SUBJECT | WEIR_EXPR_OVERLOADED,
    .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_DATE, .parameters = "pattern zone",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The date that the text is, read with a pattern of Java's DateTimeFormatter, in `zone` "
           "or the zone of this machine.",
    .example = "${day:toDate('yyyy/MM/dd', 'UTC'):format('EEEE', 'UTC')}",
    .attributes = "day=2026/02/03", .result = "Tuesday" },
  { "toDate", from_number, .subject = WEIR_EXPR_WHOLE, .value = WEIR_EXPR_DATE,
    .parameters = "pattern zone", WEIR_EXPR_ARGS (0, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The date that so many milliseconds since 1970 are; what is no text needs no pattern.",
    .example = "${entryDate:toDate():format('yyyy', 'UTC')}",
    .attributes = "entryDate=1770091506789", .result = "2026" },
  { "format", format, WITH_PATTERN, .subject = WEIR_EXPR_DATE, .value = WEIR_EXPR_TEXT,
    .parameters = "pattern zone", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The date as text, by a pattern of Java's DateTimeFormatter, in `zone` or the zone of "
           "this machine.",
    .example = "${entryDate:toNumber():format(\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\", 'Europe/Paris')}",
    .attributes = "entryDate=1770091506789", .result = "2026-02-03T05:05:06.789+01:00" },
  { "plusDuration", plus_duration, WITH_AMOUNT, .subject = WEIR_EXPR_DATE, .value = WEIR_EXPR_DATE,
    .parameters = "amount", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The date so much later: a number and seconds, minutes, hours, days, weeks, months or "
           "years.",
    .example = "${entryDate:toDate():plusDuration('1 day'):toNumber()}",
    .attributes = "entryDate=1770091506789", .result = "1770177906789" },
  { "minusDuration", minus_duration, WITH_AMOUNT, .subject = WEIR_EXPR_DATE,
    .value = WEIR_EXPR_DATE, .parameters = "amount", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The date so much earlier.",
    .example = "${entryDate:toDate():minusDuration('2 hours'):toNumber()}",
    .attributes = "entryDate=1770091506789", .result = "1770084306789" },
  { "isValidDate", is_valid_date, WITH_PATTERN, .subject = WEIR_EXPR_TEXT,
    .value = WEIR_EXPR_BOOLEAN, .parameters = "pattern zone",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "True when the text is a date that the pattern can read and that exists.",
    .example = "${day:isValidDate('yyyy-MM-dd')}", .attributes = "day=2026-02-31",
    .result = "false" },
  { "toInstant", to_instant, WITH_PATTERN, .flags = WEIR_EXPR_EXACT_SUBJECT | WEIR_EXPR_OVERLOADED,
    .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_INSTANT, .parameters = "pattern zone",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The instant that the text is, to the nanosecond.",
    .example = "${time:toInstant('yyyy-MM-dd HH:mm:ss.SSSSSS', 'UTC'):toMicros()}",
    .attributes = "time=2026-02-03 04:05:06.000007", .result = "1770091506000007" },
  { "toInstant", instant_from_number, .subject = WEIR_EXPR_WHOLE, .value = WEIR_EXPR_INSTANT,
    .parameters = "pattern zone", WEIR_EXPR_ARGS (0, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The instant that so many milliseconds since 1970 are.",
    .example = "${entryDate:toInstant()}", .attributes = "entryDate=1770091506789",
    .result = "2026-02-03T04:05:06.789Z" },
  { "formatInstant", format_instant, WITH_PATTERN, .subject = WEIR_EXPR_INSTANT,
    .value = WEIR_EXPR_TEXT, .parameters = "pattern zone",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The instant as text, by a pattern of Java's DateTimeFormatter, in `zone`.",
    .example = "${time:formatInstant('HH:mm:ss.SSSSSS', 'UTC')}",
    .attributes = "time=2026-02-03T04:05:06.000007Z", .result = "04:05:06.000007" },
  { "plusInstantDuration", plus_duration, WITH_AMOUNT, .subject = WEIR_EXPR_INSTANT,
    .value = WEIR_EXPR_INSTANT, .parameters = "amount", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The instant so much later, by the calendar of UTC.",
    .example = "${time:plusInstantDuration('1 month')}", .attributes = "time=2026-01-31T00:00:00Z",
    .result = "2026-02-28T00:00:00Z" },
  { "minusInstantDuration", minus_duration, WITH_AMOUNT, .subject = WEIR_EXPR_INSTANT,
    .value = WEIR_EXPR_INSTANT, .parameters = "amount", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The instant so much earlier, by the calendar of UTC.",
    .example = "${time:minusInstantDuration('1 year')}", .attributes = "time=2028-02-29T00:00:00Z",
    .result = "2027-02-28T00:00:00Z" },
  { "toMicros", to_micros, .flags = WEIR_EXPR_EXACT_SUBJECT, .subject = WEIR_EXPR_INSTANT,
    .value = WEIR_EXPR_WHOLE, .doc = "Microseconds since 1970.",
    .example = "${time:toNumber():toInstant():toMicros()}", .attributes = "time=1770091506789",
    .result = "1770091506789000" },
  { "toNanos", to_nanos, .flags = WEIR_EXPR_EXACT_SUBJECT, .subject = WEIR_EXPR_INSTANT,
    .value = WEIR_EXPR_WHOLE, .doc = "Nanoseconds since 1970.",
    .example = "${time:toNumber():toInstant():toNanos()}", .attributes = "time=1770091506789",
    .result = "1770091506789000000" },
  { "isValidInstant", is_valid_instant, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_BOOLEAN,
    .doc = "True when the text is an instant as ISO 8601 or RFC 1123 write it.",
    .example = "${time:isValidInstant()}", .attributes = "time=2026-02-03T04:05:06Z",
    .result = "true" },
};

const WeirExprFamily weir_expr_date_family = { "Dates", WEIR_EXPR_ROWS (rows) };
