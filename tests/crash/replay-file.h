/* replay-file.h: the bytes of one file, on the disk and on their way there. */
#pragma once

#include "trace.h"

#include "base/random.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
  const TraceRecord *record;
  const char *path;
  const uint8_t *data;
} Step;

/* A file, whatever names it has. */
typedef struct {
  uint8_t *bytes; /* that are on the disk */
  size_t size;
  size_t room;
  uint64_t hash; /* of them */
  char *home;    /* the path that it was made at */
  uint64_t inode;
  int64_t modified;
  int64_t changed;
  GArray *pending; /* size_t: steps that are not on the disk */
} File;

typedef enum { KEEP_NONE, KEEP_ALL, KEEP_FIRST, KEEP_TORN, KEEP_PAGES, KEEP_SECTORS, N_KEEP } Keep;

/* Bytes that are in memory: behind them, up to its size, the file has zeros. */
size_t file_get_n_bytes (const File *file);

/* Continues @hash over bytes. */
uint64_t file_hash (uint64_t hash, const uint8_t *bytes, size_t size);

/* Does what a step does to the bytes. */
void file_apply (File *file, const Step *step);

/* Adds to @image, which is what is on the disk, some of the @pending ones of @steps, which are not.
 */
void file_keep_some (File *image, const GArray *steps, const GArray *pending, Keep keep,
                     WeirRandom *random);
