/* http-head.c: RFC 9112, less what is ambiguous or from before HTTP/1.1.
 *
 * The head is copied once and cut into texts in the copy. */
#include "wire/http-head.h"

#include <glib.h>
#include <string.h>

/* Headers of which a second one would mean that two readers may take different ones. */
static const char *const singles[] = {
  "authorization", "content-length", "content-type",      "expect",        "host", "if-match",
  "last-event-id", "origin",         "transfer-encoding", "weir-identity",
};

static bool
refuse (WeirHttpFault *ret_fault, int status, const char *message)
{
  *ret_fault = (WeirHttpFault){ status, message };
  return false;
}

WeirHttpResult
weir_http_head_find (const char *bytes, size_t size, size_t *scanned, WeirHttpFault *ret_fault)
{
  size_t end = MIN (size, WEIR_LIMIT_HTTP_HEAD);

  for (size_t i = *scanned; i < end; i++) {
    unsigned char c = bytes[i];

    if (c >= ' ' || c == '\t')
      continue;
    if (c == '\n' ? i == 0 || bytes[i - 1] != '\r' : c != '\r') {
      refuse (ret_fault, 400, "a control character or a line that does not end with CR LF");
      return WEIR_HTTP_BAD;
    }
    if (c == '\r' && i + 1 == end)
      end = i; /* what comes next decides */
    else if (c == '\r' && bytes[i + 1] != '\n') {
      refuse (ret_fault, 400, "a CR without LF");
      return WEIR_HTTP_BAD;
    }
    if (c == '\n' && i >= 3 && bytes[i - 2] == '\n') {
      *scanned = i + 1;
      return WEIR_HTTP_DONE;
    }
  }
  *scanned = end;
  if (size < WEIR_LIMIT_HTTP_HEAD)
    return WEIR_HTTP_MORE;
  if (memchr (bytes, '\n', end) == NULL)
    refuse (ret_fault, 414, "the address is too long");
  else
    refuse (ret_fault, 431, "the head is larger than 16 KiB");
  return WEIR_HTTP_BAD;
}

static bool
is_token (const char *text)
{
  if (*text == '\0')
    return false;
  for (; *text != '\0'; text++) {
    if (!g_ascii_isalnum (*text) && strchr ("!#$%&'*+-.^_`|~", *text) == NULL)
      return false;
  }
  return true;
}

/* Characters of RFC 3986, and two digits after each percent sign. */
static bool
is_target (const char *text)
{
  for (; *text != '\0'; text++) {
    if (*text == '%' && !(g_ascii_isxdigit (text[1]) && g_ascii_isxdigit (text[2])))
      return false;
    if (!g_ascii_isalnum (*text) && strchr ("-._~:/?[]@!$&'()*+,;=%", *text) == NULL)
      return false;
  }
  return true;
}

static bool
is_host (const char *text)
{
  if (*text == '\0' || strlen (text) > WEIR_LIMIT_HTTP_HOST)
    return false;
  for (; *text != '\0'; text++) {
    if (!g_ascii_isalnum (*text) && strchr ("-._:[]", *text) == NULL)
      return false;
  }
  return true;
}

/* True when @token is in the list of tokens @value. */
static bool
list_has (const char *value, const char *token)
{
  size_t length = strlen (token);

  while (*value != '\0') {
    size_t n = strcspn (value, ", \t");

    if (n == length && g_ascii_strncasecmp (value, token, n) == 0)
      return true;
    value += n;
    value += strspn (value, ", \t");
  }
  return false;
}

static bool
parse_length (const char *value, int64_t *ret_length)
{
  size_t n = strspn (value, "0123456789");

  if (n == 0 || n > 18 || value[n] != '\0')
    return false;
  *ret_length = g_ascii_strtoll (value, NULL, 10);
  return true;
}

