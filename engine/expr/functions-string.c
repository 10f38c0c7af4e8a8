/* functions-string.c: texts from texts. */
#include "base/limits.h"
#include "expr/function.h"
#include "expr/text.h"

/* Turns around the case of the 26 letters from @first on; a loop that is made into vectors. */
static void
change_ascii_case (char *restrict to, const char *restrict from, size_t length, char first)
{
  for (size_t i = 0; i < length; i++)
    to[i] = (char)(from[i] ^ ((unsigned char)(from[i] - first) < 26 ? 0x20 : 0));
}

/* Whether the next character that is no mark, @before or behind @at, has a case. */
static bool
is_cased (const char *text, const char *at, const char *end, bool before)
{
  gunichar c = 0;

  while (before ? at > text : (at = g_utf8_next_char (at)) < end) {
    if (before)
      at = g_utf8_prev_char (at);
    c = g_utf8_get_char (at);
    if (!g_unichar_ismark (c))
      return g_unichar_isupper (c) || g_unichar_islower (c) || g_unichar_istitle (c);
  }
  return false;
}

/* In lower case a sigma is written as a last one when it ends a word of more letters; GLib looks
 * only at what is behind it. Returns: (transfer full). */
static char *
write_sigmas (const char *text, size_t length)
{
  static const char sigma[] = "\u03a3", small[] = "\u03c3", last[] = "\u03c2";
  char *written = g_strndup (text, length);
  const char *end = written + length;

  for (char *at = written; (at = strstr (at, sigma)) != NULL; at += strlen (sigma))
    memcpy (at,
            is_cased (written, at, end, true) && !is_cased (written, at, end, false) ? last : small,
            strlen (sigma));
  return written;
}

static char *
lower_utf8 (const char *text, size_t length)
{
  g_autofree char *written = write_sigmas (text, length);

  return g_utf8_strdown (written, (gssize)length);
}

/* Upper or lower case: bytes when all are ASCII, else by the rules of Unicode. */
static bool
change_case (WeirExprRun *run, const WeirExprValue *text, bool upper, WeirExprValue *ret_value,
             GError **error)
{
  g_autofree char *changed = NULL;
  size_t length = text->length;
  char *copy;

  if (weir_expr_is_nothing (text))
    return true;
  if (weir_expr_text_is_ascii (text->text, length)) {
    copy = weir_expr_run_alloc (run, length, error);
    if (copy == NULL)
      return false;
    change_ascii_case (copy, text->text, length, upper ? 'a' : 'A');
  } else {
    if (!weir_expr_run_charge (run, length, error))
      return false;
    if (!g_utf8_validate_len (text->text, length, NULL))
      return weir_expr_run_fail (error, text, "is not UTF-8");
    changed = upper ? g_utf8_strup (text->text, (gssize)length) : lower_utf8 (text->text, length);
    length = strlen (changed);
    copy = weir_expr_run_alloc (run, length, error);
    if (copy == NULL)
      return false;
    memcpy (copy, changed, length);
  }
  *ret_value = weir_expr_closed (copy, length);
  return true;
}

static bool
to_upper (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  return change_case (run, &args[0], true, ret_value, error);
}

static bool
to_lower (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  return change_case (run, &args[0], false, ret_value, error);
}

static bool
trim (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  WeirExprSpan span;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  span = weir_expr_text_trim (args[0].text, args[0].length);
  *ret_value = span.length == args[0].length ? args[0] : weir_expr_view (span.at, span.length);
  return true;
}

static bool
substring (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
           GError **error)
{
  int64_t from, to, units;

  *ret_value = weir_expr_static_text ("");
  if (weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]) ||
      (n_args > 2 && weir_expr_is_nothing (&args[2])))
    return true;
  if (!weir_expr_run_charge_bytes (run, args[0].length, error))
    return false;
  units = (int64_t)weir_expr_text_units (args[0].text, args[0].length);
  from = args[1].whole;
  to = n_args > 2 ? args[2].whole : units;
  if (from < 0 || to > units || from > to)
    return true;
  return weir_expr_text_slice (run, &args[0], (size_t)from, (size_t)to, ret_value, error);
}

typedef enum { BEFORE, AFTER } Side;

/* The part of the subject on one side of the first or last place of the argument; all of it when
 * the argument is not in it or empty. */
