/* uuid.c: sixteen bytes to text and back. */
#include "base/uuid.h"

#include <glib.h>

#define VERSION UINT64_C (0x8000)             /* in the upper half */
#define VARIANT UINT64_C (0x8000000000000000) /* in the lower half */

static char *
put_hex (char *at, uint64_t value, unsigned n_digits)
{
  static const char digits[] = "0123456789abcdef";

  for (unsigned i = n_digits; i-- > 0;)
    *at++ = digits[value >> 4 * i & 15];
  return at;
}

void
weir_uuid_format (uint64_t install, uint64_t id, char *ret_text)
{
  uint64_t high = weir_uuid_install (install) | VERSION;
  uint64_t low = id | VARIANT;
  char *at = ret_text;

  g_assert (id >> 62 == 0);
  at = put_hex (at, high >> 32, 8);
  *at++ = '-';
  at = put_hex (at, high >> 16, 4);
  *at++ = '-';
  at = put_hex (at, high, 4);
  *at++ = '-';
  at = put_hex (at, low >> 48, 4);
  *at++ = '-';
  at = put_hex (at, low, 12);
  *at = '\0';
}

bool
weir_uuid_parse (const char *text, uint64_t *ret_install, uint64_t *ret_id)
{
  uint64_t halves[2] = { 0, 0 };
  unsigned n_digits = 0;

  for (unsigned i = 0; i < WEIR_UUID_LENGTH; i++) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-')
        return false;
      continue;
    }
    if (!g_ascii_isxdigit (text[i]))
      return false;
    halves[n_digits / 16] = halves[n_digits / 16] << 4 | (unsigned)g_ascii_xdigit_value (text[i]);
    n_digits++;
  }
  if (text[WEIR_UUID_LENGTH] != '\0' || (halves[0] & 0xf000) != VERSION || halves[1] >> 62 != 2)
    return false;

  *ret_install = weir_uuid_install (halves[0]);
  *ret_id = halves[1] & ~VARIANT;
  return true;
}
