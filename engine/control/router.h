/* router.h: finds the row for a verb and a path.
 *
 * Paths are decoded segment by segment, so that "archive%2Fread" is one. Below a {parameter} there
 * is no other way: what a path means does not depend on which names there are.
 *
 * Thread: any, once the last row is added. */
#pragma once

#include "control/method.h"

/* Names in one path; more is a row that nobody can write from memory. */
#define WEIR_ROUTER_SEGMENTS 4

typedef struct WeirRouter WeirRouter;

typedef enum {
  WEIR_MATCH_METHOD,
  WEIR_MATCH_OPTIONS,  /* OPTIONS: @allow answers it */
  WEIR_MATCH_NO_VERB,  /* @allow says which there are */
  WEIR_MATCH_NO_PATH,  /* @hint says what there is near it */
  WEIR_MATCH_BAD_PATH, /* its encoding is broken */
} WeirMatchKind;

typedef struct {
  WeirMatchKind kind;
  const WeirMethod *row;
  void *data;                               /* of weir_router_add */
  const char *names[WEIR_ROUTER_SEGMENTS];  /* of the parameters in the path, in their order */
  const char *values[WEIR_ROUTER_SEGMENTS]; /* decoded, UTF-8, not empty */
  size_t n;
  char *allow; /* "GET, HEAD, OPTIONS" */
  char *hint;  /* ", did you mean '/v1/flows'?"; may be "" */
  char *buffer;
} WeirMatch;

/* Returns: (transfer full). */
WeirRouter *weir_router_new (void);
void weir_router_free (WeirRouter *router);

/* @row stays the caller's; two that mean the same, or a name beside a {parameter}, are an error. */
bool weir_router_add (WeirRouter *router, const WeirMethod *row, void *data, GError **error);

/* @path without its query. HEAD is GET. @ret_match: for weir_match_clear. */
void weir_router_find (const WeirRouter *router, const char *verb, const char *path,
                       WeirMatch *ret_match);
void weir_match_clear (WeirMatch *match);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRouter, weir_router_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirMatch, weir_match_clear)
