/* date-pattern.h: patterns of Java's DateTimeFormatter in American English.
 *
 * A compiled pattern is immutable: any number of threads may use it. */
#pragma once

#include "expr/run.h"
#include "expr/zone.h"

typedef enum {
  WEIR_EXPR_DATE_LITERAL,  /* text as it is */
  WEIR_EXPR_DATE_NUMBER,   /* digits: the letter says of what */
  WEIR_EXPR_DATE_REDUCED,  /* the last two digits of a year from 2000 to 2099 */
  WEIR_EXPR_DATE_FRACTION, /* of a second */
  WEIR_EXPR_DATE_NAME,     /* of a month, a day of the week, am or pm, an era, a quarter */
  WEIR_EXPR_DATE_OFFSET,   /* X x Z: +01:00 in one of its forms */
  WEIR_EXPR_DATE_GMT,      /* O: GMT+1 */
  WEIR_EXPR_DATE_ZONE,     /* z v: the name of the zone */
  WEIR_EXPR_DATE_ZONE_ID,  /* VV: Europe/Paris */
  WEIR_EXPR_DATE_OPTIONAL, /* [: what follows may be missing, up to @skip */
  WEIR_EXPR_DATE_END,      /* ] */
} WeirExprDateKind;

typedef struct {
  uint8_t kind;
  char letter;
  uint8_t count;     /* how often the letter is repeated */
  uint8_t min_width; /* of a number */
  uint8_t max_width;
  uint8_t pad;       /* p: filled up with blanks to this */
  bool signed_;      /* a number that may be less than 0 */
  bool exceeds;      /* more digits than @min_width bring a + */
  bool fixed;        /* next to other digits: takes no more than its own */
  uint16_t reserved; /* digits that those behind it need */
  uint16_t skip;     /* the index of the end of what is optional */
  const char *text;  /* of a literal */
} WeirExprDateItem;

typedef struct {
  WeirExprDateItem *items;
  size_t n_items;
  char *literals; /* what the texts of the items point to */
} WeirExprDatePattern;

/* Returns: (transfer full): NULL with @error set. Thread: any. */
WeirExprDatePattern *weir_expr_date_pattern_new (const char *text, size_t length, GError **error);

/* NULL is allowed. Thread: any. */
void weir_expr_date_pattern_free (WeirExprDatePattern *pattern);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExprDatePattern, weir_expr_date_pattern_free)

/* Adds a moment to @builder, as it is called in @zone. */
bool weir_expr_date_print (const WeirExprDatePattern *pattern, WeirExprRun *run,
                           const WeirExprZone *zone, int64_t seconds, unsigned nano,
                           WeirExprBuilder *builder, GError **error);

/* How a text is read. */
typedef enum {
  WEIR_EXPR_DATE_STRICT,  /* digits and letters as in the pattern */
  WEIR_EXPR_DATE_LENIENT, /* fewer digits, and letters of any case */
  WEIR_EXPR_DATE_CHECKED, /* lenient, but a day or an hour that does not exist is refused */
} WeirExprDateMode;

/* Reads all of @text. A date without a time is its midnight, a month its first day, a year its
 * first. @zone is the place when the text does not name one. False, with @error set, when it cannot
 * be read. */
bool weir_expr_date_parse (const WeirExprDatePattern *pattern, const WeirExprValue *text,
                           const WeirExprZone *zone, WeirExprDateMode mode, int64_t *ret_seconds,
                           unsigned *ret_nano, GError **error);
