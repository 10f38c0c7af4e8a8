/* tail-position.c: five numbers and the version of their meaning. */
#include "tail-position.h"

#include <glib.h>
#include <string.h>

#define VERSION  "1"
#define N_FIELDS 6

char *
tail_position_format (const TailPosition *position)
{
  return g_strdup_printf (VERSION " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT
                                  " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
                          position->device, position->inode, position->offset, position->changed,
                          position->mark);
}

static bool
parse_unsigned (const char *text, uint64_t *ret_value)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &value, NULL))
    return false;
  *ret_value = value;
  return true;
}

static bool
parse_signed (const char *text, int64_t minimum, int64_t *ret_value)
{
  gint64 value;

  if (!g_ascii_string_to_signed (text, 10, minimum, G_MAXINT64, &value, NULL))
    return false;
  *ret_value = value;
  return true;
}

bool
tail_position_parse (const char *text, TailPosition *ret_position)
{
  g_auto (GStrv) fields = g_strsplit (text, " ", N_FIELDS + 1);
  TailPosition position;

  if (g_strv_length (fields) != N_FIELDS || strcmp (fields[0], VERSION) != 0 ||
      !parse_unsigned (fields[1], &position.device) ||
      !parse_unsigned (fields[2], &position.inode) ||
      !parse_signed (fields[3], 0, &position.offset) ||
      !parse_signed (fields[4], G_MININT64, &position.changed) ||
      !parse_unsigned (fields[5], &position.mark))
    return false;
  *ret_position = position;
  return true;
}

uint64_t
tail_mark_add (uint64_t mark, const void *data, size_t size)
{
  const unsigned char *bytes = data;

  for (size_t i = 0; i < size; i++)
    mark = (mark ^ bytes[i]) * UINT64_C (0x100000001b3); /* FNV-1a */
  return mark;
}
