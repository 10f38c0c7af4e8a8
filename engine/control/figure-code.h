/* figure-code.h: figures of the past in 16 bits: exact below 256, beyond that to the nearest of 256
 * steps between two powers of two, which is 0.2 % at most.
 *
 * Thread: any. */
#pragma once

#include <stdint.h>

#define WEIR_FIGURE_CODE_MAX 0x38ffu /* of UINT64_MAX */

static inline uint16_t
weir_figure_code (uint64_t value)
{
  unsigned shift;
  uint64_t steps;

  if (value < 256)
    return (uint16_t)value;
  shift = (unsigned)(63 - __builtin_clzll (value)) - 8;
  steps = value >> shift; /* 256 to 511 */
  if (shift > 0 && (value >> (shift - 1) & 1) != 0 && steps < 511)
    steps++;
  return (uint16_t)((shift + 1) << 8 | (steps & 0xff));
}

static inline uint64_t
weir_figure_decode (uint16_t code)
{
  if (code < 256)
    return code;
  if (code > WEIR_FIGURE_CODE_MAX)
    return UINT64_MAX;
  return (uint64_t)(256 | (code & 0xff)) << ((code >> 8) - 1);
}
