/* functions-encode.c: texts in other notations, and what is computed of their bytes. */
#include "expr/escape.h"
#include "expr/function.h"
#include <openssl/evp.h>

static bool
escape (WeirExprRun *run, WeirExprNotation notation, const WeirExprValue *text,
        WeirExprValue *ret_value, GError **error)
{
  *ret_value = weir_expr_static_text ("");
  return weir_expr_is_nothing (text) || weir_expr_escape (run, notation, text, ret_value, error);
}

static bool
unescape (WeirExprRun *run, WeirExprNotation notation, const WeirExprValue *text,
          WeirExprValue *ret_value, GError **error)
{
  *ret_value = weir_expr_static_text ("");
  return weir_expr_is_nothing (text) || weir_expr_unescape (run, notation, text, ret_value, error);
}

/* The functions of one notation. */
#define NOTATION(name, notation)                                                           \
  static bool escape_##name (WeirExprRun *run, const WeirExprValue *args, size_t n_args,   \
                             WeirExprValue *ret_value, GError **error)                     \
  {                                                                                        \
    return escape (run, notation, &args[0], ret_value, error);                             \
  }                                                                                        \
  static bool unescape_##name (WeirExprRun *run, const WeirExprValue *args, size_t n_args, \
                               WeirExprValue *ret_value, GError **error)                   \
  {                                                                                        \
    return unescape (run, notation, &args[0], ret_value, error);                           \
  }

NOTATION (json, WEIR_EXPR_JSON)
NOTATION (xml, WEIR_EXPR_XML)
NOTATION (html3, WEIR_EXPR_HTML3)
NOTATION (html4, WEIR_EXPR_HTML4)
NOTATION (csv, WEIR_EXPR_CSV)

/* As java.net.URLEncoder: a form, where a blank is a plus. */
static bool
url_encode (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
            GError **error)
{
  static const char digits[] = "0123456789ABCDEF";
  char *text, *at;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  text = at = weir_expr_run_alloc (run, 3 * (size_t)args[0].length, error);
  if (text == NULL)
    return false;
  for (size_t i = 0; i < args[0].length; i++) {
    const unsigned char c = (unsigned char)args[0].text[i];

    if (g_ascii_isalnum (c) || (c != '\0' && strchr (".-*_", c) != NULL)) {
      *at++ = (char)c;
    } else if (c == ' ') {
      *at++ = '+';
    } else {
      *at++ = '%';
      *at++ = digits[c >> 4];
      *at++ = digits[c & 15];
    }
  }
  *at = '\0';
  *ret_value = weir_expr_closed (text, (size_t)(at - text));
  return true;
}

/* Bytes that were decoded, as a text: what is no UTF-8 becomes U+FFFD. */
static bool
set_bytes (WeirExprRun *run, const char *bytes, size_t length, WeirExprValue *ret_value,
           GError **error)
{
  g_autofree char *valid = NULL;
  char *copy;

  if (memchr (bytes, '\0', length) != NULL) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "the result has a NUL, which a text cannot have");
    return false;
  }
  valid = g_utf8_make_valid (bytes, (gssize)length);
  length = strlen (valid);
  copy = weir_expr_run_alloc (run, length, error);
  if (copy == NULL)
    return false;
  memcpy (copy, valid, length);
  *ret_value = weir_expr_closed (copy, length);
  return true;
}

static bool
url_decode (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
            GError **error)
{
  const WeirExprValue *text = &args[0];
  char *bytes;
  size_t n = 0;

  if (weir_expr_is_nothing (text))
    return true;
  bytes = weir_expr_run_alloc (run, text->length, error);
  if (bytes == NULL)
    return false;
  for (size_t i = 0; i < text->length; i++) {
    char c = text->text[i];

    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text->length || !g_ascii_isxdigit (text->text[i + 1]) ||
          !g_ascii_isxdigit (text->text[i + 2]))
        return weir_expr_run_fail (error, text, "has a % without two hexadecimal digits");
      c = (char)(g_ascii_xdigit_value (text->text[i + 1]) * 16 +
                 g_ascii_xdigit_value (text->text[i + 2]));
      i += 2;
    }
    bytes[n++] = c;
  }
  return set_bytes (run, bytes, n, ret_value, error);
}

