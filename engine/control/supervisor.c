/* supervisor.c: what others see of a flow is copied under the lock whenever its process changes;
 * the processes themselves belong to the loop alone. */
#include "control/supervisor.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/lock.h"
#include "model/component.h"

#include <string.h>

#define STOP_USEC (20 * (int64_t)G_USEC_PER_SEC)
#define RESERVED  "flows" /* has the flow files, in the directory of the data directories */

typedef struct {
  WeirSupervisor *supervisor;
  WeirHosted seen; /* guarded by the supervisor's lock */
  WeirChild *child;
  bool is_removed; /* goes as soon as its process has ended */
} Flow;

struct WeirSupervisor {
  WeirLoop *loop;
  char *program;
  char *data_dir;
  char *flow_dir;
  char *key_file;
  unsigned workers;
  WeirLock lock;
  GPtrArray *flows; /* guarded by lock: Flow, by name; changed on the loop, or before it runs */
  bool is_started;
  void (*on_stopped) (void *data);
  void *stopped_data;
};

static void
hosted_clear (WeirHosted *hosted)
{
  g_free (hosted->name);
  g_free (hosted->path);
  g_free (hosted->data_dir);
  g_free (hosted->socket);
  g_free (hosted->trouble);
}

void
weir_hosted_free (WeirHosted *hosted)
{
  if (hosted == NULL)
    return;
  hosted_clear (hosted);
  g_free (hosted);
}

static void
flow_free (Flow *flow)
{
  weir_child_free (flow->child);
  hosted_clear (&flow->seen);
  g_free (flow);
}

/* Call with the lock held. */
static Flow *
find (WeirSupervisor *supervisor, const char *name)
{
  for (guint i = 0; i < supervisor->flows->len; i++) {
    Flow *flow = supervisor->flows->pdata[i];

    if (g_str_equal (flow->seen.name, name))
      return flow;
  }
  return NULL;
}

static void on_rescan (void *data);

static bool
is_one_left (WeirSupervisor *supervisor)
{
  for (guint i = 0; i < supervisor->flows->len; i++)
    if (weir_child_get_state (((Flow *)supervisor->flows->pdata[i])->child) != WEIR_CHILD_STOPPED)
      return true;
  return false;
}

/* A file of that name may have come back meanwhile. */
static void
drop_removed (void *data)
{
  WeirSupervisor *supervisor = data;

  {
    WEIR_LOCKED (&supervisor->lock);
    for (guint i = supervisor->flows->len; i-- > 0;) {
      Flow *flow = supervisor->flows->pdata[i];

      if (flow->is_removed && weir_child_get_state (flow->child) == WEIR_CHILD_STOPPED)
        g_ptr_array_remove_index (supervisor->flows, i);
    }
  }
  if (supervisor->is_started)
    on_rescan (supervisor);
}

static void
on_change (void *data, WeirChild *child)
{
  Flow *flow = data;
  WeirSupervisor *supervisor = flow->supervisor;
  WeirChildState state = weir_child_get_state (child);

  {
    WEIR_LOCKED (&supervisor->lock);
    flow->seen.state = state;
    flow->seen.restarts = weir_child_get_restarts (child);
    flow->seen.pid = weir_child_get_pid (child);
    g_free (flow->seen.trouble);
    flow->seen.trouble = g_strdup (weir_child_get_trouble (child));
  }
  if (state == WEIR_CHILD_WAITING)
    g_printerr ("weir: flow %s: %s; it is started again\n", flow->seen.name, flow->seen.trouble);
  if (state == WEIR_CHILD_STOPPED && flow->is_removed)
    weir_loop_post (supervisor->loop, drop_removed, supervisor);
  if (supervisor->on_stopped != NULL && !is_one_left (supervisor))
    weir_loop_post (supervisor->loop, g_steal_pointer (&supervisor->on_stopped),
                    supervisor->stopped_data);
}

static WeirChild *
child_new (Flow *flow)
{
  WeirSupervisor *supervisor = flow->supervisor;
  g_autofree char *workers = g_strdup_printf ("%u", supervisor->workers);
  const char *argv[16] = {
    supervisor->program, "host",     "--name",          flow->seen.name, "--data",
    flow->seen.data_dir, "--socket", flow->seen.socket, "--workers",     workers
  };
  size_t n = 10;

  if (supervisor->key_file != NULL) {
    argv[n++] = "--key";
    argv[n++] = supervisor->key_file;
  }
  argv[n++] = "--";
  argv[n++] = flow->seen.path;
  return weir_child_new (supervisor->loop, argv, on_change, flow);
}

static int
compare_flows (const void *a, const void *b)
{
  const Flow *one = *(Flow *const *)a;
  const Flow *other = *(Flow *const *)b;

  return strcmp (one->seen.name, other->seen.name);
}

static bool
check_name (const char *name, const char *path, GError **error)
{
  if (weir_id_is_valid (name) && !g_str_equal (name, RESERVED))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "%s: '%s' cannot be the name of a flow: use letters, digits, '_', '-' and '.', and "
               "not '" RESERVED "'",
               path, name);
  return false;
}

