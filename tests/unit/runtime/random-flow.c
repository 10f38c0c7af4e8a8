/* random-flow.c: processors that pass, fork, join, hold, change, return, retry, remember, forget,
 * fail and act outside at random, between short queues with orders, expiries and penalties. */
#include "random-flow.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MOST    12u /* nodes of a flow, beside those of its group */
#define TO_MAKE 300

static _Atomic int to_make;

typedef struct {
  GPtrArray *held; /* of processors with one task */
} Any;

static unsigned
dice (WeirSession *session, unsigned n)
{
  return (unsigned)(weir_context_get_random (weir_session_get_context (session)) % n);
}

/* --- the account --- */

/* Each session has keys of its own, because several tasks count at a time. */
static void
count (WeirSession *session, const char *name, int64_t delta)
{
  g_autofree char *key = g_strdup_printf ("%s %p", name, (void *)session);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  weir_session_adjust_counter (session, name, delta);
  if (session->engine->data == NULL)
    return;
  before = weir_session_get_state (session, key);
  after = g_strdup_printf ("%" G_GINT64_FORMAT,
                           (before != NULL ? g_ascii_strtoll (before, NULL, 10) : 0) + delta);
  weir_session_set_state (session, key, after);
}

typedef struct {
  int64_t made, ended, effects;
} Account;

static void
on_state (void *data, const char *key, const char *value)
{
  Account *account = data;
  int64_t n = g_ascii_strtoll (value, NULL, 10);

  account->made += g_str_has_prefix (key, "made ") ? n : 0;
  account->ended += g_str_has_prefix (key, "ended ") ? n : 0;
  account->effects += g_str_has_prefix (key, "effects ") ? n : 0;
}

int64_t
random_account (Kit *kit, int64_t *ret_effects)
{
  Account account = { 0 };

  for (guint i = 0; i < kit->engine->nodes->len; i++)
    weir_state_each (((WeirNode *)kit->engine->nodes->pdata[i])->state, on_state, &account);
  if (ret_effects != NULL)
    *ret_effects = account.effects;
  return account.made - account.ended;
}

int64_t
random_counter (Kit *kit, const char *name)
{
  int64_t sum = 0;

  for (guint i = 0; i < kit->engine->nodes->len; i++) {
    const WeirNode *node = kit->engine->nodes->pdata[i];
    const int64_t *n = node->counters != NULL ? g_hash_table_lookup (node->counters, name) : NULL;

    sum += n != NULL ? *n : 0;
  }
  return sum;
}

