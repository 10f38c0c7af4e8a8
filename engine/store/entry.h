/* entry.h: what one session did, as the log keeps it: the operations, their encoder and their
 * decoder. docs/internals/data-directory.md has the bytes.
 *
 * Numbers of components, queues and attribute names are those of the directory (dictionary.h).
 * Thread: one at a time for each writer and reader. */
#pragma once

#include "base/varint.h"

#include <glib.h>
#include <string.h>

typedef enum {
  WEIR_OP_CREATE = 1,
  WEIR_OP_UPDATE,
  WEIR_OP_DROP,
  WEIR_OP_STATE,
  WEIR_OP_COMPONENT,
  WEIR_OP_QUEUE,
  WEIR_OP_NAME,
  WEIR_OP_FACT = 9,
  WEIR_OP_IDS,
  WEIR_OP_AGAIN, /* the writer makes it, and the reader what it stands for */
} WeirOpKind;

/* Where the bytes of a content are. */
typedef enum {
  WEIR_WHERE_NONE,
  WEIR_WHERE_HERE, /* in this entry */
  WEIR_WHERE_LOG,
  WEIR_WHERE_FILE,
  WEIR_WHERE_SAME, /* as the content before it in this entry; the reader resolves it */
} WeirWhere;

typedef struct {
  WeirWhere where;
  uint32_t crc;    /* of the whole claim */
  uint64_t file;   /* FILE: its number */
  uint64_t start;  /* of the claim: LOG: a place; FILE: in the file */
  uint64_t size;   /* of the claim */
  uint64_t offset; /* the slice */
  uint64_t length;
} WeirContentRef;

/* The name of an attribute. The directory gives only so many a number: the text of another one
 * stands in its place. Either is so for ever, and so two names are one when both are. */
typedef struct {
  uint64_t number;  /* 0: it has none */
  const char *text; /* then; not NUL-terminated where it was read */
  size_t size;      /* of the text; 0 with a number */
} WeirEntryName;

/* --- writing --- */

#define WEIR_ENTRY_GROUP 4 /* operations that can be repeated together */

/* The last operations, which can be repeated: as many as have one on a FlowFile among them. */
typedef struct {
  size_t starts[WEIR_ENTRY_GROUP]; /* of the n-th at n modulo their number */
  unsigned n;
  unsigned n_facts; /* behind the last one on a FlowFile */
} WeirEntryRun;

static inline bool
weir_entry_run_takes (WeirOpKind kind)
{
  return kind <= WEIR_OP_DROP || kind == WEIR_OP_FACT;
}

static inline void
weir_entry_run_add (WeirEntryRun *run, WeirOpKind kind, size_t start)
{
  run->starts[run->n++ % WEIR_ENTRY_GROUP] = start;
  run->n_facts = kind == WEIR_OP_FACT ? run->n_facts + 1 : 0;
}

/* Builds the body of one entry in a buffer that is used again. */
typedef struct {
  uint8_t *start;
  uint8_t *at;
  uint8_t *end;
  uint8_t *flags; /* of the operation that is being written */
  uint64_t last_id;
  size_t most;   /* WEIR_LIMIT_ENTRY; of an entry that becomes larger only the size is known */
  size_t passed; /* what was given up of it */
  bool is_here;  /* it has bytes of a content */

  WeirEntryRun run;
  size_t group, group_end; /* what may be repeated here; both 0: nothing */
  unsigned n_group;        /* operations of it */
  size_t copy;             /* where it begins to be repeated */
  size_t matched;          /* up to where in it */
  size_t again;            /* where it is said how often it is; 0: it is not */
} WeirEntryWriter;

typedef struct {
  WeirEntryName name;
  const char *value;
  size_t size;
} WeirEntryAttribute;

void weir_entry_writer_init (WeirEntryWriter *writer);
void weir_entry_writer_clear (WeirEntryWriter *writer);

/* Begins an entry of @component, forgetting what was there. */
void weir_entry_writer_begin (WeirEntryWriter *writer, uint64_t component);
size_t weir_entry_writer_get_size (const WeirEntryWriter *writer);

/* After the last operation. Returns: the size, which may have become less. */
size_t weir_entry_writer_end (WeirEntryWriter *writer);

/* True when the entry is larger than can be: its bytes are of no use then. */
bool weir_entry_writer_is_too_large (const WeirEntryWriter *writer);

/* Operations; the fields of a create or an update follow in the order in which they stand here.
 * @is_based: its attributes begin as those of the create before it in this entry. */
void weir_entry_write_create (WeirEntryWriter *writer, uint64_t id, uint64_t queue, bool is_based);
void weir_entry_write_update (WeirEntryWriter *writer, uint64_t id);
void weir_entry_write_drop (WeirEntryWriter *writer, uint64_t id);

/* Of @component; 0: that of the entry. */
void weir_entry_write_state (WeirEntryWriter *writer, uint64_t component, const char *key,
                             const char *value);
void weir_entry_write_number (WeirEntryWriter *writer, WeirOpKind kind, uint64_t number,
                              const char *text);

/* A fact of kind @mask; @fields are of @size bytes. */
void weir_entry_write_fact (WeirEntryWriter *writer, uint64_t mask, const void *fields,
                            size_t size);

/* All ids below @above may have been given. */
void weir_entry_write_ids (WeirEntryWriter *writer, uint64_t above);

/* Of an update. */
void weir_entry_write_queue (WeirEntryWriter *writer, uint64_t queue);

