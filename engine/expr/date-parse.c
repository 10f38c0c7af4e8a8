/* date-parse.c: text as fields of a date: each item of the pattern takes what is its own. */
#include "base/error.h"
#include "expr/date-fields.h"
#include "expr/date-names.h"
#include "expr/zone-names.h"

#define MAX_ZONE_TRIES 4

typedef struct {
  const char *at;
  const char *end;
  WeirExprDateMode mode;
  GPtrArray *zones; /* that were read, also by what was given up; NULL: none yet */
  WeirExprDateFields fields;
} Reader;

static bool
set_field (Reader *reader, char letter, int64_t value)
{
  WeirExprDateFields *fields = &reader->fields;
  const size_t index = (unsigned char)letter;

  if (fields->there[index] && fields->values[index] != value)
    return false;
  fields->values[index] = value;
  fields->there[index] = true;
  return true;
}

/* Letters that mean the same field. */
static char
field_of (char letter)
{
  switch (letter) {
  case 'L':
    return 'M';
  case 'q':
    return 'Q';
  case 'c':
    return 'e';
  default:
    return letter;
  }
}

static size_t
count_digits (const Reader *reader, size_t most)
{
  size_t n = 0;

  while (n < most && reader->at + n < reader->end && g_ascii_isdigit (reader->at[n]))
    n++;
  return n;
}

/* How many digits the number at hand has: between its least and its most, less what those behind it
 * need. 0 when there are too few. */
static size_t
take_digits (const Reader *reader, const WeirExprDateItem *item)
{
  const bool narrow =
      item->fixed || (item->reserved > 0 && item->min_width == item->max_width && !item->signed_);
  const bool bounded =
      reader->mode == WEIR_EXPR_DATE_STRICT || (narrow && item->kind != WEIR_EXPR_DATE_REDUCED);
  const size_t least = bounded ? MAX (item->min_width, 1) : 1;
  const size_t most = (size_t)(bounded ? item->max_width : 9) + item->reserved;
  size_t n = count_digits (reader, most);

  if (item->reserved > 0)
    n = count_digits (reader, MAX (least, n > item->reserved ? n - item->reserved : 0));
  return n < least || n > 18 ? 0 : n;
}

static int64_t
read_digits (const char *at, size_t n)
{
  int64_t sum = 0;

  for (size_t i = 0; i < n; i++)
    sum = sum * 10 + (at[i] - '0');
  return sum;
}

static bool
read_number (Reader *reader, const WeirExprDateItem *item)
{
  const char *start = reader->at;
  bool negative = false;
  size_t n;
  int64_t value;

  if (reader->at < reader->end && (*reader->at == '-' || *reader->at == '+') && item->signed_) {
    negative = *reader->at == '-';
    /* A plus stands only before more digits than are usual. */
    if (!negative && reader->mode == WEIR_EXPR_DATE_STRICT && !item->exceeds)
      return false;
    reader->at++;
  }
  n = take_digits (reader, item);
  if (n == 0) {
    reader->at = start;
    return false;
  }
  value = read_digits (reader->at, n);
  if (item->kind == WEIR_EXPR_DATE_REDUCED && n == 2 && !negative)
    value += 2000;
  if (reader->mode == WEIR_EXPR_DATE_STRICT && item->exceeds &&
      (reader->at > start && *start == '+') != (n > item->min_width) && !negative)
    return false;
  reader->at += n;
  return set_field (reader, field_of (item->letter), negative ? -value : value);
}

static bool
read_fraction (Reader *reader, const WeirExprDateItem *item)
{
  const bool strict = reader->mode == WEIR_EXPR_DATE_STRICT;
  size_t n = count_digits (reader, strict ? item->max_width : 9);
  int64_t value;

  if (strict && n < item->min_width)
    return false;
  value = read_digits (reader->at, n);
  reader->at += n;
  for (; n < 9; n++)
    value *= 10;
  return set_field (reader, 'S', value);
}

