/* status.c: see the header. */
#include "control/status.h"

#include <weir/error.h>

#include "base/error.h"
#include "wire/json.h"

static const struct {
  const char *code;
  int status;
} rows[] = {
  [WEIR_ERROR_FAILED] = { "failed", 500 },
  [WEIR_ERROR_INVALID] = { "invalid", 400 },
  [WEIR_ERROR_NOT_FOUND] = { "not-found", 404 },
  [WEIR_ERROR_PERMISSION] = { "permission", 403 },
  [WEIR_ERROR_EXISTS] = { "exists", 409 },
  [WEIR_ERROR_LIMIT] = { "limit", 422 },
  [WEIR_ERROR_IO] = { "io", 503 },
  [WEIR_ERROR_CORRUPT] = { "corrupt", 500 },
  [WEIR_ERROR_UNSUPPORTED] = { "unsupported", 501 },
};

static size_t
get_row (const GError *error)
{
  return error->domain == WEIR_ERROR && error->code >= 0 && error->code < (int)G_N_ELEMENTS (rows)
             ? (size_t)error->code
             : WEIR_ERROR_FAILED;
}

int
weir_status_of_error (const GError *error)
{
  return rows[get_row (error)].status;
}

const char *
weir_status_get_code (const GError *error)
{
  return rows[get_row (error)].code;
}

GBytes *
weir_status_describe (const GError *error)
{
  GString *out = g_string_new (NULL);
  g_autofree char *message = weir_error_clean (error->message);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "error", '{');
  weir_json_put_text (out, "code", weir_status_get_code (error));
  weir_json_put_text (out, "message", message);
  weir_json_end (out, '}');
  weir_json_end (out, '}');
  return g_string_free_to_bytes (out);
}