RandomOutside *
random_outside (void)
{
  static RandomOutside *outside;

  if (outside == NULL)
    outside =
        mmap (NULL, sizeof *outside, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (outside != MAP_FAILED);
  return outside;
}

typedef struct {
  WeirContext *context;
  unsigned n_happened;
} Effect;

static void
on_effect (void *data)
{
  Effect *effect = data;

  g_assert_cmpuint (effect->n_happened++, ==, 0);
  atomic_fetch_add (&random_outside ()->n_happened, 1);
  if (weir_context_get_random (effect->context) % 4 == 0)
    weir_context_wake (effect->context);
}

static void
on_effect_end (void *data)
{
  atomic_fetch_add (&random_outside ()->n_destroyed, 1);
  g_free (data);
}

static void
act_outside (WeirSession *session)
{
  Effect *effect = g_new0 (Effect, 1);

  atomic_fetch_add (&random_outside ()->n_asked, 1);
  effect->context = weir_session_get_context (session);
  weir_session_on_durable (session, on_effect, effect, on_effect_end);
  count (session, "effects", 1);
}

/* --- the processors --- */

static void
fill (WeirSession *session, WeirFlowFile *flowfile)
{
  static const unsigned sizes[] = { 1, 5, 30, 400, 20000 };
  g_autofree char *content = g_malloc0 (30000);
  const char *tag = weir_flowfile_get_attribute (flowfile, "tag");
  size_t size = g_strlcpy (content, tag != NULL ? tag : "", 100);

  size += sizes[dice (session, dice (session, 10) == 0 ? 5 : 3)];
  g_assert_true (weir_session_set_content (session, flowfile, content, size, NULL));
}

/* What it has in it belongs to what it says it is. */
static void
inspect (WeirSession *session, WeirFlowFile *flowfile)
{
  const char *tag = weir_flowfile_get_attribute (flowfile, "tag");
  WeirBytes bytes;

  g_assert_true (weir_session_view (session, flowfile, &bytes, NULL));
  if (tag != NULL && bytes.size > 0)
    g_assert_true (bytes.size >= strlen (tag) && memcmp (bytes.data, tag, strlen (tag)) == 0);
}

static bool
is_retried (WeirSession *session, const WeirFlowFile *flowfile, unsigned relationship)
{
  const WeirNode *node = session->node;
  const char *count = node->retry_attribute == NULL
                          ? NULL
                          : weir_flowfile_get_attribute (flowfile, node->retry_attribute);

  return (count != NULL ? (unsigned)atoi (count) : 0) < node->routes[relationship].attempts;
}

/* @is_retried: it does not go, after all. */
static void
send (WeirSession *session, WeirFlowFile *flowfile, unsigned relationship, bool is_retried)
{
  unsigned n = session->node->routes[relationship].n;

  weir_session_transfer (session, flowfile, relationship);
  if (is_retried)
    return;
  if (n == 0)
    count (session, "ended", 1);
  else
    count (session, "made", n - 1);
}

/* What several tasks change at the same time. */
static void
remember (WeirSession *session)
{
  g_autofree char *key = g_strdup_printf ("note %u", dice (session, 3));
  g_autofree char *value = g_strnfill (dice (session, 20), (char)('a' + dice (session, 26)));

  weir_session_set_state (session, key, dice (session, 3) == 0 ? NULL : value);
}

static void
pass (WeirSession *session, WeirFlowFile *flowfile)
{
  unsigned relationship = dice (session, 4) == 0 ? 1 : 0;

  send (session, flowfile, relationship, is_retried (session, flowfile, relationship));
}

static void
fork_one (WeirSession *session, WeirFlowFile *flowfile)
{
  unsigned relationship = dice (session, 2);
  const char *forks = weir_flowfile_get_attribute (flowfile, "forks");
  unsigned n_forks = forks != NULL ? (unsigned)atoi (forks) : 0;
  bool again = is_retried (session, flowfile, relationship);
  WeirFlowFile *child;

  if (n_forks < 2) {
    weir_session_put_attribute_printf (session, flowfile, "forks", "%u", n_forks + 1);
    switch (dice (session, 3)) {
    case 0:
      child = weir_session_clone (session, flowfile);
      break;
    case 1:
      child = weir_session_slice (session, flowfile, 0, weir_flowfile_get_size (flowfile));
      break;
    default:
      child = weir_session_create_child (session, flowfile);
      break;
    }
    if (!again)
      count (session, "made", 1);
    send (session, child, relationship, again);
  }
  send (session, flowfile, relationship, again);
}

static void
join_some (WeirSession *session, WeirFlowFile *first)
{
  WeirFlowFile *parents[5] = { first };
  size_t n = 1 + weir_session_get_batch (session, parents + 1, dice (session, 5));
  unsigned relationship = dice (session, 2);
  WeirFlowFile *joined;

  if (n == 1) {
    pass (session, first);
    return;
  }
  joined = weir_session_create_joined (session, parents, n);
  fill (session, joined);
  for (size_t i = 0; i < n; i++)
    weir_session_remove (session, parents[i]);
  count (session, "made", 1);
  count (session, "ended", (int64_t)n);
  send (session, joined, relationship, false); /* a child of many is not retried */
}

static void
give_back (WeirSession *session, WeirFlowFile *flowfile)
{
  weir_session_put_attribute (session, flowfile, "returned", "yes");
  fill (session, flowfile);
  if (dice (session, 2) == 0)
    weir_session_penalize (session, flowfile);
  weir_session_return (session, flowfile);
}

static void
hold (Any *self, WeirSession *session, WeirFlowFile *flowfile)
{
  if (self->held == NULL) {
    pass (session, flowfile);
    return;
  }
  weir_session_hold (session, flowfile);
  g_ptr_array_add (self->held, flowfile);
  weir_context_wake_after (weir_session_get_context (session), 1 + dice (session, 3000));
}

static bool
fail (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "by chance");
  return false;
}

