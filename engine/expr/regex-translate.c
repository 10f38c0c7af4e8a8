/* regex-translate.c: patterns of java.util.regex in the words of PCRE2.
 *
 * What both read alike passes. What only Java has (classes in classes, &&, \p{Lower}, \uXXXX) is
 * written differently; what only PCRE2 has (recursion, verbs, conditions, \K) is refused, so that
 * a pattern means here what it means there. */
#include "base/limits.h"
#include "expr/regex.h"

typedef struct {
  const char *start;
  const char *at;
  const char *end;
  GString *out;
  unsigned n_groups;
  unsigned depth; /* of classes in classes */
} Translator;

static bool translate_set (Translator *translator, GString *out, GError **error);

static bool
fail (Translator *translator, GError **error, const char *problem)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "regular expression, position %zu: %s",
               (size_t)g_utf8_strlen (translator->start, translator->at - translator->start) + 1,
               problem);
  return false;
}

static char
peek (const Translator *translator, size_t offset)
{
  if (translator->at + offset >= translator->end)
    return '\0';
  return translator->at[offset];
}

static bool
looking_at (const Translator *translator, const char *text)
{
  const size_t length = strlen (text);

  return (size_t)(translator->end - translator->at) >= length &&
         memcmp (translator->at, text, length) == 0;
}

/* @n hexadecimal digits at @at; -1 when there are none. */
static long
read_hex (const Translator *translator, size_t offset, unsigned n)
{
  long sum = 0;

  for (unsigned i = 0; i < n; i++) {
    int digit = g_ascii_xdigit_value (peek (translator, offset + i));

    if (digit < 0)
      return -1;
    sum = sum * 16 + digit;
  }
  return sum;
}

/* \uXXXX, where two may be the halves of one character. */
static bool
translate_unicode (Translator *translator, GString *out, GError **error)
{
  long code = read_hex (translator, 1, 4);
  long low;

  if (code < 0)
    return fail (translator, error, "\\u needs four hexadecimal digits");
  translator->at += 5;
  low = looking_at (translator, "\\u") ? read_hex (translator, 2, 4) : -1;
  if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    translator->at += 6;
  } else if (code >= 0xd800 && code < 0xe000) {
    return fail (translator, error, "\\u gives half a character");
  }
  g_string_append_printf (out, "\\x{%lx}", code);
  return true;
}

/* \0 and one to three octal digits, at most 0377. */
static bool
translate_octal (Translator *translator, GString *out, GError **error)
{
  unsigned sum = 0;
  unsigned n = 0;

  for (translator->at++; n < 3; n++, translator->at++) {
    char c = peek (translator, 0);

    if (c < '0' || c > '7' || sum * 8 + (unsigned)(c - '0') > 255)
      break;
    sum = sum * 8 + (unsigned)(c - '0');
  }
  if (n == 0)
    return fail (translator, error, "\\0 needs octal digits");
  g_string_append_printf (out, "\\x{%x}", sum);
  return true;
}

/* Java's names for properties that are not those of Unicode are ASCII only. */
static const char *
find_posix (const char *name)
{
  static const char *const names[][2] = {
    { "Lower", "lower" }, { "Upper", "upper" }, { "ASCII", "ascii" }, { "Alpha", "alpha" },
    { "Digit", "digit" }, { "Alnum", "alnum" }, { "Punct", "punct" }, { "Graph", "graph" },
    { "Print", "print" }, { "Blank", "blank" }, { "Cntrl", "cntrl" }, { "XDigit", "xdigit" },
    { "Space", "space" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i][0], name) == 0)
      return names[i][1];
  return NULL;
}

/* The range of a block of Unicode, as it stands in a class; NULL when it is not among those that
 * people name. */
