/* crc32c.h: the checksum of everything that is written to disk (Castagnoli polynomial). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Continues @crc, which is 0 at the start, over @size more bytes. Thread: any. */
uint32_t weir_crc32c (uint32_t crc, const void *data, size_t size);

/* The same without the processor's instruction: for machines that lack it, and for the test that
 * compares both. */
uint32_t weir_crc32c_portable (uint32_t crc, const void *data, size_t size);
