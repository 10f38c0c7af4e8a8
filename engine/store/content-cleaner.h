/* content-cleaner.h: what may go once the log is durable up to some ticket, in the order of
 * tickets; inside the store only.
 *
 * What is due goes on a thread of its own: to delete a large file takes longer than to sync a
 * frame, and the log must not wait for it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/lock.h"

/* Lets @item go; or only frees it, when the cleaner ends before it is due. */
typedef void (*WeirCleanerFunc) (void *owner, void *item, bool is_due);

typedef struct {
  uint64_t (*get_appended) (void *data); /* tickets; never goes back */
  void *data;
  void *owner; /* what a WeirCleanerFunc gets */
  WeirLock lock;
  pthread_cond_t changed;
  GQueue items;          /* guarded by lock; of Entry */
  bool is_busy;          /* guarded by lock */
  bool is_ending;        /* guarded by lock */
  _Atomic uint64_t next; /* the first ticket; UINT64_MAX: none */
  _Atomic uint64_t durable;
  pthread_t thread;
} WeirContentCleaner;

bool weir_content_cleaner_init (WeirContentCleaner *cleaner, uint64_t (*get_appended) (void *data),
                                void *data, void *owner, GError **error);

/* Ends the thread; what is not due by now stays on the disk. */
void weir_content_cleaner_clear (WeirContentCleaner *cleaner);

/* @func is called for @item on the cleaner's thread when all that was appended up to now is
 * durable. Thread: any. */
void weir_content_cleaner_add (WeirContentCleaner *cleaner, WeirCleanerFunc func, void *item);

/* Cheap when nothing is due. Thread: any. */
void weir_content_cleaner_on_durable (WeirContentCleaner *cleaner, uint64_t durable);

/* Waits until nothing is due. Thread: any but the cleaner's. */
void weir_content_cleaner_settle (WeirContentCleaner *cleaner);
