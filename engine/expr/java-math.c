/* java-math.c: the functions of java.lang.Math by their names.
 *
 * As in Java a name means one function for each combination of types, and a whole number is not
 * made a decimal to find one. */
#include "expr/java-math.h"
#include "base/error.h"
#include "base/suggest.h"
#include "expr/number.h"
#include <math.h>
#include <weir/error.h>

typedef enum {
  WHOLE,             /* of a whole number */
  DECIMAL,           /* of a decimal */
  DECIMAL_TO_WHOLE,  /* a whole number of a decimal */
  TWO_WHOLE,         /* of two whole numbers */
  TWO_DECIMAL,       /* of two decimals */
  DECIMAL_AND_WHOLE, /* of a decimal and a whole number of 32 bits */
} Shape;

typedef struct {
  const char *name;
  Shape shape;
  union {
    bool (*whole) (int64_t a, int64_t *ret_value);
    double (*decimal) (double a);
    int64_t (*decimal_to_whole) (double a);
    bool (*two_whole) (int64_t a, int64_t b, int64_t *ret_value);
    double (*two_decimal) (double a, double b);
    double (*decimal_and_whole) (double a, int b);
  };
} Function;

/* Functions of whole numbers are false when the result does not fit. */

static bool
abs_whole (int64_t a, int64_t *ret_value)
{
  *ret_value = a < 0 ? (int64_t)(0 - (uint64_t)a) : a;
  return true;
}

static bool
abs_exact (int64_t a, int64_t *ret_value)
{
  return a != INT64_MIN && abs_whole (a, ret_value);
}

static bool
negate_exact (int64_t a, int64_t *ret_value)
{
  return !__builtin_sub_overflow ((int64_t)0, a, ret_value);
}

static bool
increment_exact (int64_t a, int64_t *ret_value)
{
  return !__builtin_add_overflow (a, (int64_t)1, ret_value);
}

static bool
decrement_exact (int64_t a, int64_t *ret_value)
{
  return !__builtin_sub_overflow (a, (int64_t)1, ret_value);
}

static bool
to_int_exact (int64_t a, int64_t *ret_value)
{
  *ret_value = a;
  return a >= INT32_MIN && a <= INT32_MAX;
}

static bool
max_whole (int64_t a, int64_t b, int64_t *ret_value)
{
  *ret_value = MAX (a, b);
  return true;
}

static bool
min_whole (int64_t a, int64_t b, int64_t *ret_value)
{
  *ret_value = MIN (a, b);
  return true;
}

static bool
add_exact (int64_t a, int64_t b, int64_t *ret_value)
{
  return !__builtin_add_overflow (a, b, ret_value);
}

static bool
subtract_exact (int64_t a, int64_t b, int64_t *ret_value)
{
  return !__builtin_sub_overflow (a, b, ret_value);
}

static bool
multiply_exact (int64_t a, int64_t b, int64_t *ret_value)
{
  return !__builtin_mul_overflow (a, b, ret_value);
}

static bool
multiply_high (int64_t a, int64_t b, int64_t *ret_value)
{
  __extension__ __int128 product = (__int128)a * b;

  *ret_value = (int64_t)(product >> 64);
  return true;
}

/* Rounds down, or up with @up; the one pair that overflows wraps, as in Java. */
static bool
divide_whole (int64_t a, int64_t b, bool up, int64_t *ret_value)
{
  if (b == 0)
    return false;
  if (b == -1)
    *ret_value = (int64_t)(0 - (uint64_t)a);
  else
    *ret_value = a / b + (a % b == 0 || ((a % b < 0) == (b < 0)) != up ? 0 : up ? 1 : -1);
  return true;
}

static bool
floor_div (int64_t a, int64_t b, int64_t *ret_value)
{
  return divide_whole (a, b, false, ret_value);
}

static bool
ceil_div (int64_t a, int64_t b, int64_t *ret_value)
{
  return divide_whole (a, b, true, ret_value);
}

static bool
floor_mod (int64_t a, int64_t b, int64_t *ret_value)
{
  if (!divide_whole (a, b, false, ret_value))
    return false;
  *ret_value = (int64_t)((uint64_t)a - (uint64_t)*ret_value * (uint64_t)b);
  return true;
}

static bool
ceil_mod (int64_t a, int64_t b, int64_t *ret_value)
{
  if (!divide_whole (a, b, true, ret_value))
    return false;
  *ret_value = (int64_t)((uint64_t)a - (uint64_t)*ret_value * (uint64_t)b);
  return true;
}

