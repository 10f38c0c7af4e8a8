/* notices.c: the complaints of this look and of the last one. */
#include "notices.h"

/* In a directory where more is wrong than this, nobody reads on. */
#define NOTICES_MAX 1000

struct FileNotices {
  WeirContext *context;
  GHashTable *now; /* sets of messages */
  GHashTable *before;
};

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

FileNotices *
file_notices_new (WeirContext *context)
{
  FileNotices *notices = g_new (FileNotices, 1);

  *notices = (FileNotices){ context, new_set (), new_set () };
  return notices;
}

void
file_notices_free (FileNotices *notices)
{
  if (notices == NULL)
    return;
  g_hash_table_unref (notices->now);
  g_hash_table_unref (notices->before);
  g_free (notices);
}

void
file_notices_tell (FileNotices *notices, GError *error)
{
  guint n = g_hash_table_size (notices->now);
  const char *message = n + 1 < NOTICES_MAX ? error->message : "more is wrong than can be told";

  if (n < NOTICES_MAX && g_hash_table_add (notices->now, g_strdup (message)) &&
      !g_hash_table_contains (notices->before, message))
    weir_context_log (notices->context, WEIR_LOG_WARNING, "%s", message);
  g_error_free (error);
}

void
file_notices_next (FileNotices *notices)
{
  GHashTable *now = notices->before;

  notices->before = notices->now;
  notices->now = now;
  g_hash_table_remove_all (now);
}
