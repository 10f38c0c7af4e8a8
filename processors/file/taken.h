/* taken.h: files that were taken and are to go, as state of the session that took them.
 *
 * A file goes when that session is durable. The process may end between the two: then the state
 * says, at the next start, what is still to go, and nothing is taken twice. A note of it goes only
 * when the directories that the files were in are on the disk without them
 * (docs/decisions/0010-exactly-once-files.md).
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "move.h"

#include <weir/session.h>

typedef struct FileTaken FileTaken;

/* What one trigger takes: a place in the state. */
typedef struct FileTaking FileTaking;

/* Returns: (transfer full). */
FileTaken *file_taken_new (FileSources *sources);

/* The processor has stopped. Takes NULL. */
void file_taken_close (FileTaken *taken);

/* To be called in each trigger, before anything is taken: the first one finds out what is left from
 * before the start. With @finishes that goes as soon as @session is durable, and is a source until
 * then; else it stays. */
void file_taken_load (FileTaken *taken, WeirSession *session, bool finishes);

/* Returns: (transfer full) (nullable): NULL when too much is to go: the processor is triggered when
 * there is a place again. */
FileTaking *file_taking_new (FileTaken *taken);

/* The source goes, or with @move (transfer full) (nullable), which has it, is moved. */
void file_taking_add (FileTaking *taking, FileSource *source /* (transfer full) */, FileMove *move);

/* True when another trigger should take the rest. */
bool file_taking_is_full (const FileTaking *taking);

/* Has what was added be done once @session is durable. Consumes @taking. Takes NULL. */
void file_taking_submit (FileTaking *taking, WeirSession *session);

/* For a trigger that has nothing else to do: once all has gone, the state is cleared. */
void file_taken_tidy (FileTaken *taken, WeirSession *session);
