/* crc32c.h: the checksum of everything that is written to disk (Castagnoli polynomial). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Continues @crc, which is 0 at the start, over @size more bytes. Thread: any. */
uint32_t weir_crc32c (uint32_t crc, const void *data, size_t size);

/* The same without the processor's instruction: for machines that lack it, and for the test that
 * compares both. */
uint32_t weir_crc32c_portable (uint32_t crc, const void *data, size_t size);

/* The checksum of A followed by B, from theirs. @shift: weir_crc32c_get_shift of the size of B. */
uint32_t weir_crc32c_get_shift (uint64_t size);
uint32_t weir_crc32c_join (uint32_t a, uint32_t b, uint32_t shift);
