/* build.h: makes the part of a model that an element stands for. The reader's hand. */
#pragma once

#include "model/problem.h"
#include "xml/schema.h"

typedef struct {
  WeirXmlTag tag;
  void *target;             /* the struct that its attributes fill */
  WeirOrigin *origin;       /* in the target, NULL for a plain element */
  WeirGhosts *ghosts;       /* the same */
  WeirComponent *component; /* it is or belongs to */
  WeirGroup *group;         /* it is or stands in */
  GPtrArray *places;        /* of a group: Place, until it is closed */
  GPtrArray *bends;         /* of a group: Bend, the same */
} WeirXmlNode;

/* Makes what @tag stands for and puts it into what @parent stands for. */
void weir_xml_open (WeirXmlTag tag, const WeirXmlNode *parent, const char *id,
                    WeirXmlNode *ret_node);

/* Makes the node of the document element. */
void weir_xml_open_flow (WeirFlow *flow, WeirXmlNode *ret_node);

/* Ends @node. @text: what stood in it. @xml: the element as written, for what has no place. */
void weir_xml_close (WeirXmlNode *node, const char *text, const char *xml);

/* Frees what is left of a node that was not closed. */
void weir_xml_node_clear (WeirXmlNode *node);
