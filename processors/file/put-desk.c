/* put-desk.c: batches that wait for the disk, and the notes that outlive the process. */
#include "put.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* So many batches are written before the first has its names. */
#define BATCHES_MAX 2

/* Which directories were swept is only remembered to save work. */
#define SWEPT_MAX 4096

struct PutDesk {
  _Atomic unsigned n_refs;
  pthread_mutex_t lock;
  WeirContext *context; /* guarded by lock, as the rest; NULL once the processor has stopped */
  GQueue ready;         /* PutBatch: durable */
  unsigned n_batches;   /* these, and those that are not durable yet */
  GHashTable *busy;     /* ids that are being worked on */
  GHashTable *swept;    /* paths of directories */
  uint64_t owner;       /* 0: not known yet */
  bool is_owner_noted;
  bool is_owner_durable;
  bool has_looked_back;
};

PutBatch *
put_batch_new (void)
{
  PutBatch *batch = g_new (PutBatch, 1);

  batch->n = 0;
  return batch;
}

void
put_batch_free (PutBatch *batch)
{
  for (unsigned i = 0; batch != NULL && i < batch->n; i++) {
    g_free (batch->items[i].path);
    g_free (batch->items[i].name);
  }
  g_free (batch);
}

PutDesk *
put_desk_new (WeirContext *context)
{
  PutDesk *desk = g_new0 (PutDesk, 1);

  atomic_init (&desk->n_refs, 1);
  pthread_mutex_init (&desk->lock, NULL);
  desk->context = context;
  g_queue_init (&desk->ready);
  desk->busy = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  desk->swept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return desk;
}

PutDesk *
put_desk_ref (PutDesk *desk)
{
  atomic_fetch_add (&desk->n_refs, 1);
  return desk;
}

void
put_desk_unref (PutDesk *desk)
{
  if (atomic_fetch_sub (&desk->n_refs, 1) != 1)
    return;
  g_hash_table_unref (desk->busy);
  g_hash_table_unref (desk->swept);
  pthread_mutex_destroy (&desk->lock);
  g_free (desk);
}

void
put_desk_close (PutDesk *desk)
{
  if (desk == NULL)
    return;
  pthread_mutex_lock (&desk->lock);
  desk->context = NULL;
  g_queue_clear_full (&desk->ready, (GDestroyNotify)put_batch_free);
  pthread_mutex_unlock (&desk->lock);
  put_desk_unref (desk);
}

/* --- whose files they are --- */

static void
on_owner_durable (void *data)
{
  PutDesk *desk = data;

  pthread_mutex_lock (&desk->lock);
  desk->is_owner_durable = true;
  if (desk->context != NULL)
    weir_context_wake (desk->context);
  pthread_mutex_unlock (&desk->lock);
}

static void
on_owner_done (void *data)
{
  PutDesk *desk = data;

  pthread_mutex_lock (&desk->lock);
  if (!desk->is_owner_durable)
    desk->is_owner_noted = false;
  pthread_mutex_unlock (&desk->lock);
  put_desk_unref (desk);
}

/* With the lock held. */
static void
load_owner (PutDesk *desk, WeirSession *session)
{
  g_autofree char *text = NULL;
  guint64 number;

  if (desk->owner != 0)
    return;
  text = weir_session_get_state (session, "owner");
  if (text != NULL && g_ascii_string_to_unsigned (text, 16, 1, G_MAXUINT64, &number, NULL))
    desk->owner = number;
}

bool
put_desk_get_owner (PutDesk *desk, WeirSession *session, uint64_t *ret_owner)
{
  bool is_durable;

  pthread_mutex_lock (&desk->lock);
  load_owner (desk, session);
  if (desk->owner == 0)
    desk->owner = weir_context_get_random (weir_session_get_context (session)) | 1;
  /* Also what was found: the processor may have been stopped before it was durable. */
  if (!desk->is_owner_noted) {
    g_autofree char *text = g_strdup_printf ("%" G_GINT64_MODIFIER "x", desk->owner);

    weir_session_set_state (session, "owner", text);
    weir_session_on_durable (session, on_owner_durable, put_desk_ref (desk), on_owner_done);
    desk->is_owner_noted = true;
  }
  is_durable = desk->is_owner_durable;
  *ret_owner = desk->owner;
  pthread_mutex_unlock (&desk->lock);
  return is_durable;
}

/* --- what waits --- */

bool
put_desk_is_full (PutDesk *desk)
{
  bool is_full;

  pthread_mutex_lock (&desk->lock);
  is_full = desk->n_batches >= BATCHES_MAX;
  pthread_mutex_unlock (&desk->lock);
  return is_full;
}

void
put_desk_add (PutDesk *desk, uint64_t id)
{
  pthread_mutex_lock (&desk->lock);
  g_hash_table_add (desk->busy, g_memdup2 (&id, sizeof id));
  pthread_mutex_unlock (&desk->lock);
}

void
put_desk_drop (PutDesk *desk, uint64_t id)
{
  pthread_mutex_lock (&desk->lock);
  g_hash_table_remove (desk->busy, &id);
  pthread_mutex_unlock (&desk->lock);
}

