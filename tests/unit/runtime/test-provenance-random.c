/* Provenance against a model: processors that do anything at random write down what they have done,
 * as lines, when their trigger succeeds; the log of the directory, after restarts and all, must
 * tell the same lines, FlowFile by FlowFile. Nothing of a trigger that failed may be told. */
#include "kit.h"

#include "provenance/derivation.h"
#include "runtime/node.h"
#include "store/follower.h"

#include <string.h>

#define N_NODES  5
#define N_ROUNDS 8
#define N_STEPS  600

/* What is to be told of each FlowFile: id to GPtrArray of lines, in order. By hand, in one thread.
 * A copy that the engine makes gets its id afterwards: which line begins its story is known, and
 * not which story. */
typedef struct {
  GHashTable *stories;
  GHashTable *copies; /* such a line to how many there are to be */
  GRand *random;
} Model;

static Model *model; /* of the test that runs */

static unsigned
dice (unsigned n)
{
  return (unsigned)g_rand_int_range (model->random, 0, (gint32)n);
}

static void
tell (GHashTable *stories, uint64_t id, char *line)
{
  GPtrArray *story = g_hash_table_lookup (stories, &id);

  if (story == NULL) {
    story = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (stories, g_memdup2 (&id, sizeof id), story);
  }
  g_ptr_array_add (story, line);
}

static void
tell_copy (GHashTable *copies, char *line)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (copies, line));

  g_hash_table_insert (copies, line, GUINT_TO_POINTER (n + 1));
}

static GHashTable *
stories_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                (GDestroyNotify)g_ptr_array_unref);
}

/* --- what a trigger does, and says that it does --- */

/* A FlowFile in the hands of a trigger. */
typedef struct {
  WeirFlowFile *flowfile;
  uint64_t id;
  bool is_new;
  const char *birth;
  GString *parents;  /* " of 7", each */
  GPtrArray *events; /* names that were reported */
  GString *set;      /* " a=1", each, in no order; the last value counts */
  bool has_content;
  size_t old_size, size;
  const char *source; /* component it was taken from, or NULL */
  bool has_children;
} Piece;

typedef struct {
  WeirSession *session;
  GPtrArray *pieces; /* Piece */
  const char *name;  /* of the processor */
} Hand;

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_string_free (piece->parents, TRUE);
  g_string_free (piece->set, TRUE);
  g_ptr_array_unref (piece->events);
  g_free (piece);
}

static Piece *
hold (Hand *hand, WeirFlowFile *flowfile, const char *birth)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->flowfile = flowfile;
  piece->id = weir_flowfile_get_id (flowfile);
  piece->is_new = birth != NULL;
  piece->birth = birth;
  piece->parents = g_string_new (NULL);
  piece->set = g_string_new (NULL);
  piece->events = g_ptr_array_new ();
  piece->old_size = piece->size = (size_t)weir_flowfile_get_size (flowfile);
  g_ptr_array_add (hand->pieces, piece);
  return piece;
}

static void
add_parent (Piece *piece, Piece *parent)
{
  g_string_append_printf (piece->parents, " of %" G_GUINT64_FORMAT, parent->id);
  parent->has_children = true;
}

static Piece *
any (const Hand *hand)
{
  return hand->pieces->pdata[dice (hand->pieces->len)];
}

static void
make (Hand *hand)
{
  hold (hand, weir_session_create (hand->session), "CREATE");
}

static void
make_from (Hand *hand)
{
  Piece *parent = any (hand);
  unsigned how = dice (3);
  Piece *piece;

  if (how == 0) {
    piece = hold (hand, weir_session_create_child (hand->session, parent->flowfile), "FORK");
  } else if (how == 1) {
    piece = hold (hand, weir_session_clone (hand->session, parent->flowfile), "CLONE");
  } else {
    size_t start = dice ((unsigned)parent->size + 1);
    size_t size = dice ((unsigned)(parent->size - start) + 1);

    piece = hold (hand, weir_session_slice (hand->session, parent->flowfile, start, size), "FORK");
  }
  add_parent (piece, parent);
}

static void
join (Hand *hand)
{
  WeirFlowFile *parents[3];
  Piece *from[3];
  unsigned n = 1 + dice (3);
  Piece *piece;

  for (unsigned i = 0; i < n; i++) {
    from[i] = any (hand);
    parents[i] = from[i]->flowfile;
  }
  piece = hold (hand, weir_session_create_joined (hand->session, parents, n), "JOIN");
  for (unsigned i = 0; i < n; i++)
    add_parent (piece, from[i]);
}

