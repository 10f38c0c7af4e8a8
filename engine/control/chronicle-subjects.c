/* chronicle-subjects.c: keys stand for paths, so that a past is kept once and goes along when its
 * component is renamed. */
#include "control/chronicle-parts.h"

static bool
add_key (WeirChronicle *chronicle, WeirSubject *subject, GError **error)
{
  GHashTable *keys = chronicle->keys[subject->kind];
  void *key;
  sqlite3_stmt *statement;

  if (g_hash_table_lookup_extended (keys, subject->path, NULL, &key)) {
    subject->key = GPOINTER_TO_UINT (key);
    return true;
  }
  subject->key = chronicle->next_key++;
  g_hash_table_insert (keys, g_strdup (subject->path), GUINT_TO_POINTER (subject->key));
  statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_ADD_SUBJECT, error);
  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, subject->key);
  sqlite3_bind_int64 (statement, 2, subject->kind);
  sqlite3_bind_text (statement, 3, subject->path, -1, SQLITE_STATIC);
  return weir_sql_finish (statement, chronicle->path, "write", error);
}

static bool
set_path (WeirChronicle *chronicle, uint32_t key, const char *path, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_RENAME, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_text (statement, 1, path, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, key);
  return weir_sql_finish (statement, chronicle->path, "write", error);
}

static gboolean
has_key (void *path, void *key, void *data)
{
  return key == data;
}

/* Out of the way of others, which may get its old path. */
static bool
leave_path (WeirChronicle *chronicle, const WeirSubject *subject, GError **error)
{
  g_autofree char *nowhere = g_strdup_printf ("\001%u", subject->key);

  g_hash_table_foreach_remove (chronicle->keys[subject->kind], has_key,
                               GUINT_TO_POINTER (subject->key));
  return set_path (chronicle, subject->key, nowhere, error);
}

static bool
take_path (WeirChronicle *chronicle, const WeirSubject *subject, GError **error)
{
  GHashTable *keys = chronicle->keys[subject->kind];
  int64_t gone = GPOINTER_TO_UINT (g_hash_table_lookup (keys, subject->path));

  g_hash_table_insert (keys, g_strdup (subject->path), GUINT_TO_POINTER (subject->key));
  /* Who had that path before is nobody now. */
  return (gone == 0 || weir_chronicle_run (chronicle, WEIR_CHRONICLE_FORGET, &gone, 1, error)) &&
         set_path (chronicle, subject->key, subject->path, error);
}

/* All that have moved leave their paths before the first takes another one: some may have changed
 * places. */
static bool
move_keys (WeirChronicle *chronicle, const WeirRoster *roster, GError **error)
{
  g_autoptr (GPtrArray) moved = g_ptr_array_new ();
  bool ok = true;

  for (uint32_t i = 0; i < roster->n; i++) {
    const WeirSubject *subject = &roster->subjects[i];
    void *key = g_hash_table_lookup (chronicle->keys[subject->kind], subject->path);

    if (subject->key != 0 && GPOINTER_TO_UINT (key) != subject->key)
      g_ptr_array_add (moved, (void *)subject);
  }
  for (guint i = 0; i < moved->len; i++)
    ok = leave_path (chronicle, moved->pdata[i], ok ? error : NULL) && ok;
  for (guint i = 0; i < moved->len; i++)
    ok = take_path (chronicle, moved->pdata[i], ok ? error : NULL) && ok;
  return ok;
}

bool
weir_chronicle_give_keys (WeirChronicle *chronicle, WeirRoster *roster, GError **error)
{
  bool ok;

  WEIR_LOCKED (&chronicle->lock);
  ok = weir_chronicle_begin (chronicle, error);
  ok = move_keys (chronicle, roster, ok ? error : NULL) && ok;
  for (uint32_t i = 0; i < roster->n; i++)
    if (roster->subjects[i].key == 0)
      ok = add_key (chronicle, &roster->subjects[i], ok ? error : NULL) && ok;
  return weir_chronicle_end (chronicle, ok, ok ? error : NULL);
}

bool
weir_chronicle_find_key (WeirChronicle *chronicle, WeirSubjectKind kind, const char *path,
                         uint32_t *ret_key)
{
  void *key;

  WEIR_LOCKED (&chronicle->lock);
  if (!g_hash_table_lookup_extended (chronicle->keys[kind], path, NULL, &key))
    return false;
  *ret_key = GPOINTER_TO_UINT (key);
  return true;
}
