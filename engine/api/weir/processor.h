/* processor.h: everything a processor module is compiled against.
 *
 * A processor is a `const WeirProcessor` and a state struct whose fields the host fills from the
 * properties; WEIR_MODULE exports it. ABI rules (tests/abi holds them): structs grow at the end
 * only, zero means "as before", no field is removed, reordered or retyped within a major. */
#pragma once

#include <weir/session.h>

G_BEGIN_DECLS

/* Property types beside bool, int64_t, double and char *. */
typedef struct {
  uint64_t bytes;
} WeirSize; /* "10 MB" */
typedef struct {
  int64_t usec;
} WeirDuration; /* "5 min" */
typedef struct {
  unsigned index;
} WeirChoice; /* into WeirProperty.allowed */

typedef enum {
  WEIR_TYPE_NONE,
  WEIR_TYPE_BOOL,
  WEIR_TYPE_INTEGER,
  WEIR_TYPE_NUMBER,
  WEIR_TYPE_STRING,
  WEIR_TYPE_SIZE,
  WEIR_TYPE_DURATION,
  WEIR_TYPE_CHOICE,
  WEIR_TYPE_EXPRESSION, /* evaluated by the module, once per FlowFile */
} WeirType;

/* The C type of the field is the property's type, so that the two cannot disagree. */
#define WEIR_FIELD(Struct, field) \
  .offset = offsetof (Struct, field),                                                  \
  .type = _Generic (((Struct *) NULL)->field, bool : WEIR_TYPE_BOOL,                   \
                    int64_t : WEIR_TYPE_INTEGER, double : WEIR_TYPE_NUMBER,            \
                    char * : WEIR_TYPE_STRING, WeirSize : WEIR_TYPE_SIZE,              \
                    WeirDuration : WEIR_TYPE_DURATION, WeirChoice : WEIR_TYPE_CHOICE,  \
                    const WeirExpr * : WEIR_TYPE_EXPRESSION)

/* How an editor should ask for a value. */
typedef enum {
  WEIR_HINT_NONE,
  WEIR_HINT_FILE,
  WEIR_HINT_DIRECTORY,
  WEIR_HINT_REGEX,
  WEIR_HINT_TEXT, /* several lines */
  WEIR_HINT_CHARSET,
} WeirHint;

typedef struct {
  const char *value;       /* as written in the flow file */
  const char *description; /* one sentence */
} WeirAllowed;

/* Refuses a value with a sentence that says what is expected. It sees values without expressions.
 */
typedef bool (*WeirValidateFunc) (const char *value, GError **error);

typedef struct {
  const char *name;        /* as written in the flow file; never renamed */
  const char *description; /* one or more sentences, Markdown */
  WeirType type;           /* set by WEIR_FIELD */
  size_t offset;           /* set by WEIR_FIELD */
  const char *default_value;
  const char *example;
  const WeirAllowed *allowed; /* closed by a NULL value; for WeirChoice */
  WeirValidateFunc validate;
  double minimum; /* inclusive, for numbers, sizes (bytes) and durations (microseconds); */
  double maximum; /* no limits when both are 0 */
  WeirHint hint;
  bool required;
  bool sensitive; /* never logged, never shown */
} WeirProperty;

typedef struct {
  const char *name;
  const char *description;
} WeirRelationship;

/* An attribute that a processor reads or writes: documentation. */
typedef struct {
  const char *name;
  const char *description;
} WeirAttributeDoc;

/* What a property that a person adds means. */
typedef struct {
  const char *name;        /* what its name stands for: "attribute name" */
  const char *value;       /* what its value stands for */
  const char *description; /* one or more sentences, Markdown */
  bool no_expressions;     /* values are literal */
} WeirDynamic;

typedef enum {
  WEIR_INPUT_REQUIRED,
  WEIR_INPUT_ALLOWED,
  WEIR_INPUT_FORBIDDEN,
} WeirInput;

typedef enum {
  WEIR_TRANSFORM,
  WEIR_SOURCE, /* brings data in: stopped first when the disk fills */
  WEIR_SINK,   /* takes data out */
} WeirRole;

typedef enum {
  WEIR_SERIAL,     /* on_trigger is never entered twice at once for one processor */
  WEIR_CONCURRENT, /* on_trigger may run on several workers; what is not configuration in the state
                      is the module's to guard */
} WeirThreading;

