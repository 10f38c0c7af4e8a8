/* reply-error.c: the codes are those of <weir/error.h>, so who asks from afar acts on the same ones
 * as who is there. */
#include "client/reply-error.h"

#include "wire/http-head.h"
#include "wire/json.h"

#include <string.h>
#include <weir/error.h>

static int
find_code (const char *text, int status)
{
  static const char *const codes[] = {
    [WEIR_ERROR_FAILED] = "failed",
    [WEIR_ERROR_INVALID] = "invalid",
    [WEIR_ERROR_NOT_FOUND] = "not-found",
    [WEIR_ERROR_PERMISSION] = "permission",
    [WEIR_ERROR_EXISTS] = "exists",
    [WEIR_ERROR_LIMIT] = "limit",
    [WEIR_ERROR_IO] = "io",
    [WEIR_ERROR_CORRUPT] = "corrupt",
    [WEIR_ERROR_UNSUPPORTED] = "unsupported",
  };

  for (size_t i = 0; text != NULL && i < G_N_ELEMENTS (codes); i++) {
    if (strcmp (codes[i], text) == 0)
      return i;
  }
  switch (status) {
  case 401:
  case 403:
    return WEIR_ERROR_PERMISSION;
  case 404:
    return WEIR_ERROR_NOT_FOUND;
  default:
    return status < 500 ? WEIR_ERROR_INVALID : WEIR_ERROR_FAILED;
  }
}

void
weir_reply_set_error (const WeirReply *reply, GError **error)
{
  size_t size;
  const char *text = g_bytes_get_data (reply->body, &size);
  g_autoptr (JsonObject) object = weir_json_parse_object (text, size, NULL);
  JsonObject *inside = NULL;
  const char *code = NULL, *message = NULL;

  if (object != NULL && weir_json_get_object (object, "", "error", false, &inside, NULL) &&
      inside != NULL) {
    weir_json_get_text (inside, "error", "code", false, &code, NULL);
    weir_json_get_text (inside, "error", "message", false, &message, NULL);
  }
  g_set_error (error, WEIR_ERROR, find_code (code, reply->status), "%s",
               message != NULL ? message : weir_http_get_reason (reply->status));
}
