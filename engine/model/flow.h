/* flow.h: a flow as data: groups in groups, and in each processors, services, ports, funnels,
 * labels and the connections between them.
 *
 * Invariant: a component is in the `children` of exactly one group, its `parent`, and goes in and
 * out only through weir_group_add and weir_group_remove; its id changes only by weir_group_set_id.
 * Nothing else is promised: a flow that was read from a file may be wrong in every other way until
 * weir_flow_check found no error.
 *
 * Thread: any, one at a time; a flow that nobody changes may be read by many. */
#pragma once

#include "model/component.h"

/* What holds where the file says nothing. */
#define WEIR_DEFAULT_MAX_COUNT      10000u
#define WEIR_DEFAULT_MAX_BYTES      (UINT64_C (1) << 30)
#define WEIR_DEFAULT_PENALTY_USEC   (INT64_C (30) * G_USEC_PER_SEC)
#define WEIR_DEFAULT_YIELD_USEC     (INT64_C (1) * G_USEC_PER_SEC)
#define WEIR_DEFAULT_TASKS          1u
#define WEIR_DEFAULT_RETRY_ATTEMPTS 10u
#define WEIR_DEFAULT_RETRY_MAX_USEC (INT64_C (600) * G_USEC_PER_SEC)

/* A property as written: parameters and expressions are still in the text. */
typedef struct {
  char *name;
  char *text;
  WeirOrigin origin;
  WeirGhosts ghosts;
} WeirPropertyNode;

typedef enum {
  WEIR_SCHEDULE_EVENT, /* when there is work */
  WEIR_SCHEDULE_EVERY, /* a timer; every 0: as fast as possible */
  WEIR_SCHEDULE_CRON,
} WeirScheduleMode;

typedef struct {
  WeirScheduleMode mode;
  int64_t every_usec;
  char *cron; /* as written, for weir_cron_parse; NULL unless the mode is cron */
  unsigned tasks;
  WeirOrigin origin;
  WeirGhosts ghosts;
} WeirSchedule;

typedef enum {
  WEIR_BACKOFF_PENALIZE, /* the FlowFile waits */
  WEIR_BACKOFF_YIELD,    /* the processor waits */
} WeirBackoff;

/* What leaves by the relationship goes back @attempts times first. */
typedef struct {
  char *relationship;
  unsigned attempts;
  WeirBackoff backoff;
  int64_t max_usec;
  WeirOrigin origin;
  WeirGhosts ghosts;
} WeirRetry;

typedef struct {
  char *relationship;
  WeirOrigin origin;
  WeirGhosts ghosts;
} WeirAutoTerminate;

/* From which level on what a processor logs is a bulletin. */
typedef enum {
  WEIR_BULLETIN_DEBUG,
  WEIR_BULLETIN_INFO,
  WEIR_BULLETIN_WARNING, /* the default */
  WEIR_BULLETIN_ERROR,
  WEIR_BULLETIN_NONE,
} WeirBulletinLevel;

typedef struct {
  WeirComponent base;
  char *type;            /* never NULL */
  GPtrArray *properties; /* WeirPropertyNode */
  bool disabled;
  WeirSchedule schedule;
  int64_t penalty_usec;
  int64_t yield_usec;
  WeirBulletinLevel bulletins;
  GPtrArray *retries;         /* WeirRetry */
  GPtrArray *auto_terminates; /* WeirAutoTerminate */
} WeirProcessorNode;

typedef struct {
  WeirComponent base;
  char *type;            /* never NULL */
  GPtrArray *properties; /* WeirPropertyNode */
  bool disabled;
} WeirServiceNode;

/* An input port takes in what the group around its group sends to it: in its own group it is a
 * source. An output port is a destination there. */
typedef struct {
  WeirComponent base;
  bool is_output;
  bool disabled;
} WeirPort;

typedef struct {
  WeirComponent base;
} WeirFunnel;

typedef struct {
  WeirComponent base;
  char *text; /* never NULL */
} WeirLabel;

typedef enum {
  WEIR_ORDER_FIFO,     /* as they came into the queue */
  WEIR_ORDER_NEWEST,   /* youngest lineage first */
  WEIR_ORDER_OLDEST,   /* oldest lineage first */
  WEIR_ORDER_PRIORITY, /* by the attribute "priority", lowest first */
} WeirOrder;

typedef struct {
  double x;
  double y;
} WeirPoint;

/* One queue. Its ends are named as seen from its group: "read", or "archive/in" for a port of a
 * child group. A processor sends one or more relationships into it; ports and funnels have none. */
