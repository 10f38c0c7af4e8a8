/* http-server.h: doors, connections and limits; what is asked is no concern of it.
 *
 * Thread: the loop's, unless said otherwise. */
#pragma once

#include "control/loop.h"
#include "control/tls.h"

#include <gio/gio.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct WeirHttpServer WeirHttpServer;
typedef struct WeirExchange WeirExchange; /* one request and its answer */

typedef struct {
  /* The head is there. Refuse it (weir_exchange_fail), forward it, or say how long its body may be
   * (weir_exchange_take_body). */
  void (*on_head) (void *data, WeirExchange *exchange);
  /* All of the body is there, too. */
  void (*on_request) (void *data, WeirExchange *exchange);
  void *data;
} WeirHttpHandler;

typedef struct {
  unsigned max_connections; /* 0: as in limits.h, likewise the next */
  int64_t head_usec;
  const char *const *hosts;   /* that Host may name beside localhost; NULL: none */
  const char *const *origins; /* that Origin may name; NULL: none, then each is refused */
} WeirHttpOptions;

/* Returns: (transfer full). Thread: any, before the loop runs, as are the doors. */
WeirHttpServer *weir_http_server_new (WeirLoop *loop, const WeirHttpHandler *handler,
                                      const WeirHttpOptions *options);
void weir_http_server_free (WeirHttpServer *server);

/* Listens at @path, which only @mode may open. One that a process that ended has left there is
 * replaced; one that is in use is an error. */
bool weir_http_server_listen_unix (WeirHttpServer *server, const char *path, mode_t mode,
                                   GError **error);

/* "127.0.0.1:8443", "[::]:8443"; port 0: a free one. @tls: (transfer none): not NULL. */
bool weir_http_server_listen_tcp (WeirHttpServer *server, const char *address, WeirTls *tls,
                                  uint16_t *ret_port, GError **error);

/* A socket that listens already: of systemd. */
bool weir_http_server_listen_fd (WeirHttpServer *server, int fd, WeirTls *tls, GError **error);

/* The other end of a connection. */
typedef struct {
  bool is_unix;
  uid_t uid; /* of a Unix socket */
  gid_t gid;
  pid_t pid;
  char address[64];        /* of TCP, without the port */
  const char *certificate; /* subject of a client's certificate that was verified; NULL: none */
} WeirPeer;

/* Each returns: (transfer none): until the exchange goes; a header that is not there is NULL. */
const WeirPeer *weir_exchange_get_peer (const WeirExchange *exchange);
const char *weir_exchange_get_verb (const WeirExchange *exchange);
const char *weir_exchange_get_path (const WeirExchange *exchange);  /* not decoded */
const char *weir_exchange_get_query (const WeirExchange *exchange); /* "": none */
const char *weir_exchange_get_header (const WeirExchange *exchange, const char *name);
const char *weir_exchange_get_body (const WeirExchange *exchange, size_t *ret_size);
void weir_exchange_take_body (WeirExchange *exchange, size_t max);

/* What the handler keeps with it from the head to the request; @free_data is called on the loop
 * when the exchange goes. */
void weir_exchange_set_data (WeirExchange *exchange, void *data, void (*free_data) (void *data));

/* Returns: (transfer none) (nullable). */
void *weir_exchange_get_data (const WeirExchange *exchange);

/* Passes the request on to the server at the Unix socket @path and its answer back, both as they
 * come, with @identity (nullable) as header Weir-Identity. */
void weir_exchange_forward (WeirExchange *exchange, const char *path, const char *identity);

/* Who answers after on_request has returned, or on another thread, keeps one. When the last goes
 * and there is no answer, it is an error of the server.
 * Returns: (transfer full). Thread: any, as is all that follows. */
WeirExchange *weir_exchange_ref (WeirExchange *exchange);
void weir_exchange_unref (WeirExchange *exchange);

/* @headers: whole lines ("ETag: \"7\"\r\n"), or NULL. @body: (transfer none), may be NULL. */
void weir_exchange_answer (WeirExchange *exchange, int status, const char *type,
                           const char *headers, GBytes *body);

/* The status that @error stands for, and {"error": {"code", "message"}}. */
void weir_exchange_fail (WeirExchange *exchange, int status, const char *code, const char *message);

/* An answer whose length is not known: chunked. */
void weir_exchange_begin (WeirExchange *exchange, int status, const char *type,
                          const char *headers);

/* Returns: false when nobody listens any more, or takes so little that nobody waits for it. */
bool weir_exchange_write (WeirExchange *exchange, const void *bytes, size_t size);
size_t weir_exchange_get_backlog (const WeirExchange *exchange);

/* Waits until the backlog is at most @backlog. Thread: any but the loop's. */
bool weir_exchange_wait (WeirExchange *exchange, size_t backlog);

/* @on_closed is called on the loop when nobody listens any more and the answer has not ended. */
void weir_exchange_set_closed (WeirExchange *exchange, void (*on_closed) (void *data), void *data);
void weir_exchange_end (WeirExchange *exchange);
