/* shard.c: an hour of some subjects: the codes of each measure as differences, one after the other,
 * packed together. */
#include "control/minute.h"

#include "base/error.h"
#include "base/varint.h"
#include "control/figure-code.h"
#include "provenance/stream.h"

#include <zstd.h>

#define VERSION 1u
#define LEVEL   3

/* Of what is packed: each code of each measure of each subject with the most bytes. */
#define SIZE_MAX_UNPACKED \
  (WEIR_SHARD_KEYS * (3 * WEIR_VARINT_MAX + WEIR_COLUMNS_MAX * WEIR_HOUR_MINUTES * 3))

static uint16_t
get_code (const WeirMinute *minute, uint32_t key, unsigned measure)
{
  const WeirMinuteSubject *subject = minute != NULL ? weir_minute_find (minute, key) : NULL;

  return subject != NULL ? weir_figure_code (subject->values[measure]) : 0;
}

/* Returns: false when it is not there at all. */
static bool
find_kind (WeirMinute *const *minutes, uint32_t key, WeirSubjectKind *ret_kind)
{
  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++) {
    const WeirMinuteSubject *subject =
        minutes[i] != NULL ? weir_minute_find (minutes[i], key) : NULL;
    if (subject == NULL)
      continue;
    *ret_kind = subject->kind;
    return true;
  }
  return false;
}

static bool
put_measure (WeirStream *stream, WeirMinute *const *minutes, uint32_t key, unsigned measure)
{
  uint16_t last = 0;
  bool any = false;

  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++) {
    uint16_t code = get_code (minutes[i], key, measure);
    any = any || code != 0;
    weir_stream_put_signed (stream, (int64_t)code - last);
    last = code;
  }
  return any;
}

/* Returns: false when it did nothing. */
static bool
put_subject (WeirStream *stream, WeirMinute *const *minutes, uint32_t key,
             const WeirColumns *columns)
{
  WeirStream values = { 0 };
  WeirSubjectKind kind;
  uint64_t mask = 0;

  if (!find_kind (minutes, key, &kind))
    return false;
  for (unsigned number = 0; number < WEIR_COLUMNS_MAX; number++) {
    size_t used = weir_stream_get_size (&values);
    int8_t measure = columns->measures[kind][number];

    if (measure >= 0 && put_measure (&values, minutes, key, (unsigned)measure))
      mask |= UINT64_C (1) << number;
    else if (measure >= 0)
      values.at = values.start + used;
  }
  if (mask != 0) {
    weir_stream_put (stream, key % WEIR_SHARD_KEYS);
    weir_stream_put (stream, kind);
    weir_stream_put (stream, mask);
    weir_stream_put_bytes (stream, values.start, weir_stream_get_size (&values));
  }
  weir_stream_clear (&values);
  return mask != 0;
}

GBytes *
weir_shard_encode (WeirMinute *const minutes[WEIR_HOUR_MINUTES], uint32_t shard,
                   const WeirColumns *columns)
{
  WeirStream stream = { 0 };
  bool any = false;
  size_t size;
  size_t bound;
  uint8_t *packed;

  for (uint32_t i = 0; i < WEIR_SHARD_KEYS; i++)
    any = put_subject (&stream, minutes, shard * WEIR_SHARD_KEYS + i, columns) || any;
  size = weir_stream_get_size (&stream);
  bound = 1 + ZSTD_compressBound (size);
  packed = g_malloc (bound);
  packed[0] = VERSION;
  bound = any ? ZSTD_compress (packed + 1, bound - 1, stream.start, size, LEVEL) : 0;
  weir_stream_clear (&stream);
  if (any && !ZSTD_isError (bound))
    return g_bytes_new_take (packed, 1 + bound);
  g_free (packed);
  return NULL;
}

static void
get_measure (WeirCursor *cursor, uint64_t (*values)[WEIR_MEASURES_MAX], int measure)
{
  int64_t code = 0;

  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++) {
    int64_t step = weir_cursor_get_signed (cursor);

    if (step < -(int64_t)WEIR_FIGURE_CODE_MAX || step > (int64_t)WEIR_FIGURE_CODE_MAX ||
        code + step < 0 || code + step > (int64_t)WEIR_FIGURE_CODE_MAX) {
      weir_cursor_fail (cursor);
      return;
    }
    code += step;
    if (measure >= 0)
      values[i][measure] = weir_figure_decode ((uint16_t)code);
  }
}

static bool
get_subject (WeirCursor *cursor, uint32_t shard, const WeirColumns *columns, WeirShardFunc func,
             void *data)
{
  uint64_t values[WEIR_HOUR_MINUTES][WEIR_MEASURES_MAX] = { 0 };
  uint64_t key = weir_cursor_get (cursor);
  uint64_t kind = weir_cursor_get (cursor);
  uint64_t mask = weir_cursor_get (cursor);

  if (cursor->failed || key >= WEIR_SHARD_KEYS || kind >= WEIR_N_SUBJECT_KINDS)
    return false;
  for (unsigned number = 0; number < WEIR_COLUMNS_MAX && !cursor->failed; number++)
    if ((mask >> number & 1) != 0)
      get_measure (cursor, values, columns->measures[kind][number]);
  if (cursor->failed)
    return false;
  func (data, shard * WEIR_SHARD_KEYS + (uint32_t)key, (WeirSubjectKind)kind,
        (const uint64_t (*)[WEIR_MEASURES_MAX])values);
  return true;
}

static bool
fail (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the figures of an hour are damaged");
  return false;
}

bool
weir_shard_decode (const void *bytes, size_t size, uint32_t shard, const WeirColumns *columns,
                   WeirShardFunc func, void *data, GError **error)
{
  const uint8_t *packed = bytes;
  g_autofree uint8_t *text = NULL;
  unsigned long long unpacked;
  WeirCursor cursor;

  if (size < 2 || packed[0] != VERSION)
    return fail (error);
  unpacked = ZSTD_getFrameContentSize (packed + 1, size - 1);
  if (unpacked > SIZE_MAX_UNPACKED) /* the codes for errors are, too */
    return fail (error);
  text = g_malloc (unpacked + 1);
  if (ZSTD_decompress (text, unpacked, packed + 1, size - 1) != unpacked)
    return fail (error);
  cursor = (WeirCursor){ text, text + unpacked, false };
  while (!weir_cursor_is_at_end (&cursor))
    if (!get_subject (&cursor, shard, columns, func, data))
      return fail (error);
  return true;
}
