/* http-server.h: answers requests as a test wants it, one connection after the other, a request
 * each; and nginx, which does it as servers do. Both listen at 127.0.0.1. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Returns: (transfer full) (nullable): all bytes of the answer; NULL: the connection is reset. */
typedef char *(*HttpAnswer) (void *data, const char *request);

typedef struct {
  HttpAnswer answer; /* NULL: it never answers */
  void *data;
  char *url; /* without a path */
  unsigned port;
  int fd;
  int stop[2];
  GThread *thread;
} HttpServer;

/* Returns: (transfer full). */
HttpServer *http_server_new (HttpAnswer answer, void *data);
void http_server_free (HttpServer *self);

/* Returns: (transfer full): an answer that ends the connection. @more: headers, with line ends. */
char *http_answer (const char *status, const char *more, const char *body);

typedef struct {
  char *folder;
  char *ca;
  unsigned plain; /* ports: HTTP; */
  unsigned good;  /* HTTPS, for "localhost"; */
  unsigned old;   /* HTTPS, with a certificate that has expired; */
  unsigned shut;  /* HTTPS, for who has a certificate */
  GPid pid;
} Nginx;

/* Returns: (transfer full) (nullable): NULL: nginx is not installed. */
Nginx *nginx_new (void);
void nginx_free (Nginx *nginx);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpServer, http_server_free)
