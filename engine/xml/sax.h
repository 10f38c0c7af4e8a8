/* sax.h: libxml2 behind a lock: events with exact places, and nothing that XML can do beside text.
 *
 * Refused: DTDs and with them entities, other encodings than UTF-8, NUL, more than
 * WEIR_LIMIT_FLOW_BYTES, deeper than WEIR_LIMIT_XML_DEPTH. No file or network is touched.
 *
 * Thread: any. */
#pragma once

#include "model/problem.h"

typedef struct {
  const char *name;   /* with its prefix */
  const char *prefix; /* NULL for none */
  const char *uri;    /* of its namespace, NULL for none */

  /* Name and value in turn, closed by NULL; names with their prefix, and namespaces declared here
   * as "xmlns" or "xmlns:prefix". */
  const char *const *attributes;
  WeirOrigin origin;
  size_t start; /* offset of its '<' */
} WeirXmlElement;

/* What was found, in the order of the document. A function that returns false ends the parsing; it
 * has said why. */
typedef struct {
  bool (*on_start) (void *data, const WeirXmlElement *element);
  bool (*on_end) (void *data, size_t end); /* offset behind its '>' */
  bool (*on_text) (void *data, const char *text, size_t length, WeirOrigin origin);
  bool (*on_comment) (void *data, const char *xml); /* or a processing instruction */
} WeirXmlHandler;

/* Returns: true when all was well-formed and read. What ended the parsing is added to @problems. */
bool weir_xml_parse (const char *text, size_t size, const WeirXmlHandler *handler, void *data,
                     GPtrArray *problems);
