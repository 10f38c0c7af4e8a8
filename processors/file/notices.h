/* notices.h: what a processor finds wrong in a directory, told once and not at every look.
 *
 * A complaint that was made at the last look is not made again; one that comes back after it was
 * gone is.
 *
 * Thread: one at a time. */
#pragma once

#include <weir/context.h>

typedef struct FileNotices FileNotices;

/* Returns: (transfer full). */
FileNotices *file_notices_new (WeirContext *context);

/* Takes NULL. */
void file_notices_free (FileNotices *notices);

/* Says @error (transfer full), as a warning. */
void file_notices_tell (FileNotices *notices, GError *error);

/* The next look begins: what is wrong no longer is forgotten. */
void file_notices_next (FileNotices *notices);
