/* moment.c: dates and instants as text and back, where no pattern is given. */
#include "expr/moment.h"
#include "expr/calendar.h"
#include "expr/date-pattern.h"
#include "expr/number.h"
#include "expr/text.h"

#define DATE_PATTERN "EEE MMM dd HH:mm:ss zzz yyyy"
/* Any number of digits of a second, the most first. */
#define FRACTIONS   "[.SSSSSSSSS][.SSSSSSSS][.SSSSSSS][.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]"
#define ISO_PATTERN "uuuu-MM-dd'T'HH:mm[:ss" FRACTIONS "]XXXXX"

void
weir_expr_moment_split (int64_t millis, int64_t *ret_seconds, unsigned *ret_nano)
{
  *ret_seconds = weir_expr_floor_divide (millis, 1000);
  *ret_nano = (unsigned)((millis % 1000 + 1000) % 1000) * 1000000;
}

bool
weir_expr_moment_print_date (WeirExprRun *run, int64_t millis, WeirExprBuilder *builder,
                             GError **error)
{
  g_autoptr (WeirExprDatePattern) pattern =
      weir_expr_date_pattern_new (DATE_PATTERN, strlen (DATE_PATTERN), error);
  g_autoptr (WeirExprZone) zone = weir_expr_zone_new_local ();
  int64_t seconds;
  unsigned nano;

  weir_expr_moment_split (millis, &seconds, &nano);
  return pattern != NULL && weir_expr_run_charge (run, 50, error) &&
         weir_expr_date_print (pattern, run, zone, seconds, nano, builder, error);
}

bool
weir_expr_moment_print_instant (WeirExprRun *run, int64_t seconds, unsigned nano,
                                WeirExprBuilder *builder, GError **error)
{
  WeirExprCivil civil;
  char text[64];
  int length;

  weir_expr_civil_set (&civil, seconds, nano);
  length = g_snprintf (text, sizeof text, "%s%04" G_GINT64_FORMAT "-%02u-%02uT%02u:%02u:%02u",
                       civil.year > 9999 ? "+" : "", civil.year, civil.month, civil.day, civil.hour,
                       civil.minute, civil.second);
  if (nano % 1000000 == 0 && nano > 0)
    length += g_snprintf (text + length, sizeof text - (size_t)length, ".%03u", nano / 1000000);
  else if (nano % 1000 == 0 && nano > 0)
    length += g_snprintf (text + length, sizeof text - (size_t)length, ".%06u", nano / 1000);
  else if (nano > 0)
    length += g_snprintf (text + length, sizeof text - (size_t)length, ".%09u", nano);
  text[length++] = 'Z';
  return weir_expr_run_charge (run, 10, error) &&
         weir_expr_builder_add (builder, run, text, (size_t)length, error);
}

static bool
parse_with (const char *format, const WeirExprValue *text, WeirExprDateMode mode,
            int64_t *ret_seconds, unsigned *ret_nano, GError **error)
{
  g_autoptr (WeirExprDatePattern) pattern =
      weir_expr_date_pattern_new (format, strlen (format), error);
  g_autoptr (WeirExprZone) zone = weir_expr_zone_new_local ();

  return pattern != NULL &&
         weir_expr_date_parse (pattern, text, zone, mode, ret_seconds, ret_nano, error);
}

/* Whether @text looks like @shape, where 0 is a digit and a a letter. */
static bool
has_shape (const char *text, const char *shape)
{
  for (; *shape != '\0'; text++, shape++)
    if (*shape == '0'   ? !g_ascii_isdigit (*text)
        : *shape == 'a' ? !g_ascii_isalpha (*text)
                        : *text != *shape)
      return false;
  return true;
}

/* The pattern that a date without one is read with; NULL when it looks like none. */
static const char *
guess_pattern (const WeirExprValue *text)
{
  static const char *const head = "aaa aaa 00 00:00:00 ";
  static const char *const tail = " 0000";
  const size_t least = strlen (head) + strlen (tail);

  if (text->length >= least && has_shape (text->text, head) &&
      has_shape (text->text + text->length - strlen (tail), tail))
    return DATE_PATTERN;
  if (text->length == 19 && has_shape (text->text, "0000/00/00 00:00:00"))
    return "yyyy/MM/dd HH:mm:ss";
  if (text->length == 23 && has_shape (text->text, "0000/00/00 00:00:00.000"))
    return "yyyy/MM/dd HH:mm:ss.SSS";
  return NULL;
}

