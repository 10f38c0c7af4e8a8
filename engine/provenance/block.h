/* block.h: up to WEIR_BLOCK_EVENTS events as columns, each compressed by itself, so that a query
 * unpacks no more than it looks at. docs/internals/provenance.md has the bytes.
 *
 * No I/O. Bytes read back meet a checksum, then a decoder with bounds: a damaged block is an error
 * and never other events. Thread: one at a time for each writer and reader. */
#pragma once

#include "provenance/event.h"

#define WEIR_BLOCK_EVENTS 4096

/* --- writing --- */

typedef struct WeirBlockWriter WeirBlockWriter;

/* What is known of a block without unpacking it; kept beside it in the partition. */
typedef struct {
  uint64_t first; /* event */
  uint32_t n;
  int64_t earliest, latest;   /* time */
  uint64_t lowest, highest;   /* FlowFile */
  uint32_t types;             /* bit 1 << type for each that occurs */
  const uint64_t *components; /* that occur, ascending */
  size_t n_components;
  const uint64_t *buckets; /* FlowFile id >> WEIR_BLOCK_BUCKET: of FlowFiles and parents */
  size_t n_buckets;
} WeirBlockSummary;

#define WEIR_BLOCK_BUCKET 10

/* Text of a name's number, for the filter. Returns: (transfer none) (nullable). */
typedef const char *(*WeirBlockNameFunc) (void *data, uint64_t number);

/* Returns: (transfer full). */
WeirBlockWriter *weir_block_writer_new (WeirBlockNameFunc get_name, void *data);
void weir_block_writer_free (WeirBlockWriter *writer);

/* Begins an empty block whose first event will be @first. */
void weir_block_writer_begin (WeirBlockWriter *writer, uint64_t first);
/* Adds an event, all of which is copied. Of births in one entry, each one's is_based refers to the
 * one before: the writer keeps what that had, across blocks. */
void weir_block_writer_add (WeirBlockWriter *writer, const WeirEvent *event);
size_t weir_block_writer_get_n (const WeirBlockWriter *writer);
size_t weir_block_writer_get_bytes (const WeirBlockWriter *writer); /* before compression */

/* Packs what is there; more may be added after it. Results are valid until the next call. */
void weir_block_writer_pack (WeirBlockWriter *writer, WeirBlockSummary *ret_summary,
                             const uint8_t **ret_bytes, size_t *ret_size,
                             const uint8_t **ret_filter, size_t *ret_filter_size);

/* --- reading --- */

typedef enum {
  WEIR_COLUMN_TIME = 1 << 0, /* and usec */
  WEIR_COLUMN_TYPE = 1 << 1,
  WEIR_COLUMN_COMPONENT = 1 << 2,
  WEIR_COLUMN_FLOWFILE = 1 << 3,
  WEIR_COLUMN_ROUTE = 1 << 4, /* relationship, source, queue */
  WEIR_COLUMN_SIZE = 1 << 5,  /* and old_size */
  WEIR_COLUMN_BIRTH = 1 << 6, /* is_birth, entry_time, lineage_start, parents */
  WEIR_COLUMN_ATTRIBUTES = 1 << 7,
  WEIR_COLUMN_CONTENT = 1 << 8,
  WEIR_COLUMN_TEXT = 1 << 9, /* uri, details */
  WEIR_COLUMN_ALL = (1 << 10) - 1,
} WeirColumn;

typedef struct WeirBlockReader WeirBlockReader;

/* Returns: (transfer full). */
WeirBlockReader *weir_block_reader_new (void);
void weir_block_reader_free (WeirBlockReader *reader);

/* @bytes must stay until the next one is opened. Returns: false with @error when they are damaged.
 */
bool weir_block_reader_open (WeirBlockReader *reader, const uint8_t *bytes, size_t size,
                             GError **error);
uint32_t weir_block_reader_get_n (const WeirBlockReader *reader);
uint64_t weir_block_reader_get_first (const WeirBlockReader *reader);

/* Unpacks those of @columns (WeirColumn) that are not yet. */
bool weir_block_reader_load (WeirBlockReader *reader, unsigned columns, GError **error);

/* Event @index by the columns that were loaded; other fields are 0. is_based is false: @set of a
 * birth is all it has. Valid until the next block is opened. */
void weir_block_reader_get (WeirBlockReader *reader, uint32_t index, WeirEvent *ret_event);

/* For loops over one column. Returns: (transfer none) (nullable): NULL when it was not loaded. */
const uint8_t *weir_block_reader_get_types (const WeirBlockReader *reader);
const uint64_t *weir_block_reader_get_flowfiles (const WeirBlockReader *reader);
const int64_t *weir_block_reader_get_times (const WeirBlockReader *reader);
const uint64_t *weir_block_reader_get_components (const WeirBlockReader *reader);

/* Whether an attribute may have been set to a value in the block with this filter: false is
 * certain. */
bool weir_block_filter_may_have (const uint8_t *filter, size_t size, const char *name,
                                 const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirBlockWriter, weir_block_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirBlockReader, weir_block_reader_free)