/* What a header means for how the message is read. */
static bool
heed (WeirHttpHead *head, const char *name, const char *value, WeirHttpFault *ret_fault)
{
  if (g_ascii_strcasecmp (name, "content-length") == 0) {
    if (!parse_length (value, &head->length))
      return refuse (ret_fault, 400, "Content-Length is not a number");
  } else if (g_ascii_strcasecmp (name, "transfer-encoding") == 0) {
    if (g_ascii_strcasecmp (value, "chunked") != 0)
      return refuse (ret_fault, 501, "a transfer encoding other than chunked");
    head->is_chunked = true;
  } else if (g_ascii_strcasecmp (name, "connection") == 0) {
    if (list_has (value, "close"))
      head->keeps_alive = false;
  } else if (g_ascii_strcasecmp (name, "expect") == 0) {
    if (g_ascii_strcasecmp (value, "100-continue") != 0)
      return refuse (ret_fault, 417, "an expectation other than 100-continue");
    head->expects_continue = true;
  } else if (g_ascii_strcasecmp (name, "host") == 0) {
    if (!is_host (value))
      return refuse (ret_fault, 400, "Host is not a name");
    head->host = value - head->text;
  }
  return true;
}

static bool
is_second (const WeirHttpHead *head, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (singles); i++) {
    if (g_ascii_strcasecmp (name, singles[i]) == 0)
      return weir_http_head_get (head, name) != NULL;
  }
  return false;
}

/* Cuts one line, which is at @line and ends with a NUL, into name and value. */
static bool
parse_header (WeirHttpHead *head, char *line, WeirHttpFault *ret_fault)
{
  char *colon = strchr (line, ':');
  char *value, *end;

  if (*line == ' ' || *line == '\t')
    return refuse (ret_fault, 400, "a header on two lines");
  if (colon == NULL)
    return refuse (ret_fault, 400, "a header without a colon");
  *colon = '\0';
  if (!is_token (line))
    return refuse (ret_fault, 400, "the name of a header has a character that may not be there");
  value = colon + 1 + strspn (colon + 1, " \t");
  for (end = value + strlen (value); end > value && strchr (" \t", end[-1]) != NULL;)
    *--end = '\0';
  for (end = value; *end != '\0'; end++) {
    if ((unsigned char)*end >= 0x7f)
      return refuse (ret_fault, 400, "a header that is not ASCII");
  }
  if (head->n_headers == WEIR_LIMIT_HTTP_HEADERS)
    return refuse (ret_fault, 431, "too many headers");
  if (is_second (head, line))
    return refuse (ret_fault, 400, "a header twice that may be there once");
  head->headers[head->n_headers++] = (WeirHttpHeader){ line - head->text, value - head->text };
  return heed (head, line, value, ret_fault);
}

/* The lines from @line on. */
static bool
parse_headers (WeirHttpHead *head, char *line, WeirHttpFault *ret_fault)
{
  while (*line != '\r') {
    char *end = strchr (line, '\r');

    *end = '\0';
    if (!parse_header (head, line, ret_fault))
      return false;
    line = end + 2;
  }
  if (head->is_chunked && head->length >= 0)
    return refuse (ret_fault, 400, "both Content-Length and Transfer-Encoding");
  return true;
}

/* "http://host/path", as for a proxy: only if it says the same as Host. */
static bool
take_authority (WeirHttpHead *head, const char *authority, WeirHttpFault *ret_fault)
{
  const char *host = weir_http_head_at (head, head->host);

  if (authority != NULL && g_ascii_strcasecmp (authority, host) != 0)
    return refuse (ret_fault, 400, "the address is of another host");
  return true;
}

/* Puts NULs behind the parts of the target. @ret_authority: (nullable) (transfer none): in it. */
static bool
parse_target (WeirHttpHead *head, char *target, char **ret_authority, WeirHttpFault *ret_fault)
{
  char *authority = NULL, *path = target, *question;

  if (strlen (target) > WEIR_LIMIT_HTTP_TARGET)
    return refuse (ret_fault, 414, "the address is too long");
  if (!is_target (target))
    return refuse (ret_fault, 400, "the address has a character that must be percent-encoded");
  if (g_ascii_strncasecmp (target, "http://", 7) == 0 ||
      g_ascii_strncasecmp (target, "https://", 8) == 0) {
    authority = strstr (target, "//") + 2;
    path = strchr (authority, '/');
    if (path == NULL)
      return refuse (ret_fault, 400, "the address has no path");
    /* Room for a NUL between both: the authority begins two places earlier. */
    authority = memmove (authority - 1, authority, path - authority);
    path[-1] = '\0';
  }
  if (*path != '/')
    return refuse (ret_fault, 400, "the address does not begin with a slash");
  question = strchr (path, '?');
  head->path = path - head->text;
  head->query = (question != NULL ? question + 1 : path + strlen (path)) - head->text;
  if (question != NULL)
    *question = '\0';
  *ret_authority = authority;
  return true;
}

