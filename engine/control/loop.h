/* loop.h: the one thread that waits for sockets, children and moments, and for nothing else.
 *
 * Thread: the loop's, unless said otherwise. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct WeirLoop WeirLoop;
typedef struct WeirWatch WeirWatch;
typedef struct WeirMoment WeirMoment;

/* Returns: (transfer full). Thread: any. */
WeirLoop *weir_loop_new (void);

/* What was posted and not called yet is called first. Nobody may post any more. */
void weir_loop_free (WeirLoop *loop);

/* Runs until weir_loop_quit; on the calling thread. */
void weir_loop_run (WeirLoop *loop);

/* Thread: any, as are the next two. */
void weir_loop_quit (WeirLoop *loop);

/* Has the loop call @func soon. */
void weir_loop_post (WeirLoop *loop, void (*func) (void *data), void *data);

/* Calls what was posted before now: when the loop does not run any more and what posts refer to is
 * about to go. Thread: that of weir_loop_run. */
void weir_loop_run_posts (WeirLoop *loop);

/* True on the thread that runs it, while it runs. */
bool weir_loop_is_here (WeirLoop *loop);

/* @events as in epoll (EPOLLIN...). @fd stays the caller's.
 * Returns: (transfer full): until weir_watch_free, also from within @func. */
WeirWatch *weir_loop_watch (WeirLoop *loop, int fd, uint32_t events,
                            void (*func) (void *data, uint32_t events), void *data);
void weir_watch_set (WeirWatch *watch, uint32_t events);
void weir_watch_free (WeirWatch *watch);

/* Calls @func once, @usec from when it is set. Returns: (transfer full). */
WeirMoment *weir_loop_moment (WeirLoop *loop, void (*func) (void *data), void *data);
void weir_moment_set (WeirMoment *moment, int64_t usec);
void weir_moment_cancel (WeirMoment *moment);
void weir_moment_free (WeirMoment *moment);