static double
to_radians (double a)
{
  return a * 0.017453292519943295;
}

static double
to_degrees (double a)
{
  return a * 57.29577951308232;
}

static double
signum (double a)
{
  return a == 0 || isnan (a) ? a : copysign (1, a);
}

static double
ulp (double a)
{
  const double size = fabs (a);
  const double next = nextafter (size, INFINITY);

  if (isnan (a) || isinf (a))
    return size;
  return isinf (next) ? size - nextafter (size, 0) : next - size;
}

static double
next_up (double a)
{
  return nextafter (a, INFINITY);
}

static double
next_down (double a)
{
  return nextafter (a, -INFINITY);
}

static int64_t
round_half_up (double a)
{
  const double low = floor (a);

  return weir_expr_number_truncate (a - low >= 0.5 ? low + 1 : low);
}

static int64_t
get_exponent (double a)
{
  if (isnan (a) || isinf (a))
    return 1024;
  return a == 0 || !isnormal (a) ? -1023 : ilogb (a);
}

/* C gives the number where Java gives NaN. */
static double
max_decimal (double a, double b)
{
  if (isnan (a) || isnan (b))
    return NAN;
  if (a == b)
    return signbit (a) ? b : a;
  return fmax (a, b);
}

static double
min_decimal (double a, double b)
{
  if (isnan (a) || isnan (b))
    return NAN;
  if (a == b)
    return signbit (a) ? a : b;
  return fmin (a, b);
}

static double
java_pow (double a, double b)
{
  if (isnan (b) || (fabs (a) == 1 && isinf (b)))
    return NAN;
  return pow (a, b);
}

static const Function functions[] = {
  { "abs", WHOLE, .whole = abs_whole },
  { "absExact", WHOLE, .whole = abs_exact },
  { "negateExact", WHOLE, .whole = negate_exact },
  { "incrementExact", WHOLE, .whole = increment_exact },
  { "decrementExact", WHOLE, .whole = decrement_exact },
  { "toIntExact", WHOLE, .whole = to_int_exact },
  { "max", TWO_WHOLE, .two_whole = max_whole },
  { "min", TWO_WHOLE, .two_whole = min_whole },
  { "addExact", TWO_WHOLE, .two_whole = add_exact },
  { "subtractExact", TWO_WHOLE, .two_whole = subtract_exact },
  { "multiplyExact", TWO_WHOLE, .two_whole = multiply_exact },
  { "multiplyHigh", TWO_WHOLE, .two_whole = multiply_high },
  { "floorDiv", TWO_WHOLE, .two_whole = floor_div },
  { "floorMod", TWO_WHOLE, .two_whole = floor_mod },
  { "ceilDiv", TWO_WHOLE, .two_whole = ceil_div },
  { "ceilMod", TWO_WHOLE, .two_whole = ceil_mod },
  { "abs", DECIMAL, .decimal = fabs },
  { "ceil", DECIMAL, .decimal = ceil },
  { "floor", DECIMAL, .decimal = floor },
  { "rint", DECIMAL, .decimal = rint },
  { "sqrt", DECIMAL, .decimal = sqrt },
  { "cbrt", DECIMAL, .decimal = cbrt },
  { "exp", DECIMAL, .decimal = exp },
  { "expm1", DECIMAL, .decimal = expm1 },
  { "log", DECIMAL, .decimal = log },
  { "log10", DECIMAL, .decimal = log10 },
  { "log1p", DECIMAL, .decimal = log1p },
  { "sin", DECIMAL, .decimal = sin },
  { "cos", DECIMAL, .decimal = cos },
  { "tan", DECIMAL, .decimal = tan },
  { "asin", DECIMAL, .decimal = asin },
  { "acos", DECIMAL, .decimal = acos },
  { "atan", DECIMAL, .decimal = atan },
  { "sinh", DECIMAL, .decimal = sinh },
  { "cosh", DECIMAL, .decimal = cosh },
  { "tanh", DECIMAL, .decimal = tanh },
  { "toRadians", DECIMAL, .decimal = to_radians },
  { "toDegrees", DECIMAL, .decimal = to_degrees },
  { "signum", DECIMAL, .decimal = signum },
  { "ulp", DECIMAL, .decimal = ulp },
  { "nextUp", DECIMAL, .decimal = next_up },
  { "nextDown", DECIMAL, .decimal = next_down },
  { "round", DECIMAL_TO_WHOLE, .decimal_to_whole = round_half_up },
  { "getExponent", DECIMAL_TO_WHOLE, .decimal_to_whole = get_exponent },
  { "max", TWO_DECIMAL, .two_decimal = max_decimal },
  { "min", TWO_DECIMAL, .two_decimal = min_decimal },
  { "pow", TWO_DECIMAL, .two_decimal = java_pow },
  { "atan2", TWO_DECIMAL, .two_decimal = atan2 },
  { "hypot", TWO_DECIMAL, .two_decimal = hypot },
  { "IEEEremainder", TWO_DECIMAL, .two_decimal = remainder },
  { "copySign", TWO_DECIMAL, .two_decimal = copysign },
  { "nextAfter", TWO_DECIMAL, .two_decimal = nextafter },
  { "scalb", DECIMAL_AND_WHOLE, .decimal_and_whole = ldexp },
};