static bool
release (Any *self, WeirSession *session, GError **error)
{
  bool fails = dice (session, 5) == 0;

  for (guint i = 0; i < self->held->len; i++) {
    weir_session_take (session, self->held->pdata[i]);
    inspect (session, self->held->pdata[i]);
    if (!fails)
      pass (session, self->held->pdata[i]);
  }
  g_ptr_array_set_size (self->held, 0);
  return fails ? fail (error) : true;
}

static bool
on_any (void *state, WeirSession *session, GError **error)
{
  Any *self = state;
  bool has_held = self->held != NULL && self->held->len > 0;
  WeirFlowFile *flowfile = has_held && dice (session, 4) == 0 ? NULL : weir_session_get (session);

  if (has_held && flowfile != NULL)
    weir_context_wake_after (weir_session_get_context (session), 1 + dice (session, 3000));
  if (flowfile == NULL)
    return has_held ? release (self, session, error) : true;
  inspect (session, flowfile);
  if (dice (session, 8) == 0)
    act_outside (session);
  if (dice (session, 8) == 0)
    remember (session);
  switch (dice (session, 20)) {
  case 0:
    send (session, weir_session_clone (session, flowfile), 0, false);
    fill (session, flowfile);
    return fail (error);
  case 1:
    fill (session, weir_session_create (session));
    return true; /* forgets them both */
  case 2:
    weir_session_remove (session, flowfile);
    count (session, "ended", 1);
    break;
  case 3:
    give_back (session, flowfile);
    break;
  case 4:
    weir_session_penalize (session, flowfile);
    pass (session, flowfile);
    break;
  case 5:
  case 6:
    fork_one (session, flowfile);
    break;
  case 7:
    join_some (session, flowfile);
    break;
  case 8:
  case 9:
    hold (self, session, flowfile);
    break;
  case 10:
    fill (session, flowfile);
    pass (session, flowfile);
    break;
  default:
    pass (session, flowfile);
    break;
  }
  return true;
}

static bool
on_one_task (void *state, WeirContext *context, GError **error)
{
  ((Any *)state)->held = g_ptr_array_new ();
  return true;
}

static void
on_one_task_stopped (void *state)
{
  g_ptr_array_unref (((Any *)state)->held);
}

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  for (unsigned n = 1 + dice (session, 3); n > 0; n--) {
    int left = atomic_fetch_sub (&to_make, 1);
    WeirFlowFile *flowfile;

    if (left <= 0)
      return true;
    flowfile = weir_session_create (session);
    weir_session_put_attribute_printf (session, flowfile, "tag", "%d:", left);
    weir_session_put_attribute_printf (session, flowfile, "priority", "%u", dice (session, 4));
    fill (session, flowfile);
    count (session, "made", 1);
    send (session, flowfile, dice (session, 5) == 0 ? 1 : 0, false);
  }
  return true;
}

static const WeirProcessor types[] = {
  KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN),
  KIT_PROCESSOR ("Many", on_any, .state_size = sizeof (Any), .threading = WEIR_CONCURRENT),
  KIT_PROCESSOR ("One", on_any, .state_size = sizeof (Any), .on_scheduled = on_one_task,
                 .on_stopped = on_one_task_stopped),
  KIT_PROCESSOR ("Outside", on_any, .state_size = sizeof (Any), .side_effects = true),
};

/* --- the flows --- */

typedef struct {
  Kit *kit;
  bool drains;
  bool is_exact;
  unsigned n;
} Flow;

unsigned
random_draw (unsigned n)
{
  return (unsigned)g_test_rand_int_range (0, (gint32)n);
}

static void
set_limits (const Flow *flow, WeirConnection *connection)
{
  connection->max_count = 1 + random_draw (random_draw (3) == 0 ? 200 : flow->is_exact ? 100 : 10);
  connection->max_bytes = random_draw (3) == 0 ? 1 + random_draw (5000) : 0;
  connection->order = (WeirOrder)random_draw (4);
  if (!flow->is_exact)
    connection->expire_usec = random_draw (6) == 0 ? 500 + random_draw (20000) : 0;
}

