/* backlog.c: an array that is sorted and cut whenever it has become twice as long as it may. */
#include "backlog.h"

#include <string.h>

#define KEPT_MAX 20000

#define NSEC_PER_SEC INT64_C (1000000000)

struct FileBacklog {
  GPtrArray *items;
  guint next;
  bool is_sorted;
  bool is_cut;
};

int64_t
file_backlog_get_time (const struct statx *status)
{
  const int64_t last = G_MAXINT64 / NSEC_PER_SEC - 1;

  return CLAMP (status->stx_mtime.tv_sec, -last, last) * NSEC_PER_SEC + status->stx_mtime.tv_nsec;
}

FileBacklog *
file_backlog_new (void)
{
  FileBacklog *backlog = g_new0 (FileBacklog, 1);

  backlog->items = g_ptr_array_new_with_free_func (g_free);
  return backlog;
}

void
file_backlog_free (FileBacklog *backlog)
{
  if (backlog == NULL)
    return;
  g_ptr_array_unref (backlog->items);
  g_free (backlog);
}

static int
compare (const void *a, const void *b)
{
  const FileBacklogItem *x = *(FileBacklogItem *const *)a, *y = *(FileBacklogItem *const *)b;

  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  return strcmp (x->path, y->path);
}

static void
cut (FileBacklog *backlog)
{
  g_ptr_array_sort (backlog->items, compare);
  if (backlog->items->len <= KEPT_MAX)
    return;
  g_ptr_array_set_size (backlog->items, KEPT_MAX);
  backlog->is_cut = true;
}

void
file_backlog_add (FileBacklog *backlog, int64_t time, const FileEntry *entry)
{
  size_t n = strlen (entry->path), size = strlen (entry->name) + 1;
  FileBacklogItem *item = g_malloc (sizeof *item + n + size);

  item->time = time;
  item->status = entry->status;
  item->name = item->path + n;
  memcpy (item->path, entry->path, n);
  memcpy (item->path + n, entry->name, size);
  g_ptr_array_add (backlog->items, item);
  if (backlog->items->len == 2 * KEPT_MAX)
    cut (backlog);
}

const FileBacklogItem *
file_backlog_next (FileBacklog *backlog)
{
  if (!backlog->is_sorted)
    cut (backlog);
  backlog->is_sorted = true;
  return file_backlog_is_empty (backlog) ? NULL : backlog->items->pdata[backlog->next++];
}

bool
file_backlog_is_empty (const FileBacklog *backlog)
{
  return backlog->next == backlog->items->len;
}

bool
file_backlog_is_cut (const FileBacklog *backlog)
{
  return backlog->is_cut;
}