static void
set_attribute (Hand *hand)
{
  Piece *piece = any (hand);
  g_autofree char *value = g_strdup_printf ("%u", g_rand_int (model->random));

  weir_session_put_attribute (hand->session, piece->flowfile, "a", value);
  g_string_printf (piece->set, " a=%s", value);
}

static void
set_content (Hand *hand)
{
  static const unsigned sizes[] = { 1, 100, 9000, 40000 };
  Piece *piece = any (hand);
  size_t size = dice (sizes[dice (4)]);
  g_autofree char *bytes = g_strnfill (size, (char)('a' + dice (26)));

  g_assert_true (weir_session_set_content (hand->session, piece->flowfile, bytes, size, NULL));
  piece->has_content = true;
  piece->size = size;
}

static void
report (Hand *hand)
{
  static const WeirEventType types[] = { WEIR_EVENT_SEND, WEIR_EVENT_FETCH, WEIR_EVENT_ADDINFO,
                                         WEIR_EVENT_CONTENT_MODIFIED };
  static const char *const names[] = { "SEND", "FETCH", "ADDINFO", "CONTENT_MODIFIED" };
  Piece *piece = any (hand);
  unsigned i = dice (G_N_ELEMENTS (types));

  weir_session_report (hand->session, piece->flowfile, types[i], "x://y", NULL, -1);
  g_ptr_array_add (piece->events, (gpointer)names[i]);
}

/* --- what is to be told of it --- */

static void
tell_piece (const Hand *hand, const Piece *piece, const char *name, size_t before, size_t after,
            const char *more)
{
  tell (model->stories, piece->id,
        g_strdup_printf ("%s %s %zu>%zu%s", name, hand->name, before, after, more));
}

static bool
tells_of_content (const char *name)
{
  return strcmp (name, "FETCH") == 0 || strcmp (name, "CONTENT_MODIFIED") == 0;
}

/* Of one that was taken from a queue. */
static void
tell_changes (const Hand *hand, const Piece *piece)
{
  const char *automatic = NULL;
  bool is_told = false;

  for (guint i = 0; i < piece->events->len; i++)
    is_told |= tells_of_content (piece->events->pdata[i]);
  if (piece->has_content && !is_told)
    automatic = "CONTENT_MODIFIED";
  else if (!piece->has_content && piece->set->len > 0 && piece->events->len == 0)
    automatic = "ATTRIBUTES_MODIFIED";
  for (guint i = 0; i < piece->events->len; i++) {
    bool is_last = automatic == NULL && i + 1 == piece->events->len;

    tell_piece (hand, piece, piece->events->pdata[i], piece->old_size,
                is_last ? piece->size : piece->old_size, is_last ? piece->set->str : "");
  }
  if (automatic != NULL)
    tell_piece (hand, piece, automatic, piece->old_size, piece->size, piece->set->str);
}

static void
tell_birth (const Hand *hand, const Piece *piece)
{
  tell_piece (hand, piece, piece->birth, 0, piece->size, piece->parents->str);
  for (guint i = 0; i < piece->events->len; i++)
    tell_piece (hand, piece, piece->events->pdata[i], piece->size, piece->size, "");
}

static void
tell_end (const Hand *hand, const Piece *piece, bool is_transferred)
{
  if (piece->is_new) {
    if (!is_transferred && !piece->has_children) {
      for (guint i = 0; i < piece->events->len; i++)
        tell_piece (hand, piece, piece->events->pdata[i], piece->size, piece->size, "");
      return;
    }
    tell_birth (hand, piece);
    tell_piece (hand, piece, "DROP", piece->size, piece->size, "");
    return;
  }
  if (is_transferred && (piece->set->len > 0 || piece->has_content)) {
    tell_changes (hand, piece);
    tell_piece (hand, piece, "DROP", piece->size, piece->size, "");
    return;
  }
  for (guint i = 0; i < piece->events->len; i++)
    tell_piece (hand, piece, piece->events->pdata[i], piece->old_size, piece->old_size, "");
  tell_piece (hand, piece, "DROP", piece->old_size, piece->old_size, "");
}

static void
tell_transfer (const Hand *hand, const Piece *piece, unsigned relationship)
{
  unsigned n = hand->session->node->routes[relationship].n;

  if (n == 0)
    tell_end (hand, piece, true);
  else if (piece->is_new)
    tell_birth (hand, piece);
  else if (piece->set->len == 0 && !piece->has_content && piece->events->len == 0)
    tell_piece (hand, piece, "ROUTE", piece->old_size, piece->size, "");
  else
    tell_changes (hand, piece);
  for (unsigned i = 1; i < n; i++)
    tell_copy (model->copies, g_strdup_printf ("CLONE %s 0>%zu of %" G_GUINT64_FORMAT, hand->name,
                                               piece->size, piece->id));
}

