/* property.h: one property value from text to what its field holds.
 *
 * The parser of what people write into flow files: strict, no I/O, and a message that says what is
 * expected. Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <weir/processor.h>

typedef union {
  bool boolean;
  int64_t integer;
  double number;
  char *string;
  WeirSize size;
  WeirDuration duration;
  WeirChoice choice;
  WeirExpr *expr;
  const WeirService *service; /* whatever is parsed: NULL */
} WeirValue;

/* Parses @text and checks it against allowed values, range and validate function; an expression is
 * checked when it is constant. @no_attributes: expressions have no FlowFile to look at.
 *
 * Returns: true with @ret_value set, which weir_value_clear frees. */
bool weir_property_parse (const WeirProperty *property, const char *text, bool no_attributes,
                          WeirValue *ret_value, GError **error);

/* Writes @value into the field of a state struct; what it points to stays the caller's. */
void weir_value_store (const WeirValue *value, WeirType type, void *field);

void weir_value_clear (WeirValue *value, WeirType type);

/* A limit in the unit of the property: "10 MB", "1 min", "7". Returns: (transfer full). */
char *weir_property_format_number (WeirType type, double limit);

/* False when there is no such limit, or one that no whole number can be beyond. */
bool weir_property_has_minimum (const WeirProperty *property);
bool weir_property_has_maximum (const WeirProperty *property);

/* Size and alignment of the field; 0 for a type that does not exist. */
size_t weir_type_get_size (WeirType type);

/* Returns: (transfer none): "whole number", "size" ... */
const char *weir_type_get_name (WeirType type);
