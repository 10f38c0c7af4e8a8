/* encoding.c: the system's iconv between content and UTF-8. */
#include "encoding.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static GIConv
open_converter (const char *to, const char *from, GError **error)
{
  GIConv converter = g_iconv_open (to, from);

  if (converter != (GIConv)(intptr_t)-1)
    return converter;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "there is no encoding \"%.40s\"; for example UTF-8, ISO-8859-1, UTF-16LE",
               g_str_equal (to, "UTF-8") ? from : to);
  return NULL;
}

static void
close_converter (GIConv *converter)
{
  if (*converter != NULL)
    g_iconv_close (*converter);
  *converter = NULL;
}

static bool
is_utf8 (const char *name)
{
  return g_ascii_strcasecmp (name, "UTF-8") == 0 || g_ascii_strcasecmp (name, "UTF8") == 0;
}

static bool
fill (TextSource *source, GError **error)
{
  ssize_t n = weir_reader_read (source->reader, source->raw + source->n_raw,
                                sizeof source->raw - source->n_raw, error);

  if (n < 0)
    return false;
  source->n_raw += (size_t)n;
  source->at_end = n == 0;
  return true;
}

static void
drop (TextSource *source, size_t n)
{
  source->n_raw -= n;
  source->offset += n;
  memmove (source->raw, source->raw + n, source->n_raw);
}

/* Without a mark UTF-16 has its high bytes first. */
static bool
detect_order (TextSource *source, GError **error)
{
  if (!fill (source, error))
    return false;
  source->name = "UTF-16BE";
  if (source->n_raw < 2)
    return true;
  if (memcmp (source->raw, "\xff\xfe", 2) == 0)
    source->name = "UTF-16LE";
  else if (memcmp (source->raw, "\xfe\xff", 2) != 0)
    return true;
  source->has_mark = true;
  memcpy (source->mark, source->raw, 2);
  drop (source, 2);
  return true;
}

bool
text_source_open (TextSource *source, WeirSession *session, const WeirFlowFile *flowfile,
                  const char *encoding, GError **error)
{
  source->converter = NULL;
  source->name = encoding;
  source->has_mark = source->at_end = false;
  source->offset = source->n_raw = 0;
  source->reader = weir_session_read (session, flowfile, error);
  if (source->reader == NULL)
    return false;
  if (is_utf8 (encoding))
    return true;
  if (g_ascii_strcasecmp (encoding, "UTF-16") == 0 && !detect_order (source, error))
    return false;
  source->converter = open_converter ("UTF-8", source->name, error);
  return source->converter != NULL;
}

static ssize_t
refuse (const TextSource *source, size_t at, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the content is not %s at byte %" G_GUINT64_FORMAT, source->name,
               source->offset + at);
  return -1;
}

ssize_t
text_source_read (TextSource *source, char *buffer, size_t size, GError **error)
{
  char *out = buffer;
  size_t room = size;

  if (source->converter == NULL)
    return weir_reader_read (source->reader, buffer, size, error);
  while (out == buffer) {
    char *in = source->raw;
    size_t n_in;

    /* A character that is cut off at the end of raw waits for its rest. */
    if (!source->at_end && source->n_raw < sizeof source->raw && !fill (source, error))
      return -1;
    n_in = source->n_raw;
    if (n_in == 0)
      return 0;
    if (g_iconv (source->converter, &in, &n_in, &out, &room) == (size_t)-1 &&
        (errno == EILSEQ || (errno == EINVAL && source->at_end)))
      return refuse (source, (size_t)(in - source->raw), error);
    drop (source, (size_t)(in - source->raw));
  }
  return (ssize_t)(out - buffer);
}

void
text_source_close (TextSource *source)
{
  close_converter (&source->converter);
  g_clear_pointer (&source->reader, weir_reader_free);
}