/* Of a create, when they are not the entry's time: differences to that. */
void weir_entry_write_times (WeirEntryWriter *writer, int64_t entry_delta, int64_t lineage_delta);

/* Of a create (always) and an update. */
void weir_entry_write_attributes (WeirEntryWriter *writer, const WeirEntryAttribute *set,
                                  size_t n_set, const WeirEntryName *removed, size_t n_removed);

/* Of both. @bytes: of the claim when it is HERE. Returns: where they are in the body. */
size_t weir_entry_write_content (WeirEntryWriter *writer, const WeirContentRef *content,
                                 const void *bytes);
void weir_entry_write_penalty (WeirEntryWriter *writer, uint64_t usec);

/* --- reading --- */

/* Attributes to set and to remove: read by weir_op_next_set, then by weir_op_next_removed. */
typedef struct {
  WeirCursor cursor;
  uint64_t n;
  uint64_t highest; /* number that must have been given: of those in it, or the last there can be */
} WeirOpNames;

/* What an operation does not have is not set; the flags are. */
typedef struct {
  WeirOpKind kind;
  bool has_queue, has_attributes, has_content, has_penalty, is_based;
  uint64_t id;        /* CREATE, UPDATE, DROP */
  int64_t entry_time; /* CREATE: wall, as is the next */
  int64_t lineage_start;
  uint64_t queue;
  uint64_t penalty_usec;
  WeirOpNames set; /* of the attributes */
  WeirOpNames removed;
  WeirContentRef content; /* HERE has become LOG, and SAME what it is the same as */
  uint64_t number;        /* COMPONENT, QUEUE, NAME; FACT: its type; IDS: above all of them; STATE:
                             its component, 0: that of the entry */
  const uint8_t *key;     /* STATE */
  size_t key_size;
  const uint8_t *text; /* STATE: the value, NULL: cleared; COMPONENT, QUEUE, NAME, FACT */
  size_t text_size;
} WeirOp;

typedef struct {
  WeirCursor cursor;
  uint64_t component;
  uint64_t place; /* of the body */
  int64_t wall;
  const uint8_t *start;
  uint64_t last_id;
  int64_t step; /* from the id before that */
  WeirContentRef last_content;

  WeirEntryRun run; /* its last operation ends at run_end */
  const uint8_t *run_end;
  bool has_again;            /* it was repeated: the next operation begins another run */
  bool is_again;             /* the cursor is in what is repeated, from group on */
  unsigned n_group;          /* operations of it */
  unsigned n_again;          /* rounds after this one */
  const uint8_t *group;      /* NULL: none was repeated yet */
  const uint8_t *rest, *end; /* what follows */
  uint64_t n_rounds;         /* that have begun */
  uint64_t round_id;         /* the id before this one */
} WeirEntryReader;

/* Returns: false when not even the component can be read. */
bool weir_entry_reader_init (WeirEntryReader *reader, const uint8_t *body, size_t size,
                             uint64_t place, int64_t wall);

/* The next operation; what it points to is in the body. Returns: false at the end; then
 * reader->cursor.failed says whether the entry was malformed. */
bool weir_entry_reader_next (WeirEntryReader *reader, WeirOp *ret_op);

/* What is repeated, once a round of it has been read: @ret_step is what each round adds to its ids.
 * Returns: the rounds to come; 0: none, or this one is not over. */
unsigned weir_entry_reader_get_rounds (const WeirEntryReader *reader, int64_t *ret_step);

/* Passes over @n of them. */
void weir_entry_reader_pass_rounds (WeirEntryReader *reader, unsigned n);

/* Passes over what says the same of other FlowFiles as the operation that was returned last.
 * Returns: of how many; the id of each is @ret_step from the one before. */
uint64_t weir_entry_reader_pass_again (WeirEntryReader *reader, int64_t *ret_step);

bool weir_op_next_set (WeirOpNames *names, WeirEntryName *ret_name, const uint8_t **ret_value,
                       size_t *ret_size);
bool weir_op_next_removed (WeirOpNames *names, WeirEntryName *ret_name);

/* --- what entries and parts have in common --- */

/* The most that a name takes beside its text. */
#define WEIR_ENTRY_NAME_MAX (1 + WEIR_VARINT_MAX)

/* Returns: (transfer none): what follows. The last byte of a name is never 0. */
static inline uint8_t *
weir_entry_name_put (uint8_t *at, const WeirEntryName *name)
{
  at = weir_varint_put (at, name->number);
  if (G_LIKELY (name->number != 0))
    return at;
  at = weir_varint_put (at, name->size + 1);
  memcpy (at, name->text, name->size);
  return at + name->size;
}

/* Its text points into the bytes, where it may be anything. */
WeirEntryName weir_entry_name_read (WeirCursor *cursor);

/* A number of names and the names, with a value each or without; all of it has been walked. */
void weir_op_names_read (WeirCursor *cursor, bool has_values, WeirOpNames *ret_names);

/* The most that a content takes beside the bytes that are HERE. */
#define WEIR_CONTENT_REF_MAX (1 + 5 * WEIR_VARINT_MAX + 4)

/* Returns: (transfer none): what follows. */
uint8_t *weir_content_ref_put (uint8_t *at, const WeirContentRef *content, const void *bytes);

/* @last: what SAME refers to. @ret_bytes (or NULL): of one that is HERE. */
bool weir_content_ref_read (WeirCursor *cursor, const WeirContentRef *last,
                            WeirContentRef *ret_content, const uint8_t **ret_bytes);