static bool
read_millis (const WeirExprValue *text, int64_t *ret_millis)
{
  double decimal;

  return text->length > 0 && g_ascii_isdigit (text->text[0]) &&
         memchr (text->text, 'x', text->length) == NULL &&
         weir_expr_number_parse (text->text, text->length, ret_millis, &decimal) ==
             WEIR_EXPR_NUMBER_WHOLE;
}

bool
weir_expr_moment_read_date (const WeirExprValue *text, int64_t *ret_millis, GError **error)
{
  const WeirExprSpan span = weir_expr_text_trim (text->text, text->length);
  const WeirExprValue trimmed = weir_expr_view (span.at, span.length);
  const char *format = guess_pattern (&trimmed);
  int64_t seconds = 0;
  unsigned nano = 0;

  if (read_millis (&trimmed, ret_millis))
    return true;
  if (format == NULL)
    return weir_expr_run_fail (error, text,
                               "cannot be read as a date; say how with toDate('yyyy-MM-dd')");
  if (!parse_with (format, &trimmed, WEIR_EXPR_DATE_LENIENT, &seconds, &nano, error))
    return false;
  *ret_millis = weir_expr_moment_millis (seconds, nano);
  return true;
}

/* The digits behind @at and the colons between them end the text: +01, +01:00 or +01:00:00. */
static bool
is_iso_offset (const char *at)
{
  return has_shape (at, "00:00:00") ? at[8] == '\0'
         : has_shape (at, "00:00")  ? at[5] == '\0'
                                    : has_shape (at, "00") && at[2] == '\0';
}

/* Whether it ends as +01:00 does, which RFC 1123 writes without a colon. */
static bool
ends_in_colon (const WeirExprValue *text)
{
  return text->length > 2 && text->text[text->length - 3] == ':';
}

/* Makes of what Java's ISO_INSTANT and ISO_OFFSET_DATE_TIME read beyond ISO_PATTERN what is read
 * with that: small letters, a point without a fraction, and the leap second of a day, which counts
 * as the one before it. Returns: (transfer full) (nullable): NULL when it is none of both. */
static char *
tidy_iso (const WeirExprValue *text)
{
  g_autofree char *tidy = g_ascii_strup (text->text, (gssize)text->length);
  char *time = strchr (tidy, 'T');
  char *offset = time != NULL ? time + 1 + strcspn (time + 1, "+-Z") : NULL;

  if (offset == NULL || *offset == '\0' || (*offset != 'Z' && !is_iso_offset (offset + 1)))
    return NULL;
  if (*offset == 'Z' && g_str_has_prefix (time, "T23:59:60"))
    time[7] = '5', time[8] = '9';
  if (offset[-1] == '.')
    memmove (offset - 1, offset, strlen (offset) + 1);
  return g_steal_pointer (&tidy);
}

bool
weir_expr_moment_read_instant (const WeirExprValue *text, bool allow_millis, int64_t *ret_seconds,
                               unsigned *ret_nano, GError **error)
{
  static const char *const formats[] = {
    "[EEE, ]d MMM uuuu HH:mm[:ss] 'GMT'",
    "[EEE, ]d MMM uuuu HH:mm[:ss] x",
  };
  const WeirExprSpan span = weir_expr_text_trim (text->text, text->length);
  const WeirExprValue trimmed = weir_expr_view (span.at, span.length);
  g_autofree char *iso = tidy_iso (&trimmed);
  WeirExprValue text_of_iso;
  int64_t millis;

  if (allow_millis && read_millis (&trimmed, &millis)) {
    weir_expr_moment_split (millis, ret_seconds, ret_nano);
    return true;
  }
  if (iso != NULL) {
    text_of_iso = weir_expr_view (iso, strlen (iso));
    if (parse_with (ISO_PATTERN, &text_of_iso, WEIR_EXPR_DATE_STRICT, ret_seconds, ret_nano, NULL))
      return true;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (formats) && !ends_in_colon (&trimmed); i++)
    if (parse_with (formats[i], &trimmed, WEIR_EXPR_DATE_LENIENT, ret_seconds, ret_nano, NULL))
      return true;
  return weir_expr_run_fail (error, text,
                             "cannot be read as an instant; write it as 2026-02-03T04:05:06Z");
}