static const char *
find_block (const char *name)
{
  static const char *const blocks[][2] = {
    { "BasicLatin", "\\x{0}-\\x{7f}" },
    { "Latin1Supplement", "\\x{80}-\\x{ff}" },
    { "LatinExtendedA", "\\x{100}-\\x{17f}" },
    { "LatinExtendedB", "\\x{180}-\\x{24f}" },
    { "CombiningDiacriticalMarks", "\\x{300}-\\x{36f}" },
    { "Greek", "\\x{370}-\\x{3ff}" },
    { "Cyrillic", "\\x{400}-\\x{4ff}" },
    { "Hebrew", "\\x{590}-\\x{5ff}" },
    { "Arabic", "\\x{600}-\\x{6ff}" },
    { "Thai", "\\x{e00}-\\x{e7f}" },
    { "GeneralPunctuation", "\\x{2000}-\\x{206f}" },
    { "CurrencySymbols", "\\x{20a0}-\\x{20cf}" },
    { "Hiragana", "\\x{3040}-\\x{309f}" },
    { "Katakana", "\\x{30a0}-\\x{30ff}" },
    { "CJKUnifiedIdeographs", "\\x{4e00}-\\x{9fff}" },
    { "HangulSyllables", "\\x{ac00}-\\x{d7af}" },
  };
  g_autoptr (GString) plain = g_string_new (name);

  g_string_replace (plain, "_", "", 0);
  g_string_replace (plain, "-", "", 0);
  g_string_replace (plain, " ", "", 0);
  for (size_t i = 0; i < G_N_ELEMENTS (blocks); i++)
    if (g_ascii_strcasecmp (blocks[i][0], plain->str) == 0)
      return blocks[i][1];
  return NULL;
}

/* \p{InGreek}: a block of Unicode. */
static bool
translate_block (Translator *translator, GString *out, const char *name, bool negated,
                 bool in_class, GError **error)
{
  const char *range = find_block (name);

  if (range == NULL || (negated && in_class))
    return fail (translator, error, "this block is not known; use a script, as in \\p{IsLatin}");
  if (in_class)
    g_string_append (out, range);
  else
    g_string_append_printf (out, "[%s%s]", negated ? "^" : "", range);
  return true;
}

/* The name that PCRE2 knows for a property of Unicode. */
static const char *
unicode_property (const char *name)
{
  static const char *const names[][2] = {
    { "javaLowerCase", "Lowercase" },
    { "javaUpperCase", "Uppercase" },
    { "javaWhitespace", "Xsp" },
    { "javaAlphabetic", "Alphabetic" },
    { "javaLetter", "L" },
    { "javaDigit", "Nd" },
    { "IsPunctuation", "P" },
    { "all", "Any" },
  };
  const char *equals = strchr (name, '=');

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i][0], name) == 0)
      return names[i][1];
  if (equals != NULL)
    return equals + 1;
  return g_str_has_prefix (name, "Is") ? name + 2 : name;
}

/* \p{…}, \P{…} or \pL; *at is on the p. */
static bool
translate_property (Translator *translator, GString *out, bool in_class, GError **error)
{
  const bool negated = *translator->at == 'P';
  g_autofree char *name = NULL;
  const char *close;
  const char *posix;

  translator->at++;
  if (peek (translator, 0) == '{') {
    close = memchr (translator->at, '}', (size_t)(translator->end - translator->at));
    if (close == NULL)
      return fail (translator, error, "\\p{ is never closed");
    name = g_strndup (translator->at + 1, (gsize)(close - translator->at - 1));
  } else if (g_ascii_isalpha (peek (translator, 0))) {
    close = translator->at;
    name = g_strndup (translator->at, 1);
  } else {
    return fail (translator, error, "\\p needs the name of a property");
  }
  posix = find_posix (name);
  if (posix != NULL) {
    g_string_append_printf (out, in_class ? "[:%s%s:]" : "[[:%s%s:]]", negated ? "^" : "", posix);
  } else if (g_str_has_prefix (name, "In")) {
    if (!translate_block (translator, out, name + 2, negated, in_class, error))
      return false;
  } else if (strpbrk (name, "\\^{") != NULL) {
    return fail (translator, error, "this is no name of a property");
  } else {
    g_string_append_printf (out, "\\%c{%s}", negated ? 'P' : 'p', unicode_property (name));
  }
  translator->at = close + 1;
  return true;
}

