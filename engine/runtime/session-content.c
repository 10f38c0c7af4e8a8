/* session-content.c: content as modules read and write it. Readers and views hold references of
 * their own, so that new content may take the place of old while somebody looks at it. */
#include "runtime/engine.h"
#include "runtime/session.h"
#include "store/content-reader.h"
#include "store/content-transfer.h"
#include "store/content-writer.h"

struct WeirReader {
  WeirOpen open; /* first, as in the writer */
  WeirContentReader reader;
};

struct WeirWriter {
  WeirOpen open;
  WeirFlowFile *flowfile;
  WeirContentWriter writer;
};

static void
add_open (WeirSession *session, WeirOpen *open, void (*on_give_up) (WeirOpen *open))
{
  *open = (WeirOpen){ session, session->open, &session->open, on_give_up };
  if (open->next != NULL)
    open->next->place = &open->next;
  session->open = open;
}

static void
remove_open (WeirOpen *open)
{
  if (open->session == NULL)
    return;
  *open->place = open->next;
  if (open->next != NULL)
    open->next->place = open->place;
  open->session = NULL;
}

void
weir_session_give_up_open (WeirSession *session)
{
  for (WeirOpen *open; (open = session->open) != NULL;) {
    remove_open (open);
    open->on_give_up (open);
  }
}

static bool
is_open (const WeirOpen *open, GError **error)
{
  if (open->session != NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                       "the trigger that opened this reader or writer is over");
  return false;
}

static void
on_give_up_reader (WeirOpen *open)
{
  weir_content_reader_clear (&((WeirReader *)open)->reader);
}

static void
on_give_up_writer (WeirOpen *open)
{
  weir_content_writer_clear (&((WeirWriter *)open)->writer);
}

/* The mistake is noted in the session; the module gets it too, so that it stops here. */
static bool
refuse (WeirSession *session, GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, session->error->message);
  return false;
}

void
weir_session_swap_content (WeirSession *session, WeirRecord *record, WeirContent *content)
{
  WeirFlowFile *flowfile = record->flowfile;

  session->bytes_written += content->size;
  if (record->source != NULL && !record->content_changed) {
    record->content_changed = true;
    record->old_content = flowfile->content;
  } else {
    weir_content_clear (&flowfile->content);
  }
  flowfile->content = *content;
  *content = (WeirContent){ 0 };
}

bool
weir_session_view (WeirSession *session, const WeirFlowFile *flowfile, WeirBytes *ret_bytes,
                   GError **error)
{
  WeirContentView view;

  if (weir_session_record (session, flowfile) == NULL)
    return refuse (session, error);
  if (flowfile->content.size == 0) {
    *ret_bytes = (WeirBytes){ 0 };
    return true;
  }
  if (!weir_content_view_open (&flowfile->content, &view, error))
    return false;
  g_array_append_val (session->views, view);
  session->bytes_read += view.bytes.size;
  *ret_bytes = view.bytes;
  return true;
}

WeirReader *
weir_session_read (WeirSession *session, const WeirFlowFile *flowfile, GError **error)
{
  WeirReader *reader;

  if (weir_session_record (session, flowfile) == NULL) {
    refuse (session, error);
    return NULL;
  }
  reader = g_new (WeirReader, 1);
  add_open (session, &reader->open, on_give_up_reader);
  weir_content_reader_init (&reader->reader, &flowfile->content);
  return reader;
}

ssize_t
weir_reader_read (WeirReader *reader, void *buffer, size_t size, GError **error)
{
  ssize_t n;

  if (!is_open (&reader->open, error))
    return -1;
  n = weir_content_reader_read (&reader->reader, buffer, size, error);
  if (n > 0)
    reader->open.session->bytes_read += (uint64_t)n;
  return n;
}

void
weir_reader_free (WeirReader *reader)
{
  if (reader == NULL)
    return;
  if (reader->open.session != NULL)
    weir_content_reader_clear (&reader->reader);
  remove_open (&reader->open);
  g_free (reader);
}

WeirWriter *
weir_session_write (WeirSession *session, WeirFlowFile *flowfile, GError **error)
{
  WeirWriter *writer;

  if (weir_session_record_to_change (session, flowfile) == NULL) {
    refuse (session, error);
    return NULL;
  }
  writer = g_new (WeirWriter, 1);
  add_open (session, &writer->open, on_give_up_writer);
  writer->flowfile = flowfile;
  weir_content_writer_init (&writer->writer, session->engine->store);
  return writer;
}