static bool
starts_with (const Reader *reader, const char *text)
{
  const size_t length = strlen (text);

  if ((size_t)(reader->end - reader->at) < length)
    return false;
  return reader->mode == WEIR_EXPR_DATE_STRICT
             ? memcmp (reader->at, text, length) == 0
             : g_ascii_strncasecmp (reader->at, text, length) == 0;
}

/* A name in any of its lengths; strictly, only in the one of the pattern. */
static bool
read_name (Reader *reader, const WeirExprDateItem *item)
{
  const bool strict = reader->mode == WEIR_EXPR_DATE_STRICT;
  const WeirExprDateItem number = { .kind = WEIR_EXPR_DATE_NUMBER,
                                    .letter = item->letter,
                                    .min_width = 1,
                                    .max_width = 19,
                                    .signed_ = true };
  const WeirExprDateName *names;
  size_t longest = 0;
  int64_t value = 0;
  size_t n;

  names = weir_expr_date_names (item->letter, &n);
  for (size_t i = 0; i < n; i++) {
    const char *forms[] = { names[i].brief, names[i].full, names[i].narrow };

    for (size_t form = 0; form < G_N_ELEMENTS (forms); form++) {
      /* One letter means several names, which only the pattern can want. */
      if (form + 3 != item->count && (strict || form == 2))
        continue;
      if (strlen (forms[form]) > longest && starts_with (reader, forms[form])) {
        longest = strlen (forms[form]);
        value = (int64_t)i;
      }
    }
  }
  if (longest == 0)
    return !strict && read_number (reader, &number);
  reader->at += longest;
  if (strchr ("Eec", item->letter) != NULL)
    return set_field (reader, 'E', value + 1);
  return set_field (reader, field_of (item->letter),
                    strchr ("aG", item->letter) != NULL ? value : value + 1);
}

/* Takes @zone. */
static bool
set_zone (Reader *reader, WeirExprZone *zone)
{
  if (reader->zones == NULL)
    reader->zones = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_expr_zone_free);
  g_ptr_array_add (reader->zones, zone);
  reader->fields.zone = zone;
  return true;
}

static bool
set_offset (Reader *reader, int32_t offset)
{
  reader->fields.has_offset = true;
  reader->fields.offset = offset;
  return true;
}

static bool
read_offset (Reader *reader, const WeirExprDateItem *item)
{
  const bool zulu = item->letter == 'X' || item->count == 5;
  int32_t offset;
  size_t length;

  if (zulu && starts_with (reader, "Z")) {
    reader->at++;
    return set_offset (reader, 0);
  }
  length = weir_expr_zone_parse_offset (reader->at, (size_t)(reader->end - reader->at), &offset);
  if (length == 0)
    return false;
  reader->at += length;
  return set_offset (reader, offset);
}

static bool
read_gmt (Reader *reader)
{
  int32_t offset = 0;

  if (!starts_with (reader, "GMT"))
    return false;
  reader->at += 3;
  reader->at +=
      weir_expr_zone_parse_offset (reader->at, (size_t)(reader->end - reader->at), &offset);
  return set_offset (reader, offset);
}

/* How long the name of a zone at @at can be at most. */
static size_t
id_length (const Reader *reader)
{
  size_t n = 0;

  while (reader->at + n < reader->end &&
         (g_ascii_isalnum (reader->at[n]) || strchr ("~/._+-:", reader->at[n]) != NULL))
    n++;
  return n;
}

/* True when a word or a number ends before @at[length]. */
static bool
ends_part (const char *at, size_t length)
{
  return g_ascii_isalnum (at[length - 1]) &&
         g_ascii_isalpha (at[length - 1]) != g_ascii_isalpha (at[length]);
}

/* The zone whose id the text begins with: the longest that there is. Each try may look for a file,
 * so there are few. */
