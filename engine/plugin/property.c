/* property.c: the types of properties, in one table, and the checks that all of them share. */
#include "plugin/property.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "base/units.h"
#include "expr/expr.h"
#include <math.h>
#include <string.h>

static bool
parse_bool (const char *text, WeirValue *value)
{
  value->boolean = g_ascii_strcasecmp (text, "true") == 0;
  return value->boolean || g_ascii_strcasecmp (text, "false") == 0;
}

static bool
parse_integer (const char *text, WeirValue *value)
{
  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value->integer, NULL);
}

/* strtod alone would take blanks, hexadecimal, "inf" and "nan". */
static bool
parse_number (const char *text, WeirValue *value)
{
  char *end;

  if (*text == '\0' || text[strspn (text, "0123456789+-.eE")] != '\0')
    return false;
  value->number = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (value->number);
}

typedef struct {
  const char *name;
  const char *expected; /* what is_plain refuses with, behind "is not " */
  size_t size;
  bool (*parse_plain) (const char *text, WeirValue *value);
} TypeInfo;

static const TypeInfo types[] = {
  [WEIR_TYPE_NONE] = { "none", NULL, 0, NULL },
  [WEIR_TYPE_BOOL] = { "boolean", "true or false", sizeof (bool), parse_bool },
  [WEIR_TYPE_INTEGER] = { "whole number", "a whole number", sizeof (int64_t), parse_integer },
  [WEIR_TYPE_NUMBER] = { "number", "a number", sizeof (double), parse_number },
  [WEIR_TYPE_STRING] = { "text", NULL, sizeof (char *), NULL },
  [WEIR_TYPE_SIZE] = { "size", NULL, sizeof (WeirSize), NULL },
  [WEIR_TYPE_DURATION] = { "duration", NULL, sizeof (WeirDuration), NULL },
  [WEIR_TYPE_CHOICE] = { "choice", NULL, sizeof (WeirChoice), NULL },
  [WEIR_TYPE_EXPRESSION] = { "expression", NULL, sizeof (WeirExpr *), NULL },
  [WEIR_TYPE_SERVICE] = { "service", NULL, sizeof (WeirService *), NULL },
};

size_t
weir_type_get_size (WeirType type)
{
  return (size_t)type < G_N_ELEMENTS (types) ? types[type].size : 0;
}

const char *
weir_type_get_name (WeirType type)
{
  g_assert ((size_t)type < G_N_ELEMENTS (types));
  return types[type].name;
}

static char *
join_allowed (const WeirAllowed *allowed)
{
  GString *list = g_string_new (NULL);

  for (size_t i = 0; allowed[i].value != NULL; i++)
    g_string_append_printf (list, "%s'%s'", i > 0 ? ", " : "", allowed[i].value);
  return g_string_free (list, FALSE);
}

static bool
find_allowed (const WeirAllowed *allowed, const char *text, unsigned *ret_index, GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  g_autofree char *quoted = NULL;
  const char *nearest;

  for (unsigned i = 0; allowed[i].value != NULL; i++) {
    if (strcmp (allowed[i].value, text) == 0) {
      *ret_index = i;
      return true;
    }
    g_ptr_array_add (values, (void *)allowed[i].value);
  }

  quoted = weir_error_quote (text);
  nearest = weir_suggest (text, (const char *const *)values->pdata, values->len);
  if (nearest != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is not allowed; did you mean '%s'?",
                 quoted, nearest);
  } else {
    g_autofree char *list = join_allowed (allowed);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is not allowed; use one of %s", quoted,
                 list);
  }
  return false;
}

char *
weir_property_format_number (WeirType type, double limit)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (type == WEIR_TYPE_SIZE && limit >= 0 && limit < (double)G_MAXINT64)
    return weir_units_format_size ((uint64_t)limit);
  if (type == WEIR_TYPE_DURATION && fabs (limit) < (double)G_MAXINT64)
    return weir_units_format_duration ((int64_t)limit);
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.15g", limit));
}

static bool
has_range (const WeirProperty *property)
{
  return property->minimum != 0 || property->maximum != 0;
}

bool
weir_property_has_minimum (const WeirProperty *property)
{
  return has_range (property) && property->minimum > (double)G_MININT64;
}

bool
weir_property_has_maximum (const WeirProperty *property)
{
  return has_range (property) && property->maximum < (double)G_MAXINT64;
}

static bool
check_range (const WeirProperty *property, double value, const char *text, GError **error)
{
  g_autofree char *quoted = NULL;
  g_autofree char *minimum = NULL;
  g_autofree char *maximum = NULL;

  if (!has_range (property))
    return true;
  if (value >= property->minimum && value <= property->maximum)
    return true;

  quoted = weir_error_quote (text);
  minimum = weir_property_format_number (property->type, property->minimum);
  maximum = weir_property_format_number (property->type, property->maximum);
  if (value < property->minimum)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is too small; the least is %s", quoted,
                 minimum);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is too large; the most is %s", quoted,
                 maximum);
  return false;
}

