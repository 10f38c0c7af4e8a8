/* bulletin.h: what processors and the engine have to tell people, the newest kept for who asks
 * later.
 *
 * Thread: any. */
#pragma once

#include "base/mask.h"
#include "runtime/session.h"

#include <glib.h>

typedef struct {
  uint64_t id; /* growing */
  int64_t wall;
  WeirLogLevel level;
  char *component; /* the path of its id */
  char *name;
  char *message;
  char *flowfile; /* uuid of what it is about; NULL: it is about none, or about several */
  bool is_kept;   /* its level is at least what its component keeps */
} WeirBulletin;

/* Gets every message as it comes. Thread: any; one at a time. */
typedef void (*WeirBulletinFunc) (void *data, const WeirBulletin *bulletin);

typedef struct WeirBoard WeirBoard;

/* Returns: (transfer full). @func may be NULL. */
WeirBoard *weir_board_new (WeirBulletinFunc func, void *data);
void weir_board_free (WeirBoard *board);

/* From now on messages are told without the secrets of @mask (nullable), which must stay. Thread:
 * main, before there are others. */
void weir_board_hide (WeirBoard *board, const WeirMask *mask);

/* Tells @func, and keeps it if @node's bulletin level says so. What a module quotes in it is made
 * fit for a terminal. */
void weir_bulletin_raise (WeirNode *node, WeirLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* The same about one FlowFile, whose uuid is @flowfile (nullable). */
void weir_bulletin_raise_about (WeirNode *node, WeirLogLevel level, const char *flowfile,
                                const char *message);

/* The same for a part of the engine that is no component: @who, such as "provenance". */
void weir_board_tell (WeirBoard *board, int64_t wall, WeirLogLevel level, const char *who,
                      const char *message);

/* Returns: (transfer full): copies (WeirBulletin) of those after @id, oldest first. */
GPtrArray *weir_board_list (WeirBoard *board, uint64_t id);