typedef struct {
  PutDesk *desk;
  PutBatch *batch; /* NULL once it is durable */
} Submission;

static void
on_written (void *data)
{
  Submission *submission = data;
  PutDesk *desk = submission->desk;

  pthread_mutex_lock (&desk->lock);
  if (desk->context != NULL) {
    g_queue_push_tail (&desk->ready, g_steal_pointer (&submission->batch));
    weir_context_wake (desk->context);
  }
  pthread_mutex_unlock (&desk->lock);
}

static void
on_submission_done (void *data)
{
  Submission *submission = data;
  PutDesk *desk = submission->desk;
  PutBatch *batch = submission->batch;

  /* Undone: the FlowFiles are back in their queue, and what is aside is written over then. */
  if (batch != NULL) {
    for (unsigned i = 0; i < batch->n; i++)
      put_desk_drop (desk, batch->items[i].id);
    pthread_mutex_lock (&desk->lock);
    desk->n_batches--;
    pthread_mutex_unlock (&desk->lock);
  }
  put_batch_free (batch);
  put_desk_unref (desk);
  g_free (submission);
}

void
put_desk_submit (PutDesk *desk, PutBatch *batch, WeirSession *session)
{
  Submission *submission = g_new (Submission, 1);

  *submission = (Submission){ put_desk_ref (desk), batch };
  pthread_mutex_lock (&desk->lock);
  desk->n_batches++;
  pthread_mutex_unlock (&desk->lock);
  weir_session_on_durable (session, on_written, submission, on_submission_done);
}

PutBatch *
put_desk_take (PutDesk *desk)
{
  PutBatch *batch;

  pthread_mutex_lock (&desk->lock);
  batch = g_queue_pop_head (&desk->ready);
  desk->n_batches -= batch != NULL;
  /* What is held brings no trigger of its own, and of several wishes for one only one may be left.
   */
  if (!g_queue_is_empty (&desk->ready))
    weir_context_wake (desk->context);
  pthread_mutex_unlock (&desk->lock);
  return batch;
}

/* --- what an earlier run has left --- */

static void
make_key (uint64_t id, char key[static 32])
{
  g_snprintf (key, 32, "put.%" G_GINT64_MODIFIER "x", id);
}

typedef struct {
  PutDesk *desk;
  WeirSession *session;
} Question;

static bool
is_wanted (void *data, uint64_t id)
{
  const Question *question = data;
  g_autofree char *note = NULL;
  char key[32];

  make_key (id, key);
  note = weir_session_get_state (question->session, key);
  return note != NULL || g_hash_table_contains (question->desk->busy, &id);
}

void
put_desk_sweep (PutDesk *desk, FileFolder *folder, uint64_t owner, WeirSession *session)
{
  Question question = { desk, session };

  /* Under the lock, so that no other task begins a file there meanwhile. */
  pthread_mutex_lock (&desk->lock);
  if (!g_hash_table_contains (desk->swept, folder->path)) {
    if (g_hash_table_size (desk->swept) == SWEPT_MAX)
      g_hash_table_remove_all (desk->swept);
    g_hash_table_add (desk->swept, g_strdup (folder->path));
    file_target_sweep (folder, owner, is_wanted, &question);
  }
  pthread_mutex_unlock (&desk->lock);
}

void
put_desk_look_back (PutDesk *desk, const char *path, WeirSession *session)
{
  FileFolder *folder;
  uint64_t owner = 0;

  pthread_mutex_lock (&desk->lock);
  if (!desk->has_looked_back) {
    load_owner (desk, session);
    owner = desk->owner;
  }
  desk->has_looked_back = true;
  pthread_mutex_unlock (&desk->lock);
  folder = owner != 0 ? file_folder_open (path, false, NULL) : NULL;
  if (folder == NULL)
    return;
  put_desk_sweep (desk, folder, owner, session);
  file_folder_free (folder);
}

/* --- notes --- */

void
put_note_set (WeirSession *session, const PutItem *item)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char key[32];

  make_key (item->id, key);
  g_string_append_uri_escaped (text, item->name, NULL, FALSE);
  g_string_append_c (text, ' ');
  g_string_append_uri_escaped (text, item->path, "/", FALSE);
  weir_session_set_state (session, key, text->str);
}

void
put_note_clear (WeirSession *session, uint64_t id)
{
  char key[32];

  make_key (id, key);
  weir_session_set_state (session, key, NULL);
}

bool
put_note_get (WeirSession *session, PutItem *item)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *text = NULL, *name = NULL, *path = NULL;
  char key[32];

  make_key (item->id, key);
  text = weir_session_get_state (session, key);
  if (text == NULL)
    return false;
  words = g_strsplit (text, " ", 3);
  if (g_strv_length (words) != 2)
    return false;
  name = g_uri_unescape_string (words[0], NULL);
  path = g_uri_unescape_string (words[1], NULL);
  if (name == NULL || path == NULL || strchr (name, '/') != NULL || *path != '/')
    return false;
  item->name = g_steal_pointer (&name);
  item->path = g_steal_pointer (&path);
  return true;
}
