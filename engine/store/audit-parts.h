/* audit-parts.h: what the files of the audit share; inside the store only. */
#pragma once

#include "store/audit.h"
#include "store/book.h"
#include "store/identity.h"
#include "store/log-reader.h"

struct WeirAudit {
  WeirAuditOptions options;
  char *directory;
  char *log_directory;
  char *snapshot_directory;
  char *content_directory;
  char *archive_directory;
  WeirIdentity identity;
  char *user; /* who has the lock, when it only counts; NULL: nobody */
  WeirDictionary *dictionary;
  WeirBook *book;            /* NULL: no snapshot can be read */
  uint64_t first_place;      /* up to which the snapshot holds what the log says */
  uint64_t sequence;         /* of the first frame that is not in it */
  WeirFrame last;            /* that was applied; its payload is gone */
  WeirLogEnd end;            /* of the log */
  GPtrArray *findings;       /* WeirFinding */
  GPtrArray *queues;         /* WeirAuditQueue */
  GPtrArray *states;         /* WeirAuditState */
  uint64_t highest_sequence; /* of a frame that was seen */
  GHashTable *lost;          /* uint64_t: FlowFiles that the snapshot does not have whole */
  GArray *unreadable;        /* uint64_t: FlowFiles whose contents are */
  GPtrArray *damaged;        /* names below the directory: files that are */
  bool has_hole;             /* in the log */
  WeirAuditFigures figures;
};

/* @format: what is there; @effect: (transfer full) (nullable). */
void weir_audit_add (WeirAudit *audit, bool is_damage, const char *file, uint64_t offset,
                     char *effect, const char *format, ...) G_GNUC_PRINTF (6, 7);

/* Returns: (transfer full): "log/000000000001.log". */
char *weir_audit_name_segment (uint64_t number);

static inline uint64_t
weir_audit_get_segment_size (const WeirAudit *audit)
{
  return audit->identity.segment_size;
}

/* audit-log.c: the log behind the snapshot, into the book; then the segments before it. */
bool weir_audit_read_log (WeirAudit *audit, GError **error);
bool weir_audit_verify_segments (WeirAudit *audit, GError **error);

/* The same while an engine runs: it ends where the engine is, or was. Returns: false with @error
 * when the engine has been faster. */
bool weir_audit_read_living_log (WeirAudit *audit, GError **error);

/* audit-frame.c: what the bytes at @place are, which should be frame @sequence. Returns: (transfer
 * full). @ret_effect: (transfer full): which FlowFiles it spoke of, as far as can be seen. */
char *weir_audit_explain_frame (WeirAudit *audit, uint64_t place, uint64_t sequence,
                                char **ret_effect);

/* audit-content.c. Returns: (transfer full): NULL with @error. */
WeirContentStore *weir_audit_open_contents (WeirAudit *audit, GError **error);
bool weir_audit_verify_contents (WeirAudit *audit, GError **error);

/* audit.c: opens the newest snapshot that can be read, forgetting what was read before. */
bool weir_audit_open_book (WeirAudit *audit, GError **error);
