/* follower-data.h: what a data directory knows of the one who follows its log; inside the store
 * only.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "base/lock.h"
#include "store/follower.h"
#include "store/segment.h"

typedef struct {
  void (*on_release) (void *user); /* the follower's thread: it holds less now */
  void *user;
  WeirLock lock;
  pthread_cond_t changed;
  bool is_interrupted;      /* guarded by lock */
  bool is_woken;            /* guarded by lock */
  uint64_t wanted;          /* guarded by lock; who waits is woken when that is durable */
  _Atomic uint64_t durable; /* written under the lock */
  _Atomic uint64_t hold;    /* segments from here on are needed; UINT64_MAX: nobody follows */
  _Atomic uint64_t read;    /* all below has been read */
} WeirFollowerData;

/* Thread: main. */
void weir_follower_data_init (WeirFollowerData *data, void (*on_release) (void *user), void *user);
void weir_follower_data_clear (WeirFollowerData *data);

/* Returns: (transfer full): as weir_data_follow. Thread: main. */
WeirFollower *weir_follower_new (WeirFollowerData *data, const WeirSegmentFolder *folder,
                                 uint64_t place, uint64_t sequence, GError **error);

void weir_follower_data_on_durable (WeirFollowerData *data, uint64_t durable);
uint64_t weir_follower_data_get_hold (WeirFollowerData *data);

/* True when it is so far behind that the log would fill the disk: what brings more should wait. */
bool weir_follower_data_is_far (WeirFollowerData *data);
