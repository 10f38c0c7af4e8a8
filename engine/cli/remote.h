/* remote.h: what the commands that ask a server have in common.
 *
 * Thread: main. */
#pragma once

#include "cli/command.h"
#include "cli/rows.h"
#include "client/events.h"

typedef struct {
  const WeirCommand *command;
  char *server; /* of --server */
  char *token_file;
  gboolean as_json;
  WeirClient *client;
} WeirRemote;

/* Options that all of them have. */
#define WEIR_REMOTE_ENTRIES(remote)                                         \
  { "server",                                                               \
    0,                                                                      \
    0,                                                                      \
    G_OPTION_ARG_FILENAME,                                                  \
    &(remote)->server,                                                      \
    "A socket, a data directory, or https://HOST:PORT",                     \
    "WHERE" },                                                              \
      { "token-file",                                                       \
        0,                                                                  \
        0,                                                                  \
        G_OPTION_ARG_FILENAME,                                              \
        &(remote)->token_file,                                              \
        "Where the token for https is; else WEIR_TOKEN",                    \
        "FILE" },                                                           \
  {                                                                         \
    "json", 0, 0, G_OPTION_ARG_NONE, &(remote)->as_json, "Print JSON", NULL \
  }

/* Returns: false after what is wrong was told. */
bool weir_remote_open (WeirRemote *remote);
void weir_remote_clear (WeirRemote *remote);

/* Asks for the path "/v1/..." of @segments, which are closed by NULL and escaped here. @body: JSON,
 * or NULL. Returns: (transfer full): NULL after what is wrong was told. */
JsonNode *weir_remote_ask (WeirRemote *remote, const char *verb, const char *const *segments,
                           const char *body);

/* The same for an answer in pieces, as they come. Returns: false with @error. */
bool weir_remote_listen (WeirRemote *remote, const char *const *segments, WeirClientFunc func,
                         void *data, GError **error);

/* Events, for ever; a server that goes away is waited for. Returns: false with @error, or when
 * @func wants no more. */
bool weir_remote_follow (WeirRemote *remote, const char *const *segments, WeirHeardFunc func,
                         void *data, GError **error);

/* What is wrong, to standard error. */
void weir_remote_tell (const WeirRemote *remote, const GError *error);

/* @name, or, when it is NULL, the only flow that there is.
 * Returns: (transfer full): NULL after what is wrong was told. */
char *weir_remote_pick_flow (WeirRemote *remote, const char *name);

void weir_remote_print (JsonNode *node);

/* A line that a terminal obeys nothing in. */
void weir_remote_print_clean (const char *text);

/* Members of an object, with what is not there: (transfer none). */
const char *weir_remote_get_text (JsonObject *object, const char *name);
int64_t weir_remote_get_int (JsonObject *object, const char *name);

/* Member @part of member @name. */
int64_t weir_remote_get_amount (JsonObject *object, const char *name, const char *part);

/* Returns: (transfer none) (nullable): never NULL for an array that is there. */
JsonArray *weir_remote_get_array (JsonNode *node, const char *name);

/* A cell of a table. */
WeirValue weir_remote_text_cell (const char *text);
WeirValue weir_remote_int_cell (int64_t value);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirRemote, weir_remote_clear)
