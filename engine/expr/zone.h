/* zone.h: time zones by the names that Java takes.
 *
 * A zone is immutable: any number of threads may use it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What it may cost to find a zone by its name, in steps of an evaluation: its file is read once. */
#define WEIR_EXPR_ZONE_STEPS 5000

typedef struct WeirExprZone WeirExprZone;

/* "Europe/Paris", "UTC", "GMT+2", "+01:00", "Z". Returns: (transfer full): NULL with @error set.
 * Thread: any. */
WeirExprZone *weir_expr_zone_new (const char *name, size_t length, GError **error);

/* The zone of this machine. Returns: (transfer full). Thread: any. */
WeirExprZone *weir_expr_zone_new_local (void);

/* A fixed offset in seconds east of Greenwich. Returns: (transfer full). Thread: any. */
WeirExprZone *weir_expr_zone_new_offset (int32_t offset);

/* NULL is allowed. Thread: any. */
void weir_expr_zone_free (WeirExprZone *zone);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExprZone, weir_expr_zone_free)

/* Seconds east of Greenwich at @seconds since 1970. Thread: any. */
int32_t weir_expr_zone_get_offset (const WeirExprZone *zone, int64_t seconds);

/* Seconds since 1970 of a local time. A time that comes twice is the first of the two; one that
 * does not come is as much later as the clocks were put forward. @ret_exists may be NULL. Thread:
 * any. */
int64_t weir_expr_zone_to_utc (const WeirExprZone *zone, int64_t local, bool *ret_exists);

/* The name that was given, in Java's spelling. Returns: (transfer none). Thread: any. */
const char *weir_expr_zone_get_id (const WeirExprZone *zone);

/* "CET", "CEST"; an offset has none but itself. Returns: (transfer none). Thread: any. */
const char *weir_expr_zone_get_abbreviation (const WeirExprZone *zone, int64_t seconds);

/* True for an offset, which has no summer time. Thread: any. */
bool weir_expr_zone_is_fixed (const WeirExprZone *zone);

/* "Central European Summer Time"; the abbreviation when it is not known. Returns: (transfer none).
 * Thread: any. */
const char *weir_expr_zone_get_long_name (const WeirExprZone *zone, int64_t seconds);

/* Reads an offset as "+01:00", "-0330", "+5" at the beginning of @text; returns its length, 0 when
 * there is none. Thread: any. */
size_t weir_expr_zone_parse_offset (const char *text, size_t length, int32_t *ret_offset);
