/* scratch.h: a directory of its own for a test of processors that work on files, and what the
 * processor said. A mistake of the test ends it.
 *
 * Thread: main. */
#pragma once

#include <stdbool.h>
#include <weir/harness.h>

typedef struct {
  char *path;
  GPtrArray *said; /* messages of bulletins */
  unsigned handler;
} Scratch;

void scratch_init (Scratch *scratch);

/* How many files the process may have open, at most as many as it may ask for. */
void scratch_limit_files (unsigned long n);

/* Deletes the directory and all in it. */
void scratch_clear (Scratch *scratch);

/* Returns: (transfer full): the path of @name in the directory. */
char *scratch_path (const Scratch *scratch, const char *name);

/* Writes a file, and the directories above it; @size may be -1 for a string. */
void scratch_write (const Scratch *scratch, const char *name, const void *data, ssize_t size);

/* Adds to the end of a file, or makes it. */
void scratch_append (const Scratch *scratch, const char *name, const char *text);

/* Sets the time of the last change, in microseconds since 1970. */
void scratch_set_mtime (const Scratch *scratch, const char *name, int64_t usec);

bool scratch_has (const Scratch *scratch, const char *name);

/* Returns: (transfer full): what is in a file. */
char *scratch_read (const Scratch *scratch, const char *name);

/* Returns: (transfer full): the names in a directory, sorted, with blanks between. */
char *scratch_list (const Scratch *scratch, const char *name);

/* Fails the test unless @text is in the directory's file @name. */
void scratch_assert_content (const Scratch *scratch, const char *name, const char *text);
void scratch_assert_list (const Scratch *scratch, const char *name, const char *names);

/* Fails the test unless so many bulletins match the pattern with * and ?; forgets them all. */
void scratch_assert_said (Scratch *scratch, const char *pattern, unsigned n);

/* Sets a property to a path in the directory. */
void scratch_set_path (const Scratch *scratch, WeirHarness *harness, const char *property,
                       const char *name);

/* Runs @func in a child process, which may change what cannot be changed back; fails the test when
 * it fails. */
void scratch_in_child (Scratch *scratch, void (*func) (Scratch *scratch));

/* In a child: becomes the user nobody, who owns the directory. False when that cannot be. */
bool scratch_become_nobody (Scratch *scratch);

/* In a child: mounts a tmpfs of @bytes at @name. False when that cannot be. */
bool scratch_mount (Scratch *scratch, const char *name, size_t bytes);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scratch, scratch_clear)
