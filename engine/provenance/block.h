/* block.h: up to WEIR_BLOCK_EVENTS events as columns, each compressed by itself, so that a query
 * unpacks no more than it looks at. docs/internals/provenance.md has the bytes.
 *
 * No I/O. Bytes read back meet a checksum, then a decoder with bounds: a damaged block is an error
 * and never other events. Thread: one at a time for each writer and reader. */
#pragma once

#include "base/mask.h"
#include "provenance/event.h"

#define WEIR_BLOCK_EVENTS 4096

/* What stands in place of a secret (weir_redact_is_secret, base/mask.h), and of a value that is
 * larger than a block may be. */
#define WEIR_REDACTED  "(redacted)"
#define WEIR_TOO_LARGE "(too large)"

/* --- writing --- */

typedef struct WeirBlockWriter WeirBlockWriter;

typedef struct {
  /* Text of an attribute name's number, for the filter. Returns: (transfer none) (nullable). */
  const char *(*get_name) (void *data, uint64_t number);
  void *data;
  const WeirMask *mask; /* (nullable): values with one of its secrets are not kept; must stay */
} WeirBlockWriterOptions;

/* A block, and what is known of it without unpacking it, which is kept beside it in the partition.
 * Lists are ascending and have each number once. */
typedef struct {
  uint64_t first; /* event */
  uint32_t n;
  int64_t earliest, latest;   /* time */
  uint64_t lowest, highest;   /* FlowFile */
  uint32_t types;             /* bit 1 << type for each that occurs */
  const uint64_t *components; /* that occur, never 0 */
  size_t n_components;
  const uint64_t *queues; /* the same */
  size_t n_queues;
  const uint64_t *names; /* the same, of attributes that have numbers, and of relationships */
  size_t n_names;
  const uint64_t *buckets; /* FlowFile id >> WEIR_BLOCK_BUCKET: of FlowFiles and parents */
  size_t n_buckets;
  const uint8_t *bytes;
  size_t size;
  const uint8_t *filter; /* provenance/filter.h */
  size_t filter_size;
} WeirBlock;

#define WEIR_BLOCK_BUCKET 10

/* @options: must stay. Returns: (transfer full). */
WeirBlockWriter *weir_block_writer_new (const WeirBlockWriterOptions *options);
void weir_block_writer_free (WeirBlockWriter *writer);

/* Begins an empty block whose first event will be @first. */
void weir_block_writer_begin (WeirBlockWriter *writer, uint64_t first);

/* Adds an event, all of which is copied, to a block that is not full. Of births in one entry, each
 * one's is_based refers to the one before: the writer keeps what that had, across blocks. */
void weir_block_writer_add (WeirBlockWriter *writer, const WeirEvent *event);

/* The events that are added next may come again and again. Once they were added, @n of them, the
 * second function adds up to @n_rounds times more what they say of FlowFiles whose ids are higher
 * by @step each time. Returns: how often; 0 when each must be added, or the block is full. */
void weir_block_writer_begin_round (WeirBlockWriter *writer);
unsigned weir_block_writer_add_rounds (WeirBlockWriter *writer, unsigned n_rounds, unsigned n,
                                       int64_t step);

/* Takes note of an event that was written before the block that has just begun: what comes may be
 * based on it. */
void weir_block_writer_pass_over (WeirBlockWriter *writer, const WeirEvent *event);

uint32_t weir_block_writer_get_n (const WeirBlockWriter *writer);
bool weir_block_writer_is_full (const WeirBlockWriter *writer);

/* Packs what is there, which is not nothing; more may be added after it. @ret_block is valid until
 * the next call. */
void weir_block_writer_pack (WeirBlockWriter *writer, WeirBlock *ret_block);

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

/* Bytes of all its columns when they are unpacked. */
size_t weir_block_reader_get_size (const WeirBlockReader *reader);

/* Unpacks those of @columns (WeirColumn) that are not yet. */
bool weir_block_reader_load (WeirBlockReader *reader, unsigned columns, GError **error);

/* Event @index by the columns that were loaded; other fields are 0. is_based is false: @set of a
 * birth is all it has. Valid until the next call of this or of open. */
void weir_block_reader_get (WeirBlockReader *reader, uint32_t index, WeirEvent *ret_event);

/* For loops over one column. Returns: (transfer none) (nullable): NULL when it was not loaded. */
const uint8_t *weir_block_reader_get_types (const WeirBlockReader *reader);
const uint64_t *weir_block_reader_get_flowfiles (const WeirBlockReader *reader);
const int64_t *weir_block_reader_get_times (const WeirBlockReader *reader);
const uint64_t *weir_block_reader_get_components (const WeirBlockReader *reader);

/* For loops over attributes: each pair of a name and a value that is set in the block is there once
 * or a few times, so what matches is found before any event is looked at. After
 * WEIR_COLUMN_ATTRIBUTES. */
typedef struct {
  WeirEntryName name;
  const uint8_t *value; /* of size bytes, not terminated; valid until the next block is opened */
  size_t size;
} WeirBlockAttribute;
uint32_t weir_block_reader_get_n_attributes (const WeirBlockReader *reader);
void weir_block_reader_get_attribute (const WeirBlockReader *reader, uint32_t number,
                                      WeirBlockAttribute *ret_attribute);

/* Returns: (transfer none): numbers of those that event @index sets. */
const uint32_t *weir_block_reader_get_set (const WeirBlockReader *reader, uint32_t index,
                                           uint32_t *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirBlockWriter, weir_block_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirBlockReader, weir_block_reader_free)
