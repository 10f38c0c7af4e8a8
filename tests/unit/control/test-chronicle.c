/* Tests engine/control/chronicle*.c, minute.c and shard.c: a past that is there again. */
#include "control/chronicle.h"

#include "base/limits.h"
#include "rosters.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND ((int64_t)G_USEC_PER_SEC)
#define START  (INT64_C (1700000000) / 3600 * 3600 * SECOND) /* an hour begins */

static WeirChronicle *
open_chronicle (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  WeirChronicle *chronicle = weir_chronicle_open (path, &message, &error);

  g_assert_no_error (error);
  g_assert_null (message);
  return chronicle;
}

static WeirRoster *
get_roster (WeirChronicle *chronicle, unsigned n_nodes, unsigned n_connections)
{
  WeirRoster *roster = make_roster (n_nodes, n_connections, 0);
  g_autoptr (GError) error = NULL;

  for (uint32_t i = 0; i < roster->n; i++)
    roster->subjects[i].key = 0;
  g_assert_true (weir_chronicle_give_keys (chronicle, roster, &error));
  g_assert_no_error (error);
  return roster;
}

/* The first processor takes @in in the minute that @wall is in. */
static void
add_minute (WeirChronicle *chronicle, WeirRoster *roster, int64_t wall, uint64_t in)
{
  g_autoptr (WeirMinute) minute = weir_minute_new (wall);
  g_autoptr (WeirReading) since = weir_reading_new_empty (roster, wall, 0);
  g_autoptr (GError) error = NULL;

  since->subjects[1].values[WEIR_NODE_IN] = in;
  since->subjects[0].values[WEIR_FLOW_DISK_FREE] = 1000 - in;
  weir_minute_add (minute, since, WEIR_MINUTE_USEC);
  g_assert_true (weir_chronicle_add_minute (chronicle, minute, &error));
  g_assert_no_error (error);
}

static WeirSeries *
read_series (WeirChronicle *chronicle, const char *path, int64_t from, int64_t to, int64_t step)
{
  WeirSeries *series = weir_series_new (WEIR_SUBJECT_NODE, from, to, step);
  g_autoptr (GError) error = NULL;
  uint32_t key;

  g_assert_true (weir_chronicle_find_key (chronicle, WEIR_SUBJECT_NODE, path, &key));
  g_assert_true (weir_chronicle_read (chronicle, key, INT64_MAX, series, &error));
  g_assert_no_error (error);
  return series;
}

static void
test_keys (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "history.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  WeirChronicle *chronicle = open_chronicle (path);
  g_autoptr (WeirRoster) first = get_roster (chronicle, 3, 2);
  g_autoptr (WeirRoster) second = NULL;

  for (uint32_t i = 1; i < first->n; i++)
    g_assert_cmpuint (first->subjects[i].key, !=, first->subjects[i - 1].key);
  weir_chronicle_free (chronicle);
  chronicle = open_chronicle (path);
  second = get_roster (chronicle, 4, 2);
  for (uint32_t i = 0; i <= 3; i++)
    g_assert_cmpuint (first->subjects[i].key, ==, second->subjects[i].key);
  g_assert_cmpuint (first->subjects[4].key, ==, second->subjects[5].key);

  weir_chronicle_free (chronicle);
  g_unlink (path);
  g_unlink (log);
  g_rmdir (dir);
}

/* A past goes along with its name: p1 and p2 have changed places, p3 is called p4, which is gone.
 */