/* \1 and on: a further digit belongs to it when there are that many groups. */
static void
translate_back_reference (Translator *translator)
{
  unsigned group = (unsigned)(*translator->at++ - '0');

  while (g_ascii_isdigit (peek (translator, 0)) &&
         group * 10 + (unsigned)(*translator->at - '0') <= translator->n_groups)
    group = group * 10 + (unsigned)(*translator->at++ - '0');
  g_string_append_printf (translator->out, "\\g{%u}", group);
}

/* \Q…\E: letter for letter; *at is on the Q. */
static void
translate_quotation (Translator *translator, GString *out)
{
  for (translator->at++; translator->at < translator->end; translator->at++) {
    if (looking_at (translator, "\\E")) {
      translator->at += 2;
      return;
    }
    if (g_ascii_ispunct (*translator->at) || g_ascii_isspace (*translator->at))
      g_string_append_c (out, '\\');
    g_string_append_c (out, *translator->at);
  }
}

/* What a backslash begins; *at is on it. */
static bool
translate_escape (Translator *translator, GString *out, bool in_class, GError **error)
{
  const char c = peek (translator, 1);

  translator->at++;
  switch (c) {
  case '\0':
    return fail (translator, error, "a backslash at the end means nothing");
  case 'u':
    return translate_unicode (translator, out, error);
  case '0':
    return translate_octal (translator, out, error);
  case 'p':
  case 'P':
    return translate_property (translator, out, in_class, error);
  case 'Q':
    translate_quotation (translator, out);
    return true;
  default:
    break;
  }
  if (g_ascii_isdigit (c) && !in_class) {
    translate_back_reference (translator);
    return true;
  }
  if (g_ascii_isalnum (c) &&
      strchr (in_class ? "xtnrfaecdDhHsSvVwW" : "xtnrfaecdDhHsSvVwWbBAGZzRXkE", c) == NULL)
    return fail (translator, error, "this letter has no meaning behind a backslash");
  if (c == 'E') {
    translator->at++;
    return true;
  }
  g_string_append_c (out, '\\');
  g_string_append_c (out, c);
  translator->at++;
  return true;
}

/* One item of a class that is not a class itself. */
static bool
translate_item (Translator *translator, GString *items, GError **error)
{
  if (*translator->at == '\\')
    return translate_escape (translator, items, true, error);
  /* A bracket would begin [:alpha:], which Java does not have. */
  if (strchr ("[&^", *translator->at) != NULL)
    g_string_append_c (items, '\\');
  g_string_append_c (items, *translator->at++);
  return true;
}

static void
add_alternative (GString *alternatives, const char *one)
{
  if (alternatives->len > 0)
    g_string_append_c (alternatives, '|');
  g_string_append (alternatives, one);
}

/* Items up to && or ], as a pattern for one character. @is_first: *at is behind the opening. */
static bool
translate_union (Translator *translator, GString *out, bool is_first, GError **error)
{
  g_autoptr (GString) items = g_string_new (NULL);
  g_autoptr (GString) alternatives = g_string_new (NULL);

  for (;; is_first = false) {
    if (translator->at == translator->end)
      return fail (translator, error, "this [ is never closed");
    if (looking_at (translator, "&&") || (*translator->at == ']' && !is_first))
      break;
    if (*translator->at == ']') {
      g_string_append (items, "\\]");
      translator->at++;
    } else if (*translator->at == '[') {
      g_autoptr (GString) inner = g_string_new (NULL);

      if (!translate_set (translator, inner, error))
        return false;
      add_alternative (alternatives, inner->str);
    } else if (!translate_item (translator, items, error)) {
      return false;
    }
  }
  if (items->len > 0) {
    g_autofree char *class = g_strdup_printf ("[%s]", items->str);

    add_alternative (alternatives, class);
  }
  if (alternatives->len == 0)
    return fail (translator, error, "an empty class matches nothing");
  if (strchr (alternatives->str, '|') != NULL)
    g_string_append_printf (out, "(?:%s)", alternatives->str);
  else
    g_string_append (out, alternatives->str);
  return true;
}

