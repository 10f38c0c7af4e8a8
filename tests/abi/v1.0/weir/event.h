/* event.h: what can happen to a FlowFile, as its provenance has it. The numbers are on disk. */
#pragma once

typedef enum {
  WEIR_EVENT_CREATE = 1,        /* made from nothing outside */
  WEIR_EVENT_RECEIVE,           /* its data came from outside */
  WEIR_EVENT_FETCH,             /* its content was replaced from outside */
  WEIR_EVENT_SEND,              /* its data went outside */
  WEIR_EVENT_UPLOAD,            /* data that is not its content went outside */
  WEIR_EVENT_REMOTE_INVOCATION, /* something else was done outside: deleting, calling */
  WEIR_EVENT_DOWNLOAD,          /* a person took its content */
  WEIR_EVENT_FORK,              /* made from a part of its one parent */
  WEIR_EVENT_JOIN,              /* made from several parents */
  WEIR_EVENT_CLONE,             /* a copy of its parent */
  WEIR_EVENT_CONTENT_MODIFIED,
  WEIR_EVENT_ATTRIBUTES_MODIFIED,
  WEIR_EVENT_ROUTE,   /* sent along one of several relationships */
  WEIR_EVENT_ADDINFO, /* something to know about it, such as its name in another system */
  WEIR_EVENT_REPLAY,  /* made again from what its parent was */
  WEIR_EVENT_DROP,    /* its life ended */
  WEIR_EVENT_EXPIRE,  /* its life ended by its age */
  WEIR_EVENT_N,
} WeirEventType;
