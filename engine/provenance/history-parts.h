/* history-parts.h: what the files of the history share: its partitions, of which few are open, and
 * the blocks that are unpacked; inside history*.c and lineage.c only. */
#pragma once

#include "provenance/history.h"
#include "store/dictionary.h"

/* A partition. Those of a history and of its blocks hold a reference each. */
typedef struct {
  uint64_t number;
  uint64_t start;           /* its first event; 0: not known yet */
  WeirPartition *partition; /* NULL: not open */
  bool is_damaged;
  bool is_gone;  /* retention dropped it while it was read */
  uint64_t used; /* when it was used last */
} WeirHistoryFile;

typedef struct {
  WeirHistoryFile *file;
  uint64_t first;
  uint32_t n;
  GBytes *bytes;
  WeirBlockReader *reader;
  unsigned n_users; /* cursors that are in it */
  const void
      *last; /* for whom the reader unpacked the last event; others' are not valid any more */
  uint64_t used;
} WeirHistoryBlock;

struct WeirHistory {
  char *directory; /* provenance/ */
  uint64_t install;
  GPtrArray *files;  /* WeirHistoryFile, by number */
  GPtrArray *blocks; /* WeirHistoryBlock: those in use, and some that were */
  GPtrArray *problems;
  uint64_t now; /* counts uses */
  WeirHistoryProgressFunc on_progress;
  void *user;
};

/* Its partition, which stays open as long as a block of it has a user or nothing else is opened.
 * Returns: (transfer none) (nullable): NULL when it cannot be read; then that is a problem. */
WeirPartition *weir_history_file_open (WeirHistory *history, WeirHistoryFile *file);

/* A WeirHistoryFile. */
void weir_history_file_unref (void *file);

/* What cannot be read from now on, and why; takes over @error. */
void weir_history_give_up (WeirHistory *history, WeirHistoryFile *file, GError *error);
/* That events should be there and are not, unless that is a problem already. */
void weir_history_tell_gap (WeirHistory *history, uint64_t from, uint64_t to);
void weir_history_add_problem (WeirHistory *history, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Which blocks; the numbers in @wish that depend on a partition come from the texts. */
typedef struct {
  WeirBlockWish wish;
  const char *component; /* (nullable) */
} WeirHistoryWish;

/* The first block that fits and has @at or is behind it (before it when descending).
 * Returns: false at the end. */
bool weir_history_seek (WeirHistory *history, const WeirHistoryWish *wish, uint64_t at,
                        WeirHistoryFile **ret_file, WeirBlockRow *ret_row);

/* Returns: (transfer none): what is in use until it is given back; NULL with @error: it was not
 * wanted any more; NULL without: it is damaged, and a problem. */
WeirHistoryBlock *weir_history_take_block (WeirHistory *history, WeirHistoryFile *file,
                                           const WeirBlockRow *row, GError **error);
void weir_history_give_back (WeirHistoryBlock *block);

/* An event of it, for @user. */
void weir_history_get (WeirHistoryBlock *block, uint32_t index, const void *user,
                       WeirEvent *ret_event);

/* Unpacks those columns. Returns: false when they are damaged, which is a problem then. */
bool weir_history_load (WeirHistory *history, WeirHistoryBlock *block, unsigned columns);
