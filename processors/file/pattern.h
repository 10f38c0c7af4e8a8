/* pattern.h: a regular expression over names of files or lines in them, as people write it into a
 * property.
 *
 * Thread: any; a pattern may be used by several at once. */
#pragma once

#include <weir/error.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct FilePattern FilePattern;

/* It has to match a whole name. Returns: (transfer full), or NULL with @error set. */
FilePattern *file_pattern_new (const char *text, GError **error);

/* It has to match the beginning of a line. Returns: (transfer full), or NULL with @error set. */
FilePattern *file_pattern_new_start (const char *text, GError **error);

/* Takes NULL. */
void file_pattern_free (FilePattern *pattern);

/* @name is text (file_name_to_text). What would take too long to find out is no match. */
bool file_pattern_matches (const FilePattern *pattern, const char *name);

/* Of file_pattern_new_start. @line is of any bytes; those that are no UTF-8 match nothing. */
bool file_pattern_matches_start (const FilePattern *pattern, const char *line, size_t size);

/* For WeirProperty.validate. */
bool file_pattern_is_valid (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FilePattern, file_pattern_free)
