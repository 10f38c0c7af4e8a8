/* filter.h: which files of a directory are wanted: the properties that GetFile and ListFile share,
 * and the test they amount to.
 *
 * Thread: a filter is read only once it is there. */
#pragma once

#include "pattern.h"

#include <sys/stat.h>
#include <weir/processor.h>

/* A part of the state struct, filled by the host. */
typedef struct {
  char *names;
  char *paths;
  bool recurse;
  bool ignore_hidden;
  WeirDuration min_age;
  WeirDuration max_age; /* 0, as max_size: none */
  WeirSize min_size;
  WeirSize max_size;
} FileSettings;

/* Rows of a table of properties; @field is the FileSettings in @Struct. */
#define FILE_FILTER_PROPERTIES(Struct, field)                                                      \
  { "Recurse Subdirectories", "Whether files in subdirectories are wanted as well.",               \
    WEIR_FIELD (Struct, field.recurse), .default_value = "true" },                                 \
      { "File Filter",                                                                             \
        "Regular expression that the whole name of a file must match.",                            \
        WEIR_FIELD (Struct, field.names),                                                          \
        .default_value = "[^\\.].*",                                                               \
        .required = true,                                                                          \
        .validate = file_pattern_is_valid,                                                         \
        .hint = WEIR_HINT_REGEX },                                                                 \
      { "Path Filter",                                                                             \
        "Regular expression: with subdirectories, only files are wanted whose directory, as seen " \
        "from the Input Directory and without a slash at its end, matches it.",                    \
        WEIR_FIELD (Struct, field.paths),                                                          \
        .example = "orders(/.*)?",                                                                 \
        .validate = file_pattern_is_valid,                                                         \
        .hint = WEIR_HINT_REGEX },                                                                 \
      { "Ignore Hidden Files",                                                                     \
        "Whether files and directories are passed over when their names begin with a dot.",        \
        WEIR_FIELD (Struct, field.ignore_hidden), .default_value = "true" },                       \
      { "Minimum File Age",                                                                        \
        "Files that were changed more recently are left alone: who writes them may not be done.",  \
        WEIR_FIELD (Struct, field.min_age), .default_value = "0 sec", .required = true },          \
      { "Maximum File Age", "Files that were not changed for longer are left alone.",              \
        WEIR_FIELD (Struct, field.max_age), .example = "7 days" },                                 \
      { "Minimum File Size", "Smaller files are left alone.", WEIR_FIELD (Struct, field.min_size), \
        .default_value = "0 B", .required = true },                                                \
  {                                                                                                \
    "Maximum File Size", "Larger files are left alone.", WEIR_FIELD (Struct, field.max_size),      \
        .example = "100 MB"                                                                        \
  }

typedef struct {
  const FileSettings *settings;
  FilePattern *names;
  FilePattern *paths; /* NULL: all */
} FileFilter;

bool file_filter_init (FileFilter *filter, const FileSettings *settings, GError **error);
void file_filter_clear (FileFilter *filter);

/* By its name alone, which is bytes. */
bool file_filter_wants_name (const FileFilter *filter, const char *name);

/* Files in that directory, relative to the root: "" or ending in a slash. */
bool file_filter_wants_directory (const FileFilter *filter, const char *path);

/* By size and age at @wall. */
bool file_filter_wants_status (const FileFilter *filter, const struct statx *status, int64_t wall);
