/* uuid.h: ids of this engine as UUIDs.
 *
 * A FlowFile is a 64-bit number in an installation that has a 64-bit number; its UUID (version 8 of
 * RFC 9562: "custom") holds both and is made when somebody asks. The six bits that say which kind
 * of UUID it is overwrite four bits of the installation's number and the top two of the id, which
 * no counter reaches. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WEIR_UUID_LENGTH 36 /* without the closing NUL; WEIR_UUID_SIZE has it */

/* Writes 36 characters and NUL. @id must be below 2^62. Thread: any. */
void weir_uuid_format (uint64_t install, uint64_t id, char *ret_text);

/* Reads what weir_uuid_format wrote: false for any other text. @ret_install lacks the four bits
 * that the version takes (see weir_uuid_install). Thread: any. */
bool weir_uuid_parse (const char *text, uint64_t *ret_install, uint64_t *ret_id);

/* @install without the bits that a UUID cannot hold. Thread: any. */
static inline uint64_t
weir_uuid_install (uint64_t install)
{
  return install & ~UINT64_C (0xf000);
}
