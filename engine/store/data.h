/* data.h: a data directory in use: its lock, its log, what follows the log, and its contents. What
 * the runtime knows of durability is this file, entry.h and content.h.
 *
 * weir_data_open reads everything and changes nothing that matters; then the runtime takes what was
 * there (weir_data_each_*), and weir_data_start begins the log. Thread: main, unless said
 * otherwise. */
#pragma once

#include "base/clock.h"
#include "store/content.h"
#include "store/dictionary.h"
#include "store/durability.h"
#include "store/entry.h"

typedef struct WeirData WeirData;

typedef struct {
  const char *directory;
  const char *owner; /* who is to be named to the second engine: the flow's name */
  WeirDurability durability;
  WeirClock *clock;          /* NULL: the machine's */
  WeirFs *fs;                /* NULL outside of tests */
  uint64_t segment_size;     /* of a new directory; 0: WEIR_LIMIT_SEGMENT */
  uint64_t checkpoint_bytes; /* of log between two snapshots; 0: WEIR_LIMIT_CHECKPOINT */
  unsigned patience_usec;    /* as in WeirLogOptions */
  uint64_t archive_bytes;    /* of contents kept after their end, and of the log; 0: none */
  int64_t archive_usec;      /* the longest that one is kept */
  /* Any thread. Both must be quick: all entries with a ticket up to @durable can no longer be lost;
   * the log has failed for good, and the process should end. */
  void (*on_durable) (void *data, uint64_t durable);
  void (*on_failure) (void *data, const GError *error);
  /* The disk is nearly full (store/reserve.h): what brings more should wait until
   * weir_data_is_low says otherwise. Any thread; quick. */
  void (*on_low) (void *data);
  /* All that is durable can be read back (weir_data_read); NULL: nobody asks. Any thread; quick. */
  void (*on_applied) (void *data);
  void *data;
} WeirDataOptions;

/* Makes the directory if need be and locks it. Returns: (transfer full): NULL with @error: another
 * engine is there, it is damaged, or it is of a later version. */
WeirData *weir_data_open (const WeirDataOptions *options, GError **error);

/* Waits until all that was appended is durable and in the book, and from then on lets go of no
 * content: what is still referred to is only dropped from memory. Nobody is called any more, but
 * for on_failure when closing the log fails. */
void weir_data_stop (WeirData *data);

/* Stops it if need be. No content may be referred to. Takes NULL. */
void weir_data_free (WeirData *data);

/* What was found damaged and could be done without: the newest snapshot, when the one before it and
 * the log have it all. Returns: (transfer none) (nullable): NULL when nothing was. */
const char *weir_data_get_damage (WeirData *data);

uint64_t weir_data_get_install_id (WeirData *data);

/* The number of the frame with which the log goes on at the start. */
uint64_t weir_data_get_next_sequence (WeirData *data);

/* Returns: (transfer none): where content is made and where it comes from. */
WeirContentStore *weir_data_get_contents (WeirData *data);

/* Returns: (transfer none): the numbers of components, queues and names. */
WeirDictionary *weir_data_get_dictionary (WeirData *data);

/* --- what was there; before weir_data_start --- */

typedef void (*WeirDataStateFunc) (void *user, uint64_t component, const char *key,
                                   const char *value);
void weir_data_each_state (WeirData *data, WeirDataStateFunc func, void *user);

/* One FlowFile as the log left it. */
typedef struct {
  uint64_t id;
  uint64_t queue;
  uint64_t order; /* sorts a queue */
  int64_t entry_time;
  int64_t lineage_start;
  int64_t penalty_until; /* wall; 0: none */
  WeirOpNames attributes;
  WeirContentRef content;
} WeirImage;

/* By ascending id. @func returns false with @error to end it. */
typedef bool (*WeirDataImageFunc) (void *user, const WeirImage *image, GError **error);
bool weir_data_each_flowfile (WeirData *data, WeirDataImageFunc func, void *user, GError **error);

/* Content as @ref says: a claim that is read and verified when somebody asks for it.
 * Returns: false with @error when it cannot be there. Thread: any. */
bool weir_data_open_content (WeirData *data, const WeirContentRef *ref, WeirContent *ret_content,
                             GError **error);

/* --- going on --- */

/* Lets go of contents that nobody took over, and begins the log. */
bool weir_data_start (WeirData *data, GError **error);

/* As weir_log_append; it may also wait for the book, so that what is behind the log does not fall
 * behind without end. Thread: any. */
uint64_t weir_data_append (WeirData *data, int64_t wall, const void *body, size_t size,
                           uint64_t *ret_place);
uint64_t weir_data_get_appended (WeirData *data);

/* Somebody waits until @ticket is durable. Thread: any. */
void weir_data_hurry (WeirData *data, uint64_t ticket);

/* The first of @n ids of FlowFiles, which nobody ever had or will have (ids.h); it may wait for the
 * disk. Thread: any. */
uint64_t weir_data_take_ids (WeirData *data, uint32_t n);

/* True while the disk is nearly full. Asks it once a second at most. Thread: any. */
bool weir_data_is_low (WeirData *data);

/* How many bytes are free there, as far as is known, and how many must be for it not to be low any
 * more. Thread: any. */
uint64_t weir_data_get_free (WeirData *data);
uint64_t weir_data_get_enough (WeirData *data);

/* Bytes of entries that were appended since the start. Thread: any. */
uint64_t weir_data_get_logged (WeirData *data);

/* All entries with a ticket up to this one are in what weir_data_read reads. Thread: any. */
uint64_t weir_data_get_applied (WeirData *data);

/* Waits for that. Returns: false when it will never be: the applier has failed. Thread: any. */
bool weir_data_wait_applied (WeirData *data, uint64_t ticket);

/* The FlowFiles @ids, ascending, whose last entry has been applied: for those whose attributes were
 * dropped from memory. Thread: any. */
bool weir_data_read (WeirData *data, const uint64_t *ids, size_t n, WeirDataImageFunc func,
                     void *user, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirData, weir_data_free)
