/* filter.h: which attributes were set to which values in a block, as bits: a Bloom filter whose
 * bits of one key are all in one cache line. What is not in it is certainly not in the block.
 *
 * The key is made of texts, so who asks needs no dictionary. The hash is part of the format.
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t weir_filter_hash_name (const char *name, size_t size);

/* Continues the hash of a name with a value of it: the key of both. */
uint64_t weir_filter_get_key (uint64_t name, const void *value, size_t size);

/* Bytes of a filter for @n_keys: at least one line. */
size_t weir_filter_measure (size_t n_keys);

/* @filter: of @size bytes, as measured, all zero at first. */
void weir_filter_add (uint8_t *filter, size_t size, uint64_t key);

/* A filter without a line, or with a part of one, has everything. */
bool weir_filter_has (const uint8_t *filter, size_t size, uint64_t key);