/* Thread: the loop's, or before it runs. */
static Flow *
add (WeirSupervisor *supervisor, const char *name, const char *path, GError **error)
{
  Flow *flow;
  WEIR_LOCKED (&supervisor->lock);

  if (find (supervisor, name) != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "%s: there is a flow '%s' already: give the file another name", path, name);
    return NULL;
  }
  flow = g_new0 (Flow, 1);
  flow->supervisor = supervisor;
  flow->seen.name = g_strdup (name);
  flow->seen.path = g_canonicalize_filename (path, NULL);
  flow->seen.data_dir = g_build_filename (supervisor->data_dir, name, NULL);
  flow->seen.socket = g_build_filename (flow->seen.data_dir, "control.sock", NULL);
  flow->seen.trouble = g_strdup ("");
  flow->child = child_new (flow);
  g_ptr_array_add (supervisor->flows, flow);
  g_ptr_array_sort (supervisor->flows, compare_flows);
  return flow;
}

/* Returns: (transfer full): the name of a flow whose file is @path. */
static char *
name_of (const char *path)
{
  char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".xml"))
    name[strlen (name) - strlen (".xml")] = '\0';
  return name;
}

char *
weir_supervisor_add (WeirSupervisor *supervisor, const char *path, GError **error)
{
  g_autofree char *name = name_of (path);

  if (!check_name (name, path, error) || add (supervisor, name, path, error) == NULL)
    return NULL;
  return g_steal_pointer (&name);
}

/* Returns: (transfer full): name to path of each file. */
static GHashTable *
list_files (WeirSupervisor *supervisor, GError **error)
{
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir) dir = g_dir_open (supervisor->flow_dir, 0, error);
  const char *file;

  if (dir == NULL)
    return NULL;
  while ((file = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (supervisor->flow_dir, file, NULL);
    g_autofree char *name = name_of (file);
    g_autoptr (GError) wrong = NULL;

    if (file[0] == '.' || !g_str_has_suffix (file, ".xml"))
      continue;
    if (check_name (name, path, &wrong))
      g_hash_table_insert (files, g_steal_pointer (&name), g_steal_pointer (&path));
    else
      g_printerr ("weir: %s\n", wrong->message);
  }
  return g_steal_pointer (&files);
}

static void
on_rescan (void *data)
{
  WeirSupervisor *supervisor = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) files = list_files (supervisor, &error);
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name, path;

  if (files == NULL) {
    g_printerr ("weir: %s\n", error->message);
    return;
  }
  for (guint i = 0; i < supervisor->flows->len; i++) {
    Flow *flow = supervisor->flows->pdata[i];
    g_autofree char *folder = g_path_get_dirname (flow->seen.path);

    if (g_hash_table_remove (files, flow->seen.name))
      continue;
    if (g_str_equal (folder, supervisor->flow_dir) && !flow->is_removed)
      g_ptr_array_add (gone, flow);
  }
  for (guint i = 0; i < gone->len; i++) {
    Flow *flow = gone->pdata[i];

    flow->is_removed = true;
    if (weir_child_get_state (flow->child) == WEIR_CHILD_STOPPED)
      weir_loop_post (supervisor->loop, drop_removed, supervisor);
    else
      weir_child_stop (flow->child, STOP_USEC);
  }
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &path)) {
    Flow *flow = add (supervisor, name, path, NULL);

    if (flow != NULL && supervisor->is_started)
      weir_child_start (flow->child);
  }
}

bool
weir_supervisor_rescan (WeirSupervisor *supervisor, GError **error)
{
  g_autoptr (GHashTable) files = list_files (supervisor, error);

  if (files == NULL)
    return false;
  weir_loop_post (supervisor->loop, on_rescan, supervisor);
  return true;
}

WeirSupervisor *
weir_supervisor_new (WeirLoop *loop, const WeirServerConfig *config, const char *program,
                     GError **error)
{
  g_autoptr (WeirSupervisor) supervisor = g_new0 (WeirSupervisor, 1);

  supervisor->loop = loop;
  supervisor->program = g_strdup (program);
  supervisor->data_dir = g_canonicalize_filename (config->data_dir, NULL);
  supervisor->flow_dir = g_canonicalize_filename (config->flow_dir, NULL);
  supervisor->key_file = g_strdup (config->key_file);
  supervisor->workers = config->workers;
  supervisor->flows = g_ptr_array_new_with_free_func ((GDestroyNotify)flow_free);
  pthread_mutex_init (&supervisor->lock, NULL);
  if (!weir_fs_make_directory (NULL, supervisor->data_dir, 0700, error) ||
      !weir_fs_make_directory (NULL, supervisor->flow_dir, 0700, error))
    return NULL;
  on_rescan (supervisor);
  return g_steal_pointer (&supervisor);
}

