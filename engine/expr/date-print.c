/* date-print.c: moments as text. */
#include "expr/calendar.h"
#include "expr/date-names.h"
#include "expr/date-pattern.h"
#include "expr/number.h"

typedef struct {
  WeirExprCivil civil;
  const WeirExprZone *zone;
  int64_t seconds; /* since 1970 */
  int32_t offset;
} Moment;

static int64_t
week_year (const Moment *moment)
{
  int64_t year;

  weir_expr_civil_get_week (&moment->civil, &year);
  return year;
}

static int64_t
week (const Moment *moment)
{
  int64_t year;

  return weir_expr_civil_get_week (&moment->civil, &year);
}

static int64_t
nano_of_day (const WeirExprCivil *civil)
{
  return ((int64_t)civil->hour * 3600 + civil->minute * 60 + civil->second) * 1000000000 +
         civil->nano;
}

/* What the number of a letter is. */
static int64_t
value_of (const Moment *moment, char letter)
{
  const WeirExprCivil *civil = &moment->civil;

  switch (letter) {
  case 'u':
    return civil->year;
  case 'y':
    return civil->year > 0 ? civil->year : 1 - civil->year;
  case 'Y':
    return week_year (moment);
  case 'G':
    return civil->year > 0 ? 1 : 0;
  case 'M':
  case 'L':
    return civil->month;
  case 'Q':
  case 'q':
    return (civil->month - 1) / 3 + 1;
  case 'w':
    return week (moment);
  case 'W':
    return weir_expr_civil_get_week_of_month (civil);
  case 'D':
    return civil->day_of_year;
  case 'd':
    return civil->day;
  case 'F':
    return (civil->day - 1) / 7 + 1;
  case 'E':
    return civil->weekday;
  case 'e':
  case 'c':
    return civil->weekday % 7 + 1;
  case 'a':
    return civil->hour / 12;
  case 'h':
    return (civil->hour + 11) % 12 + 1;
  case 'K':
    return civil->hour % 12;
  case 'k':
    return (civil->hour + 23) % 24 + 1;
  case 'H':
    return civil->hour;
  case 'm':
    return civil->minute;
  case 's':
    return civil->second;
  case 'A':
    return nano_of_day (civil) / 1000000;
  case 'n':
    return civil->nano;
  case 'N':
    return nano_of_day (civil);
  case 'g':
    return weir_expr_floor_divide (moment->seconds + moment->offset, WEIR_EXPR_DAY_SECONDS) + 40587;
  default:
    g_assert_not_reached ();
  }
}

static void
print_number (const Moment *moment, const WeirExprDateItem *item, GString *text)
{
  const int64_t value = value_of (moment, item->letter);
  char digits[WEIR_EXPR_NUMBER_SIZE];
  size_t length = weir_expr_number_format_whole (value < 0 ? -value : value, digits);

  if (value < 0)
    g_string_append_c (text, '-');
  else if (item->exceeds && length > item->min_width)
    g_string_append_c (text, '+');
  for (size_t i = length; i < item->min_width; i++)
    g_string_append_c (text, '0');
  g_string_append_len (text, digits, (gssize)length);
}

static void
print_name (const Moment *moment, const WeirExprDateItem *item, GString *text)
{
  const bool is_weekday = strchr ("Eec", item->letter) != NULL;
  int64_t value = is_weekday ? moment->civil.weekday : value_of (moment, item->letter);
  const WeirExprDateName *names;
  size_t n;

  names = weir_expr_date_names (item->letter, &n);
  if (strchr ("aG", item->letter) == NULL)
    value--;
  g_string_append (text, item->count == 3   ? names[value].brief
                         : item->count == 4 ? names[value].full
                                            : names[value].narrow);
}

static void
add_pair (GString *text, const char *before, int32_t number)
{
  g_string_append_printf (text, "%s%02d", before, number);
}

/* X and x: 1 +HHmm with minutes only if there are some, 2 +HHmm, 3 +HH:mm, 4 and 5 with seconds if
 * there are some. Z is as xx, five of it as XXXXX. X writes Z for zero. */
