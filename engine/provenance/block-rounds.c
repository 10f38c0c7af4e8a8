/* block-rounds.c: events that come again and again, of other FlowFiles: their bytes are copied,
 * once they have been written for the second time. */
#include "provenance/block-writer-parts.h"

#include "base/limits.h"

void
weir_block_writer_begin_round (WeirBlockWriter *writer)
{
  const WeirEvent *last = &writer->last;
  WeirBlockRound *round = &writer->round;

  round->is_set = true;
  round->n = writer->n;
  round->time = last->time;
  round->flowfile = last->flowfile;
  round->size = last->size;
  round->usec = last->usec;
  round->content = writer->last_content;
  round->n_named = writer->n_named;
  round->n_refs = writer->n_refs;
  for (unsigned i = 0; i < WEIR_N_STREAMS; i++)
    round->sizes[i] = weir_stream_get_size (&writer->streams[i]);
}

/* What is written for an event follows from it and from what was before it. The round has left that
 * as it was, but for the id: so the next one takes the same bytes. Parents are minus the id. */
static bool
is_same_again (const WeirBlockWriter *writer, unsigned n, int64_t step)
{
  const WeirBlockRound *round = &writer->round;
  const WeirEvent *last = &writer->last;
  const WeirContentRef *content = &writer->last_content;

  return round->is_set && n > 0 && writer->n - round->n == n && last->time == round->time &&
         last->flowfile - round->flowfile == (uint64_t)step && last->size == round->size &&
         last->usec == round->usec && content->file == round->content.file &&
         content->start == round->content.start && content->size == round->content.size &&
         writer->n_named == round->n_named && writer->n_refs == round->n_refs &&
         weir_stream_get_size (&writer->streams[WEIR_STREAM_PARENTS]) ==
             round->sizes[WEIR_STREAM_PARENTS];
}

/* So many rounds that no id gets farther than into the next bucket. */
static unsigned
count_rounds (const WeirBlockWriter *writer, unsigned n, int64_t step)
{
  uint64_t distance = step < 0 ? -(uint64_t)step : (uint64_t)step;
  size_t full = weir_block_writer_get_bytes (writer), bytes = 0;
  unsigned room = (WEIR_BLOCK_EVENTS - writer->n) / n;

  for (unsigned i = WEIR_N_FIXED_STREAMS; i < WEIR_N_STREAMS; i++)
    bytes += weir_stream_get_size (&writer->streams[i]) - writer->round.sizes[i];
  if (bytes > 0)
    room = (unsigned)MIN (room, (WEIR_LIMIT_BLOCK_FULL - full) / bytes);
  if (distance > 0)
    room = (unsigned)MIN (room, (UINT64_C (1) << WEIR_BLOCK_BUCKET) / distance);
  return room;
}

static void
repeat (WeirStream *stream, size_t from, unsigned n)
{
  size_t size = weir_stream_get_size (stream) - from;

  if (size == 0)
    return;
  weir_stream_reserve (stream, n * size);
  for (size_t left = n * size, part; left > 0; left -= part, size += part) {
    part = MIN (size, left);
    memcpy (stream->at, stream->at - size, part);
    stream->at += part;
  }
}

unsigned
weir_block_writer_add_rounds (WeirBlockWriter *writer, unsigned n_rounds, unsigned n, int64_t step)
{
  const WeirStream *flowfiles = &writer->streams[WEIR_STREAM_FLOWFILES];
  const WeirBlockRound *round = &writer->round;
  WeirCursor cursor = { flowfiles->start + round->sizes[WEIR_STREAM_FLOWFILES], flowfiles->at,
                        false };
  uint64_t id = round->flowfile;

  if (!is_same_again (writer, n, step) || weir_block_writer_is_full (writer))
    return 0;
  n_rounds = MIN (n_rounds, count_rounds (writer, n, step));
  if (n_rounds == 0)
    return 0;
  while (!weir_cursor_is_at_end (&cursor)) {
    id += (uint64_t)weir_cursor_get_signed (&cursor);
    weir_block_notes_add_event (&writer->notes, id + (uint64_t)step);
    weir_block_notes_add_event (&writer->notes, id + n_rounds * (uint64_t)step);
  }
  for (unsigned i = 0; i < WEIR_N_STREAMS; i++)
    repeat (&writer->streams[i], round->sizes[i], n_rounds);
  for (unsigned i = 0; i < n * n_rounds; i++)
    writer->kind_of[writer->n + i] = writer->kind_of[writer->n + i - n];
  writer->n += n * n_rounds;
  writer->last.flowfile += n_rounds * (uint64_t)step;
  return n_rounds;
}
