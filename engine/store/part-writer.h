/* part-writer.h: writes a part as its layers come, by ascending id, in constant memory.
 *
 * Thread: one at a time. */
#pragma once

#include "base/fs.h"
#include "store/layer.h"

typedef struct WeirPartWriter WeirPartWriter;

/* Creates the file at @path, over one that a crash has left behind. Returns: (transfer full): NULL
 * with @error. */
WeirPartWriter *weir_part_writer_new (const char *path, uint64_t log_id, uint64_t number,
                                      bool must_sync, WeirFs *fs, GError **error);

bool weir_part_writer_add (WeirPartWriter *writer, const WeirLayer *layer, GError **error);

uint64_t weir_part_writer_get_n (const WeirPartWriter *writer);

/* Writes the rest, which makes it a part. */
bool weir_part_writer_finish (WeirPartWriter *writer, GError **error);

/* Leaves the file as it is. Takes NULL. */
void weir_part_writer_free (WeirPartWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPartWriter, weir_part_writer_free)
