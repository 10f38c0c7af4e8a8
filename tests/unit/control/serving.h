/* serving.h: a server on a thread of its own, at a Unix socket, and a client that says just what a
 * test wants.
 *
 * Every wait ends with what is waited for; a test that hangs is ended by the watchdog of meson. */
#pragma once

#include "control/http-server.h"

#include <pthread.h>

typedef struct {
  char *directory;
  char *path;
  WeirLoop *loop;
  WeirHttpServer *server;
  pthread_t thread;
  WeirTls *tls;  /* set before it starts: another door, by TLS at 127.0.0.1 */
  uint16_t port; /* of it */
} Serving;

/* Serves what @handler answers at serving->path. */
void serving_start (Serving *serving, const WeirHttpHandler *handler,
                    const WeirHttpOptions *options);
void serving_stop (Serving *serving);

/* Ends the server, and has another one at its place. */
void serving_pause (Serving *serving);
void serving_resume (Serving *serving, const WeirHttpHandler *handler,
                     const WeirHttpOptions *options);

/* Returns: a connected socket that blocks. */
int serving_connect (const Serving *serving);

void serving_send (int fd, const char *text);

/* As much as comes until the other end ends. Returns: (transfer full). */
char *serving_read_all (int fd);

/* As much as comes until @end is in it. Returns: (transfer full): all of it. */
char *serving_read_until (int fd, const char *end);

/* One connection, one request, all of what comes. Returns: (transfer full). */
char *serving_ask (const Serving *serving, const char *request);
