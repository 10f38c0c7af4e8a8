/* audit-frame.c: explains bytes that should be a frame and are none. Nothing in them is trusted:
 * what they say is told as hearsay. */
#include <string.h>
#include <weir/error.h>

#include "base/crc32c.h"
#include "base/limits.h"
#include "store/audit-parts.h"
#include "store/entry.h"
#include "store/segment.h"

#define CRC_OFFSET 4u
#define TOLD       8u /* FlowFiles that a finding names */

char *
weir_audit_name_segment (uint64_t number)
{
  return weir_segment_get_path ("log", number);
}

static uint32_t
get_32 (const uint8_t *bytes)
{
  uint32_t value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

static uint64_t
get_64 (const uint8_t *bytes)
{
  uint64_t value;

  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_LE (value);
}

/* Returns: (transfer full): the bytes from @place on, up to @size of them; NULL when there is no
 * such file. */
static uint8_t *
read_at (WeirAudit *audit, uint64_t place, size_t size, size_t *ret_size)
{
  WeirSegmentFolder folder = { audit->log_directory, audit->identity.log_id,
                               weir_audit_get_segment_size (audit), audit->options.fs };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);
  const WeirSegmentFile *file = NULL;
  g_autofree char *path = NULL;
  WEIR_AUTO_FD int fd = -1;
  g_autofree uint8_t *bytes = g_try_malloc (size);
  ssize_t n;

  if (files != NULL)
    file = weir_segment_find (files, place / folder.segment_size);
  if (file == NULL || bytes == NULL)
    return NULL;
  path = weir_segment_get_path (audit->log_directory, file->number);
  fd = weir_fs_open (audit->options.fs, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, NULL);
  if (fd < 0)
    return NULL;
  n = weir_fs_pread (audit->options.fs, fd, bytes, size, place - file->number * folder.segment_size,
                     path, NULL);
  if (n < 0)
    return NULL;
  *ret_size = (size_t)n;
  return g_steal_pointer (&bytes);
}

static void
note_ids (GArray *ids, const WeirLogEntry *entry)
{
  WeirEntryReader reader;
  WeirOp op;

  if (!weir_entry_reader_init (&reader, entry->body, entry->size, entry->place, entry->wall))
    return;
  while (weir_entry_reader_next (&reader, &op)) {
    bool is_known =
        op.kind != WEIR_OP_CREATE && op.kind != WEIR_OP_UPDATE && op.kind != WEIR_OP_DROP;

    for (guint i = 0; i < ids->len && !is_known; i++)
      is_known = g_array_index (ids, uint64_t, i) == op.id;
    if (!is_known && ids->len <= TOLD)
      g_array_append_val (ids, op.id);
  }
}

/* Returns: (transfer full): which FlowFiles the entries of a damaged frame seem to be about. */
static char *
describe_entries (const uint8_t *bytes, size_t size, uint64_t place)
{
  WeirFrame frame = { .place = place,
                      .sequence = get_64 (bytes + 24),
                      .wall = (int64_t)get_64 (bytes + 40),
                      .payload = bytes + WEIR_FRAME_HEADER,
                      .size = size - WEIR_FRAME_HEADER };
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  GString *text = g_string_new (NULL);
  WeirLogEntry entry;

  for (size_t at = 0; weir_frame_next_entry (&frame, &at, &entry, NULL);)
    note_ids (ids, &entry);
  g_string_append_printf (text, "what %u sessions did in it is lost", get_32 (bytes + 52));
  for (guint i = 0; i < MIN (ids->len, TOLD); i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT,
                            i == 0 ? "; as far as it can be read, it was about FlowFiles " : ", ",
                            g_array_index (ids, uint64_t, i));
  if (ids->len > TOLD)
    g_string_append (text, " and others");
  return g_string_free (text, FALSE);
}

/* The fields of a header that is not that of the frame. */
static char *
explain_header (WeirAudit *audit, const uint8_t *bytes, uint64_t place)
{
  static const uint8_t zeros[WEIR_FRAME_HEADER];

  if (memcmp (bytes, zeros, sizeof zeros) == 0)
    return g_strdup ("there are only zeros");
  if (memcmp (bytes, "WFR1", 4) != 0)
    return g_strdup_printf ("there is %02x %02x %02x %02x, not 57 46 52 31 (\"WFR1\")", bytes[0],
                            bytes[1], bytes[2], bytes[3]);
  if (get_64 (bytes + 8) != audit->identity.log_id)
    return g_strdup_printf ("there is a frame of log %016" G_GINT64_MODIFIER
                            "x, not of %016" G_GINT64_MODIFIER "x (bytes 8 to 15 of it)",
                            get_64 (bytes + 8), audit->identity.log_id);
  return g_strdup_printf ("there is a frame of place %" G_GUINT64_FORMAT
                          ", not of %" G_GUINT64_FORMAT " (bytes 16 to 23 of it)",
                          get_64 (bytes + 16), place);
}

char *
weir_audit_explain_frame (WeirAudit *audit, uint64_t place, uint64_t sequence, char **ret_effect)
{
  size_t n = 0, size;
  g_autofree uint8_t *header = read_at (audit, place, WEIR_FRAME_HEADER, &n);
  g_autofree uint8_t *bytes = NULL;
  uint32_t expected, crc;

  *ret_effect = g_strdup ("what the sessions in it did is lost");
  if (header == NULL || n < WEIR_FRAME_HEADER)
    return g_strdup ("the file is missing or ends before it");
  size = weir_frame_measure (header, audit->identity.log_id, place);
  if (size == 0)
    return explain_header (audit, header, place);
  bytes = read_at (audit, place, size, &n);
  if (bytes == NULL || n < size)
    return g_strdup_printf ("its header says %zu bytes, and the file ends before that", size);
  expected = get_32 (bytes + CRC_OFFSET);
  memset (bytes + CRC_OFFSET, 0, sizeof expected);
  crc = weir_crc32c (0, bytes, size);
  if (crc == expected)
    return g_strdup_printf ("there is frame %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT,
                            get_64 (bytes + 24), sequence);
  g_free (*ret_effect);
  *ret_effect = describe_entries (bytes, size, place);
  return g_strdup_printf ("its %zu bytes have the checksum %08x, and its header says %08x", size,
                          crc, expected);
}