static void
test_renames (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "history.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  WeirChronicle *chronicle = open_chronicle (path);
  g_autoptr (WeirRoster) before = get_roster (chronicle, 4, 0);
  g_autoptr (WeirRoster) after = make_roster (4, 0, 0);
  const uint32_t places[] = { 0, 2, 1, 0, 3 }; /* what was there is here now */
  g_autoptr (GError) error = NULL;
  uint32_t key;

  after->subjects[0].key = before->subjects[0].key;
  for (uint32_t i = 1; i <= 4; i++)
    after->subjects[i].key = places[i] > 0 ? before->subjects[places[i]].key : 0;
  g_assert_true (weir_chronicle_give_keys (chronicle, after, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (after->subjects[3].key, >, before->subjects[4].key); /* a new one */
  weir_chronicle_free (chronicle);
  chronicle = open_chronicle (path);
  for (uint32_t i = 1; i <= 4; i++) {
    g_assert_true (
        weir_chronicle_find_key (chronicle, WEIR_SUBJECT_NODE, after->subjects[i].path, &key));
    g_assert_cmpuint (key, ==, after->subjects[i].key);
  }
  weir_chronicle_free (chronicle);
  g_unlink (path);
  g_unlink (log);
  g_rmdir (dir);
}

static void
test_minutes (void)
{
  g_autoptr (WeirChronicle) chronicle = open_chronicle (NULL);
  g_autoptr (WeirRoster) roster = get_roster (chronicle, 100, 50);
  g_autoptr (WeirSeries) minutes = NULL;
  g_autoptr (WeirSeries) hours = NULL;
  g_autoptr (WeirSeries) idle = NULL;

  /* Two hours and a half, but for one minute. */
  for (unsigned i = 0; i < 150; i++)
    if (i != 70)
      add_minute (chronicle, roster, START + i * WEIR_MINUTE_USEC, 100 + i);
  minutes = read_series (chronicle, "p1", START, START + 150 * WEIR_MINUTE_USEC, WEIR_MINUTE_USEC);
  for (unsigned i = 0; i < 150; i++) {
    g_assert_cmpuint (minutes->values[i][WEIR_NODE_IN], ==, i != 70 ? 100 + i : 0);
    g_assert_cmpint (minutes->covered[i], ==, i != 70 ? WEIR_MINUTE_USEC : 0);
  }
  hours =
      read_series (chronicle, "p1", START, START + 180 * WEIR_MINUTE_USEC, 60 * WEIR_MINUTE_USEC);
  g_assert_cmpuint (hours->values[0][WEIR_NODE_IN], ==, 60 * 100 + 59 * 30);
  g_assert_cmpint (hours->covered[2], ==, 30 * WEIR_MINUTE_USEC);

  /* That something did nothing is known, too. */
  idle = read_series (chronicle, "p77", START, START + 60 * WEIR_MINUTE_USEC, WEIR_MINUTE_USEC);
  g_assert_cmpuint (idle->values[3][WEIR_NODE_IN], ==, 0);
  g_assert_cmpint (idle->covered[3], ==, WEIR_MINUTE_USEC);
}

/* All of one moment, whether its hour is packed or not. */
static void
test_moment (void)
{
  g_autoptr (WeirChronicle) chronicle = open_chronicle (NULL);
  g_autoptr (WeirRoster) roster = get_roster (chronicle, 3, 1);
  const int64_t moments[] = { START + 7 * WEIR_MINUTE_USEC + 5, START + 65 * WEIR_MINUTE_USEC };
  g_autoptr (GError) error = NULL;

  for (unsigned i = 0; i < 70; i++)
    if (i != 8)
      add_minute (chronicle, roster, START + i * WEIR_MINUTE_USEC, 100 + i);
  for (unsigned i = 0; i < 2; i++) {
    g_autoptr (WeirMinute) minute = weir_chronicle_read_minute (chronicle, moments[i], &error);
    const WeirMinuteSubject *subject;

    g_assert_no_error (error);
    g_assert_nonnull (minute);
    g_assert_cmpint (minute->covered, ==, WEIR_MINUTE_USEC);
    subject = weir_minute_find (minute, roster->subjects[1].key);
    g_assert_cmpuint (subject->values[WEIR_NODE_IN], ==, i == 0 ? 107 : 165);
    subject = weir_minute_find (minute, roster->subjects[0].key);
    g_assert_cmpuint (subject->values[WEIR_FLOW_DISK_FREE], >=, 830);
  }
  g_assert_null (weir_chronicle_read_minute (chronicle, START + 8 * WEIR_MINUTE_USEC, &error));
  g_assert_no_error (error);
  g_assert_null (weir_chronicle_read_minute (chronicle, START - SECOND, &error));
  g_assert_no_error (error);
}

/* A process that ends and one that begins in the same minute. */
static void
test_same_minute (void)
{
  g_autoptr (WeirChronicle) chronicle = open_chronicle (NULL);
  g_autoptr (WeirRoster) roster = get_roster (chronicle, 3, 1);
  g_autoptr (WeirSeries) series = NULL;

  add_minute (chronicle, roster, START, 3);
  add_minute (chronicle, roster, START + SECOND, 4);
  series = read_series (chronicle, "p1", START, START + SECOND, WEIR_MINUTE_USEC);
  g_assert_cmpuint (series->values[0][WEIR_NODE_IN], ==, 7);
}

static void
test_retention (void)
{
  g_autoptr (WeirChronicle) chronicle = open_chronicle (NULL);
  g_autoptr (WeirRoster) roster = get_roster (chronicle, 3, 1);
  int64_t later = START + WEIR_LIMIT_MINUTES_USEC + 7200 * SECOND;
  g_autoptr (WeirSeries) series = NULL;

  add_minute (chronicle, roster, START, 3);
  add_minute (chronicle, roster, START + 3600 * SECOND, 4);
  add_minute (chronicle, roster, START + 3 * 3600 * SECOND, 5);
  add_minute (chronicle, roster, later, 6);
  series = read_series (chronicle, "p1", START, later + WEIR_MINUTE_USEC, 3600 * SECOND);
  g_assert_cmpint (series->covered[0], ==, 0);
  g_assert_cmpint (series->covered[1], ==, 0);
  g_assert_cmpuint (series->values[3][WEIR_NODE_IN], ==, 5);
  g_assert_cmpuint (series->values[series->n - 1][WEIR_NODE_IN], ==, 6);
}

/* --- bulletins --- */

static void
add_notice (GPtrArray *notices, uint64_t id, WeirLogLevel level, const char *component,
            const char *message)
{
  WeirNotice *notice = g_new0 (WeirNotice, 1);

  notice->id = id;
  notice->wall = START + (int64_t)id;
  notice->level = level;
  notice->component = g_strdup (component);
  notice->name = g_strdup ("Name");
  notice->message = g_strdup (message);
  notice->flowfile = id % 2 == 0 ? g_strdup ("0b5f") : NULL;
  notice->more = id == 1 ? 1234 : 0;
  g_ptr_array_add (notices, notice);
}

static void
free_notice (void *data)
{
  weir_notice_free (data);
}

static char *
list (WeirChronicle *chronicle, WeirNoticeQuery query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) notices = NULL;
  GString *ids = g_string_new (NULL);

  if (query.max == 0)
    query.max = 100;
  notices = weir_chronicle_list_notices (chronicle, &query, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < notices->len; i++)
    g_string_append_printf (ids, "%s%u", i > 0 ? " " : "",
                            (unsigned)((const WeirNotice *)notices->pdata[i])->id);
  return g_string_free (ids, FALSE);
}

#define assert_list(expected, ...)                                                   \
  G_STMT_START                                                                       \
  {                                                                                  \
    g_autofree char *ids_found = list (chronicle, (WeirNoticeQuery){ __VA_ARGS__ }); \
    g_assert_cmpstr (ids_found, ==, expected);                                       \
  }                                                                                  \
  G_STMT_END

static void
test_notices (void)
{
  g_autoptr (WeirChronicle) chronicle = open_chronicle (NULL);
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (free_notice);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  const WeirNotice *notice;

  g_assert_cmpuint (weir_chronicle_get_next_notice (chronicle), ==, 1);
  add_notice (notices, 1, WEIR_LOG_ERROR, "archive/read", "No such File");
  add_notice (notices, 2, WEIR_LOG_WARNING, "archive", "slow: 100 %");
  add_notice (notices, 3, WEIR_LOG_INFO, "archives", "all is well");
  g_assert_true (weir_chronicle_add_notices (chronicle, notices, &error));
  g_assert_cmpuint (weir_chronicle_get_next_notice (chronicle), ==, 4);

  assert_list ("3 2 1", .max = 10);
  assert_list ("3 2", .max = 2);
  assert_list ("1", .before = 2);
  assert_list ("3", .after = 2);
  assert_list ("2 1", .level = WEIR_LOG_WARNING);
  assert_list ("2 1", .component = "archive");
  assert_list ("1", .component = "archive/read");
  assert_list ("3 2 1", .component = "");
  assert_list ("", .component = "a%");
  assert_list ("1", .text = "no such file");
  assert_list ("2", .text = "100 %");
  assert_list ("", .text = "_");
  assert_list ("2", .flowfile = "0b5f");
  assert_list ("3", .since = START + 3);

  found =
      weir_chronicle_list_notices (chronicle, &(WeirNoticeQuery){ .before = 2, .max = 1 }, &error);
  notice = found->pdata[0];
  g_assert_cmpstr (notice->message, ==, "No such File");
  g_assert_cmpstr (notice->component, ==, "archive/read");
  g_assert_cmpint (notice->wall, ==, START + 1);
  g_assert_cmpuint (notice->more, ==, 1234);
  g_assert_null (notice->flowfile);
}

static void
test_notices_are_bounded (void)
{
  g_autoptr (WeirChronicle) chronicle = open_chronicle (NULL);
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (free_notice);
  g_autoptr (GError) error = NULL;

  for (uint64_t i = 1; i <= WEIR_LIMIT_NOTICES_KEPT + 300; i++)
    add_notice (notices, i, WEIR_LOG_ERROR, "a", "m");
  g_assert_true (weir_chronicle_add_notices (chronicle, notices, &error));
  assert_list ("", .before = 301);
  assert_list ("301", .before = 302);
}

/* --- what goes wrong --- */

static void
write_and_die (const char *path)
{
  WeirChronicle *chronicle = open_chronicle (path);
  g_autoptr (WeirRoster) roster = get_roster (chronicle, 3, 1);
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (free_notice);

  add_minute (chronicle, roster, START, 3);
  add_notice (notices, 1, WEIR_LOG_ERROR, "a", "the last words");
  weir_chronicle_add_notices (chronicle, notices, NULL);
  raise (SIGKILL);
}

static void
test_kill (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "history.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  pid_t child = fork ();
  int status;

  if (child == 0)
    write_and_die (path);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  {
    g_autoptr (WeirChronicle) chronicle = open_chronicle (path);
    g_autoptr (WeirSeries) series =
        read_series (chronicle, "p1", START, START + SECOND, WEIR_MINUTE_USEC);

    g_assert_cmpuint (series->values[0][WEIR_NODE_IN], ==, 3);
    g_assert_cmpuint (weir_chronicle_get_next_notice (chronicle), ==, 2);
    assert_list ("1", .text = "last");
  }
  g_unlink (path);
  g_unlink (log);
  g_rmdir (dir);
}

static void
test_damage (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "history.db", NULL);
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;
  WeirChronicle *chronicle;

  g_assert_true (
      g_file_set_contents (path, "this is no database, and it is long enough for one", -1, NULL));
  chronicle = weir_chronicle_open (path, &message, &error);
  g_assert_no_error (error);
  g_assert_nonnull (chronicle);
  g_assert_nonnull (strstr (message, "history.db.damaged"));
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  weir_chronicle_free (chronicle);
  g_unlink (path);
  g_unlink (aside);
  g_rmdir (dir);
}