static bool
parse_plain (WeirType type, const char *text, WeirValue *ret_value, GError **error)
{
  g_autofree char *quoted = NULL;

  if (types[type].parse_plain (text, ret_value))
    return true;
  quoted = weir_error_quote (text);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is not %s", quoted, types[type].expected);
  return false;
}

/* The checks on a value that is known as text: of a string, or of a constant expression. */
static bool
check_text (const WeirProperty *property, const char *text, GError **error)
{
  unsigned index;

  if (property->required && *text == '\0') {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "must not be empty");
    return false;
  }
  if (property->allowed != NULL && !find_allowed (property->allowed, text, &index, error))
    return false;
  if (has_range (property)) {
    WeirValue value;

    if (!parse_plain (WEIR_TYPE_NUMBER, text, &value, error) ||
        !check_range (property, value.number, text, error))
      return false;
  }
  return true;
}

static bool
parse_expression (const WeirProperty *property, const char *text, bool no_attributes,
                  WeirValue *ret_value, GError **error)
{
  WeirExprFlags flags = no_attributes ? WEIR_EXPR_NO_ATTRIBUTES : WEIR_EXPR_NONE;
  g_autoptr (WeirExpr) expr = weir_expr_compile (text, flags, error);
  const char *literal;

  if (expr == NULL)
    return false;

  literal = weir_expr_get_literal (expr);
  if (literal != NULL) {
    if (!check_text (property, literal, error))
      return false;
    if (property->validate != NULL && !property->validate (literal, error))
      return false;
  }
  ret_value->expr = g_steal_pointer (&expr);
  return true;
}

static bool
parse_typed (const WeirProperty *property, const char *text, WeirValue *ret_value, GError **error)
{
  switch (property->type) {
  case WEIR_TYPE_BOOL:
    return parse_plain (property->type, text, ret_value, error);
  case WEIR_TYPE_INTEGER:
    return parse_plain (property->type, text, ret_value, error) &&
           check_range (property, (double)ret_value->integer, text, error);
  case WEIR_TYPE_NUMBER:
    return parse_plain (property->type, text, ret_value, error) &&
           check_range (property, ret_value->number, text, error);
  case WEIR_TYPE_SIZE:
    return weir_units_parse_size (text, &ret_value->size.bytes, error) &&
           check_range (property, (double)ret_value->size.bytes, text, error);
  case WEIR_TYPE_DURATION:
    return weir_units_parse_duration (text, &ret_value->duration.usec, error) &&
           check_range (property, (double)ret_value->duration.usec, text, error);
  case WEIR_TYPE_CHOICE:
    return find_allowed (property->allowed, text, &ret_value->choice.index, error);
  case WEIR_TYPE_STRING:
  case WEIR_TYPE_SERVICE: /* an id; who has it is not known here */
    return check_text (property, text, error);
  case WEIR_TYPE_NONE:
  case WEIR_TYPE_EXPRESSION:
    break;
  }
  g_assert_not_reached ();
}

static bool
is_acceptable_text (const char *text, GError **error)
{
  if (strlen (text) > WEIR_LIMIT_PROPERTY_BYTES) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "has %zu bytes, more than the %u that a property may have", strlen (text),
                 WEIR_LIMIT_PROPERTY_BYTES);
    return false;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "is not UTF-8 text");
    return false;
  }
  return true;
}

bool
weir_property_parse (const WeirProperty *property, const char *text, bool no_attributes,
                     WeirValue *ret_value, GError **error)
{
  WeirValue value = { 0 };

  if (!is_acceptable_text (text, error))
    return false;
  if (property->type == WEIR_TYPE_EXPRESSION)
    return parse_expression (property, text, no_attributes, ret_value, error);
  if (!parse_typed (property, text, &value, error))
    return false;
  if (property->validate != NULL && !property->validate (text, error))
    return false;
  if (property->type == WEIR_TYPE_STRING)
    value.string = g_strdup (text);
  *ret_value = value;
  return true;
}

void
weir_value_store (const WeirValue *value, WeirType type, void *field)
{
  memcpy (field, value, weir_type_get_size (type));
}

void
weir_value_clear (WeirValue *value, WeirType type)
{
  if (type == WEIR_TYPE_STRING)
    g_clear_pointer (&value->string, g_free);
  else if (type == WEIR_TYPE_EXPRESSION)
    g_clear_pointer (&value->expr, weir_expr_free);
}