static bool
read_zone_id (Reader *reader)
{
  unsigned n_tries = 0;

  for (size_t length = id_length (reader); length > 0 && n_tries < MAX_ZONE_TRIES; length--) {
    WeirExprZone *zone;

    if (n_tries > 0 && !ends_part (reader->at, length))
      continue;
    n_tries++;
    zone = weir_expr_zone_new (reader->at, length, NULL);
    if (zone == NULL)
      continue;
    reader->at += length;
    return set_zone (reader, zone);
  }
  return false;
}

static bool
read_zone (Reader *reader)
{
  size_t length;
  WeirExprZone *zone;
  const char *region =
      weir_expr_zone_name_parse (reader->at, (size_t)(reader->end - reader->at), &length);

  /* "GMT+1" is no abbreviation. */
  if (region == NULL || (length == 3 && id_length (reader) > 3))
    return read_zone_id (reader);
  zone = weir_expr_zone_new (region, strlen (region), NULL);
  reader->at += length;
  return zone != NULL && set_zone (reader, zone);
}

static bool
read_item (Reader *reader, const WeirExprDateItem *item)
{
  for (unsigned i = 0; i + 1 < item->pad && reader->at < reader->end && *reader->at == ' '; i++)
    reader->at++;
  switch ((WeirExprDateKind)item->kind) {
  case WEIR_EXPR_DATE_LITERAL:
    if (!starts_with (reader, item->text))
      return false;
    reader->at += strlen (item->text);
    return true;
  case WEIR_EXPR_DATE_NUMBER:
  case WEIR_EXPR_DATE_REDUCED:
    return read_number (reader, item);
  case WEIR_EXPR_DATE_FRACTION:
    return read_fraction (reader, item);
  case WEIR_EXPR_DATE_NAME:
    return read_name (reader, item);
  case WEIR_EXPR_DATE_OFFSET:
    return read_offset (reader, item);
  case WEIR_EXPR_DATE_GMT:
    return read_gmt (reader);
  case WEIR_EXPR_DATE_ZONE:
    return read_zone (reader);
  case WEIR_EXPR_DATE_ZONE_ID:
    return read_zone_id (reader);
  case WEIR_EXPR_DATE_OPTIONAL:
  case WEIR_EXPR_DATE_END:
    return true;
  }
  g_assert_not_reached ();
}

/* Reads the items from @index up to @end; what is optional and does not fit is passed over. */
static bool
read_items (Reader *reader, const WeirExprDatePattern *pattern, size_t index, size_t end)
{
  while (index < end) {
    const WeirExprDateItem *item = &pattern->items[index];

    if (item->kind == WEIR_EXPR_DATE_OPTIONAL) {
      const WeirExprDateFields fields = reader->fields;
      const char *at = reader->at;

      if (!read_items (reader, pattern, index + 1, item->skip)) {
        reader->fields = fields;
        reader->at = at;
      }
      index = item->skip;
      continue;
    }
    if (!read_item (reader, item))
      return false;
    index++;
  }
  return true;
}

bool
weir_expr_date_parse (const WeirExprDatePattern *pattern, const WeirExprValue *text,
                      const WeirExprZone *zone, WeirExprDateMode mode, int64_t *ret_seconds,
                      unsigned *ret_nano, GError **error)
{
  Reader reader = { .at = text->text, .end = text->text + text->length, .mode = mode };
  const char *problem = NULL;
  g_autofree char *message = NULL;
  size_t place;
  bool ok;

  ok = read_items (&reader, pattern, 0, pattern->n_items);
  place = (size_t)(reader.at - text->text) + 1;
  if (!ok)
    message = g_strdup_printf ("does not fit the date pattern at position %zu", place);
  else if (reader.at < reader.end)
    message = g_strdup_printf ("goes on where the date pattern ends, at position %zu", place);
  else if (!weir_expr_date_resolve (&reader.fields, zone, mode, ret_seconds, ret_nano, &problem))
    message = g_strdup_printf ("is no date: %s", problem);
  g_clear_pointer (&reader.zones, g_ptr_array_unref);
  return message == NULL || weir_expr_run_fail (error, text, message);
}