static void
print_offset (const Moment *moment, const WeirExprDateItem *item, GString *text)
{
  const unsigned count = item->letter != 'Z' ? item->count : item->count == 5 ? 5 : 2;
  const bool zulu = item->letter == 'X' || (item->letter == 'Z' && item->count == 5);
  const char *colon = count == 3 || count == 5 ? ":" : "";
  const int32_t size = ABS (moment->offset);

  if (moment->offset == 0 && zulu) {
    g_string_append_c (text, 'Z');
    return;
  }
  /* What is cut away may leave nothing behind a minus. */
  add_pair (text, moment->offset < 0 && (size >= 60 || count >= 4) ? "-" : "+", size / 3600);
  if (count > 1 || size / 60 % 60 != 0)
    add_pair (text, colon, size / 60 % 60);
  if (count >= 4 && size % 60 != 0)
    add_pair (text, colon, size % 60);
}

static void
print_gmt (const Moment *moment, const WeirExprDateItem *item, GString *text)
{
  const int32_t size = ABS (moment->offset);

  g_string_append (text, "GMT");
  if (moment->offset == 0)
    return;
  g_string_append_c (text, moment->offset < 0 ? '-' : '+');
  if (item->count == 4)
    g_string_append_printf (text, "%02d:%02d", size / 3600, size / 60 % 60);
  else if (size / 60 % 60 == 0 && size % 60 == 0)
    g_string_append_printf (text, "%d", size / 3600);
  else
    g_string_append_printf (text, "%d:%02d", size / 3600, size / 60 % 60);
  if (size % 60 != 0)
    g_string_append_printf (text, ":%02d", size % 60);
}

static void
print_zone (const Moment *moment, const WeirExprDateItem *item, GString *text)
{
  const char *name = item->count == 4
                         ? weir_expr_zone_get_long_name (moment->zone, moment->seconds)
                         : weir_expr_zone_get_abbreviation (moment->zone, moment->seconds);

  if (g_ascii_isdigit (name[1]) && !weir_expr_zone_is_fixed (moment->zone)) {
    /* tzdata has but a number: write it so that it can be read back. */
    const WeirExprDateItem gmt = { .count = 4 };

    print_gmt (moment, &gmt, text);
    return;
  }
  g_string_append (text, name);
}

static void
print_item (const Moment *moment, const WeirExprDateItem *item, GString *text)
{
  char digits[10];

  switch ((WeirExprDateKind)item->kind) {
  case WEIR_EXPR_DATE_LITERAL:
    g_string_append (text, item->text);
    break;
  case WEIR_EXPR_DATE_NUMBER:
    print_number (moment, item, text);
    break;
  case WEIR_EXPR_DATE_REDUCED:
    add_pair (text, "", (int32_t)ABS (value_of (moment, item->letter) % 100));
    break;
  case WEIR_EXPR_DATE_FRACTION:
    g_snprintf (digits, sizeof digits, "%09u", moment->civil.nano);
    g_string_append_len (text, digits, item->count);
    break;
  case WEIR_EXPR_DATE_NAME:
    print_name (moment, item, text);
    break;
  case WEIR_EXPR_DATE_OFFSET:
    print_offset (moment, item, text);
    break;
  case WEIR_EXPR_DATE_GMT:
    print_gmt (moment, item, text);
    break;
  case WEIR_EXPR_DATE_ZONE:
    print_zone (moment, item, text);
    break;
  case WEIR_EXPR_DATE_ZONE_ID:
    g_string_append (text, weir_expr_zone_get_id (moment->zone));
    break;
  case WEIR_EXPR_DATE_OPTIONAL:
  case WEIR_EXPR_DATE_END:
    break;
  }
}

bool
weir_expr_date_print (const WeirExprDatePattern *pattern, WeirExprRun *run,
                      const WeirExprZone *zone, int64_t seconds, unsigned nano,
                      WeirExprBuilder *builder, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (64);
  Moment moment = { .zone = zone, .seconds = seconds };

  if (!weir_expr_run_charge (run, 5 + 2 * pattern->n_items, error))
    return false;
  moment.offset = weir_expr_zone_get_offset (zone, seconds);
  weir_expr_civil_set (&moment.civil, seconds + moment.offset, nano);
  for (size_t i = 0; i < pattern->n_items; i++) {
    const WeirExprDateItem *item = &pattern->items[i];
    const size_t from = text->len;

    print_item (&moment, item, text);
    while (text->len - from < item->pad)
      g_string_insert_c (text, (gssize)from, ' ');
  }
  return weir_expr_builder_add (builder, run, text->str, text->len, error);
}