static bool
takes (const Function *function, const WeirExprValue *a, const WeirExprValue *b)
{
  const bool is_whole = a->type == WEIR_EXPR_WHOLE;

  switch (function->shape) {
  case WHOLE:
    return is_whole && b == NULL;
  case DECIMAL:
  case DECIMAL_TO_WHOLE:
    return !is_whole && b == NULL;
  case TWO_WHOLE:
    return is_whole && b != NULL && b->type == WEIR_EXPR_WHOLE;
  case TWO_DECIMAL:
    return !is_whole && b != NULL && b->type == WEIR_EXPR_DECIMAL;
  case DECIMAL_AND_WHOLE:
    return !is_whole && b != NULL && b->type == WEIR_EXPR_WHOLE;
  }
  g_assert_not_reached ();
}

static bool
call (const Function *function, const WeirExprValue *a, const WeirExprValue *b,
      WeirExprValue *ret_value)
{
  int64_t whole = 0;
  bool fits = true;

  switch (function->shape) {
  case WHOLE:
    fits = function->whole (a->whole, &whole);
    *ret_value = weir_expr_whole (whole);
    break;
  case DECIMAL:
    *ret_value = weir_expr_decimal (function->decimal (a->decimal));
    break;
  case DECIMAL_TO_WHOLE:
    *ret_value = weir_expr_whole (function->decimal_to_whole (a->decimal));
    break;
  case TWO_WHOLE:
    fits = function->two_whole (a->whole, b->whole, &whole);
    *ret_value = weir_expr_whole (whole);
    break;
  case TWO_DECIMAL:
    *ret_value = weir_expr_decimal (function->two_decimal (a->decimal, b->decimal));
    break;
  case DECIMAL_AND_WHOLE:
    *ret_value =
        weir_expr_decimal (function->decimal_and_whole (a->decimal, (int)(int32_t)b->whole));
    break;
  }
  return fits;
}

static bool
fail_unknown (const char *name, const WeirExprValue *a, const WeirExprValue *b, bool is_known,
              GError **error)
{
  const char *names[G_N_ELEMENTS (functions)];
  g_autofree char *quoted = weir_error_quote (name);
  const char *near;

  for (size_t i = 0; i < G_N_ELEMENTS (functions); i++)
    names[i] = functions[i].name;
  near = is_known ? NULL : weir_suggest (name, names, G_N_ELEMENTS (names));
  if (near != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "java.lang.Math has no %s; did you mean '%s'?", quoted, near);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "java.lang.Math has no %s for a %s%s%s; toDecimal or toNumber change the type",
                 quoted, weir_expr_type_name (a->type), b != NULL ? " and a " : "",
                 b != NULL ? weir_expr_type_name (b->type) : "");
  return false;
}

bool
weir_expr_java_math (const char *name, const WeirExprValue *a, const WeirExprValue *b,
                     WeirExprValue *ret_value, GError **error)
{
  bool is_known = false;

  for (size_t i = 0; i < G_N_ELEMENTS (functions); i++) {
    if (strcmp (functions[i].name, name) != 0)
      continue;
    is_known = true;
    if (!takes (&functions[i], a, b))
      continue;
    if (call (&functions[i], a, b, ret_value))
      return true;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the result of %s does not fit", name);
    return false;
  }
  return fail_unknown (name, a, b, is_known, error);
}
