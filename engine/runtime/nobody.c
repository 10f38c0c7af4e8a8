#include "runtime/nobody.h"

#include "runtime/passage.h"

/* The queue knows which input it is of its own target. */
WeirNode *
weir_nobody_new (WeirEngine *engine, WeirQueue *queue)
{
  WeirNode *nobody = g_aligned_alloc0 (1, sizeof (WeirNode), _Alignof(WeirNode));

  nobody->engine = engine;
  nobody->type = &weir_passage;
  nobody->n_inputs = queue->target_index + 1;
  nobody->inputs = g_new (WeirQueue *, nobody->n_inputs);
  for (unsigned i = 0; i < nobody->n_inputs; i++)
    nobody->inputs[i] = queue;
  pthread_mutex_init (&nobody->lock, NULL);
  pthread_mutex_init (&nobody->changing, NULL);
  return nobody;
}

void
weir_nobody_free (WeirNode *nobody)
{
  if (nobody == NULL)
    return;
  pthread_mutex_destroy (&nobody->changing);
  pthread_mutex_destroy (&nobody->lock);
  g_free (nobody->inputs);
  g_aligned_free (nobody);
}