static bool
cut (WeirExprRun *run, const WeirExprValue *args, bool last, Side side, WeirExprValue *ret_value,
     GError **error)
{
  const WeirExprValue *text = &args[0];
  const WeirExprValue *part = &args[1];
  ptrdiff_t at = -1;

  if (weir_expr_is_nothing (text)) {
    *ret_value = weir_expr_static_text ("");
    return true;
  }
  *ret_value = *text;
  if (weir_expr_is_nothing (part) || part->length == 0)
    return true;
  if (!weir_expr_text_search (run, text, part, last, &at, error))
    return false;
  if (at < 0)
    return true;
  if (side == BEFORE) {
    *ret_value = weir_expr_view (text->text, (size_t)at);
  } else {
    *ret_value =
        weir_expr_view (text->text + at + part->length, text->length - (size_t)at - part->length);
    ret_value->closed = text->closed;
  }
  return true;
}

static bool
substring_before (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                  WeirExprValue *ret_value, GError **error)
{
  return cut (run, args, false, BEFORE, ret_value, error);
}

static bool
substring_before_last (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                       WeirExprValue *ret_value, GError **error)
{
  return cut (run, args, true, BEFORE, ret_value, error);
}

static bool
substring_after (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                 WeirExprValue *ret_value, GError **error)
{
  return cut (run, args, false, AFTER, ret_value, error);
}

static bool
substring_after_last (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                      WeirExprValue *ret_value, GError **error)
{
  return cut (run, args, true, AFTER, ret_value, error);
}

static bool
put_together (WeirExprRun *run, const WeirExprValue *first, const WeirExprValue *second,
              WeirExprValue *ret_value, GError **error)
{
  char *text = weir_expr_run_alloc (run, (size_t)first->length + second->length, error);

  if (text == NULL)
    return false;
  if (first->length > 0)
    memcpy (text, first->text, first->length);
  if (second->length > 0)
    memcpy (text + first->length, second->text, second->length);
  *ret_value = weir_expr_closed (text, (size_t)first->length + second->length);
  return true;
}

static bool
append (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  return put_together (run, &args[0], &args[1], ret_value, error);
}

static bool
prepend (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  return put_together (run, &args[1], &args[0], ret_value, error);
}