static bool
base64_encode (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  const size_t length = (args[0].length + 2) / 3 * 4;
  char *text;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  text = weir_expr_run_alloc (run, length, error);
  if (text == NULL)
    return false;
  EVP_EncodeBlock ((unsigned char *)text, (const unsigned char *)args[0].text, (int)args[0].length);
  *ret_value = weir_expr_closed (text, length);
  return true;
}

static int
base64_value (char c)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *letter = c != '\0' ? strchr (letters, c) : NULL;

  return letter == NULL ? -1 : (int)(letter - letters);
}

/* As java.util.Base64: no blanks, and the padding is whole or missing. */
static bool
base64_decode (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  const WeirExprValue *text = &args[0];
  size_t length = text->length;
  uint32_t bits = 0;
  char *bytes;
  size_t n = 0;

  if (weir_expr_is_nothing (text))
    return true;
  bytes = weir_expr_run_alloc (run, length, error);
  if (bytes == NULL)
    return false;
  while (length > 0 && text->length - length < 2 && text->text[length - 1] == '=')
    length--;
  if (length % 4 == 1 || (length < text->length && text->length % 4 != 0))
    return weir_expr_run_fail (error, text, "is no base64: it ends too early");
  for (size_t i = 0; i < length; i++) {
    int value = base64_value (text->text[i]);

    if (value < 0)
      return weir_expr_run_fail (error, text, "is no base64: it has other characters");
    bits = bits << 6 | (uint32_t)value;
    if (i % 4 != 0)
      bytes[n++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
  }
  return set_bytes (run, bytes, n, ret_value, error);
}

/* What Java calls a digest, and OpenSSL. */
static const char *const digests[][2] = {
  { "MD5", "MD5" },
  { "SHA-1", "SHA1" },
  { "SHA", "SHA1" },
  { "SHA1", "SHA1" },
  { "SHA-224", "SHA224" },
  { "SHA-256", "SHA256" },
  { "SHA-384", "SHA384" },
  { "SHA-512", "SHA512" },
  { "SHA-512/224", "SHA512-224" },
  { "SHA-512/256", "SHA512-256" },
  { "SHA3-224", "SHA3-224" },
  { "SHA3-256", "SHA3-256" },
  { "SHA3-384", "SHA3-384" },
  { "SHA3-512", "SHA3-512" },
};

static const char *
find_digest (const WeirExprValue *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (digests); i++)
    if (strlen (digests[i][0]) == name->length &&
        g_ascii_strncasecmp (digests[i][0], name->text, name->length) == 0)
      return digests[i][1];
  return NULL;
}

static bool
fail_digest (const WeirExprValue *name, GError **error)
{
  return weir_expr_run_fail (error, name,
                             "is no hash; there are MD5, SHA-1, SHA-224, SHA-256, SHA-384, "
                             "SHA-512, SHA-512/224, SHA-512/256 and SHA3-224 to SHA3-512");
}

static bool
compute (const char *digest, const WeirExprValue *first, const WeirExprValue *second,
         unsigned char *ret_bytes, unsigned *ret_length, GError **error)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  EVP_MD *kind = EVP_MD_fetch (NULL, digest, NULL);
  const bool ok = context != NULL && kind != NULL && EVP_DigestInit_ex (context, kind, NULL) == 1 &&
                  EVP_DigestUpdate (context, first->text, first->length) == 1 &&
                  EVP_DigestUpdate (context, second->text, second->length) == 1 &&
                  EVP_DigestFinal_ex (context, ret_bytes, ret_length) == 1;

  EVP_MD_free (kind);
  EVP_MD_CTX_free (context);
  if (!ok)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "OpenSSL of this machine has no %s", digest);
  return ok;
}

