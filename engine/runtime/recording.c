#include "runtime/recording.h"

static void
on_message (void *user, const char *message)
{
  WeirEngine *engine = user;

  weir_board_tell (engine->board, weir_clock_get_wall (engine->clock), WEIR_LOG_WARNING,
                   "provenance", message);
}

void
weir_recording_start (WeirEngine *engine)
{
  WeirRecorderOptions options = { .data = engine->data,
                                  .directory = engine->provenance_dir,
                                  .clock = engine->clock,
                                  .fs = engine->fs,
                                  .mask = weir_secrecy_get_mask (engine->secrecy),
                                  .partition_bytes = engine->partition_bytes,
                                  .wait_usec = engine->provenance_usec,
                                  .on_message = on_message,
                                  .user = engine };

  if (engine->has_provenance)
    engine->recorder = weir_recorder_new (&options);
}

void
weir_recording_stop (WeirEngine *engine)
{
  if (engine->recorder != NULL) {
    weir_recorder_end (engine->recorder);
    weir_recorder_get_figures (engine->recorder, &engine->recorded);
  }
  g_clear_pointer (&engine->recorder, weir_recorder_free);
}

bool
weir_recording_get_figures (WeirEngine *engine, WeirRecorderFigures *ret_figures)
{
  if (!engine->has_provenance)
    return false;
  *ret_figures = engine->recorded;
  if (engine->recorder != NULL)
    weir_recorder_get_figures (engine->recorder, ret_figures);
  return true;
}