/* Nothing to look for is found between all characters and at both ends, as in Java. */
static bool
replace_empty_part (WeirExprRun *run, const WeirExprValue *text, const WeirExprValue *by,
                    WeirExprValue *ret_value, GError **error)
{
  WeirExprBuilder builder = { 0 };

  for (size_t at = 0; at < text->length; at++) {
    bool begins = ((unsigned char)text->text[at] & 0xc0) != 0x80;

    if (begins && !weir_expr_builder_add (&builder, run, by->text, by->length, error))
      return false;
    if (!weir_expr_builder_add (&builder, run, text->text + at, 1, error))
      return false;
  }
  if (!weir_expr_builder_add (&builder, run, by->text, by->length, error))
    return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

static bool
replace (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  const WeirExprValue *text = &args[0];
  const WeirExprValue *part = &args[1];
  const WeirExprValue *by = &args[2];
  WeirExprBuilder builder = { 0 };
  size_t from = 0;
  ptrdiff_t at;

  *ret_value = *text;
  if (weir_expr_is_nothing (text) || weir_expr_is_nothing (part))
    return true;
  if (!weir_expr_run_charge_bytes (run, 3 * (size_t)text->length + part->length, error))
    return false;
  if (part->length == 0)
    return replace_empty_part (run, text, by, ret_value, error);
  while ((at = weir_expr_text_find (text->text + from, text->length - from, part->text,
                                    part->length)) >= 0) {
    if (!weir_expr_run_charge (run, 1, error) ||
        !weir_expr_builder_add (&builder, run, text->text + from, (size_t)at, error) ||
        !weir_expr_builder_add (&builder, run, by->text, by->length, error))
      return false;
    from += (size_t)at + part->length;
  }
  if (from == 0)
    return true;
  if (!weir_expr_builder_add (&builder, run, text->text + from, text->length - from, error))
    return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

/* Makes @ret_value the padding that @text lacks: @args[2] repeated and cut. */
static bool
make_padding (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
              GError **error)
{
  const size_t units = weir_expr_text_units (args[0].text, args[0].length);
  WeirExprValue pad = weir_expr_static_text ("_");
  WeirExprBuilder builder = { 0 };
  WeirExprValue all;
  size_t missing;

  *ret_value = weir_expr_static_text ("");
  if (weir_expr_is_nothing (&args[1]) || args[1].whole <= (int64_t)units ||
      args[1].whole > INT32_MAX)
    return true;
  if (n_args > 2 && args[2].length > 0)
    pad = args[2];
  missing = (size_t)args[1].whole - units;
  if (missing > WEIR_LIMIT_EXPR_TEXT)
    return weir_expr_run_alloc (run, missing, error) != NULL;
  for (size_t done = 0; done < missing; done += weir_expr_text_units (pad.text, pad.length))
    if (!weir_expr_builder_add (&builder, run, pad.text, pad.length, error) ||
        !weir_expr_run_charge (run, 1, error))
      return false;
  all = weir_expr_builder_get (&builder);
  return weir_expr_text_slice (run, &all, 0, missing, ret_value, error);
}

static bool
pad_left (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  WeirExprValue padding;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  return make_padding (run, args, n_args, &padding, error) &&
         put_together (run, &padding, &args[0], ret_value, error);
}

static bool
pad_right (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
           GError **error)
{
  WeirExprValue padding;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  return make_padding (run, args, n_args, &padding, error) &&
         put_together (run, &args[0], &padding, ret_value, error);
}

static bool
replace_null (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
              GError **error)
{
  *ret_value = weir_expr_is_nothing (&args[0]) ? args[1] : args[0];
  return true;
}

static bool
replace_empty (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  const bool empty = weir_expr_is_nothing (&args[0]) ||
                     weir_expr_text_trim (args[0].text, args[0].length).length == 0;

  *ret_value = empty ? args[1] : args[0];
  return true;
}

static bool
text_length (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
             GError **error)
{
  *ret_value = weir_expr_whole ((int64_t)weir_expr_text_units (args[0].text, args[0].length));
  return weir_expr_run_charge_bytes (run, args[0].length, error);
}

/* Copies @pattern over and over; what is there is doubled each time. */
static void
fill (char *text, size_t length, const WeirExprValue *pattern)
{
  size_t done = MIN (length, pattern->length);

  memcpy (text, pattern->text, done);
  for (size_t part; done > 0 && done < length; done += part) {
    part = MIN (done, length - done);
    memcpy (text + done, text, part);
  }
}

static bool
repeat (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  const int64_t least = args[1].whole;
  const int64_t most = n_args > 2 ? args[2].whole : least;
  int64_t times = least;
  char *text;

  if (weir_expr_is_nothing (&args[0])) {
    *ret_value = weir_expr_static_text ("");
    return true;
  }
  if (weir_expr_is_nothing (&args[1]) || (n_args > 2 && weir_expr_is_nothing (&args[2])) ||
      least < 1 || most < least) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the number of times must be at least 1, and the largest not less than the "
                 "smallest");
    return false;
  }
  if (most > least && run->scope->random != NULL)
    times += (int64_t)weir_random_below (run->scope->random, (uint64_t)(most - least) + 1);
  times = MIN (times, WEIR_LIMIT_EXPR_TEXT + 1);
  text = weir_expr_run_alloc (run, args[0].length * (size_t)times, error);
  if (text == NULL)
    return false;
  fill (text, args[0].length * (size_t)times, &args[0]);
  *ret_value = weir_expr_closed (text, args[0].length * (size_t)times);
  return true;
}

/* toString and literal: the conversion to text has happened before the call. */
static bool
keep (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  *ret_value = args[0];
  return true;
}

static bool
evaluate_el_string (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                    WeirExprValue *ret_value, GError **error)
{
  *ret_value = args[0];
  return weir_expr_is_nothing (&args[0]) || weir_expr_run_nested (run, ret_value, error);
}

#define SUBJECT_TEXT .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_TEXT

