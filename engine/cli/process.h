/* process.h: what a process that runs flows has to be.
 *
 * Thread: main, unless said otherwise. */
#pragma once

#include <weir/context.h>

#define WEIR_EXIT_DISK 4 /* see the description of `weir run` */

/* A write that nobody reads, or that is too large, fails instead, and its error is told. */
void weir_process_ignore_signals (void);

/* Each large content that is queued has a file of its own. */
void weir_process_allow_many_files (void);

/* One line to standard error; with its level where the journal reads it. Thread: any. */
void weir_process_say (WeirLogLevel level, const char *format, ...) G_GNUC_PRINTF (2, 3);
