/* edit-parts.h: what a batch is applied by. For edit-*.c only.
 *
 * Each function checks all, then changes the flow and notes what undoes it; or returns false with
 * @error and nothing changed, but for the compound ones (edit-group.c), whose steps so far are
 * undone by the batch. */
#pragma once

#include "model/edit.h"
#include "model/value.h"

typedef struct {
  WeirFlow *flow;
  GPtrArray *undo;     /* WeirEdit, to be done from the end */
  GHashTable *origins; /* component to its path before the batch, of those that may have changed */
  GHashTable *added;   /* set of components that were not there before the batch */
} WeirEditor;

/* edit-apply.c: @component: (transfer full), also on failure. */
bool weir_editor_add (WeirEditor *editor, WeirGroup *group, WeirComponent *component, int index,
                      bool restores, GError **error);
bool weir_editor_remove (WeirEditor *editor, WeirComponent *component,
                         WeirEditConnections connections, GError **error);
bool weir_editor_replace (WeirEditor *editor, WeirComponent *component, WeirComponent *with,
                          const WeirComponent *was, GError **error);

/* edit-set.c: value, was... as in @edit. */
bool weir_editor_set (WeirEditor *editor, WeirComponent *component, const WeirEdit *edit,
                      GError **error);
bool weir_editor_set_value (WeirEditor *editor, WeirComponent *component, const char *setting,
                            const char *text, GError **error);
bool weir_editor_parameter (WeirEditor *editor, WeirGroup *group, const WeirEdit *edit,
                            GError **error);

/* edit-move.c: @indexes: NULL, or int, one for each of @components. */
bool weir_editor_rename (WeirEditor *editor, WeirComponent *component, const char *id,
                         bool restores, GError **error);
bool weir_editor_move (WeirEditor *editor, const GPtrArray *components, const GArray *indexes,
                       WeirGroup *to, bool restores, GError **error);

/* edit-group.c and edit-ungroup.c */
bool weir_editor_group (WeirEditor *editor, const GPtrArray *components, const char *id,
                        const char *name, GError **error);
bool weir_editor_ungroup (WeirEditor *editor, WeirGroup *group, GError **error);

/* Returns: (transfer full): an id that neither @group nor @others (nullable) has, made of @wanted.
 */
char *weir_edit_make_id (const WeirGroup *group, const WeirGroup *others, const char *wanted);

/* --- edit-note.c: what is known of a batch --- */

/* Adds an edit that undoes a step. Returns: (transfer none). */
WeirEdit *weir_editor_note (WeirEditor *editor, WeirEditKind kind, const WeirComponent *target);

/* Before a step that changes the path of @component and of what is in it. */
void weir_editor_keep_path (WeirEditor *editor, const WeirComponent *component);

/* @component, and what is in it, is new, is gone, or is now @with. */
void weir_editor_keep_added (WeirEditor *editor, const WeirComponent *component);
void weir_editor_forget (WeirEditor *editor, const WeirComponent *component);
void weir_editor_keep_replaced (WeirEditor *editor, const WeirComponent *component,
                                const WeirComponent *with);

/* Returns: (transfer full): WeirEditRename. */
GPtrArray *weir_editor_get_renames (WeirEditor *editor);

/* --- edit-ends.c: connections by their ends --- */

/* True when the end of @connection leads to @component, or to a port of it if it is a group. */
bool weir_edit_touches (const WeirConnection *connection, const WeirComponent *component,
                        bool is_source);

/* True when the end leads to a component of @set, or to a port of a group that is one. */
bool weir_edit_leads_into (const WeirConnection *connection, GHashTable *set, bool is_source);

/* Returns: (transfer container): WeirConnection, those that touch @component from outside of it. */
GPtrArray *weir_edit_get_touching (const WeirComponent *component);

/* Returns: (transfer none) (nullable): a connection that would touch @component if its id were @id,
 * and leads nowhere now. */
const WeirConnection *weir_edit_get_waiting (const WeirComponent *component, const char *id);

/* Lets the ends of @connection that touch @component, whose id is still the old one, name @id. */
void weir_edit_follow (WeirConnection *connection, const WeirComponent *component, const char *id);

/* Whether an end may be @text in @group: "read:success" for a source. */
bool weir_edit_check_end (const WeirGroup *group, const char *text, bool is_source, GError **error);

/* Position of @component in its group. */
int weir_edit_get_index (const WeirComponent *component);

/* True when another component of its group has its id. */
bool weir_edit_is_twin (const WeirComponent *component);

/* Whether @id may be the id of @component in @group, where it is not yet. */
bool weir_edit_check_id (const WeirGroup *group, const WeirComponent *component, const char *id,
                         GError **error);

/* Whether groups stay flat enough when @component comes into @group. */
bool weir_edit_check_depth (const WeirGroup *group, const WeirComponent *component, GError **error);
