/* property.h: what a person can set of a processor or a service, and the field that holds it.
 *
 * The ABI rules of processor.h hold here. */
#pragma once

#include <weir/context.h>

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

/* A service that the flow has beside its processors, as those see it that use it: in a field
 * `const WeirService *`, enabled before on_scheduled, until on_stopped has returned. The header of
 * the interface has functions for it (<weir/sql.h>). */
typedef struct {
  const void *methods; /* of the interface that WeirProperty.interface names */
  void *state;         /* what they take first */
} WeirService;

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
  WEIR_TYPE_SERVICE,    /* its value is the id of a service, here or in a group around */
} WeirType;

/* The C type of the field is the property's type, so that the two cannot disagree. */
#define WEIR_FIELD(Struct, field) \
  .offset = offsetof (Struct, field),                                                  \
  .type = _Generic (((Struct *) NULL)->field, bool : WEIR_TYPE_BOOL,                   \
                    int64_t : WEIR_TYPE_INTEGER, double : WEIR_TYPE_NUMBER,            \
                    char * : WEIR_TYPE_STRING, WeirSize : WEIR_TYPE_SIZE,              \
                    WeirDuration : WEIR_TYPE_DURATION, WeirChoice : WEIR_TYPE_CHOICE,  \
                    const WeirExpr * : WEIR_TYPE_EXPRESSION,                           \
                    const WeirService * : WEIR_TYPE_SERVICE)

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
  bool sensitive;        /* never logged, never shown */
  const char *interface; /* what a service must offer, for WeirService */
} WeirProperty;

/* What a property that a person adds means. */
typedef struct {
  const char *name;        /* what its name stands for: "attribute name" */
  const char *value;       /* what its value stands for */
  const char *description; /* one or more sentences, Markdown */
  bool no_expressions;     /* values are literal */
  bool may_be_secret;      /* one that is made of a secret parameter is sensitive, not refused */
} WeirDynamic;

G_END_DECLS
