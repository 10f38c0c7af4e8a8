/* functions-system.c: what is known of the machine, the engine and the processor, and URIs. */
#include "expr/function.h"
#include "expr/text.h"
#include <pthread.h>

#define MAX_THREAD_NAME 16 /* with its NUL, says Linux */

static WeirExprValue
text_or_nothing (const char *text)
{
  return text != NULL ? weir_expr_static_text (text) : weir_expr_nothing ();
}

static bool
ip (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
    GError **error)
{
  *ret_value = text_or_nothing (run->scope->address);
  return true;
}

static bool
hostname (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  const bool full = n_args > 0 && args[0].type == WEIR_EXPR_BOOLEAN && args[0].truth;

  *ret_value = text_or_nothing (full ? run->scope->full_hostname : run->scope->hostname);
  return true;
}

static bool
thread (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  char *name = weir_expr_run_alloc (run, MAX_THREAD_NAME, error);

  if (name == NULL)
    return false;
  *ret_value = pthread_getname_np (pthread_self (), name, MAX_THREAD_NAME) == 0
                   ? weir_expr_static_text (name)
                   : weir_expr_nothing ();
  return true;
}

static bool
next_int (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  if (run->scope->next_int != NULL)
    *ret_value = weir_expr_whole (atomic_fetch_add (run->scope->next_int, 1));
  return true;
}

static bool
uuid (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  uint64_t high, low;
  char *text;

  if (run->scope->random == NULL)
    return true;
  high = (weir_random_next (run->scope->random) & ~UINT64_C (0xf000)) | 0x4000;
  low = (weir_random_next (run->scope->random) & ~(UINT64_C (3) << 62)) | UINT64_C (1) << 63;
  text = weir_expr_run_alloc (run, 36, error);
  if (text == NULL)
    return false;
  g_snprintf (text, 37, "%08x-%04x-%04x-%04x-%012" G_GINT64_MODIFIER "x", (unsigned)(high >> 32),
              (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xffff), (unsigned)(low >> 48),
              (uint64_t)(low & UINT64_C (0xffffffffffff)));
  *ret_value = weir_expr_closed (text, 36);
  return true;
}

static bool
get_state_value (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                 WeirExprValue *ret_value, GError **error)
{
  const char *key;

  if (weir_expr_is_nothing (&args[0]) || run->scope->state == NULL)
    return true;
  key = weir_expr_run_close (run, &args[0], error);
  if (key == NULL)
    return false;
  *ret_value = text_or_nothing (run->scope->state (run->scope->host, key));
  return true;
}

/* What each part of a URI may have besides letters, digits and _-!.~'()* */
#define IN_USER  ";:&=+$,"
#define IN_PATH  ":@&=+$,;/"
#define IN_QUERY ";/?:@&=+$,[]"

static bool
is_plain (char c, const char *allowed)
{
  return g_ascii_isalnum (c) || (unsigned char)c >= 0x80 ||
         (c != '\0' && (strchr ("_-!.~'()*", c) != NULL || strchr (allowed, c) != NULL));
}

static bool
add_literal (WeirExprBuilder *uri, WeirExprRun *run, const char *text, GError **error)
{
  return weir_expr_builder_add (uri, run, text, strlen (text), error);
}

/* Adds a part of the URI with what does not belong there as %XX; nothing when it is not there. */
static bool
add_part (WeirExprBuilder *uri, WeirExprRun *run, const char *before, const WeirExprValue *part,
          const char *allowed, const char *after, GError **error)
{
  if (weir_expr_is_nothing (part))
    return true;
  if (!add_literal (uri, run, before, error))
    return false;
  for (size_t i = 0; i < part->length; i++) {
    char code[4];

    if (is_plain (part->text[i], allowed)) {
      if (!weir_expr_builder_add (uri, run, part->text + i, 1, error))
        return false;
      continue;
    }
    g_snprintf (code, sizeof code, "%%%02X", (unsigned char)part->text[i]);
    if (!add_literal (uri, run, code, error))
      return false;
  }
  return add_literal (uri, run, after, error);
}

