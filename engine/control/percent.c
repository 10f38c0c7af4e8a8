/* percent.c: see the header. */
#include "control/percent.h"

#include <glib.h>

bool
weir_percent_decode (char *text, bool plus)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; to++) {
    if (*from != '%') {
      *to = plus && *from == '+' ? ' ' : *from;
      from++;
      continue;
    }
    if (!g_ascii_isxdigit (from[1]) || !g_ascii_isxdigit (from[2]))
      return false;
    *to = (char)(g_ascii_xdigit_value (from[1]) * 16 + g_ascii_xdigit_value (from[2]));
    if (*to == '\0')
      return false;
    from += 3;
  }
  *to = '\0';
  return g_utf8_validate (text, -1, NULL);
}
