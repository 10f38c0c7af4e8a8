/* content.h: reading and writing the content of a FlowFile.
 *
 * Content is immutable: a write makes new content, which the FlowFile has from the moment the
 * writer is closed. Until then, readers see the old one. No call here copies more than its buffer.
 *
 * Thread: trigger, for every function here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <weir/error.h>
#include <weir/flowfile.h>

G_BEGIN_DECLS

typedef struct WeirSession WeirSession;
typedef struct WeirReader WeirReader;
typedef struct WeirWriter WeirWriter;

typedef struct {
  const char *data; /* not terminated; may be NULL when size is 0 */
  size_t size;
} WeirBytes;

/* The whole content in place, without a copy: small content is in memory, large content is mapped.
 * Returns: true with @ret_bytes set, valid until on_trigger returns. */
WEIR_API bool weir_session_view (WeirSession *session, const WeirFlowFile *flowfile,
                                 WeirBytes *ret_bytes, GError **error);

/* Streams content of any size in constant memory.
 * Returns: (transfer full): free with weir_reader_free before on_trigger returns. */
WEIR_API WeirReader *weir_session_read (WeirSession *session, const WeirFlowFile *flowfile,
                                        GError **error);

/* Returns: how many bytes were stored, less than @size only at the end; 0 at the end; -1 with
 * @error set. */
WEIR_API ssize_t weir_reader_read (WeirReader *reader, void *buffer, size_t size, GError **error);

/* Takes NULL. */
WEIR_API void weir_reader_free (WeirReader *reader);

/* Replaces the content by what is written from now on, or adds to its end.
 * Returns: (transfer full): give it to weir_writer_close; weir_writer_free leaves @flowfile as it
 * was. */
WEIR_API WeirWriter *weir_session_write (WeirSession *session, WeirFlowFile *flowfile,
                                         GError **error);
WEIR_API WeirWriter *weir_session_append (WeirSession *session, WeirFlowFile *flowfile,
                                          GError **error);

/* Adds @data to what was written so far. */
WEIR_API bool weir_writer_write (WeirWriter *writer, const void *data, size_t size, GError **error);

/* Writes a part of another FlowFile's content, in the kernel where that is possible. */
WEIR_API bool weir_writer_write_content (WeirWriter *writer, const WeirFlowFile *flowfile,
                                         uint64_t offset, uint64_t size, GError **error);

/* Gives the FlowFile its new content. Consumes @writer, also on failure. */
WEIR_API bool weir_writer_close (WeirWriter *writer, GError **error);

/* Abandons what was written. Takes NULL. */
WEIR_API void weir_writer_free (WeirWriter *writer);

/* The content in one call. */
WEIR_API bool weir_session_set_content (WeirSession *session, WeirFlowFile *flowfile,
                                        const void *data, size_t size, GError **error);

/* Replaces the content by what @fd holds from its position to its end. */
WEIR_API bool weir_session_import (WeirSession *session, WeirFlowFile *flowfile, int fd,
                                   GError **error);

/* Writes the whole content to @fd at its position. */
WEIR_API bool weir_session_export (WeirSession *session, const WeirFlowFile *flowfile, int fd,
                                   GError **error);

/* Writes a part of the content to @fd at its position, for who has something else to do in between
 * or needs only that part. The range must lie within it. */
WEIR_API bool weir_session_export_part (WeirSession *session, const WeirFlowFile *flowfile,
                                        uint64_t offset, uint64_t size, int fd, GError **error);

/* Instead of a copy: where the content is a file of its own that nothing else needs, on the same
 * file system, that file gets the name @name in the open @directory. Whoever has the name may
 * change it, and the content with it: only for a FlowFile that is not read any more. Nobody but the
 * user of the process may read it yet.
 * Returns: (transfer full): a descriptor, -1 when nothing was done: export it then. */
WEIR_API int weir_session_give (WeirSession *session, const WeirFlowFile *flowfile, int directory,
                                const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirReader, weir_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirWriter, weir_writer_free)

G_END_DECLS
