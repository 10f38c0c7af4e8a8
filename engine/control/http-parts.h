/* http-parts.h: what the files http-*.c share: a server's connections and exchanges.
 *
 * A connection has at most one exchange at a time: what comes pipelined waits in its buffer, so
 * answers are in the order of the requests. The connection and all of an exchange that is not
 * marked otherwise belong to the loop's thread. */
#pragma once

#include "base/lock.h"
#include "base/wake.h"
#include "control/http-pool.h"
#include "control/http-server.h"
#include "control/tls.h"
#include "wire/buffer.h"
#include "wire/http-chunked.h"
#include "wire/http-head.h"

#include <stdatomic.h>

typedef struct WeirConnection WeirConnection;
typedef struct WeirListener WeirListener;

struct WeirHttpServer {
  WeirLoop *loop;
  WeirHttpHandler handler;
  unsigned max_connections;
  int64_t head_usec;
  GStrv hosts;
  GStrv origins;
  GPtrArray *listeners;   /* of WeirListener */
  GPtrArray *connections; /* of WeirConnection */
  unsigned n_refused;     /* of them: beyond the limit, they only get told */
  WeirHttpPool *pool;
  char *scratch; /* WEIR_LIMIT_HTTP_READ bytes, for whoever reads */
};

/* What a door has found out; shared by the connection and its exchanges. */
typedef struct {
  WeirPeer peer;
  char *certificate;
} WeirPeerBox;

/* How far the request is. */
typedef enum {
  WEIR_INPUT_IDLE,   /* nothing of a request is there */
  WEIR_INPUT_HEAD,   /* a part of its head */
  WEIR_INPUT_WAIT,   /* the handler has not said what to do with the body */
  WEIR_INPUT_BODY,   /* it comes */
  WEIR_INPUT_DONE,   /* the answer is due */
  WEIR_INPUT_LINGER, /* refused: what still comes is forgotten */
} WeirInput;

/* What happens to the body. */
typedef enum {
  WEIR_BODY_FORGET,
  WEIR_BODY_COLLECT,
  WEIR_BODY_PASS, /* to on_body */
} WeirBodyUse;

/* What the connection waits for. */
typedef enum {
  WEIR_WAIT_NOTHING,
  WEIR_WAIT_HEAD,
  WEIR_WAIT_IDLE,
  WEIR_WAIT_BODY,
  WEIR_WAIT_STALL,
  WEIR_WAIT_LINGER,
} WeirWait;

struct WeirConnection {
  WeirHttpServer *server;
  int fd;
  WeirTlsSession *tls; /* NULL: none */
  WeirPeerBox *peer;
  WeirWatch *watch;
  WeirMoment *moment;
  WeirWait wait;
  WeirInput input;
  WeirBuffer in;
  size_t scanned; /* of in, for the end of a head */
  WeirBuffer out;
  WeirExchange *exchange; /* NULL: none */

  WeirBodyUse body_use;
  uint64_t body_left; /* when it has a length */
  WeirHttpChunked chunked;
  size_t n_came;  /* of the body since the rate was looked at; when lingering, in all */
  bool is_paused; /* who passes the body on cannot take more */

  bool is_refused;   /* beyond the limit of connections */
  bool is_first;     /* its first request is not there yet */
  bool has_ended_in; /* the other end sends no more */
  bool has_ended_out;
  bool is_dead;
  bool is_advancing;
  bool is_called_again;
  bool has_progress;
};

struct WeirExchange {
  _Atomic unsigned n_refs;
  WeirLoop *loop;
  WeirConnection *connection; /* NULL: it has gone */
  WeirPeerBox *peer;
  WeirHttpHead head;
  WeirBuffer body;
  size_t body_max;
  void *data; /* the handler's */
  void (*free_data) (void *data);

  WeirLock lock;
  WeirBuffer out;                 /* guarded by lock */
  bool has_begun;                 /* guarded by lock */
  bool has_ended;                 /* guarded by lock */
  bool is_closed;                 /* guarded by lock */
  bool is_posted;                 /* guarded by lock */
  bool has_said_close;            /* guarded by lock: the answer has */
  bool is_broken;                 /* guarded by lock: it cannot be ended as it should */
  void (*on_closed) (void *data); /* guarded by lock */
  void *closed_data;              /* guarded by lock */
  bool is_chunked;                /* guarded by lock: the answer */
  bool has_no_body;               /* the answer to HEAD */
  atomic_bool is_overrun;         /* more waits for the other end than anybody waits for */
  atomic_bool must_close;         /* after the answer; set on the loop */
  _Atomic size_t backlog;         /* written, and not taken by the other end */
  WeirWake wake;                  /* rung when the backlog gets less, and at the end */

  /* Of who passes the request on; NULL: nobody, or no more. */
  void (*on_body) (void *data, const char *bytes, size_t size, bool is_last);
  void (*on_room) (void *data); /* the backlog is less than it was */
  void *forward;
};

/* --- http-connection.c --- */

/* Takes @fd. @peer: (transfer full). @refused: it only gets told that there are too many. */
void weir_http_connection_new (WeirHttpServer *server, int fd, WeirTlsSession *tls,
                               WeirPeerBox *peer, bool is_refused);
void weir_http_connection_free (WeirConnection *connection);

/* Goes on as far as it can; may free it. */
void weir_http_connection_advance (WeirConnection *connection);

/* --- http-input.c --- */

/* Takes what it can of what has come. Returns: true when something has changed. */
bool weir_http_connection_take_input (WeirConnection *connection);

/* The body may come now. */
void weir_http_connection_begin_body (WeirConnection *connection, WeirBodyUse use);

/* Answers without an exchange; then what still comes is forgotten, and the connection ends. */
void weir_http_connection_refuse (WeirConnection *connection, int status, const char *message);

/* The time for the body is over. */
void weir_http_connection_check_rate (WeirConnection *connection);

/* --- http-exchange.c --- */

/* Returns: (transfer full). @head: taken over. */
WeirExchange *weir_exchange_new (WeirConnection *connection, WeirHttpHead *head);

/* The connection has no more to do with it: who still listens for its end is told. */
void weir_exchange_close (WeirExchange *exchange);

/* True when the connection ends with the answer, if it begins now. Thread: any. */
bool weir_exchange_closes (const WeirExchange *exchange);

/* The head of an answer that is passed on, with weir_exchange_closes in it; what is written then is
 * passed on as it is. */
void weir_exchange_put_head (WeirExchange *exchange, const WeirBuffer *head);

/* @broken: the answer is not whole, and the connection ends without saying it were. */
void weir_exchange_finish (WeirExchange *exchange, bool is_broken);

/* Answers when nobody else will: @n_refs are those of the connection and of who calls this. */
void weir_exchange_check_forgotten (WeirExchange *exchange, unsigned n_refs);

/* --- http-format.c --- */

/* Status line and headers of every answer. */
void weir_http_format_head (WeirBuffer *out, int status, bool closes);

/* {"error": {"code", "message"}}. Returns: (transfer full). */
char *weir_http_format_error (const char *code, const char *message);

/* The word for a status that is given before anybody knows what is asked.
 * Returns: (transfer none). */
const char *weir_http_get_code (int status);

/* --- http-guard.c --- */

/* Host and Origin as they must be. Returns: false with @ret_fault. */
bool weir_http_guard_check (const WeirHttpServer *server, const WeirPeer *peer,
                            const WeirHttpHead *head, WeirHttpFault *ret_fault);
