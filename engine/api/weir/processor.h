/* processor.h: everything a processor module is compiled against.
 *
 * A processor is a `const WeirProcessor` and a state struct whose fields the host fills from the
 * properties; WEIR_MODULE exports it. ABI rules (tests/abi holds them): structs grow at the end
 * only, zero means "as before", no field is removed, reordered or retyped within a major. */
#pragma once

#include <weir/property.h>
#include <weir/service.h>
#include <weir/session.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;
  const char *description;
} WeirRelationship;

/* An attribute that a processor reads or writes: documentation. */
typedef struct {
  const char *name;
  const char *description;
} WeirAttributeDoc;

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
  const WeirProcessor *const *processors; /* these two: NULL-terminated */
  const WeirServiceType *const *services; /* or NULL */
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

/* Types, for WEIR_MODULE_OF; WEIR_LIST (NULL) where there are none. */
#define WEIR_LIST(...) \
  {                    \
    __VA_ARGS__, NULL  \
  }

/* The note, and the one symbol that a module exports, with its WEIR_LIST of processors and that of
 * services. */
#define WEIR_MODULE_OF(module_name, module_version, processor_list, service_list)     \
  static const WeirModuleNote weir_module_note                                        \
      __attribute__ ((section (".note.weir"), used, aligned (4))) = {                 \
        5, 8, 1, "Weir", WEIR_MODULE_MAGIC, WEIR_ABI_MAJOR, WEIR_TARGET_ABI_MINOR     \
      };                                                                              \
  static const WeirProcessor *const weir_module_processors[] = processor_list;        \
  static const WeirServiceType *const weir_module_services[] = service_list;          \
  G_BEGIN_DECLS                                                                       \
  WEIR_API const WeirModule *weir_module_v1 (void);                                   \
  G_END_DECLS                                                                         \
  const WeirModule *weir_module_v1 (void)                                             \
  {                                                                                   \
    static const WeirModule module = {                                                \
      WEIR_MODULE_MAGIC, WEIR_ABI_MAJOR, WEIR_TARGET_ABI_MINOR,  sizeof (WeirModule), \
      module_name,       module_version, weir_module_processors, weir_module_services \
    };                                                                                \
    return &module;                                                                   \
  }

/* The same for a module that has processors only. */
#define WEIR_MODULE(module_name, module_version, ...) \
  WEIR_MODULE_OF (module_name, module_version, WEIR_LIST (__VA_ARGS__), WEIR_LIST (NULL))

G_END_DECLS