/* A class with all that is in it; *at is on the [. */
static bool
translate_set (Translator *translator, GString *out, GError **error)
{
  g_autoptr (GString) set = g_string_new (NULL);
  bool negated;
  bool is_first = true;

  if (++translator->depth > WEIR_LIMIT_REGEX_DEPTH)
    return fail (translator, error, "too many classes in each other");
  translator->at++;
  negated = peek (translator, 0) == '^';
  translator->at += negated;
  for (;;) {
    g_autoptr (GString) side = g_string_new (NULL);

    if (!translate_union (translator, side, is_first, error))
      return false;
    if (*translator->at == ']') {
      g_string_append (set, side->str);
      break;
    }
    /* What follows && must match as well: (?=left)right */
    g_string_append_printf (set, "(?=%s)", side->str);
    translator->at += 2;
    is_first = false;
  }
  translator->at++;
  translator->depth--;
  if (!negated)
    g_string_append_printf (out, g_str_has_prefix (set->str, "(?=") ? "(?:%s)" : "%s", set->str);
  else if (set->str[0] == '[' && strchr (set->str + 1, '[') == NULL)
    g_string_append_printf (out, "[^%s", set->str + 1);
  else
    g_string_append_printf (out, "(?:(?!%s)(?s:.))", set->str);
  return true;
}

/* (?idmsuxU-…) or (?…:…: the flags that PCRE2 has as well; *at is behind the question mark. */
static bool
translate_flags (Translator *translator, GError **error)
{
  for (; translator->at < translator->end; translator->at++) {
    const char c = *translator->at;

    if (c == ')' || c == ':') {
      g_string_append_c (translator->out, c);
      translator->at++;
      return true;
    }
    if (strchr ("imsx-", c) != NULL)
      g_string_append_c (translator->out, c);
    else if (c != 'u')
      return fail (translator, error,
                   c == 'd' || c == 'U' ? "this flag is not supported"
                                        : "this group means nothing");
  }
  return fail (translator, error, "this ( is never closed");
}

static bool
translate_group (Translator *translator, GError **error)
{
  static const char *const openings[] = { "(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!" };

  if (peek (translator, 1) == '*')
    return fail (translator, error, "nothing to repeat; for a star write \\*");
  if (peek (translator, 1) != '?') {
    translator->n_groups++;
    g_string_append_c (translator->out, *translator->at++);
    return true;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (openings); i++) {
    if (looking_at (translator, openings[i])) {
      g_string_append (translator->out, openings[i]);
      translator->at += strlen (openings[i]);
      return true;
    }
  }
  g_string_append (translator->out, "(?");
  translator->at += 2;
  if (peek (translator, 0) != '<')
    return translate_flags (translator, error);
  if (!g_ascii_isalpha (peek (translator, 1)))
    return fail (translator, error, "the name of a group begins with a letter");
  translator->n_groups++;
  return true;
}

GString *
weir_expr_regex_translate (const char *pattern, size_t length, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (length + 16);
  Translator translator = { .start = pattern, .at = pattern, .end = pattern + length, .out = out };

  while (translator.at < translator.end) {
    bool ok = true;

    if (*translator.at == '\\')
      ok = translate_escape (&translator, out, false, error);
    else if (*translator.at == '[')
      ok = translate_set (&translator, out, error);
    else if (*translator.at == '(')
      ok = translate_group (&translator, error);
    else
      g_string_append_c (out, *translator.at++);
    if (!ok)
      return NULL;
  }
  return g_steal_pointer (&out);
}
