/* service.h: what several processors share: a pool of connections, settings, a cache.
 *
 * A service is a `const WeirServiceType` and a state struct whose fields the host fills from the
 * properties, as for a processor. Which service a processor uses is a property of it, and the two
 * meet in an interface: a name, and a struct of functions under that name that never changes but at
 * its end. The ABI rules of processor.h hold here. */
#pragma once

#include <weir/property.h>

G_BEGIN_DECLS

/* What was tried and what answered, for the person who asked whether a service works. */
typedef struct WeirVerify WeirVerify;

/* One step: "connect", and "PostgreSQL 15.8 at db.example:5432". A step that failed is returned as
 * error of on_verify instead. Thread: the one that on_verify runs on. */
WEIR_API void weir_verify_tell (WeirVerify *verify, const char *step, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

typedef struct {
  uint32_t struct_size; /* these four: WEIR_SERVICE_ABI */
  uint32_t property_size;
  uint32_t allowed_size;
  uint32_t dynamic_size;

  const char *name;        /* as written in the flow file: "SqlConnection" */
  const char *summary;     /* one sentence: palette tooltip, page title */
  const char *description; /* Markdown body of the page, or NULL */
  const char *tags;        /* comma separated */

  const char *interface; /* what it offers: "weir.sql" */
  const void *methods;   /* the struct of that interface */

  const WeirProperty *properties;
  size_t n_properties;
  const WeirDynamic *dynamic; /* NULL: added properties are refused */

  size_t state_size; /* zeroed by the host, then filled from the properties */

  /* Checks what one property alone cannot tell. Also called when a flow is only checked: no I/O,
   * nothing to free, and no services in the state. */
  bool (*on_configure) (const void *state, WeirConfig *config, GError **error);

  /* Before its first user starts. What may take long (a connection) begins when it is first needed.
   * If it fails, none of its users starts, and the host tries again later; on_disabled is then not
   * called. Of @context, what concerns triggers and relationships means nothing here. */
  bool (*on_enabled) (void *state, WeirContext *context, GError **error);

  /* After its last user has stopped. */
  void (*on_disabled) (void *state);

  /* Tries what users of the service would need, tells each step, and changes nothing outside. The
   * state is one of its own, between on_enabled and on_disabled. */
  bool (*on_verify) (void *state, WeirVerify *verify, GError **error);
} WeirServiceType;

#define WEIR_SERVICE_ABI                                                           \
  .struct_size = sizeof (WeirServiceType), .property_size = sizeof (WeirProperty), \
  .allowed_size = sizeof (WeirAllowed), .dynamic_size = sizeof (WeirDynamic)

/* The methods, under the name of their interface, of a type of them that @table has. */
#define WEIR_OFFERS(name, table) .interface = (name), .methods = (table)

G_END_DECLS
