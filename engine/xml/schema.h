/* schema.h: the elements and attributes of a flow file as tables.
 *
 * Reader and writer go by the same rows, so what one writes the other reads. flow.rng says the same
 * to other programs; a test holds the two together. */
#pragma once

#include "model/setting.h"

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

typedef struct {
  const char *name;
  unsigned parents; /* bits, 1 << WeirXmlTag: where it may stand */
  bool has_text;    /* holds text, not elements */
  bool is_plain;    /* has no place for ghosts: with anything unknown in it, all of it is one */
  bool is_single;   /* once in its parent */
  const WeirSetting *attributes; /* in the order they are written, closed by a NULL name */
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