WeirWriter *
weir_session_append (WeirSession *session, WeirFlowFile *flowfile, GError **error)
{
  g_autoptr (WeirWriter) writer = weir_session_write (session, flowfile, error);

  if (writer == NULL || !weir_content_writer_write_content (&writer->writer, &flowfile->content, 0,
                                                            flowfile->content.size, error))
    return NULL;
  return g_steal_pointer (&writer);
}

bool
weir_writer_write (WeirWriter *writer, const void *data, size_t size, GError **error)
{
  return is_open (&writer->open, error) &&
         weir_content_writer_write (&writer->writer, data, size, error);
}

static bool
check_range (WeirSession *session, const WeirFlowFile *flowfile, uint64_t offset, uint64_t size)
{
  if (offset <= flowfile->content.size && size <= flowfile->content.size - offset)
    return true;
  weir_session_fail (session, "the processor asked for bytes beyond the end of a content");
  return false;
}

bool
weir_writer_write_content (WeirWriter *writer, const WeirFlowFile *flowfile, uint64_t offset,
                           uint64_t size, GError **error)
{
  WeirSession *session = writer->open.session;

  if (!is_open (&writer->open, error))
    return false;
  if (weir_session_record (session, flowfile) == NULL ||
      !check_range (session, flowfile, offset, size))
    return refuse (session, error);
  session->bytes_read += size;
  return weir_content_writer_write_content (&writer->writer, &flowfile->content, offset, size,
                                            error);
}

void
weir_writer_free (WeirWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->open.session != NULL)
    weir_content_writer_clear (&writer->writer);
  remove_open (&writer->open);
  g_free (writer);
}

bool
weir_writer_close (WeirWriter *writer, GError **error)
{
  WeirSession *session = writer->open.session;
  WeirRecord *record;
  WeirContent content;
  bool ok = is_open (&writer->open, error);

  if (ok) {
    record = weir_session_record_to_change (session, writer->flowfile);
    ok = record != NULL ? weir_content_writer_close (&writer->writer, &content, error)
                        : refuse (session, error);
    if (ok)
      weir_session_swap_content (session, record, &content);
  }
  weir_writer_free (writer);
  return ok;
}

bool
weir_session_set_content (WeirSession *session, WeirFlowFile *flowfile, const void *data,
                          size_t size, GError **error)
{
  WeirRecord *record = weir_session_record_to_change (session, flowfile);
  WeirContent content;

  if (record == NULL)
    return refuse (session, error);
  if (!weir_content_store_put (session->engine->store, data, size, &content, error))
    return false;
  weir_session_swap_content (session, record, &content);
  return true;
}

bool
weir_session_import (WeirSession *session, WeirFlowFile *flowfile, int fd, GError **error)
{
  WeirRecord *record = weir_session_record_to_change (session, flowfile);
  WeirContent content;

  if (record == NULL)
    return refuse (session, error);
  if (!weir_content_store_import (session->engine->store, fd, NULL, &content, error))
    return false;
  weir_session_swap_content (session, record, &content);
  return true;
}

bool
weir_session_export (WeirSession *session, const WeirFlowFile *flowfile, int fd, GError **error)
{
  if (weir_session_record (session, flowfile) == NULL)
    return refuse (session, error);
  return weir_session_export_part (session, flowfile, 0, flowfile->content.size, fd, error);
}

bool
weir_session_export_part (WeirSession *session, const WeirFlowFile *flowfile, uint64_t offset,
                          uint64_t size, int fd, GError **error)
{
  WeirContent part;

  if (weir_session_record (session, flowfile) == NULL ||
      !check_range (session, flowfile, offset, size))
    return refuse (session, error);
  part = (WeirContent){ flowfile->content.claim, flowfile->content.offset + offset, size };
  session->bytes_read += size;
  return size == 0 || weir_content_export (&part, fd, NULL, error);
}

int
weir_session_give (WeirSession *session, const WeirFlowFile *flowfile, int directory,
                   const char *name)
{
  int fd;

  if (weir_session_record (session, flowfile) == NULL)
    return -1;
  fd = weir_content_give (&flowfile->content, directory, name);
  if (fd >= 0)
    session->bytes_read += flowfile->content.size;
  return fd;
}