static void
add_processor (Flow *flow, unsigned i)
{
  g_autofree char *id = g_strdup_printf ("n%u", i);
  const WeirProcessor *type = &types[i < 2 ? 0 : 1 + random_draw (3)];
  WeirProcessorNode *node = kit_processor (flow->kit, id, type);

  node->schedule.tasks = 1 + random_draw (4);
  node->penalty_usec = random_draw (3000);
  node->yield_usec = random_draw (3000);
  node->disabled = !flow->drains && i >= 2 && random_draw (10) == 0;
  if (random_draw (5) == 0) {
    node->schedule.mode = WEIR_SCHEDULE_EVERY;
    node->schedule.every_usec = 50;
  }
  if (i >= 2 && random_draw (3) == 0) {
    WeirRetry *retry = weir_processor_node_add_retry (node, "failure");
    retry->attempts = 1 + random_draw (3);
    retry->backoff = (WeirBackoff)random_draw (2);
    retry->max_usec = 1 + random_draw (4000);
  }
}

/* A group with a processor between two ports is node 2. */
static void
add_group (Flow *flow)
{
  WeirGroup *group = weir_group_new ("n2");
  WeirProcessorNode *inner = kit_processor (flow->kit, "inner", &types[1]);
  WeirConnection *in = weir_connection_new ("in", NULL, "inner");
  WeirConnection *out = weir_connection_new ("inner", "success", "out");

  weir_group_add (flow->kit->flow->root, &group->base, -1);
  weir_group_remove (flow->kit->flow->root, &inner->base);
  weir_group_add (group, &weir_port_new ("in", false)->base, -1);
  weir_group_add (group, &weir_port_new ("out", true)->base, -1);
  weir_group_add (group, &inner->base, -1);
  inner->penalty_usec = inner->yield_usec = 1000;
  set_limits (flow, in);
  set_limits (flow, out);
  weir_group_add (group, &in->base, -1);
  weir_group_add (group, &out->base, -1);
}

static void
connect (Flow *flow, unsigned from, const char *relationship, unsigned to)
{
  g_autofree char *source = g_strdup_printf (from == 2 ? "n%u/out" : "n%u", from);
  g_autofree char *target = g_strdup_printf (to == 2 ? "n%u/in" : "n%u", to);

  set_limits (flow, kit_connect (flow->kit, source, relationship, target));
}

/* Up to three of those that come later, or of all. */
static void
connect_from (Flow *flow, unsigned from, const char *relationship, unsigned most)
{
  unsigned first = flow->drains ? from + 1 : 2;
  unsigned taken = 0;
  unsigned n;

  if (first >= flow->n)
    return;
  n = relationship == NULL ? 1 + random_draw (most) : random_draw (most + 1);
  for (; n > 0; n--) {
    unsigned to = MAX (2, first) + random_draw (flow->n - MAX (2, first));

    if (to == from || (taken & 1u << to) != 0)
      continue;
    taken |= 1u << to;
    connect (flow, from, relationship, to);
  }
}

Kit *
random_flow (Kit *kit, RandomFlags flags)
{
  static const size_t session_max[] = { 0, 0, 1, 7 };
  bool is_exact = (flags & RANDOM_EXACT) != 0;
  Flow flow = { kit, (flags & RANDOM_DRAINS) != 0, is_exact, 5 + random_draw (MOST - 4) };

  atomic_store (&to_make, TO_MAKE);
  kit->options.seed = 1 + random_draw (1000000);
  kit->options.session_max = session_max[random_draw (4)];
  for (unsigned i = 0; i < flow.n; i++) {
    g_autofree char *id = g_strdup_printf ("n%u", i);
    if (i == 2)
      add_group (&flow);
    else if (i == 3)
      kit_funnel (kit, id);
    else
      add_processor (&flow, i);
  }
  for (unsigned i = 0; i < flow.n; i++) {
    if (i == 2 || i == 3) {
      connect_from (&flow, i, NULL, is_exact ? 1 : 2);
      continue;
    }
    connect_from (&flow, i, "success", 3);
    connect_from (&flow, i, "failure", 2);
  }
  return kit;
}
