/* edit.h: changes of a flow as data: made by a person, sent to a server, undone by their inverse.
 *
 * A batch is one step: it is applied as a whole or not at all, and gives a batch that undoes it.
 * Operations say what they change as finely as they can, so that two people who change different
 * things both succeed; one that expects what is not there any more is a conflict.
 *
 * Components are named by references (locate.h) as they are when the operation's turn comes.
 *
 * Thread: any, one at a time for a flow. */
#pragma once

#include "model/flow.h"

typedef enum {
  WEIR_EDIT_ADD,       /* component, to the group at path */
  WEIR_EDIT_REMOVE,    /* what is at path, with all in it */
  WEIR_EDIT_REPLACE,   /* what is at path by component, of the same kind and id */
  WEIR_EDIT_SET,       /* one setting of what is at path */
  WEIR_EDIT_PARAMETER, /* a parameter of the group at path */
  WEIR_EDIT_RENAME,    /* gives what is at path another id; connections follow */
  WEIR_EDIT_MOVE,      /* paths to another group or place, with the connections between them */
  WEIR_EDIT_GROUP,     /* paths into a new group, with ports for what connects it */
  WEIR_EDIT_UNGROUP,   /* what is in the group at path into the group around it */
} WeirEditKind;
#define WEIR_N_EDIT_KINDS (WEIR_EDIT_UNGROUP + 1)

/* What becomes of connections to what is removed. */
typedef enum {
  WEIR_EDIT_CONNECTIONS_REMOVE, /* they go, too */
  WEIR_EDIT_CONNECTIONS_REFUSE, /* nothing is removed as long as there are some */
  WEIR_EDIT_CONNECTIONS_KEEP,   /* they lead nowhere */
} WeirEditConnections;

/* What is not used by the kind is NULL, 0, or false. All strings are owned. */
typedef struct {
  WeirEditKind kind;
  char *path;               /* a reference; of MOVE the group to move to */
  GPtrArray *paths;         /* of MOVE and GROUP: char *, references in one group */
  GArray *indexes;          /* of MOVE: int, for each of paths, -1: at the end; NULL: all there */
  int index;                /* of ADD, SET and PARAMETER: where it is put, -1: at the end */
  WeirComponent *component; /* of ADD and REPLACE: in no group */
  WeirComponent *was_component;    /* of REPLACE: what is expected there, NULL: anything */
  char *setting;                   /* of SET: see value.h */
  char *key;                       /* of SET: of a keyed setting; of PARAMETER: its name */
  char *value;                     /* of SET: NULL: the default, or not there */
  bool has_was;                    /* of SET: `was` is expected */
  char *was;                       /* NULL: the default, or not there */
  WeirParameter *parameter;        /* of PARAMETER: NULL: takes it out */
  char *id;                        /* of RENAME and GROUP */
  char *name;                      /* of GROUP: "" for none */
  WeirEditConnections connections; /* of REMOVE */

  /* It brings back what was there: an id that is no id or is there twice, ends that lead nowhere.
   */
  bool restores;
} WeirEdit;

typedef struct {
  char *name;       /* as lists of steps have it; NULL: made of the operations */
  GPtrArray *edits; /* WeirEdit */
} WeirEditBatch;

/* A component or connection that was there before under another path: its queue, its state and its
 * figures are still its own. */
typedef struct {
  char *from;
  char *to;
} WeirEditRename;

typedef struct {
  WeirEditBatch *inverse; /* undoes the batch, and gives one that does it again */
  GPtrArray *renames;     /* WeirEditRename, in the order of `from` */
} WeirEditResult;

/* Applies @batch to @flow. Pointers to components of @flow are not valid after.
 *
 * Returns: true with @ret_result; false with @error, and @flow is as it was: the message begins
 * with "operations[3]: ". WEIR_ERROR_NOT_FOUND: what it names is not there; WEIR_ERROR_EXISTS:
 * something else is there than it expects, a conflict; WEIR_ERROR_INVALID or _LIMIT: it cannot be
 * done. */
bool weir_flow_edit (WeirFlow *flow, const WeirEditBatch *batch, WeirEditResult *ret_result,
                     GError **error);
void weir_edit_result_clear (WeirEditResult *result);

/* Each returns: (transfer full). */
WeirEditBatch *weir_edit_batch_new (const char *name);
WeirEditBatch *weir_edit_batch_clone (const WeirEditBatch *batch);
void weir_edit_batch_free (WeirEditBatch *batch);

/* "Move 3 processors", "Set Input Directory of read": its name, or made of its operations.
 * Returns: (transfer full). */
char *weir_edit_batch_get_title (const WeirEditBatch *batch);

/* Each adds an operation at the end. Returns: (transfer none): to be filled in further. */
WeirEdit *weir_edit_batch_add (WeirEditBatch *batch, WeirEditKind kind, const char *path);

/* @component: (transfer full). */
WeirEdit *weir_edit_batch_add_component (WeirEditBatch *batch, const char *group,
                                         WeirComponent *component, int index);
WeirEdit *weir_edit_batch_remove (WeirEditBatch *batch, const char *path);
WeirEdit *weir_edit_batch_set (WeirEditBatch *batch, const char *path, const char *setting,
                               const char *key, const char *value);

/* @path becomes one of the paths of @edit, at @index of a MOVE. */
void weir_edit_add_path (WeirEdit *edit, const char *path, int index);

/* Returns: (transfer full). */
WeirEdit *weir_edit_clone (const WeirEdit *edit);
void weir_edit_free (WeirEdit *edit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEditBatch, weir_edit_batch_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirEditResult, weir_edit_result_clear)
