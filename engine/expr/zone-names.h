/* zone-names.h: what time zones are called in American English, which tzdata does not know.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stddef.h>

typedef struct {
  const char *region;       /* how the names of its zones begin */
  const char *tzdata;       /* the abbreviation there */
  const char *abbreviation; /* the one that people use */
  const char *full;
} WeirExprZoneName;

/* Returns: (transfer none) (nullable): the names of the zone @id while tzdata calls it @tzdata. */
const WeirExprZoneName *weir_expr_zone_name_find (const char *id, const char *tzdata);

/* The zone that is meant by the abbreviation or the full name that @text begins with, whichever is
 * longer: "Europe/Paris" for CET and CEST, "America/New_York" for EST.
 * Returns: (transfer none) (nullable): and how much of @text it is in @ret_length. */
const char *weir_expr_zone_name_parse (const char *text, size_t length, size_t *ret_length);
