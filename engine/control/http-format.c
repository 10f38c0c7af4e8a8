/* http-format.c: the lines that every answer begins with, and errors. */
#include "base/clock.h"
#include "control/http-parts.h"
#include "wire/json.h"

#include <time.h>

/* Nothing of an answer is for a browser to run, show in a frame, guess at or keep. */
#define COMMON_HEADERS                  \
  "Cache-Control: no-store\r\n"         \
  "X-Content-Type-Options: nosniff\r\n" \
  "X-Frame-Options: DENY\r\n"           \
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"

/* "Date: Sat, 21 Nov 2026 03:10:00 GMT"; not by strftime, which has the words of a language. */
static void
append_date (WeirBuffer *out)
{
  static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
  static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  time_t now = weir_clock_get_wall (weir_clock_system ()) / 1000000;
  struct tm tm;
  char text[64];

  gmtime_r (&now, &tm);
  g_snprintf (text, sizeof text, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n", days[tm.tm_wday],
              tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
  weir_buffer_append_text (out, text);
}

void
weir_http_format_head (WeirBuffer *out, int status, bool closes)
{
  char line[80];

  g_snprintf (line, sizeof line, "HTTP/1.1 %d %s\r\n", status, weir_http_get_reason (status));
  weir_buffer_reserve (out, 512);
  weir_buffer_append_text (out, line);
  append_date (out);
  weir_buffer_append_text (out, COMMON_HEADERS);
  if (closes)
    weir_buffer_append_text (out, "Connection: close\r\n");
}

const char *
weir_http_get_code (int status)
{
  switch (status) {
  case 403:
  case 421:
    return "permission";
  case 408:
  case 413:
  case 414:
  case 429:
  case 431:
  case 503:
    return "limit";
  case 501:
  case 505:
    return "unsupported";
  case 502:
    return "io";
  default:
    return status < 500 ? "invalid" : "failed";
  }
}

char *
weir_http_format_error (const char *code, const char *message)
{
  GString *json = g_string_new (NULL);

  weir_json_begin (json, NULL, '{');
  weir_json_begin (json, "error", '{');
  weir_json_put_text (json, "code", code);
  weir_json_put_text (json, "message", message);
  weir_json_end (json, '}');
  weir_json_end (json, '}');
  g_string_append_c (json, '\n');
  return g_string_free (json, FALSE);
}
