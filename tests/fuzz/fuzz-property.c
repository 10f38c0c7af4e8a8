/* fuzz-property.c: any text is refused, with a reason, or stored, for each type of property. */
#include "plugin/property.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  bool boolean;
  int64_t integer;
  double number;
  char *string;
  WeirSize size;
  WeirDuration duration;
  WeirChoice choice;
  const WeirExpr *expr;
} State;

static const WeirAllowed modes[] = { { "fast", "" }, { "safe", "" }, { NULL } };

static const WeirProperty properties[] = {
  { "Boolean", "", WEIR_FIELD (State, boolean) },
  { "Integer", "", WEIR_FIELD (State, integer), .minimum = -10, .maximum = 10 },
  { "Number", "", WEIR_FIELD (State, number), .minimum = -1.5, .maximum = 1e9 },
  { "String", "", WEIR_FIELD (State, string), .required = true },
  { "Size", "", WEIR_FIELD (State, size), .minimum = 1, .maximum = 1e18 },
  { "Duration", "", WEIR_FIELD (State, duration), .minimum = 1, .maximum = 1e18 },
  { "Choice", "", WEIR_FIELD (State, choice), .allowed = modes },
  { "Expression", "", WEIR_FIELD (State, expr) },
  { "Number expression", "", WEIR_FIELD (State, expr), .minimum = 1, .maximum = 9 },
  { "Choice expression", "", WEIR_FIELD (State, expr), .allowed = modes },
};

static void
parse (const WeirProperty *property, const char *text)
{
  g_autoptr (GError) error = NULL;
  WeirValue value;
  State state;

  if (!weir_property_parse (property, text, false, &value, &error)) {
    g_assert_nonnull (error);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  g_assert_no_error (error);
  weir_value_store (&value, property->type, (char *)&state + property->offset);
  if (property->type == WEIR_TYPE_INTEGER)
    g_assert_true (state.integer >= -10 && state.integer <= 10);
  if (property->type == WEIR_TYPE_NUMBER)
    g_assert_true (state.number >= -1.5 && state.number <= 1e9);
  if (property->type == WEIR_TYPE_CHOICE)
    g_assert_cmpstr (modes[state.choice.index].value, ==, text);
  weir_value_clear (&value, property->type);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);

  for (size_t i = 0; i < G_N_ELEMENTS (properties); i++)
    parse (&properties[i], text);
  return 0;
}