static bool
parse_request_line (WeirHttpHead *head, char *line, char **ret_authority, WeirHttpFault *ret_fault)
{
  char *target = strchr (line, ' ');
  char *version = target != NULL ? strchr (target + 1, ' ') : NULL;

  if (version == NULL)
    return refuse (ret_fault, 400, "this is not HTTP");
  *target++ = '\0';
  *version++ = '\0';
  if (strlen (line) > WEIR_LIMIT_HTTP_VERB || !g_ascii_isupper (*line) ||
      strspn (line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen (line))
    return refuse (ret_fault, 400, "this is not HTTP");
  if (strcmp (version, "HTTP/1.1") != 0)
    return g_str_has_prefix (version, "HTTP/") &&
                   version[strspn (version, "HTP/.0123456789")] == '\0'
               ? refuse (ret_fault, 505, "a version of HTTP other than 1.1")
               : refuse (ret_fault, 400, "this is not HTTP");
  head->verb = line - head->text;
  return parse_target (head, target, ret_authority, ret_fault);
}

/* A copy of the head that is all zeros but for its text; the first line ends with a NUL there.
 * Returns: (transfer none): the second line. */
static char *
begin (WeirHttpHead *head, const char *bytes, size_t size)
{
  char *end;

  memset (head, 0, offsetof (WeirHttpHead, headers));
  head->text = g_malloc (size + 1);
  memcpy (head->text, bytes, size);
  head->text[size] = '\0';
  head->length = -1;
  head->keeps_alive = true;
  end = strchr (head->text, '\r');
  *end = '\0';
  return end + 2;
}

bool
weir_http_head_parse_request (const char *bytes, size_t size, WeirHttpHead *ret_head,
                              WeirHttpFault *ret_fault)
{
  char *rest = begin (ret_head, bytes, size), *authority = NULL;

  if (parse_request_line (ret_head, ret_head->text, &authority, ret_fault) &&
      parse_headers (ret_head, rest, ret_fault) &&
      (ret_head->host != 0 || refuse (ret_fault, 400, "there is no Host")) &&
      take_authority (ret_head, authority, ret_fault))
    return true;
  weir_http_head_clear (ret_head);
  return false;
}

static bool
parse_status_line (WeirHttpHead *head, const char *line, WeirHttpFault *ret_fault)
{
  if (!g_str_has_prefix (line, "HTTP/1.1 ") || strspn (line + 9, "0123456789") != 3 ||
      line[9] == '0' || (line[12] != ' ' && line[12] != '\0'))
    return refuse (ret_fault, 502, "this is not an answer of HTTP/1.1");
  head->status = g_ascii_strtoll (line + 9, NULL, 10);
  return true;
}

bool
weir_http_head_parse_answer (const char *bytes, size_t size, WeirHttpHead *ret_head,
                             WeirHttpFault *ret_fault)
{
  char *rest = begin (ret_head, bytes, size);

  if (parse_status_line (ret_head, ret_head->text, ret_fault) &&
      parse_headers (ret_head, rest, ret_fault))
    return true;
  weir_http_head_clear (ret_head);
  return false;
}

void
weir_http_head_clear (WeirHttpHead *head)
{
  g_clear_pointer (&head->text, g_free);
  head->n_headers = 0;
}

const char *
weir_http_head_get (const WeirHttpHead *head, const char *name)
{
  for (unsigned i = 0; i < head->n_headers; i++) {
    if (g_ascii_strcasecmp (weir_http_head_at (head, head->headers[i].name), name) == 0)
      return weir_http_head_at (head, head->headers[i].value);
  }
  return NULL;
}
