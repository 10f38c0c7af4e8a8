#include "model/reference.h"
#include <string.h>
#include <weir/error.h>

/* References as <name>, those in expressions as (name), in quoted strings there as [name]. */
static char *
split (const char *text)
{
  GString *result = g_string_new (NULL);
  WeirPieceScanner scanner;
  WeirPiece piece;
  g_autoptr (GError) error = NULL;

  weir_piece_scanner_init (&scanner, text);
  while (weir_piece_scanner_next (&scanner, &piece, &error)) {
    const char *marks = piece.quote != '\0' ? "[]" : piece.in_expression ? "()" : "<>";

    if (piece.kind == WEIR_PIECE_PARAMETER)
      g_string_append_printf (result, "%c%.*s%c", marks[0], (int)piece.length, piece.start,
                              marks[1]);
    else
      g_string_append_len (result, piece.start, (gssize)piece.length);
  }
  if (error != NULL) {
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
    g_string_assign (result, "error");
  }
  return g_string_free (result, FALSE);
}

static void
test_splits (void)
{
  static const char *const cases[][2] = {
    { "", "" },
    { "plain", "plain" },
    { "#{a}", "<a>" },
    { "x#{a}y#{b c}", "x<a>y<b c>" },
    { "#{ a }", "<a>" },
    { "#{'a b'}", "<a b>" },
    { "#{\"a}b\"}", "<a}b>" },
    { "##{a}", "#{a}" },
    { "###{a}", "#<a>" },
    { "####{a}", "##{a}" },
    { "#####{a}#{b}", "##<a><b>" },
    { "a##b #c", "a##b #c" },
    { "#", "#" },
    { "##", "##" },
    { "${x}#{a}", "${x}<a>" },
    { "${#{a}:f()}", "${(a):f()}" },
    { "${f('#{a}')}#{b}", "${f('[a]')}<b>" },
    { "${f('\\'#{a}')}#{b}", "${f('\\'[a]')}<b>" },
    { "${a:f(${#{b}})}#{c}", "${a:f(${(b)})}<c>" },
    { "$${#{a}}", "$${<a>}" },
    { "$$${#{a}}", "$$${(a)}" },
    { "${f(\"}'\")}#{a}", "${f(\"}'\")}<a>" },
    { "'#{a}'", "'<a>'" },
    { "}#{a}", "}<a>" },
    { "${f('##{a}')}", "${f('#{a}')}" },
    { "#{", "error" },
    { "#{}", "error" },
    { "#{ }", "error" },
    { "#{''}", "error" },
    { "#{'a'", "error" },
    { "#{'a' b}", "error" },
    { "x #{a", "error" },
    { "${'\\", "${'\\" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *result = split (cases[i][0]);

    g_assert_cmpstr (result, ==, cases[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/reference/splits", test_splits);
  return g_test_run ();
}
