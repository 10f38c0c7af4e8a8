/* child.h: one process that is to run, and runs again when it ends: a flow host of the server.
 *
 * It says that it is ready by a line on file descriptor 3, "ready", or what keeps it from it. One
 * that ends unasked is started again: at once, then after twice as long each time, at most a
 * minute; who has run for that long begins anew. When the server ends, however it ends, so does it.
 *
 * Thread: the loop's. */
#pragma once

#include "control/loop.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct WeirChild WeirChild;

typedef enum {
  WEIR_CHILD_STOPPED,
  WEIR_CHILD_STARTING,
  WEIR_CHILD_READY,
  WEIR_CHILD_WAITING, /* to be started again */
  WEIR_CHILD_STOPPING,
} WeirChildState;

/* What has changed; called on the loop. */
typedef void (*WeirChildFunc) (void *data, WeirChild *child);

/* @argv: the program and its arguments. Returns: (transfer full): stopped. */
WeirChild *weir_child_new (WeirLoop *loop, const char *const *argv, WeirChildFunc on_change,
                           void *data);

/* It must be stopped, or it is killed. Takes NULL. */
void weir_child_free (WeirChild *child);

void weir_child_start (WeirChild *child);

/* Asks it to end (SIGTERM), and kills it after @usec. on_change tells when it has ended. */
void weir_child_stop (WeirChild *child, int64_t usec);

void weir_child_signal (WeirChild *child, int number);

WeirChildState weir_child_get_state (const WeirChild *child);
pid_t weir_child_get_pid (const WeirChild *child); /* 0: none */

/* Why it ended or cannot start. Returns: (transfer none): "" when nothing is wrong. */
const char *weir_child_get_trouble (const WeirChild *child);

/* How often it was started again, and for how long the wait before the next start goes on. */
unsigned weir_child_get_restarts (const WeirChild *child);
int64_t weir_child_get_wait (const WeirChild *child);