static bool
set_hex (WeirExprRun *run, const unsigned char *bytes, size_t n, WeirExprValue *ret_value,
         GError **error)
{
  char *text = weir_expr_run_alloc (run, 2 * n, error);

  if (text == NULL)
    return false;
  for (size_t i = 0; i < n; i++) {
    text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
  *ret_value = weir_expr_closed (text, 2 * n);
  return true;
}

static bool
prepare_hash (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
              GError **error)
{
  const WeirExprValue *name = literals[1];

  return name == NULL || name->type != WEIR_EXPR_TEXT || find_digest (name) != NULL ||
         fail_digest (name, error);
}

static bool
hash (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  const WeirExprValue none = weir_expr_static_text ("");
  unsigned char bytes[EVP_MAX_MD_SIZE];
  const char *digest;
  unsigned length;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  digest = weir_expr_is_nothing (&args[1]) ? NULL : find_digest (&args[1]);
  if (digest == NULL)
    return fail_digest (weir_expr_is_nothing (&args[1]) ? &none : &args[1], error);
  return weir_expr_run_charge (run, 50 + args[0].length / 4, error) &&
         compute (digest, &args[0], &none, bytes, &length, error) &&
         set_hex (run, bytes, length, ret_value, error);
}

/* A UUID as 16 bytes: five hexadecimal numbers, zeros before them may be left out. */
static bool
read_uuid (const WeirExprValue *text, unsigned char *ret_bytes, GError **error)
{
  static const size_t sizes[] = { 4, 2, 2, 2, 6 };
  g_autofree char *copy = g_strndup (text->text, text->length);
  g_auto (GStrv) parts = g_strsplit (copy, "-", 6);
  size_t at = 0;

  if (g_strv_length (parts) != G_N_ELEMENTS (sizes))
    return weir_expr_run_fail (error, text, "is no UUID");
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const size_t n = strlen (parts[i]);
    guint64 number = g_ascii_strtoull (parts[i], NULL, 16);

    if (n == 0 || n > 2 * sizes[i] || strspn (parts[i], "0123456789abcdefABCDEF") != n)
      return weir_expr_run_fail (error, text, "is no UUID");
    for (size_t byte = 0; byte < sizes[i]; byte++)
      ret_bytes[at++] = (unsigned char)(number >> 8 * (sizes[i] - 1 - byte));
  }
  return true;
}