void
weir_supervisor_free (WeirSupervisor *supervisor)
{
  if (supervisor == NULL)
    return;
  g_ptr_array_unref (supervisor->flows);
  pthread_mutex_destroy (&supervisor->lock);
  g_free (supervisor->program);
  g_free (supervisor->data_dir);
  g_free (supervisor->flow_dir);
  g_free (supervisor->key_file);
  g_free (supervisor);
}

bool
weir_supervisor_create (WeirSupervisor *supervisor, const char *name, GBytes *text, GError **error)
{
  g_autofree char *file = g_strconcat (name, ".xml", NULL);
  g_autofree char *path = g_build_filename (supervisor->flow_dir, file, NULL);
  bool exists;

  if (!check_name (name, "new flow", error))
    return false;
  {
    WEIR_LOCKED (&supervisor->lock);
    exists = find (supervisor, name) != NULL || g_file_test (path, G_FILE_TEST_EXISTS);
  }
  if (exists) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "there is a flow '%s' already: choose another name", name);
    return false;
  }
  if (!weir_fs_replace_file (NULL, path, g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                             0600, error))
    return false;
  weir_loop_post (supervisor->loop, on_rescan, supervisor);
  return true;
}

static bool
fail_unknown (const char *name, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no flow '%s'", name);
  return false;
}

bool
weir_supervisor_remove (WeirSupervisor *supervisor, const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;

  {
    WEIR_LOCKED (&supervisor->lock);
    Flow *flow = find (supervisor, name);

    path = flow != NULL ? g_strdup (flow->seen.path) : NULL;
  }
  if (path == NULL)
    return fail_unknown (name, error);
  folder = g_path_get_dirname (path);
  if (!g_str_equal (folder, supervisor->flow_dir)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "flow '%s' was named when the server was started (%s): start it without", name,
                 path);
    return false;
  }
  if (!weir_fs_unlink (NULL, path, error))
    return false;
  weir_loop_post (supervisor->loop, on_rescan, supervisor);
  return true;
}

void
weir_supervisor_start (WeirSupervisor *supervisor)
{
  supervisor->is_started = true;
  for (guint i = 0; i < supervisor->flows->len; i++)
    weir_child_start (((Flow *)supervisor->flows->pdata[i])->child);
}

void
weir_supervisor_stop (WeirSupervisor *supervisor, void (*on_stopped) (void *data), void *data)
{
  supervisor->is_started = false;
  supervisor->stopped_data = data;
  if (!is_one_left (supervisor)) {
    weir_loop_post (supervisor->loop, on_stopped, data);
    return;
  }
  supervisor->on_stopped = on_stopped;
  for (guint i = 0; i < supervisor->flows->len; i++)
    weir_child_stop (((Flow *)supervisor->flows->pdata[i])->child, STOP_USEC);
}

typedef struct {
  WeirSupervisor *supervisor;
  char *name;
} Request;

static void
on_restart (void *data)
{
  Request *request = data;
  Flow *flow;

  {
    WEIR_LOCKED (&request->supervisor->lock);
    flow = find (request->supervisor, request->name);
  }
  if (flow != NULL && request->supervisor->is_started) {
    weir_child_stop (flow->child, STOP_USEC);
    weir_child_start (flow->child);
  }
  g_free (request->name);
  g_free (request);
}

bool
weir_supervisor_restart (WeirSupervisor *supervisor, const char *name, GError **error)
{
  Request *request;

  {
    WEIR_LOCKED (&supervisor->lock);
    if (find (supervisor, name) == NULL)
      return fail_unknown (name, error);
  }
  request = g_new (Request, 1);
  *request = (Request){ supervisor, g_strdup (name) };
  weir_loop_post (supervisor->loop, on_restart, request);
  return true;
}

GPtrArray *
weir_supervisor_list (WeirSupervisor *supervisor)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_hosted_free);
  WEIR_LOCKED (&supervisor->lock);

  for (guint i = 0; i < supervisor->flows->len; i++) {
    const WeirHosted *seen = &((Flow *)supervisor->flows->pdata[i])->seen;
    WeirHosted *hosted = g_new (WeirHosted, 1);

    *hosted = *seen;
    hosted->name = g_strdup (seen->name);
    hosted->path = g_strdup (seen->path);
    hosted->data_dir = g_strdup (seen->data_dir);
    hosted->socket = g_strdup (seen->socket);
    hosted->trouble = g_strdup (seen->trouble);
    g_ptr_array_add (list, hosted);
  }
  return list;
}

char *
weir_supervisor_find_socket (WeirSupervisor *supervisor, const char *name, GError **error)
{
  WEIR_LOCKED (&supervisor->lock);
  const Flow *flow = find (supervisor, name);

  if (flow == NULL) {
    fail_unknown (name, error);
    return NULL;
  }
  if (flow->seen.state == WEIR_CHILD_READY)
    return g_strdup (flow->seen.socket);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "flow '%s' is not running%s%s", name,
               flow->seen.trouble[0] != '\0' ? ": " : " yet: ask again in a moment",
               flow->seen.trouble);
  return NULL;
}
