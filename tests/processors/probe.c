#include "probe.h"

#include "runtime/session.h"

#include <stdarg.h>
#include <time.h>

static _Atomic (Probe *) current;

static void offend (Probe *probe, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
offend (Probe *probe, const char *format, ...)
{
  va_list args;

  WEIR_LOCKED (&probe->lock);
  if (probe->offence != NULL)
    return;
  va_start (args, format);
  probe->offence = g_strdup_vprintf (format, args);
  va_end (args);
}

static void
count_record (Probe *probe, const WeirRecord *record)
{
  if (record->expired)
    return;
  switch (record->fate) {
  case WEIR_PENDING:
    offend (probe, "it forgot a FlowFile");
    return;
  case WEIR_RETURNED:
  case WEIR_HELD:
    return;
  case WEIR_TRANSFERRED:
    atomic_fetch_add (&probe->n_sent, 1);
    break;
  case WEIR_REMOVED:
    atomic_fetch_add (&probe->n_ended, 1);
    break;
  }
  atomic_fetch_add (record->source != NULL ? &probe->n_got : &probe->n_made, 1);
}

/* What the engine will check as soon as the trigger has returned. */
static void
count (Probe *probe, const WeirSession *session, const WeirRecord *before)
{
  if (session->error != NULL)
    offend (probe, "%s", session->error->message);
  if (session->open != NULL)
    offend (probe, "it left a reader or writer open");
  for (const WeirRecord *record = session->now.newest; record != before; record = record->previous)
    count_record (probe, record);
}

static void
check_error (Probe *probe, const GError *error)
{
  if (error == NULL)
    offend (probe, "it failed and gave no reason");
  else if (*error->message == '\0')
    offend (probe, "it failed with an empty reason");
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  Probe *probe = atomic_load (&current);
  const WeirRecord *before = session->now.newest;
  g_autoptr (GError) problem = NULL;
  bool is_idle;
  bool ok;

  if (atomic_fetch_add (&probe->n_inside, 1) > 0 && probe->type->threading == WEIR_SERIAL)
    offend (probe, "it is serial and was entered twice");
  ok = probe->type->on_trigger (state, session, &problem);
  atomic_fetch_sub (&probe->n_inside, 1);
  if (ok && problem != NULL)
    offend (probe, "it succeeded with an error: %s", problem->message);
  if (ok)
    count (probe, session, before);
  else
    check_error (probe, problem);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  /* One that was woken by itself, with nothing there yet, says nothing about its input. */
  is_idle = ok && probe->type->input == WEIR_INPUT_REQUIRED && session->now.newest == before;
  WEIR_LOCKED (&probe->lock);
  probe->n_triggers += !is_idle;
  pthread_cond_broadcast (&probe->triggered);
  return ok;
}

Probe *
probe_new (const WeirProcessor *type)
{
  Probe *probe = g_new0 (Probe, 1);
  Probe *nobody = NULL;
  pthread_condattr_t attributes;

  probe->type = type;
  probe->probed = *type;
  probe->probed.on_trigger = on_trigger;
  pthread_mutex_init (&probe->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&probe->triggered, &attributes);
  pthread_condattr_destroy (&attributes);
  g_assert_true (atomic_compare_exchange_strong (&current, &nobody, probe));
  return probe;
}

void
probe_free (Probe *probe)
{
  if (probe == NULL)
    return;
  atomic_store (&current, NULL);
  pthread_cond_destroy (&probe->triggered);
  pthread_mutex_destroy (&probe->lock);
  g_free (probe->offence);
  g_free (probe);
}

void
probe_wait (Probe *probe, uint64_t n, int64_t usec)
{
  int64_t end = g_get_monotonic_time () + usec;
  struct timespec time = { .tv_sec = end / G_USEC_PER_SEC, .tv_nsec = end % G_USEC_PER_SEC * 1000 };
  int status = 0;

  WEIR_LOCKED (&probe->lock);
  while (probe->n_triggers < n && status == 0)
    status = pthread_cond_timedwait (&probe->triggered, &probe->lock, &time);
}

void
probe_assert_innocent (Probe *probe)
{
  WEIR_LOCKED (&probe->lock);
  if (probe->offence != NULL)
    g_error ("%s: %s", probe->type->name, probe->offence);
}
