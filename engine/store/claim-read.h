/* claim-read.h: the bytes of claims in files, each block compared with its checksum before the
 * first byte of it is handed out; inside the store only.
 *
 * Thread: any, for every function here. */
#pragma once

#include "store/claim.h"

/* Both want a claim that is not in memory and a range within it. */
bool weir_claim_read (WeirClaim *claim, uint64_t offset, void *buffer, size_t size, GError **error);
bool weir_claim_verify (WeirClaim *claim, uint64_t offset, uint64_t size, GError **error);

/* Where the bytes are. @ret_fd: (transfer none): of claim->file, to be unpinned. */
bool weir_claim_locate (WeirClaim *claim, uint64_t offset, int *ret_fd, uint64_t *ret_position,
                        GError **error);

/* Of a claim in an own file: the table that stands behind it, from who wrote it. */
void weir_claim_set_sums (WeirClaim *claim, const WeirContentSums *sums);

/* What an own file of @size bytes of content takes on disk. */
static inline uint64_t
weir_claim_get_own_size (uint64_t size)
{
  return size + weir_content_sums_get_n_blocks (size) * sizeof (uint32_t);
}
