/* encoding.c: the system's iconv between content and UTF-8. */
#include "encoding.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define RAW_SIZE ((size_t)16 * 1024)

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

bool
encoding_is_valid (const char *name, GError **error)
{
  GIConv converter;

  if (is_utf8 (name))
    return true;
  converter = open_converter ("UTF-8", *name != '\0' ? name : "?", error);
  if (converter == NULL)
    return false;
  close_converter (&converter);
  return true;
}

/* --- source --- */

static bool
fill (TextSource *source, GError **error)
{
  ssize_t n = weir_reader_read (source->reader, source->raw + source->n_raw,
                                RAW_SIZE - source->n_raw, error);

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
  *source = (TextSource){ .flowfile = flowfile, .name = encoding };
  source->reader = weir_session_read (session, flowfile, error);
  if (source->reader == NULL)
    return false;
  if (is_utf8 (encoding))
    return true;
  source->raw = g_malloc (RAW_SIZE);
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
    if (!source->at_end && source->n_raw < RAW_SIZE && !fill (source, error))
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
  g_clear_pointer (&source->raw, g_free);
  g_clear_pointer (&source->reader, weir_reader_free);
}

/* --- sink --- */

static bool
note (TextSink *sink, bool written)
{
  sink->broken |= !written;
  return written;
}

static bool
put (TextSink *sink, const char *data, size_t size, GError **error)
{
  return note (sink, weir_writer_write (sink->writer, data, size, error));
}

bool
text_sink_open (TextSink *sink, const TextSource *source, WeirSession *session,
                WeirFlowFile *flowfile, GError **error)
{
  *sink = (TextSink){ .name = source->name };
  if (source->converter != NULL) {
    sink->converter = open_converter (source->name, "UTF-8", error);
    if (sink->converter == NULL)
      return false;
  }
  sink->writer = weir_session_write (session, flowfile, error);
  if (!note (sink, sink->writer != NULL))
    return false;
  return !source->has_mark || put (sink, source->mark, sizeof source->mark, error);
}

/* @text may be NULL: what ends the text in encodings that have such a thing. */
static bool
convert (TextSink *sink, const char *text, size_t size, GError **error)
{
  char *in = (char *)text;
  char buffer[1024];
  bool failed;

  do {
    char *out = buffer;
    size_t room = sizeof buffer;

    failed = g_iconv (sink->converter, in != NULL ? &in : NULL, &size, &out, &room) == (size_t)-1;
    if (failed && errno != E2BIG) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "the new text has characters that cannot be written in %s", sink->name);
      return false;
    }
    if (!put (sink, buffer, (size_t)(out - buffer), error))
      return false;
  } while (failed);
  return true;
}

bool
text_sink_write (TextSink *sink, const char *text, size_t size, GError **error)
{
  if (sink->converter == NULL)
    return put (sink, text, size, error);
  return size == 0 || convert (sink, text, size, error);
}

bool
text_sink_copy (TextSink *sink, TextSource *source, GError **error)
{
  char buffer[4096];
  ssize_t n;

  if (sink->converter == NULL)
    return note (sink,
                 weir_writer_write_content (sink->writer, source->flowfile, 0,
                                            weir_flowfile_get_size (source->flowfile), error));
  while ((n = text_source_read (source, buffer, sizeof buffer, error)) > 0)
    if (!convert (sink, buffer, (size_t)n, error))
      return false;
  return n == 0;
}

bool
text_sink_close (TextSink *sink, GError **error)
{
  return (sink->converter == NULL || convert (sink, NULL, 0, error)) &&
         note (sink, weir_writer_close (g_steal_pointer (&sink->writer), error));
}

void
text_sink_clear (TextSink *sink)
{
  close_converter (&sink->converter);
  g_clear_pointer (&sink->writer, weir_writer_free);
}