typedef struct {
  uint32_t struct_size; /* these six: WEIR_PROCESSOR_ABI */
  uint32_t property_size;
  uint32_t relationship_size;
  uint32_t allowed_size;
  uint32_t attribute_size;
  uint32_t dynamic_size;

  const char *name;        /* as written in the flow file: "SplitText" */
  const char *summary;     /* one sentence: palette tooltip, page title */
  const char *description; /* Markdown body of the page, or NULL */
  const char *tags;        /* comma separated */
  WeirInput input;
  WeirRole role;
  WeirThreading threading;

  const WeirProperty *properties;
  size_t n_properties;
  const WeirRelationship *relationships;
  size_t n_relationships;
  const WeirAttributeDoc *reads;
  size_t n_reads;
  const WeirAttributeDoc *writes;
  size_t n_writes;
  const WeirDynamic *dynamic; /* NULL: added properties are refused */

  bool side_effects;    /* acts on the world outside: each trigger is committed on its own */
  bool any_destination; /* triggered while any relationship has room, not only when all have */

  size_t state_size; /* zeroed by the host, then filled from the properties */

  /* Checks what one property alone cannot tell, and adds relationships that depend on the
   * configuration. Also called when a flow is only checked: no I/O, nothing to free. */
  bool (*on_configure) (const void *state, WeirConfig *config, GError **error);

  /* Before the first trigger. If it fails, the host tries again later; on_stopped is then not
   * called. */
  bool (*on_scheduled) (void *state, WeirContext *context, GError **error);

  /* One piece of work. False with @error set means "I cannot work": all is undone, what was got is
   * penalized, the message is shown. A FlowFile that is bad by itself goes to a failure
   * relationship, and the trigger returns true. */
  bool (*on_trigger) (void *state, WeirSession *session, GError **error);

  /* After the last trigger has returned. */
  void (*on_stopped) (void *state);
} WeirProcessor;

#define WEIR_PROCESSOR_ABI                                                              \
  .struct_size = sizeof (WeirProcessor), .property_size = sizeof (WeirProperty),        \
  .relationship_size = sizeof (WeirRelationship), .allowed_size = sizeof (WeirAllowed), \
  .attribute_size = sizeof (WeirAttributeDoc), .dynamic_size = sizeof (WeirDynamic)
#define WEIR_PROPERTIES(table)    .properties = (table), .n_properties = G_N_ELEMENTS (table)
#define WEIR_RELATIONSHIPS(table) .relationships = (table), .n_relationships = G_N_ELEMENTS (table)
#define WEIR_READS(table)         .reads = (table), .n_reads = G_N_ELEMENTS (table)
#define WEIR_WRITES(table)        .writes = (table), .n_writes = G_N_ELEMENTS (table)

typedef struct {
  uint32_t magic; /* these four are frozen for ever */
  uint16_t abi_major;
  uint16_t abi_minor;
  uint32_t struct_size;
  const char *name;
  const char *version;
  const WeirProcessor *const *processors; /* NULL-terminated */
} WeirModule;

#define WEIR_MODULE_MAGIC 0x52494557u /* "WEIR" in the file */

/* A module may promise that it uses nothing newer than an older minor. */
#ifndef WEIR_TARGET_ABI_MINOR
#define WEIR_TARGET_ABI_MINOR WEIR_ABI_MINOR
#endif

/* An ELF note: what a loader reads in the file before it runs anything of the module. Frozen. */
typedef struct {
  uint32_t name_size;
  uint32_t data_size;
  uint32_t type;
  char name[8];
  uint32_t magic;
  uint16_t abi_major;
  uint16_t abi_minor;
} WeirModuleNote;

/* The note, and the one symbol that a module exports. */
#define WEIR_MODULE(module_name, module_version, ...)                                              \
  static const WeirModuleNote weir_module_note                                                     \
      __attribute__ ((section (".note.weir"), used, aligned (4))) = {                              \
        5, 8, 1, "Weir", WEIR_MODULE_MAGIC, WEIR_ABI_MAJOR, WEIR_TARGET_ABI_MINOR                  \
      };                                                                                           \
  G_BEGIN_DECLS                                                                                    \
  WEIR_API const WeirModule *weir_module_v1 (void);                                                \
  G_END_DECLS                                                                                      \
  const WeirModule *weir_module_v1 (void)                                                          \
  {                                                                                                \
    static const WeirProcessor *const processors[] = { __VA_ARGS__, NULL };                        \
    static const WeirModule module = { WEIR_MODULE_MAGIC,   WEIR_ABI_MAJOR, WEIR_TARGET_ABI_MINOR, \
                                       sizeof (WeirModule), module_name,    module_version,        \
                                       processors };                                               \
    return &module;                                                                                \
  }

G_END_DECLS
