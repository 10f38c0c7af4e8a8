/* component.h: what everything in a group has in common.
 *
 * The flow as data: plain structs, no threads, no I/O. Strings are owned by the struct they stand
 * in. A component begins with a WeirComponent, so that a group keeps all of them in one array in
 * the order of the document, and the kind tells which struct it is.
 *
 * Ids are chosen by people: letters, digits, '_', '-' and '.', not beginning with '-' or '.'. An id
 * is unique among the components of its group; its path ("archive/in") is unique in the flow. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirGroup WeirGroup;

typedef enum {
  WEIR_KIND_PROCESSOR,
  WEIR_KIND_SERVICE,
  WEIR_KIND_PORT,
  WEIR_KIND_FUNNEL,
  WEIR_KIND_LABEL,
  WEIR_KIND_CONNECTION,
  WEIR_KIND_GROUP,
} WeirKind;
#define WEIR_N_KINDS (WEIR_KIND_GROUP + 1)

/* Where in the file something was written; 0 when it was not read from a file. Columns count
 * characters from 1. */
typedef struct {
  unsigned line;
  unsigned column;
} WeirOrigin;

/* What the reader found and does not understand, kept for the writer. Each is NULL when there is
 * nothing. */
typedef struct {
  GPtrArray *before;     /* char *, XML in front of the element: comments, unknown elements, and
                            "" for an empty line */
  GPtrArray *inside;     /* char *, XML after its last known child */
  GPtrArray *after;      /* char *, comments behind it in the same line */
  GPtrArray *attributes; /* char *, name and value in turn: those unknown or out of range */
} WeirGhosts;

/* Where the designer draws it. */
typedef struct {
  bool is_set;
  double x;
  double y;
  double width; /* of a label; 0: the designer's choice */
  double height;
  WeirGhosts ghosts;
} WeirPlace;

typedef struct {
  WeirKind kind;
  char *id;          /* never NULL; "" for the root group and for a connection without one */
  char *name;        /* never NULL; "": shown by its id */
  char *comment;     /* never NULL */
  WeirGroup *parent; /* NULL for the root group and for what is in no group */
  WeirOrigin origin;
  WeirGhosts ghosts;
  WeirPlace place;
} WeirComponent;

/* "processor", "service", "port"... as in a message. Returns: (transfer none). */
const char *weir_kind_get_text (WeirKind kind);

/* Returns: (transfer full): the ids from below the root to @component, joined by '/'; "" for the
 * root group; for a connection without an id its ends: "archive/read:success -> big". */
char *weir_component_get_path (const WeirComponent *component);

/* Returns: (transfer none): the name, or the id when it has none. */
const char *weir_component_get_label (const WeirComponent *component);

/* Frees @component, of whatever kind, and all that is in it. It must be in no group. */
void weir_component_free (WeirComponent *component);

/* True when @id may be an id: see above; at most WEIR_LIMIT_ID bytes. */
bool weir_id_is_valid (const char *id);

/* Adds a copy of @text to *@array, which is made when it is NULL. */
void weir_ghosts_add (GPtrArray **array, const char *text);
void weir_ghosts_add_attribute (WeirGhosts *ghosts, const char *name, const char *value);
bool weir_ghosts_has_attribute (const WeirGhosts *ghosts, const char *name);
bool weir_ghosts_is_empty (const WeirGhosts *ghosts);
void weir_ghosts_clear (WeirGhosts *ghosts);
