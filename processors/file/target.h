/* target.h: a file that is written aside and gets its name when it is complete and nothing can be
 * lost.
 *
 * Aside it is .weir-<owner>-<id>.tmp, 16 digits each, in the same directory. Whoever has that owner
 * number, and nobody else, may remove it: the number is one processor's.
 *
 * Thread: one at a time. */
#pragma once

#include "folder.h"

#include <sys/types.h>
#include <weir/session.h>

typedef struct {
  FileFolder *folder; /* NULL: none */
  const char *name;
  uint64_t owner;
  uint64_t id; /* of the FlowFile */
  int fd;
} FileTarget;

/* Begins a new file: @target has its folder, its name, and whose it is. What the same owner wrote
 * aside for the same FlowFile before is gone. */
bool file_target_open (FileTarget *target, mode_t mode, GError **error);

/* It is going to have @size bytes: where that is worth it, the file system is asked for their place
 * at once. A wish: whoever writes is told what does not fit. */
void file_target_reserve (const FileTarget *target, uint64_t size);

/* Instead of writing to what was opened: the content of @flowfile itself becomes the file, and must
 * not be read any more once the file has its name. Mode, owner and group are as they would be;
 * where the directory gives files more than that (access lists, labels), or the content cannot be
 * given,
 * @ret_taken is false, and the file is to be written. */
bool file_target_take_over (FileTarget *target, WeirSession *session, const WeirFlowFile *flowfile,
                            bool *ret_taken, GError **error);

/* Its bytes survive a power failure from here on; its name aside, when its folder is synced. */
bool file_target_sync (FileTarget *target, GError **error);

/* Closes it; what was written stays aside. */
void file_target_close (FileTarget *target);

/* True when there is something aside. */
bool file_target_is_aside (const FileTarget *target);

/* Gives what was closed its name. WEIR_ERROR_EXISTS: another has it, and @replace was false. */
bool file_target_publish (const FileTarget *target, bool replace, GError **error);

/* Removes what is aside. */
void file_target_remove (const FileTarget *target);

/* Closes and removes it. A zeroed target is none. */
void file_target_clear (FileTarget *target);

/* True for names of files that are being written, or were when the machine stopped. */
bool file_target_is_temporary (const char *name);

typedef bool (*FileTargetFunc) (void *data, uint64_t id);

/* Removes from @folder what @owner has left aside, unless @is_wanted says otherwise. */
void file_target_sweep (FileFolder *folder, uint64_t owner, FileTargetFunc is_wanted, void *data);
