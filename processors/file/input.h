/* input.h: the directory whose files GetFile and ListFile look at: what they share of their
 * properties, and one look after the other.
 *
 * Thread: one at a time. */
#pragma once

#include "source.h"
#include "walk.h"

#include <weir/context.h>

/* A part of the state struct; the first three are filled by the host, of the properties. */
typedef struct {
  const WeirExpr *directory;
  FileSettings settings;
  bool keep; /* files that cannot be deleted are wanted, too */

  char *path; /* of the directory, absolute */
  FileNotices *notices;
  FileFilter filter;
  FileRoot *root; /* these two NULL between two looks */
  FileWalk *walk;
} FileInput;

/* Begins with the first look. On false nothing is open. */
bool file_input_open (FileInput *input, WeirContext *context, GError **error);

/* Takes one that is not open. */
void file_input_close (FileInput *input);

bool file_input_begin_look (FileInput *input, GError **error);
void file_input_end_look (FileInput *input);
