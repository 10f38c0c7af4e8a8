/* markup.h: XML text, one element a line. The writer's pen.
 *
 * Thread: any, one at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  GString *out;
  unsigned depth;
  bool in_tag;       /* the '>' of a start tag is not written yet */
  const void *owner; /* whose text is written: the caller's to set */
  GError *error;     /* the first text that XML cannot hold */
  const void *error_owner;
} WeirMarkup;

void weir_markup_init (WeirMarkup *markup);

/* Returns: (transfer full): all that was written; NULL with @error. */
char *weir_markup_finish (WeirMarkup *markup, size_t *ret_size, GError **error);

void weir_markup_start (WeirMarkup *markup, const char *name);
void weir_markup_attribute (WeirMarkup *markup, const char *name, const char *value);

/* Ends the element @name, which holds @text; every character of it will be read again. */
void weir_markup_end_with_text (WeirMarkup *markup, const char *name, const char *text);
void weir_markup_end (WeirMarkup *markup, const char *name);

/* Writes @xml as it is: in a line of its own, or behind the element that was ended last. */
void weir_markup_line (WeirMarkup *markup, const char *xml);
void weir_markup_append (WeirMarkup *markup, const char *xml);
