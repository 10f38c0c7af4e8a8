/* units.h: sizes and durations as people write them, and back.
 *
 * The spellings are NiFi's: a number, which may have a fraction, and a unit in any case with or
 * without a space between. KB is 1024 bytes, as in NiFi; KiB says the same. The unit may be left
 * out only behind a zero. What is not a whole number of bytes or microseconds is rounded, but
 * never to zero.
 *
 * Thread: any, for every function here. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "10 MB", "1.5 KiB", "0": units B KB MB GB TB PB. */
bool weir_units_parse_size (const char *text, uint64_t *ret_bytes, GError **error);

/* "30 sec", "1.5 h", "100 millis", "0": from nanoseconds to weeks. */
bool weir_units_parse_duration (const char *text, int64_t *ret_usec, GError **error);

/* The shortest spelling that parses back to the same value.
 * Returns: (transfer full). */
char *weir_units_format_size (uint64_t bytes);
char *weir_units_format_duration (int64_t usec);

/* Rounded to three digits, for people: "1.46 MB", "12.3 k", "3.33 min".
 * Returns: (transfer full). */
char *weir_units_human_size (uint64_t bytes);
char *weir_units_human_count (uint64_t count);
char *weir_units_human_duration (int64_t usec);
