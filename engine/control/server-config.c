/* server-config.c: an INI file, each key a row of one table. */
#include "control/server-config.h"

#include "base/error.h"
#include "base/suggest.h"

#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#define GROUPS_MAX 1024

typedef enum {
  KIND_PATH, /* absolute */
  KIND_TEXT,
  KIND_LIST,
  KIND_FLAG,
  KIND_NUMBER,
} Kind;

typedef struct {
  const char *group;
  const char *name;
  Kind kind;
  size_t offset;
} Key;

#define FIELD(name) offsetof (WeirServerConfig, name)
static const Key keys[] = {
  { "server", "data", KIND_PATH, FIELD (data_dir) },
  { "server", "flows", KIND_PATH, FIELD (flow_dir) },
  { "server", "socket", KIND_PATH, FIELD (socket) },
  { "server", "one-process", KIND_FLAG, FIELD (is_one_process) },
  { "server", "workers", KIND_NUMBER, FIELD (workers) },
  { "server", "key-file", KIND_PATH, FIELD (key_file) },
  { "network", "listen", KIND_TEXT, FIELD (listen) },
  { "network", "certificate", KIND_PATH, FIELD (certificate) },
  { "network", "key", KIND_PATH, FIELD (key) },
  { "network", "client-ca", KIND_PATH, FIELD (client_ca) },
  { "network", "hosts", KIND_LIST, FIELD (hosts) },
  { "network", "origins", KIND_LIST, FIELD (origins) },
};

static bool
fail (const char *path, const char *group, const char *key, const char *what, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: [%s] %s%s%s", path, group,
               key != NULL ? key : "", key != NULL ? ": " : "", what);
  return false;
}

static bool
fail_unknown_key (const char *path, const char *group, const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS (keys)];
  size_t n = 0;
  const char *nearest;
  g_autofree char *what = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group))
      names[n++] = keys[i].name;
  nearest = weir_suggest (name, names, n);
  what = nearest != NULL ? g_strdup_printf ("there is no such key, did you mean '%s'?", nearest)
                         : g_strdup ("there is no such key; `man weir-serve` lists them");
  return fail (path, group, name, what, error);
}

static bool
read_number (GKeyFile *file, const Key *key, const char *path, unsigned *field, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  int value = g_key_file_get_integer (file, key->group, key->name, &wrong);

  if (wrong != NULL || value < 0 || value > 1024)
    return fail (path, key->group, key->name, "a whole number from 0 to 1024 is expected", error);
  *field = (unsigned)value;
  return true;
}

static bool
read_key (GKeyFile *file, const Key *key, const char *path, WeirServerConfig *config,
          GError **error)
{
  void *field = (char *)config + key->offset;
  g_autoptr (GError) wrong = NULL;
  g_autofree char *text = NULL;

  switch (key->kind) {
  case KIND_NUMBER:
    return read_number (file, key, path, field, error);
  case KIND_FLAG:
    *(bool *)field = g_key_file_get_boolean (file, key->group, key->name, &wrong);
    return wrong == NULL ||
           fail (path, key->group, key->name, "'true' or 'false' is expected", error);
  case KIND_LIST:
    g_strfreev (*(GStrv *)field);
    *(GStrv *)field = g_key_file_get_string_list (file, key->group, key->name, NULL, &wrong);
    return wrong == NULL || fail (path, key->group, key->name, wrong->message, error);
  case KIND_PATH:
  case KIND_TEXT:
    text = g_key_file_get_string (file, key->group, key->name, &wrong);
    if (wrong != NULL)
      return fail (path, key->group, key->name, wrong->message, error);
    if (key->kind == KIND_PATH && !g_path_is_absolute (text))
      return fail (path, key->group, key->name, "a path that begins with / is expected", error);
    g_free (*(char **)field);
    *(char **)field = g_steal_pointer (&text);
    return true;
  }
  return false;
}

static const Key *
find_key (const char *group, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].name, name))
      return &keys[i];
  return NULL;
}

/* [users] and [groups]: "maria = editor". */
static bool
read_roles (GKeyFile *file, const char *group, const char *path, GHashTable *roles, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);

  for (char **name = names; name != NULL && *name != NULL; name++) {
    g_autofree char *text = g_key_file_get_string (file, group, *name, NULL);
    WeirUserRole role;

    if (text == NULL || !weir_role_parse (text, &role))
      return fail (path, group, *name, "'viewer', 'operator', 'editor' or 'admin' is expected",
                   error);
    g_hash_table_replace (roles, g_strdup (*name), GINT_TO_POINTER (role));
  }
  return true;
}

static bool
read_group (GKeyFile *file, const char *group, const char *path, WeirServerConfig *config,
            GError **error)
{
  g_auto (GStrv) names = NULL;

  if (g_str_equal (group, "users"))
    return read_roles (file, group, path, config->users, error);
  if (g_str_equal (group, "groups"))
    return read_roles (file, group, path, config->groups, error);
  if (!g_str_equal (group, "server") && !g_str_equal (group, "network"))
    return fail (path, group, NULL, "sections are [server], [network], [users] and [groups]",
                 error);
  names = g_key_file_get_keys (file, group, NULL, NULL);
  for (char **name = names; *name != NULL; name++) {
    const Key *key = find_key (group, *name);

    if (key == NULL)
      return fail_unknown_key (path, group, *name, error);
    if (!read_key (file, key, path, config, error))
      return false;
  }
  return true;
}

