/* image.h: a FlowFile as the data directory has it (store/data.h), made into one again.
 *
 * Thread: one at a time for each reader. */
#pragma once

#include "runtime/flowfile.h"
#include "store/data.h"

typedef struct {
  WeirData *data;
  GArray *texts; /* WeirAttributeText; scratch */
} WeirImageReader;

void weir_image_reader_init (WeirImageReader *reader, WeirData *data);
void weir_image_reader_clear (WeirImageReader *reader);

/* Fills @flowfile, a new one, but for its times in the queue and its penalty. */
bool weir_image_reader_read (WeirImageReader *reader, const WeirImage *image,
                             WeirFlowFile *flowfile, GError **error);

/* The same without attributes. */
bool weir_image_reader_read_content (WeirImageReader *reader, const WeirImage *image,
                                     WeirFlowFile *flowfile, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirImageReader, weir_image_reader_clear)
