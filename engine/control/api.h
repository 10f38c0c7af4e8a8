/* api.h: from a request to the method that answers it: who asks, which row, what of it is checked,
 * who may, and what the audit says of it.
 *
 * Thread: the loop's, unless said otherwise. */
#pragma once

#include "control/door.h"
#include "control/http-server.h"
#include "control/method.h"
#include "control/trail.h"

typedef struct WeirApi WeirApi;

/* Where a flow's methods are. */
typedef struct {
  char *socket; /* (transfer full): its host listens there; NULL: in this process */
  void *target; /* its methods' then */
  void (*release) (void *target); /* after each call; NULL: nothing. Thread: any */
  WeirTrail *trail;               /* its audit, as long as it is there; NULL: none */
} WeirApiFlow;

typedef struct {
  WeirDoor *door;
  WeirTrail *trail; /* of what is of no flow, and of who is refused; NULL: none */

  /* Finds the flow @name, of which who asks may know. It never waits. Returns: false with @error:
   * WEIR_ERROR_NOT_FOUND as weir_access_set_no_flow has it; or WEIR_ERROR_IO: not now. */
  bool (*find_flow) (void *data, const char *name, WeirApiFlow *ret_flow, GError **error);

  /* A line for the journal about who was refused; NULL: nobody reads it. */
  void (*on_refused) (void *data, const char *line);
  void *data;
  unsigned n_callers; /* threads for methods that wait, and as many again for streams; 0: 4 */
} WeirApiOptions;

/* What @options points at stays the caller's. Returns: (transfer full). Thread: any. */
WeirApi *weir_api_new (const WeirApiOptions *options);

/* Between the HTTP server and the loop; waits for the calls that run. Thread: any. */
void weir_api_free (WeirApi *api);

/* Adds the methods of @table, all of them before weir_api_link; @target: of those that are of no
 * flow.
 * @error is a mistake in a row. Thread: any, before the loop runs, as is the next. */
bool weir_api_add (WeirApi *api, const WeirMethodTable *table, void *target, GError **error);
bool weir_api_link (WeirApi *api, GError **error);

/* For weir_http_server_new. Returns: by value. */
WeirHttpHandler weir_api_get_handler (WeirApi *api);

/* Of a request. Thread: any. */
uint64_t weir_api_next_id (WeirApi *api);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirApi, weir_api_free)
