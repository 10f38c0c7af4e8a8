/* thaw.c: the book finds FlowFiles in the order of their ids. */
#include "runtime/thaw.h"

#include "runtime/bulletin.h"
#include "runtime/engine.h"
#include "runtime/image.h"

#include <stdlib.h>

typedef struct {
  uint64_t id;
  size_t index;
} Wanted;

typedef struct {
  WeirImageReader reader;
  WeirSession *session;
  Wanted *wanted; /* by id */
  size_t n;
  size_t n_found;
  WeirFlowFile **found; /* by place */
} Thaw;

static int
by_id (const void *a, const void *b)
{
  const Wanted *one = a;
  const Wanted *other = b;

  return (one->id > other->id) - (one->id < other->id);
}

static bool
on_image (void *user, const WeirImage *image, GError **error)
{
  Thaw *thaw = user;
  WeirFlowFile *flowfile;

  if (thaw->n_found == thaw->n || thaw->wanted[thaw->n_found].id != image->id) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "FlowFile %" G_GUINT64_FORMAT " was not asked for; `weir data check` tells more",
                 image->id);
    return false;
  }
  flowfile = weir_flowfile_new (&thaw->session->magazine);
  thaw->found[thaw->wanted[thaw->n_found++].index] = flowfile;
  return weir_image_reader_read (&thaw->reader, image, flowfile, error);
}

static bool
read_all (Thaw *thaw, const uint64_t *ids, GError **error)
{
  g_autofree uint64_t *sorted = g_new (uint64_t, thaw->n);

  for (size_t i = 0; i < thaw->n; i++)
    thaw->wanted[i] = (Wanted){ ids[i], i };
  qsort (thaw->wanted, thaw->n, sizeof (Wanted), by_id);
  for (size_t i = 0; i < thaw->n; i++)
    sorted[i] = thaw->wanted[i].id;
  if (!weir_data_read (thaw->session->engine->data, sorted, thaw->n, on_image, thaw, error))
    return false;
  if (thaw->n_found == thaw->n)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "FlowFile %" G_GUINT64_FORMAT " is not there; `weir data check` tells more",
               sorted[thaw->n_found]);
  return false;
}

bool
weir_thaw (WeirSession *session, const uint64_t *ids, size_t n, WeirFlowFile **ret_flowfiles,
           GError **error)
{
  g_autofree Wanted *wanted = g_new (Wanted, n);
  g_autofree WeirFlowFile **found = g_new0 (WeirFlowFile *, n);
  Thaw thaw = { .session = session, .wanted = wanted, .n = n, .found = found };
  bool ok;

  weir_image_reader_init (&thaw.reader, session->engine->data);
  ok = read_all (&thaw, ids, error);
  weir_image_reader_clear (&thaw.reader);
  for (size_t i = 0; i < n; i++) {
    if (ok)
      ret_flowfiles[i] = found[i];
    else
      weir_flowfile_free (&session->magazine, found[i]);
  }
  return ok;
}

void
weir_thaw_fail (WeirQueue *queue, const GError *error)
{
  weir_bulletin_raise (queue->target, WEIR_LOG_ERROR,
                       "what is queued cannot be read back: %s; it stays queued", error->message);
  weir_context_yield (&queue->target->context);
}