static bool
check_uri (const WeirExprValue *args, GError **error)
{
  const WeirExprValue *scheme = &args[0];
  const WeirExprValue *path = &args[4];

  for (size_t i = 0; i < scheme->length; i++) {
    const char c = scheme->text[i];

    if (!g_ascii_isalpha (c) && (i == 0 || (!g_ascii_isdigit (c) && strchr ("+-.", c) == NULL)))
      return weir_expr_run_fail (error, scheme, "is no scheme of a URI");
  }
  if (!weir_expr_is_nothing (scheme) && scheme->length == 0)
    return weir_expr_run_fail (error, scheme, "is no scheme of a URI; for none write null");
  if (args[2].type == WEIR_EXPR_TEXT && args[2].length == 0)
    return weir_expr_run_fail (error, &args[2], "is no host of a URI; for none write null");
  for (size_t i = 0; i < args[2].length; i++)
    if (!g_ascii_isalnum (args[2].text[i]) && strchr (".-_[]:%", args[2].text[i]) == NULL)
      return weir_expr_run_fail (error, &args[2], "is no host of a URI");
  if (path->length > 0 && path->text[0] != '/' &&
      (!weir_expr_is_nothing (scheme) || !weir_expr_is_nothing (&args[2])))
    return weir_expr_run_fail (error, path, "is a relative path; in a whole URI it begins with /");
  return true;
}

static bool
get_uri (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  const WeirExprValue *host = &args[2];
  WeirExprValue port = args[3];
  WeirExprBuilder uri = { 0 };
  bool bracketed;

  if (!weir_expr_run_to_number (run, &port, error))
    return false;
  if (port.type != WEIR_EXPR_WHOLE)
    return weir_expr_run_fail (error, &args[3], "is no port; for none write -1");
  if (!check_uri (args, error) || !add_part (&uri, run, "", &args[0], "+-.", ":", error))
    return false;
  if (!weir_expr_is_nothing (host)) {
    bracketed = memchr (host->text, ':', host->length) != NULL && host->text[0] != '[';
    if (!add_literal (&uri, run, "//", error) ||
        !add_part (&uri, run, "", &args[1], IN_USER, "@", error) ||
        !add_part (&uri, run, bracketed ? "[" : "", host, ".[]:%", bracketed ? "]" : "", error))
      return false;
    if (port.whole >= 0 && (!weir_expr_run_to_text (run, &port, error) ||
                            !add_part (&uri, run, ":", &port, "", "", error)))
      return false;
  }
  if (!add_part (&uri, run, "", &args[4], IN_PATH, "", error) ||
      !add_part (&uri, run, "?", &args[5], IN_QUERY, "", error) ||
      !add_part (&uri, run, "#", &args[6], IN_QUERY, "", error))
    return false;
  *ret_value = weir_expr_builder_get (&uri);
  return true;
}

#define NO_SUBJECT_TEXT .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_CHANGING, .value = WEIR_EXPR_TEXT

static const WeirExprFunction rows[] = {
  { "ip", ip, NO_SUBJECT_TEXT, .doc = "The IP address of this machine.", .example = "${ip()}",
    .result = NULL },
  { "hostname", hostname, NO_SUBJECT_TEXT, .parameters = "full",
    WEIR_EXPR_ARGS (0, WEIR_EXPR_BOOLEAN),
    .doc = "The name of this machine; with `true` the one with its domain.",
    .example = "${hostname()}" },
  { "thread", thread, NO_SUBJECT_TEXT, .doc = "The name of the thread that evaluates.",
    .example = "${thread()}" },
  { "UUID", uuid, NO_SUBJECT_TEXT, .doc = "A random UUID (version 4).", .example = "${UUID()}" },
  { "nextInt", next_int, .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_CHANGING,
    .value = WEIR_EXPR_WHOLE,
    .doc = "The next number of a counter that begins with 0 when the engine starts.",
    .example = "${nextInt()}" },
  { "getStateValue", get_state_value, NO_SUBJECT_TEXT, .parameters = "key",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What the processor keeps as its state under `key`, for processors that say so.",
    .example = "${getStateValue('counter')}" },
  { "getUri", get_uri, .flags = WEIR_EXPR_NO_SUBJECT, .value = WEIR_EXPR_TEXT,
    .parameters = "scheme user host port path query fragment",
    WEIR_EXPR_ARGS (7, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT,
                    WEIR_EXPR_TEXT, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "A URI of its parts, each with `%XX` for what cannot stand there; `null` leaves one "
           "out, `-1` the port.",
    .example = "${getUri('https', null, 'example.org', 8080, '/a b', 'x=1', null)}",
    .result = "https://example.org:8080/a%20b?x=1" },
};

const WeirExprFamily weir_expr_system_family = { "System", WEIR_EXPR_ROWS (rows) };
