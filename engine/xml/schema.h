/* schema.h: the elements and attributes of a flow file as tables.
 *
 * Reader and writer go by the same rows, so what one writes the other reads. flow.rng says the same
 * to other programs; a test holds the two together. */
#pragma once

#include "model/flow.h"

#define WEIR_XML_NAMESPACE "urn:weir:flow:1"

typedef enum {
  WEIR_XML_FLOW,
  WEIR_XML_GROUP,
  WEIR_XML_COMMENT,
  WEIR_XML_PARAMETERS,
  WEIR_XML_PARAMETER,
  WEIR_XML_SERVICE,
  WEIR_XML_PROCESSOR,
  WEIR_XML_PROPERTY,
  WEIR_XML_SCHEDULE,
  WEIR_XML_RETRY,
  WEIR_XML_AUTO_TERMINATE,
  WEIR_XML_PORT,
  WEIR_XML_FUNNEL,
  WEIR_XML_LABEL,
  WEIR_XML_CONNECTION,
  WEIR_XML_RELATIONSHIP,
  WEIR_XML_LAYOUT,
  WEIR_XML_AT,
  WEIR_XML_BEND,
  WEIR_XML_N_TAGS,
} WeirXmlTag;

typedef enum {
  WEIR_XML_TEXT,      /* char *, "" by default */
  WEIR_XML_NULLABLE,  /* char *, NULL by default */
  WEIR_XML_BOOL,      /* "false" and "true", or `choices` */
  WEIR_XML_COUNT,     /* unsigned */
  WEIR_XML_BIG_COUNT, /* uint64_t */
  WEIR_XML_SIZE,      /* uint64_t */
  WEIR_XML_DURATION,  /* int64_t, microseconds */
  WEIR_XML_CHOICE,    /* unsigned, into `choices` */
  WEIR_XML_NUMBER,    /* double, in hundredths */
  WEIR_XML_EVERY,     /* WeirSchedule: makes it a timer */
  WEIR_XML_CRON,      /* WeirSchedule: makes it a cron */
  WEIR_XML_FROM,      /* WeirConnection: the source, with its relationship when there is one */
} WeirXmlType;

typedef struct {
  const char *name;
  WeirXmlType type;
  size_t offset;              /* in the struct that the element fills */
  bool always;                /* written even when it is the default */
  uint64_t by_default;        /* of the numeric types */
  uint64_t minimum;           /* of WEIR_XML_COUNT */
  const char *const *choices; /* closed by NULL */
} WeirXmlAttribute;

typedef struct {
  const char *name;
  unsigned parents; /* bits, 1 << WeirXmlTag: where it may stand */
  bool has_text;    /* holds text, not elements */
  bool is_plain;    /* has no place for ghosts: with anything unknown in it, all of it is one */
  bool is_single;   /* once in its parent */
  const WeirXmlAttribute *attributes; /* in the order they are written, closed by a NULL name */
} WeirXmlRow;

/* What <at> and <bend> fill, before it is known whose they are. */
typedef struct {
  char *id;
  WeirPlace place;
} WeirXmlPlace;

typedef struct {
  char *from;
  char *to;
  WeirPoint point;
} WeirXmlBend;

/* Returns: (transfer none): the row of @tag. */
const WeirXmlRow *weir_xml_row (WeirXmlTag tag);

/* Finds the element @name that may stand in @parent.
 * Returns: false when there is none. */
bool weir_xml_find (const char *name, WeirXmlTag parent, WeirXmlTag *ret_tag);

/* Sets the attribute of @target, the struct of the element. NULL resets a text to its default.
 * Returns: true, or false with @error and nothing changed. */
bool weir_xml_attribute_parse (const WeirXmlAttribute *attribute, void *target, const char *text,
                               GError **error);

/* Returns: (transfer full) (nullable): the text, NULL when it is not written. */
char *weir_xml_attribute_format (const WeirXmlAttribute *attribute, const void *target);
