/* ledger.h: which files were listed, each with the time and size it then had.
 *
 * As text it comes in parts, of which only those change whose files do.
 *
 * Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <weir/error.h>

#define FILE_LEDGER_PARTS 64u
#define FILE_LEDGER_MAX   100000 /* files */

typedef struct FileLedger FileLedger;

typedef enum {
  FILE_LEDGER_NEW, /* or changed: it is listed from now on */
  FILE_LEDGER_KNOWN,
  FILE_LEDGER_FULL,
} FileLedgerVerdict;

/* Returns: (transfer full). */
FileLedger *file_ledger_new (void);

/* Takes NULL. */
void file_ledger_free (FileLedger *ledger);

FileLedgerVerdict file_ledger_note (FileLedger *ledger, const char *path, int64_t time,
                                    uint64_t size);

/* A look ends; with @forgets, what it did not note is forgotten. */
void file_ledger_next_look (FileLedger *ledger, bool forgets);

/* Returns: (transfer full) (nullable): NULL when the part is as it was when this was last asked. */
char *file_ledger_take_text (FileLedger *ledger, unsigned number);

/* Adds what is in a part. */
bool file_ledger_add_text (FileLedger *ledger, const char *text, GError **error);
