/* tailing.h: a TailFile on a file in a directory of its own, and what comes out of it.
 *
 * Thread: main. */
#pragma once

#include "scratch.h"

#define TICK G_USEC_PER_SEC /* longer than it waits between two looks */
#define DAY  (INT64_C (86400) * G_USEC_PER_SEC)
#define WALL (INT64_C (1700000000) * G_USEC_PER_SEC) /* where the harness begins */

typedef struct {
  Scratch scratch;
  WeirHarness *harness;
} Tailing;

/* Tails app.log; @rolling may be NULL. */
void tailing_init (Tailing *tailing, const char *rolling);

/* The same, and @text is read of it. */
void tailing_begin (Tailing *tailing, const char *rolling, const char *text);

void tailing_clear (Tailing *tailing);

/* Adds to the end of a file, or makes it. */
void tailing_add (Tailing *tailing, const char *name, const char *text);

void tailing_rename (Tailing *tailing, const char *from, const char *to);

/* Order of changes, whatever the grain of the file system's clock: @n days after the start. */
void tailing_date (Tailing *tailing, const char *name, int n);

/* All that comes out after a while. Returns: (transfer full). */
char *tailing_look (Tailing *tailing);

/* Fails the test unless that is @expected. */
void tailing_assert_new (Tailing *tailing, const char *expected);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tailing, tailing_clear)