static void
on_shard (void *data, uint32_t key, WeirSubjectKind kind,
          const uint64_t (*values)[WEIR_MEASURES_MAX])
{
  unsigned *n = data;

  g_assert_cmpuint (key, <, 100);
  g_assert_cmpint (kind, <, WEIR_N_SUBJECT_KINDS);
  (*n)++;
}

/* Whatever a disk makes of it, it is refused or gives figures. */
static void
test_damaged_bytes (void)
{
  WeirColumns columns;
  WeirMinute *minutes[WEIR_HOUR_MINUTES] = { NULL };
  g_autoptr (WeirRoster) roster = make_roster (20, 10, 1);
  g_autoptr (WeirReading) since = weir_reading_new_empty (roster, START, 0);
  g_autoptr (WeirMinute) minute = weir_minute_new (START);
  g_autoptr (GBytes) row = NULL;
  g_autoptr (GBytes) block = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  unsigned n = 0;

  for (unsigned kind = 0; kind < WEIR_N_SUBJECT_KINDS; kind++) {
    for (unsigned i = 0; i < WEIR_COLUMNS_MAX; i++)
      columns.measures[kind][i] = i < 5 ? (int8_t)i : -1;
    for (unsigned i = 0; i < WEIR_MEASURES_MAX; i++)
      columns.numbers[kind][i] = (uint8_t)i;
  }
  for (uint32_t i = 0; i < roster->n; i++)
    for (unsigned j = 0; j < 5; j++)
      since->subjects[i].values[j] = g_rand_int (rand);
  weir_minute_add (minute, since, SECOND);
  minutes[3] = minute;
  row = weir_minute_encode (minute, &columns);
  block = weir_shard_encode (minutes, 0, &columns);
  g_assert_true (weir_shard_decode (g_bytes_get_data (block, NULL), g_bytes_get_size (block), 0,
                                    &columns, on_shard, &n, NULL));
  g_assert_cmpuint (n, ==, 31);
  for (unsigned i = 0; i < 3000; i++) {
    GBytes *whole = i % 2 == 0 ? row : block;
    size_t size = g_bytes_get_size (whole);
    g_autofree uint8_t *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), size);
    g_autoptr (WeirMinute) back = NULL;

    for (unsigned j = 0; j < 2; j++)
      bytes[g_rand_int_range (rand, 0, (gint32)size)] ^=
          (uint8_t)(1 << g_rand_int_range (rand, 0, 8));
    if (i % 3 == 0)
      size = (size_t)g_rand_int_range (rand, 0, (gint32)size);
    back = weir_minute_decode (bytes, size, START, &columns, NULL);
    weir_shard_decode (bytes, size, 0, &columns, on_shard, &n, NULL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chronicle/keys", test_keys);
  g_test_add_func ("/chronicle/renames", test_renames);
  g_test_add_func ("/chronicle/minutes", test_minutes);
  g_test_add_func ("/chronicle/moment", test_moment);
  g_test_add_func ("/chronicle/same-minute", test_same_minute);
  g_test_add_func ("/chronicle/retention", test_retention);
  g_test_add_func ("/chronicle/notices", test_notices);
  g_test_add_func ("/chronicle/notices-are-bounded", test_notices_are_bounded);
  g_test_add_func ("/chronicle/kill", test_kill);
  g_test_add_func ("/chronicle/damage", test_damage);
  g_test_add_func ("/chronicle/damaged-bytes", test_damaged_bytes);
  return g_test_run ();
}
