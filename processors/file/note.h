/* note.h: the text in which it is noted what was taken: a line with the path of the root, then one
 * for each file.
 *
 * Thread: one at a time. */
#pragma once

#include "move.h"

typedef struct {
  FileIdentity identity; /* without the device */
  char *path;
  bool is_move; /* else it is to be deleted */
  FileMovePlan plan;
  char *directory; /* the plan's */
} FileNote;

/* @root may be NULL. */
void file_note_begin (GString *text, const char *root);

void file_note_add (GString *text, const FileSource *source, const FileMove *move);

/* The first line. Returns: (transfer full) (nullable): "" for no root, NULL when it is none. */
char *file_note_parse_root (const char *line);

/* Any other. False when it is none. To be cleared in either case. */
bool file_note_parse (const char *line, FileNote *ret_note);

void file_note_clear (FileNote *note);
