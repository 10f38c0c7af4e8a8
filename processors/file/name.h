/* name.h: names of files, which are bytes, as attributes and messages, which are text.
 *
 * Thread: any, for every function here. */
#pragma once

#include <weir/error.h>

#include <stdbool.h>

/* As an attribute has it: a byte that is no UTF-8 becomes \xHH, all else stays.
 * Returns: (transfer full). */
char *file_name_to_text (const char *name);

/* What file_name_to_text made of other bytes, back to these.
 * Returns: (transfer full) (nullable): NULL when there is no \xHH in @text. */
char *file_name_from_text (const char *text);

/* As a message has it: in quotes, on one line, not without end. Returns: (transfer full). */
char *file_name_quote (const char *name);

/* @directory "" is none. Returns: (transfer full). */
char *file_name_join (const char *directory, const char *name);

/* From the root on; links and ".." stay as they are. Returns: (transfer full). */
char *file_name_make_absolute (const char *path);

/* Sets @error to "cannot <doing> '<name>': <reason>; <what to do>". Returns: false. */
bool file_name_set_errno (GError **error, const char *doing, const char *name, int errnum);

/* True when @name names a file in a directory and nothing else. */
bool file_name_check (const char *name, GError **error);