typedef struct {
  WeirComponent base;
  char *from;               /* never NULL */
  GPtrArray *relationships; /* char * */
  char *to;                 /* never NULL */
  uint64_t max_count;       /* 0: no limit */
  uint64_t max_bytes;       /* 0: no limit */
  int64_t expire_usec;      /* 0: never */
  WeirOrder order;
  GArray *bends; /* WeirPoint, from the source on */
} WeirConnection;

/* `#{name}` in a property. A secret has no value here: it is read from its source at start. */
typedef struct {
  char *name;
  char *value;       /* never NULL; "" for a secret */
  char *secret;      /* NULL, or its source: "env:NAME", "encrypted:..." (base/vault.h) */
  char *description; /* never NULL */
  WeirOrigin origin;
  WeirGhosts ghosts;
} WeirParameter;

/* Its parameters are seen by all groups in it that do not define the same name. */
struct WeirGroup {
  WeirComponent base;
  GPtrArray *parameters; /* WeirParameter */
  GPtrArray *children;   /* WeirComponent, of every kind, in the order of the document */
  GHashTable *by_id;     /* id to a child that has it */
  WeirGhosts parameters_ghosts;
  WeirGhosts layout_ghosts;
};

/* Name and comment of the flow are those of its root group, whose ghosts before and after stand
 * around the whole. */
typedef struct {
  WeirGroup *root; /* never NULL */
} WeirFlow;

/* Returns: (transfer full): a flow whose root group is empty. */
WeirFlow *weir_flow_new (const char *name);
void weir_flow_free (WeirFlow *flow);

/* Each returns: (transfer full): a component with defaults everywhere, in no group yet. */
WeirGroup *weir_group_new (const char *id);
WeirProcessorNode *weir_processor_node_new (const char *id, const char *type);
WeirServiceNode *weir_service_node_new (const char *id, const char *type);
WeirPort *weir_port_new (const char *id, bool is_output);
WeirFunnel *weir_funnel_new (const char *id);
WeirLabel *weir_label_new (const char *id, const char *text);

/* @relationship: NULL for none. Returns: (transfer full). */
WeirConnection *weir_connection_new (const char *from, const char *relationship, const char *to);

/* Puts @child (transfer full) at @index of the children of @group, or at their end for -1. */
void weir_group_add (WeirGroup *group, WeirComponent *child, int index);

/* Returns: (transfer full): @child, in no group now. */
WeirComponent *weir_group_remove (WeirGroup *group, WeirComponent *child);

/* Gives @child, which is in @group, another id. */
void weir_group_set_id (WeirGroup *group, WeirComponent *child, const char *id);

/* Walks the children of one kind: start with *@position 0, stop at NULL.
 * Returns: (transfer none): the struct of that kind. */
void *weir_group_next (const WeirGroup *group, WeirKind kind, guint *position);

/* Returns: (transfer none): the child with that id, or NULL. */
WeirComponent *weir_group_find (const WeirGroup *group, const char *id);

/* Returns: (transfer none): what @path ("archive/in") names, seen from @group, or NULL. */
WeirComponent *weir_group_resolve (const WeirGroup *group, const char *path);

/* Returns: (transfer none): the service that @id names in @group or the nearest group around it
 * that has one, or NULL. */
WeirServiceNode *weir_group_find_service (const WeirGroup *group, const char *id);

/* Returns: (transfer none): what @path names, seen from the root, or NULL. */
WeirComponent *weir_flow_find (const WeirFlow *flow, const char *path);

/* For an array of WeirPropertyNode. Each returns: (transfer none). */
WeirPropertyNode *weir_properties_add (GPtrArray *properties, const char *name, const char *text);
const WeirPropertyNode *weir_properties_find (const GPtrArray *properties, const char *name);

/* Each adds one with defaults. Returns: (transfer none). */
WeirRetry *weir_processor_node_add_retry (WeirProcessorNode *node, const char *relationship);
WeirAutoTerminate *weir_processor_node_add_auto_terminate (WeirProcessorNode *node,
                                                           const char *relationship);
WeirParameter *weir_group_add_parameter (WeirGroup *group, const char *name, const char *value);

/* Of one that is in no group. */
void weir_parameter_free (WeirParameter *parameter);

/* Returns: (transfer none): how @relationship is retried, or NULL. */
const WeirRetry *weir_processor_node_find_retry (const WeirProcessorNode *node,
                                                 const char *relationship);
bool weir_processor_node_is_auto_terminated (const WeirProcessorNode *node,
                                             const char *relationship);
bool weir_connection_has_relationship (const WeirConnection *connection, const char *relationship);

/* Returns: (transfer full): the source as it is written, "big:large"; of several relationships the
 * first. */
char *weir_connection_get_from_text (const WeirConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFlow, weir_flow_free)
