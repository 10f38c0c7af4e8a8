/* book-struct.h: the book as its own files see it: book.c, book-read.c, checkpoint.c. */
#pragma once

#include "base/lock.h"
#include "store/book.h"
#include "store/fold.h"
#include "store/part-reader.h"

struct WeirBook {
  WeirBookOptions options;
  char *directory;
  WeirManifest *manifest;   /* as of the last entry; its parts are set when it is written */
  uint64_t manifest_number; /* of the last checkpoint; 0: there was none */
  uint64_t next_number;     /* of the next file */
  char *damage;
  WeirFold fold;

  WeirLock lock;
  WeirDelta delta;  /* written under lock */
  GPtrArray *parts; /* the oldest first; changed under lock */
};
