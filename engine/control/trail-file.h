/* trail-file.h: the file of the audit. Thread: one at a time; each has one of its own. */
#pragma once

#include "control/trail.h"

typedef struct WeirTrailFile WeirTrailFile;

/* @writes: makes the file if need be. Returns: (transfer full): NULL with @error. */
WeirTrailFile *weir_trail_file_open (const char *path, bool writes, GError **error);
void weir_trail_file_free (WeirTrailFile *file);

/* Adds all of @entries (WeirTrailEntry), or none with @error. */
bool weir_trail_file_add (WeirTrailFile *file, const GPtrArray *entries, GError **error);

/* Takes away what is older than @oldest, and the oldest of what is beyond @max_bytes. */
bool weir_trail_file_trim (WeirTrailFile *file, int64_t oldest, int64_t max_bytes, GError **error);

/* As weir_trail_list. Returns: (transfer full). */
GPtrArray *weir_trail_file_list (WeirTrailFile *file, const WeirTrailFilter *filter, unsigned max,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTrailFile, weir_trail_file_free)
