/* bulletin.c: a queue of fixed length behind a lock; what is told is told in one order. */
#include "runtime/bulletin.h"

#include "base/error.h"
#include "base/limits.h"
#include "runtime/engine.h"
#include "runtime/node.h"

struct WeirBoard {
  WeirLock lock;
  GQueue kept;      /* guarded by lock: WeirBulletin, oldest first */
  uint64_t last_id; /* guarded by lock */
  WeirBulletinFunc func;
  void *data;
  const WeirMask *mask;
};

static void
bulletin_free (void *data)
{
  WeirBulletin *bulletin = data;

  g_free (bulletin->component);
  g_free (bulletin->name);
  g_free (bulletin->message);
  g_free (bulletin->flowfile);
  g_free (bulletin);
}

WeirBoard *
weir_board_new (WeirBulletinFunc func, void *data)
{
  WeirBoard *board = g_new0 (WeirBoard, 1);

  pthread_mutex_init (&board->lock, NULL);
  g_queue_init (&board->kept);
  board->func = func;
  board->data = data;
  return board;
}

void
weir_board_free (WeirBoard *board)
{
  if (board == NULL)
    return;
  g_queue_clear_full (&board->kept, bulletin_free);
  pthread_mutex_destroy (&board->lock);
  g_free (board);
}

void
weir_board_hide (WeirBoard *board, const WeirMask *mask)
{
  board->mask = mask;
}

static WeirBulletin *
bulletin_new (const WeirBoard *board, int64_t wall, WeirLogLevel level, const char *component,
              const char *name, const char *message)
{
  WeirBulletin *bulletin = g_new0 (WeirBulletin, 1);
  g_autofree char *masked = weir_mask_apply (board->mask, message);

  bulletin->wall = wall;
  bulletin->level = level;
  bulletin->component = g_strdup (component);
  bulletin->name = g_strdup (name);
  bulletin->message = weir_error_clean (masked);
  return bulletin;
}

static void
publish (WeirBoard *board, WeirBulletin *bulletin)
{
  WEIR_LOCKED (&board->lock);
  bulletin->id = ++board->last_id;
  if (board->func != NULL)
    board->func (board->data, bulletin);
  if (!bulletin->is_kept) {
    bulletin_free (bulletin);
    return;
  }
  g_queue_push_tail (&board->kept, bulletin);
  if (board->kept.length > WEIR_LIMIT_BULLETINS)
    bulletin_free (g_queue_pop_head (&board->kept));
}

void
weir_bulletin_raise_about (WeirNode *node, WeirLogLevel level, const char *flowfile,
                           const char *message)
{
  WeirBoard *board = node->engine->board;
  WeirBulletin *bulletin = bulletin_new (board, weir_clock_get_wall (node->engine->clock), level,
                                         node->path, node->name, message);

  bulletin->flowfile = g_strdup (flowfile);
  bulletin->is_kept = (unsigned)level >= (unsigned)node->bulletin_level;
  if (bulletin->is_kept)
    atomic_fetch_add_explicit (&node->stats.bulletins, 1, memory_order_relaxed);
  publish (board, bulletin);
}

void
weir_bulletin_raise (WeirNode *node, WeirLogLevel level, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  weir_bulletin_raise_about (node, level, NULL, message);
}

void
weir_board_tell (WeirBoard *board, int64_t wall, WeirLogLevel level, const char *who,
                 const char *message)
{
  WeirBulletin *bulletin = bulletin_new (board, wall, level, who, who, message);

  bulletin->is_kept = true;
  publish (board, bulletin);
}

GPtrArray *
weir_board_list (WeirBoard *board, uint64_t id)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (bulletin_free);

  WEIR_LOCKED (&board->lock);
  for (GList *link = board->kept.head; link != NULL; link = link->next) {
    const WeirBulletin *bulletin = link->data;
    WeirBulletin *copy;

    if (bulletin->id <= id)
      continue;
    copy = g_memdup2 (bulletin, sizeof *bulletin);
    copy->component = g_strdup (bulletin->component);
    copy->name = g_strdup (bulletin->name);
    copy->message = g_strdup (bulletin->message);
    copy->flowfile = g_strdup (bulletin->flowfile);
    g_ptr_array_add (list, copy);
  }
  return list;
}