static const WeirExprFunction rows[] = {
  { "toUpper", to_upper, SUBJECT_TEXT, .doc = "The text in upper case.",
    .example = "${filename:toUpper()}", .attributes = "filename=hello.txt", .result = "HELLO.TXT" },
  { "toLower", to_lower, SUBJECT_TEXT, .doc = "The text in lower case.",
    .example = "${filename:toLower()}", .attributes = "filename=Hello.TXT", .result = "hello.txt" },
  { "trim", trim, SUBJECT_TEXT, .doc = "The text without white space at both ends.",
    .example = "${note:trim()}", .attributes = "note= a b ", .result = "a b" },
  { "substring", substring, SUBJECT_TEXT, .parameters = "start end",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE, WEIR_EXPR_WHOLE),
    .doc = "The part from position `start`, counted from 0, up to but without `end`, or up to the "
           "end; nothing that is outside of the text.",
    .example = "${filename:substring(0, 5)}", .attributes = "filename=hello.txt",
    .result = "hello" },
  { "substringBefore", substring_before, SUBJECT_TEXT, .parameters = "part",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What stands before the first `part`; all when it has none.",
    .example = "${filename:substringBefore('.')}", .attributes = "filename=a.tar.gz",
    .result = "a" },
  { "substringBeforeLast", substring_before_last, SUBJECT_TEXT, .parameters = "part",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What stands before the last `part`; all when it has none.",
    .example = "${filename:substringBeforeLast('.')}", .attributes = "filename=a.tar.gz",
    .result = "a.tar" },
  { "substringAfter", substring_after, SUBJECT_TEXT, .parameters = "part",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What stands behind the first `part`; all when it has none.",
    .example = "${filename:substringAfter('.')}", .attributes = "filename=a.tar.gz",
    .result = "tar.gz" },
  { "substringAfterLast", substring_after_last, SUBJECT_TEXT, .parameters = "part",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What stands behind the last `part`; all when it has none.",
    .example = "${filename:substringAfterLast('.')}", .attributes = "filename=a.tar.gz",
    .result = "gz" },
  { "append", append, SUBJECT_TEXT, .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The text with another behind it.", .example = "${filename:append('.done')}",
    .attributes = "filename=a.txt", .result = "a.txt.done" },
  { "prepend", prepend, SUBJECT_TEXT, .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The text with another before it.", .example = "${filename:prepend('new-')}",
    .attributes = "filename=a.txt", .result = "new-a.txt" },
  { "replace", replace, SUBJECT_TEXT, .parameters = "part replacement",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The text with each `part` replaced, to the letter.",
    .example = "${filename:replace('.', '_')}", .attributes = "filename=a.tar.gz",
    .result = "a_tar_gz" },
  { "padLeft", pad_left, SUBJECT_TEXT, .parameters = "length padding",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE, WEIR_EXPR_TEXT),
    .doc = "The text, filled up on the left to `length` with `padding`, or with `_`.",
    .example = "${number:padLeft(5, '0')}", .attributes = "number=42", .result = "00042" },
  { "padRight", pad_right, SUBJECT_TEXT, .parameters = "length padding",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE, WEIR_EXPR_TEXT),
    .doc = "The text, filled up on the right to `length` with `padding`, or with `_`.",
    .example = "${number:padRight(5, '.')}", .attributes = "number=42", .result = "42..." },
  { "replaceNull", replace_null, SUBJECT_TEXT, .parameters = "replacement",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT), .doc = "The argument when the attribute is not there.",
    .example = "${type:replaceNull('none')}", .result = "none" },
  { "replaceEmpty", replace_empty, SUBJECT_TEXT, .parameters = "replacement",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The argument when the attribute is not there or has nothing but white space.",
    .example = "${type:replaceEmpty('none')}", .attributes = "type= ", .result = "none" },
  { "length", text_length, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_WHOLE,
    .doc = "How long the text is; 0 when there is none.", .example = "${filename:length()}",
    .attributes = "filename=hello.txt", .result = "9" },
  { "repeat", repeat, SUBJECT_TEXT, .parameters = "times most",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE, WEIR_EXPR_WHOLE), .flags = WEIR_EXPR_CHANGING,
    .doc = "The text `times` times; with `most` a random number of times between both.",
    .example = "${literal('ab'):repeat(3)}", .result = "ababab" },
  { "toString", keep, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_TEXT,
    .doc = "The subject as text.", .example = "${fileSize:toNumber():toString()}",
    .attributes = "fileSize=10", .result = "10" },
  { "literal", keep, .flags = WEIR_EXPR_NO_SUBJECT, .value = WEIR_EXPR_TEXT, .parameters = "value",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The argument itself, so that functions can work on what is not an attribute.",
    .example = "${literal(2):plus(3)}", .result = "5" },
  { "evaluateELString", evaluate_el_string, SUBJECT_TEXT, .flags = WEIR_EXPR_CHANGING,
    .doc = "What the text is worth when it is read as text with expressions.",
    .example = "${formula:evaluateELString()}", .attributes = "formula=${a:plus(1)}\na=2",
    .result = "3" },
};

const WeirExprFamily weir_expr_string_family = { "Text", WEIR_EXPR_ROWS (rows) };