static void
let_go (Hand *hand, Piece *piece)
{
  unsigned fate = dice (10);

  if (fate == 0) {
    weir_session_remove (hand->session, piece->flowfile);
    tell_end (hand, piece, false);
  } else if (fate == 1 && !piece->is_new) {
    weir_session_return (hand->session, piece->flowfile);
    tell_changes (hand, piece);
  } else {
    unsigned relationship = dice (2);

    weir_session_transfer (hand->session, piece->flowfile, relationship);
    tell_transfer (hand, piece, relationship);
  }
}

static void
work (Hand *hand)
{
  static void (*const deeds[]) (Hand *) = { make_from,     join,        set_attribute,
                                            set_attribute, set_content, report };

  for (unsigned n = dice (6); n > 0; n--)
    deeds[dice (G_N_ELEMENTS (deeds))](hand);
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func (piece_free);
  Hand hand = { .session = session, .pieces = pieces, .name = session->node->path };

  for (unsigned n = 1 + dice (4); n > 0; n--) {
    WeirFlowFile *flowfile = session->node->n_inputs > 0 ? weir_session_get (session) : NULL;

    if (flowfile != NULL)
      hold (&hand, flowfile, NULL);
  }
  if (session->node->n_inputs == 0 && dice (3) == 0)
    make (&hand);
  if (pieces->len == 0)
    return true;
  work (&hand);
  if (dice (6) == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "at random");
    return false;
  }
  for (guint i = 0; i < pieces->len; i++)
    let_go (&hand, pieces->pdata[i]);
  return true;
}

static const WeirProcessor source =
    KIT_PROCESSOR ("Source", on_trigger, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor middle = KIT_PROCESSOR ("Middle", on_trigger);

/* --- what the log tells --- */

typedef struct {
  WeirDictionary *dictionary;
  GHashTable *stories;
  uint64_t place, sequence; /* where to go on: a start may let go of what is before */
} Log;

static void
append_set (Log *log, const WeirEvent *event, GString *line)
{
  WeirOpNames set = event->set;
  const uint8_t *value;
  WeirEntryName name;
  size_t size, name_size;

  while (event->has_attributes && !event->is_birth &&
         weir_op_next_set (&set, &name, &value, &size)) {
    const char *text = weir_dictionary_get_name_text (log->dictionary, &name, &name_size);

    g_string_append_printf (line, " %.*s=%.*s", (int)name_size, text, (int)size,
                            (const char *)value);
  }
}

static void
take_event (Log *log, const WeirEvent *event)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (
      line, "%s %s %" G_GUINT64_FORMAT ">%" G_GUINT64_FORMAT,
      weir_event_type_get_name (event->type),
      weir_dictionary_get_text (log->dictionary, WEIR_WORD_COMPONENT, event->component),
      event->old_size, event->size);
  for (size_t i = 0; i < event->n_parents; i++)
    g_string_append_printf (line, " of %" G_GUINT64_FORMAT, event->parents[i]);
  append_set (log, event, line);
  tell (log->stories, event->flowfile, g_string_free (line, FALSE));
}

static void
take_frame (Log *log, WeirDerivation *derivation, const WeirFrame *frame)
{
  WeirLogEntry entry;
  const WeirEvent *event;

  for (size_t at = 0; weir_frame_next_entry (frame, &at, &entry, NULL);) {
    g_assert_true (weir_derivation_begin (derivation, &entry));
    while ((event = weir_derivation_next (derivation)) != NULL)
      take_event (log, event);
    g_assert_false (weir_derivation_has_failed (derivation));
  }
  log->place = frame->next;
  log->sequence = frame->sequence + 1;
}

/* All that has come to the log of @directory since it was read last. */
static void
read_log (Log *log, const char *directory)
{
  WeirDataOptions options = { .directory = directory, .owner = "test" };
  g_autoptr (WeirDerivation) derivation = weir_derivation_new ();
  g_autoptr (WeirData) data = weir_data_open (&options, NULL);
  g_autoptr (WeirFollower) follower = weir_data_follow (data, log->place, log->sequence, NULL);
  WeirFrame frame;

  g_assert_nonnull (follower);
  log->dictionary = weir_data_get_dictionary (data);
  while (weir_follower_next (follower, 0, &frame, NULL) == WEIR_LOG_FRAME)
    take_frame (log, derivation, &frame);
}