static bool
read_file (const char *path, WeirServerConfig *config, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  g_autoptr (GError) wrong = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &wrong)) {
    g_set_error (error, WEIR_ERROR,
                 g_error_matches (wrong, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? WEIR_ERROR_NOT_FOUND
                                                                           : WEIR_ERROR_INVALID,
                 "%s: %s", path, wrong->message);
    return false;
  }
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (!read_group (file, *group, path, config, error))
      return false;
  return true;
}

/* What systemd made for the service. Returns: (transfer full) (nullable). */
static char *
get_given (const char *variable)
{
  const char *value = g_getenv (variable);
  const char *colon;

  if (value == NULL || value[0] == '\0')
    return NULL;
  colon = strchr (value, ':');
  return colon != NULL ? g_strndup (value, (gsize)(colon - value)) : g_strdup (value);
}

/* Returns: (transfer full) (nullable). */
static char *
get_usual_file (void)
{
  g_autofree char *folder = get_given ("CONFIGURATION_DIRECTORY");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "weir.conf", NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

static char *
get_default_socket (const WeirServerConfig *config)
{
  g_autofree char *given = get_given ("RUNTIME_DIRECTORY");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");

  if (given != NULL)
    return g_build_filename (given, "control.sock", NULL);
  if (runtime != NULL && runtime[0] == '/')
    return g_build_filename (runtime, "weir", "control.sock", NULL);
  return g_build_filename (config->data_dir, "control.sock", NULL);
}

static void
set_defaults (WeirServerConfig *config)
{
  if (config->data_dir == NULL)
    config->data_dir = get_given ("STATE_DIRECTORY");
  if (config->data_dir == NULL)
    config->data_dir = g_build_filename (g_get_user_state_dir (), "weir", NULL);
  if (config->flow_dir == NULL)
    config->flow_dir = g_build_filename (config->data_dir, "flows", NULL);
  if (config->socket == NULL)
    config->socket = get_default_socket (config);
}

WeirServerConfig *
weir_server_config_load (const char *path, const char *data_dir, GError **error)
{
  g_autoptr (WeirServerConfig) config = g_new0 (WeirServerConfig, 1);
  g_autofree char *usual = get_usual_file ();

  config->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  config->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (path == NULL)
    path = usual;
  if (path != NULL && !read_file (path, config, error))
    return NULL;
  if (data_dir != NULL) {
    g_free (config->data_dir);
    config->data_dir = g_canonicalize_filename (data_dir, NULL);
  }
  set_defaults (config);
  if (config->listen == NULL && (config->certificate != NULL || config->client_ca != NULL)) {
    fail (path, "network", "certificate", "it has no use without 'listen = HOST:PORT'", error);
    return NULL;
  }
  if ((config->certificate == NULL) != (config->key == NULL)) {
    fail (path, "network", "certificate", "give both 'certificate' and 'key', or neither", error);
    return NULL;
  }
  return g_steal_pointer (&config);
}

void
weir_server_config_free (WeirServerConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->data_dir);
  g_free (config->flow_dir);
  g_free (config->socket);
  g_free (config->listen);
  g_free (config->certificate);
  g_free (config->key);
  g_free (config->client_ca);
  g_strfreev (config->hosts);
  g_strfreev (config->origins);
  g_free (config->key_file);
  g_clear_pointer (&config->users, g_hash_table_unref);
  g_clear_pointer (&config->groups, g_hash_table_unref);
  g_free (config);
}

static WeirUserRole
get_role_of_group (const WeirServerConfig *config, gid_t gid)
{
  char buffer[16384];
  struct group group;
  struct group *found = NULL;

  if (getgrgid_r (gid, &group, buffer, sizeof (buffer), &found) != 0 || found == NULL)
    return WEIR_ROLE_NONE;
  return (WeirUserRole)GPOINTER_TO_INT (g_hash_table_lookup (config->groups, found->gr_name));
}

WeirUserRole
weir_server_config_get_role (const WeirServerConfig *config, uid_t uid, gid_t gid, char **ret_name)
{
  char buffer[16384];
  struct passwd user;
  struct passwd *found = NULL;
  gid_t groups[GROUPS_MAX];
  int n_groups = GROUPS_MAX;
  WeirUserRole role;

  if (getpwuid_r (uid, &user, buffer, sizeof (buffer), &found) != 0)
    found = NULL;
  *ret_name = found != NULL ? g_strdup (found->pw_name) : g_strdup_printf ("uid %u", uid);
  if (uid == 0 || uid == geteuid ())
    return WEIR_ROLE_ADMIN;
  role = found != NULL
             ? (WeirUserRole)GPOINTER_TO_INT (g_hash_table_lookup (config->users, found->pw_name))
             : WEIR_ROLE_NONE;
  if (g_hash_table_size (config->groups) == 0)
    return role;
  if (found == NULL || getgrouplist (found->pw_name, gid, groups, &n_groups) < 0) {
    groups[0] = gid;
    n_groups = 1;
  }
  for (int i = 0; i < n_groups; i++)
    role = MAX (role, get_role_of_group (config, groups[i]));
  return role;
}
