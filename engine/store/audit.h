/* audit.h: what a data directory holds, read from the first byte to the last while no engine runs:
 * for `weir data`. It counts, finds what is damaged, sets that aside, and makes the directory
 * smaller. Who only counts may do that while an engine runs.
 *
 * Damage is never an error here: it is a finding, and the reading goes on behind it. Nothing is
 * changed but by weir_audit_repair and weir_audit_compact. Thread: one at a time. */
#pragma once

#include "base/fs.h"

typedef struct WeirAudit WeirAudit;

typedef struct {
  const char *directory;
  WeirFs *fs;       /* NULL outside of tests */
  bool passes_over; /* reads on behind damage to the snapshot, which repairing needs */
  bool only_counts; /* takes no lock: nothing but weir_audit_read follows */
} WeirAuditOptions;

typedef struct {
  bool is_damage; /* else a remark: nothing is lost by it */
  char *file;     /* below the directory */
  uint64_t offset;
  char *what;   /* is there, and what should be */
  char *effect; /* what that means, and for which FlowFiles */
} WeirFinding;

typedef struct {
  char *name; /* `source path:relationship>target path` */
  uint64_t n_flowfiles;
  uint64_t bytes;
  int64_t oldest; /* wall, microseconds: when the oldest of them entered the flow */
} WeirAuditQueue;

typedef struct {
  char *name; /* path of a component */
  uint64_t n_keys;
  uint64_t bytes;
} WeirAuditState;

typedef struct {
  uint64_t n_files;
  uint64_t bytes;
} WeirAuditFiles;

typedef struct {
  uint64_t n_flowfiles;
  uint64_t bytes; /* of their contents */
  int64_t oldest; /* 0: there are none */
  WeirAuditFiles log, snapshot, content, archive, quarantine;
  uint64_t n_frames; /* that were read */
  uint64_t n_entries;
  uint64_t n_images;
  uint64_t n_claims; /* that were verified */
} WeirAuditFigures;

/* Takes the lock, if it does not only count. Returns: (transfer full): NULL with @error: an engine
 * runs there, or it is no data directory of this version. */
WeirAudit *weir_audit_open (const WeirAuditOptions *options, GError **error);
void weir_audit_free (WeirAudit *audit);

/* Reads the snapshot and the log behind it, which is what there is. While an engine runs: what was
 * there at some moment not long ago, and no findings. Returns: false with @error when the disk does
 * not let it. */
bool weir_audit_read (WeirAudit *audit, GError **error);

/* Then all else: each block of each part, older segments, each content. */
bool weir_audit_verify (WeirAudit *audit, GError **error);

/* After both of the above: what is damaged is copied to DIR/quarantine, and the directory becomes
 * one that an engine opens, with all that could be read. */
bool weir_audit_repair (WeirAudit *audit, GError **error);

/* After weir_audit_read, without damage: one part in the place of all, and nothing that nobody
 * needs. */
bool weir_audit_compact (WeirAudit *audit, GError **error);

/* --- what was found --- */

/* Returns: (transfer none). */
const WeirAuditFigures *weir_audit_get_figures (WeirAudit *audit);

/* Returns: (transfer none): WeirFinding; of the next two WeirAuditQueue and WeirAuditState, by
 * name. */
GPtrArray *weir_audit_get_findings (WeirAudit *audit);

/* Returns: (transfer none). */
GPtrArray *weir_audit_get_queues (WeirAudit *audit);

/* Returns: (transfer none). */
GPtrArray *weir_audit_get_states (WeirAudit *audit);

bool weir_audit_is_damaged (WeirAudit *audit);

/* Returns: (transfer none) (nullable): who used the directory when it was read, as the lock says.
 * @ret_wall: of the last entry that was read; 0: all is as the last snapshot says. */
const char *weir_audit_get_user (WeirAudit *audit, int64_t *ret_wall);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirAudit, weir_audit_free)