static void
assert_same_story (uint64_t id, const GPtrArray *said, const GPtrArray *told)
{
  if (told == NULL)
    g_error ("nothing is told of FlowFile %" G_GUINT64_FORMAT ", but should be\n%s", id,
             (char *)said->pdata[0]);
  for (guint i = 0; i < MAX (said->len, told->len); i++)
    if (i >= said->len || i >= told->len || !g_str_equal (said->pdata[i], told->pdata[i]))
      g_error ("of FlowFile %" G_GUINT64_FORMAT ", event %u is\n%s\nand should be\n%s", id, i,
               i < told->len ? (char *)told->pdata[i] : "none",
               i < said->len ? (char *)said->pdata[i] : "none");
}

/* What is told of copies begins with one of these lines, each as often as it was to be. */
static void
name_copies (GHashTable *said, GHashTable *copies, GHashTable *told)
{
  GHashTableIter iter;
  gpointer id, story;

  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, &id, &story)) {
    const char *first = ((GPtrArray *)story)->pdata[0];
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (copies, first));
    GPtrArray *lines = g_hash_table_lookup (said, id);

    if (n == 0 || (lines != NULL && g_str_equal (lines->pdata[0], first)))
      continue;
    if (lines == NULL)
      tell (said, *(uint64_t *)id, g_strdup (first));
    else
      g_ptr_array_insert (lines, 0, g_strdup (first));
    if (n > 1)
      g_hash_table_insert (copies, g_strdup (first), GUINT_TO_POINTER (n - 1));
    else
      g_hash_table_remove (copies, first);
  }
  g_hash_table_iter_init (&iter, copies);
  if (g_hash_table_iter_next (&iter, &id, NULL))
    g_error ("nothing is told of a copy: %s", (char *)id);
}

static void
assert_same (GHashTable *said, GHashTable *told)
{
  GHashTableIter iter;
  gpointer id, story;

  g_hash_table_iter_init (&iter, said);
  while (g_hash_table_iter_next (&iter, &id, &story))
    assert_same_story (*(uint64_t *)id, story, g_hash_table_lookup (told, id));
  g_assert_cmpuint (g_hash_table_size (said), ==, g_hash_table_size (told));
}

/* --- the test --- */

/* To @n others, each once: what goes there is copied. */
static void
connect (Kit *kit, const char *from, const char *relationship, unsigned n)
{
  unsigned first = dice (N_NODES - 1);

  for (unsigned i = 0; i < n; i++) {
    g_autofree char *to = g_strdup_printf ("n%u", 1 + (first + i) % (N_NODES - 1));

    kit_connect (kit, from, relationship, to);
  }
}

static void
build (Kit *kit)
{
  kit_processor (kit, "n0", &source)->yield_usec = 1;
  for (unsigned i = 1; i < N_NODES; i++) {
    g_autofree char *id = g_strdup_printf ("n%u", i);

    kit_processor (kit, id, &middle)->penalty_usec = 1;
  }
  for (unsigned i = 0; i < N_NODES; i++) {
    g_autofree char *from = g_strdup_printf ("n%u", i);

    for (unsigned r = 0; r < 2; r++)
      connect (kit, from, r == 0 ? "success" : "failure", i == 0 ? 1 : dice (3));
  }
}

static void
run (Kit *kit, Log *log, const char *directory)
{
  build (kit);
  kit_start (kit);
  for (unsigned i = 0; i < N_STEPS; i++) {
    if (!weir_engine_step (kit->engine))
      weir_clock_advance (kit->clock, G_USEC_PER_SEC);
    if (dice (200) == 0) {
      kit_stop (kit);
      read_log (log, directory);
      kit_start (kit);
    }
  }
  kit_stop (kit);
  read_log (log, directory);
}

static void
test_random (void)
{
  guint n_copies = 0;

  for (unsigned round = 0; round < N_ROUNDS; round++) {
    g_autofree char *directory = g_dir_make_tmp ("weir-provenance-XXXXXX", NULL);
    g_autoptr (GHashTable) said = stories_new ();
    g_autoptr (GHashTable) told = stories_new ();
    g_autoptr (GHashTable) copies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (Kit) kit = kit_new_by_hand ();
    Log log = { .stories = told };
    Model now = { .stories = said, .copies = copies };

    now.random = g_rand_new_with_seed ((guint32)g_test_rand_int ());
    model = &now;
    kit->options.data_dir = directory;
    kit->options.durability = WEIR_DURABILITY_PROCESS;
    kit->options.segment_size = UINT64_C (4) * 1024 * 1024;
    run (kit, &log, directory);
    n_copies += g_hash_table_size (copies);
    name_copies (said, copies, told);
    assert_same (said, told);
    g_assert_cmpuint (g_hash_table_size (said), >, 20);
    g_rand_free (now.random);
    kit_remove_all (directory);
  }
  g_assert_cmpuint (n_copies, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provenance/random", test_random);
  return g_test_run ();
}
