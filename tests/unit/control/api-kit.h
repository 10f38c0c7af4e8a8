/* api-kit.h: an API that is served, with a store of tokens and an audit in a directory of its own,
 * and a client for it. */
#pragma once

#include "control/api.h"
#include "control/desk.h"
#include "serving.h"

typedef struct {
  bool is_bare; /* the desk's methods are not served; set before the start */
  char *directory;
  WeirTokenStore *tokens;
  WeirTrail *trail;
  WeirDoor *door;
  WeirDesk desk;
  WeirApi *api;
  Serving serving;
  GString *journal; /* lines about who was refused */
} ApiKit;

/* The methods of a desk, and those of @table (nullable), whose target is @target. @options may have
 * find_flow; the rest is the kit's. */
void api_kit_start (ApiKit *kit, const WeirMethodTable *table, void *target,
                    const WeirApiOptions *options);
void api_kit_stop (ApiKit *kit);

/* @token: NULL: as the user of this process. @body: NULL: none; else JSON. Returns: (transfer
 * full): "200 {...}". */
char *api_kit_ask (ApiKit *kit, const char *verb, const char *path, const char *token,
                   const char *body);

/* The same with another type of @body; NULL: none. */
char *api_kit_send (ApiKit *kit, const char *verb, const char *path, const char *token,
                    const char *type, const char *body);

/* The same, held against @expected. */
void api_kit_check (ApiKit *kit, const char *request, const char *token, const char *body,
                    const char *expected);

/* Returns: (transfer full): the text of a new token. */
char *api_kit_add_token (ApiKit *kit, const char *name, WeirUserRole role,
                         const char *const *flows);