/* The UUID of a name in a namespace: @version 3 by MD5, 5 by SHA-1. */
static bool
named_uuid (WeirExprRun *run, const WeirExprValue *args, const char *digest, unsigned version,
            WeirExprValue *ret_value, GError **error)
{
  unsigned char space[16] = { 0 };
  unsigned char bytes[EVP_MAX_MD_SIZE];
  WeirExprValue namespace = weir_expr_view ((const char *)space, sizeof space);
  WeirExprBuilder builder = { 0 };
  WeirExprValue hex;
  unsigned length;

  if (weir_expr_is_nothing (&args[0]))
    return true;
  if (!weir_expr_is_nothing (&args[1]) && !read_uuid (&args[1], space, error))
    return false;
  if (!weir_expr_run_charge (run, 50 + args[0].length / 4, error) ||
      !compute (digest, &namespace, &args[0], bytes, &length, error))
    return false;
  bytes[6] = (unsigned char)((bytes[6] & 0x0f) | version << 4);
  bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
  if (!set_hex (run, bytes, 16, &hex, error))
    return false;
  for (size_t i = 0; i < 32; i++)
    if (((i == 8 || i == 12 || i == 16 || i == 20) &&
         !weir_expr_builder_add (&builder, run, "-", 1, error)) ||
        !weir_expr_builder_add (&builder, run, hex.text + i, 1, error))
      return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

static bool
uuid3 (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
       GError **error)
{
  return named_uuid (run, args, "MD5", 3, ret_value, error);
}

static bool
uuid5 (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
       GError **error)
{
  return named_uuid (run, args, "SHA1", 5, ret_value, error);
}

static void
release_nothing (void *prepared)
{
}

#define SUBJECT_TEXT .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_TEXT

static const WeirExprFunction rows[] = {
  { "escapeJson", escape_json, SUBJECT_TEXT,
    .doc = "The text as it stands between the quotes of JSON.", .example = "${note:escapeJson()}",
    .attributes = "note=say \"hi\"", .result = "say \\\"hi\\\"" },
  { "escapeXml", escape_xml, SUBJECT_TEXT,
    .doc = "The text as it stands in XML 1.0, without characters that it does not have.",
    .example = "${note:escapeXml()}", .attributes = "note=M & M", .result = "M &amp; M" },
  { "escapeCsv", escape_csv, SUBJECT_TEXT,
    .doc = "The text as a field of CSV, in quotes when it must be.",
    .example = "${note:escapeCsv()}", .attributes = "note=a,\"b\"", .result = "\"a,\"\"b\"\"\"" },
  { "escapeHtml3", escape_html3, SUBJECT_TEXT,
    .doc = "The text as it stands in HTML 3, with the entities of Latin-1.",
    .example = "${note:escapeHtml3()}", .attributes = "note=<é>", .result = "&lt;&eacute;&gt;" },
  { "escapeHtml4", escape_html4, SUBJECT_TEXT,
    .doc = "The text as it stands in HTML 4, with all of its entities.",
    .example = "${note:escapeHtml4()}", .attributes = "note=♣", .result = "&clubs;" },
  { "unescapeJson", unescape_json, SUBJECT_TEXT, .doc = "What a text of JSON means.",
    .example = "${note:unescapeJson()}", .attributes = "note=say \\\"hi\\\"",
    .result = "say \"hi\"" },
  { "unescapeXml", unescape_xml, SUBJECT_TEXT, .doc = "What a text of XML means.",
    .example = "${note:unescapeXml()}", .attributes = "note=M &amp; M", .result = "M & M" },
  { "unescapeCsv", unescape_csv, SUBJECT_TEXT, .doc = "What a field of CSV means.",
    .example = "${note:unescapeCsv()}", .attributes = "note=\"a,\"\"b\"\"\"", .result = "a,\"b\"" },
  { "unescapeHtml3", unescape_html3, SUBJECT_TEXT, .doc = "What a text of HTML 3 means.",
    .example = "${note:unescapeHtml3()}", .attributes = "note=&lt;&eacute;&gt;", .result = "<é>" },
  { "unescapeHtml4", unescape_html4, SUBJECT_TEXT, .doc = "What a text of HTML 4 means.",
    .example = "${note:unescapeHtml4()}", .attributes = "note=&clubs;", .result = "♣" },
  { "urlEncode", url_encode, SUBJECT_TEXT,
    .doc = "The text as the value of a form in a URL, where a blank is a plus.",
    .example = "${note:urlEncode()}", .attributes = "note=a b&c", .result = "a+b%26c" },
  { "urlDecode", url_decode, SUBJECT_TEXT, .doc = "What the value of a form in a URL means.",
    .example = "${note:urlDecode()}", .attributes = "note=a+b%26c", .result = "a b&c" },
  { "base64Encode", base64_encode, SUBJECT_TEXT, .doc = "The bytes of the text in base64.",
    .example = "${user:base64Encode()}", .attributes = "user=admin:admin",
    .result = "YWRtaW46YWRtaW4=" },
  { "base64Decode", base64_decode, SUBJECT_TEXT, .doc = "The text whose bytes the base64 are.",
    .example = "${user:base64Decode()}",
    .attributes = "user=YWRtaW46YWRtaW4=", .result = "admin:admin" },
  { "hash", hash, .prepare = prepare_hash, .release = release_nothing, SUBJECT_TEXT,
    .parameters = "algorithm", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The hash of the bytes in hexadecimal digits: MD5, SHA-1, SHA-224, SHA-256, SHA-384, "
           "SHA-512, SHA-512/224, SHA-512/256, SHA3-224, SHA3-256, SHA3-384 or SHA3-512.",
    .example = "${user:hash('MD5')}", .attributes = "user=admin",
    .result = "21232f297a57a5a743894a0e4a801fc3" },
  { "UUID3", uuid3, SUBJECT_TEXT, .parameters = "namespace", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The UUID (version 3, by MD5) of the text as a name in a namespace, which is a UUID.",
    .example = "${user:UUID3('6ba7b810-9dad-11d1-80b4-00c04fd430c8')}",
    .attributes = "user=www.example.org", .result = "0012416f-9eec-3ed4-a8b0-3bceecde1cd9" },
  { "UUID5", uuid5, SUBJECT_TEXT, .parameters = "namespace", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The UUID (version 5, by SHA-1) of the text as a name in a namespace, which is a UUID.",
    .example = "${user:UUID5('6ba7b810-9dad-11d1-80b4-00c04fd430c8')}",
    .attributes = "user=www.example.org", .result = "74738ff5-5367-5958-9aee-98fffdcd1876" },
};

const WeirExprFamily weir_expr_encode_family = { "Notations", WEIR_EXPR_ROWS (rows) };
