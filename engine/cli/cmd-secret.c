/* cmd-secret.c: weir secret keygen, set, list and rekey: encrypted secrets in flow files.
 *
 * No value is ever printed, and none is an argument: others see the arguments of a command. */
#include "cli/command.h"
#include "cli/flow-file.h"
#include "cli/secret-input.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/sealed.h"
#include "base/secret.h"
#include "model/parameter.h"
#include "xml/file.h"
#include "xml/writer.h"
#include <string.h>

typedef struct {
  WeirVault *vault;
  const char *flow_name; /* NULL: what the flow is called */
  bool add;
} Options;

typedef struct {
  const char *name;
  int n_arguments; /* -1: one or more */
  bool (*run) (const Options *options, char **arguments, GError **error);
} Action;

/* A flow file that is changed. */
typedef struct {
  const char *path;
  WeirFlow *flow;
} File;

static void
file_clear (File *file)
{
  g_clear_pointer (&file->flow, weir_flow_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, file_clear)

static bool
file_open (File *file, const char *path, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();

  file->path = path;
  file->flow = weir_flow_load (path, problems, error);
  if (file->flow != NULL || (error != NULL && *error != NULL))
    return file->flow != NULL;
  weir_flow_file_tell (path, problems, stderr);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is no flow; nothing was changed", path);
  return false;
}

static bool
file_save (const File *file, GError **error)
{
  size_t size = 0;
  g_autofree char *text = weir_flow_write (file->flow, &size, error);

  return text != NULL && weir_flow_save (file->path, text, size, error);
}

static WeirParameter *
find_own (const WeirGroup *group, const char *name)
{
  for (guint i = 0; i < group->parameters->len; i++) {
    WeirParameter *parameter = group->parameters->pdata[i];

    if (strcmp (parameter->name, name) == 0)
      return parameter;
  }
  return NULL;
}

/* @path: "token", or "archive/token" for one of a group.
 * Returns: (transfer none): the group, and in @ret_name the name; NULL with @error. */
static WeirGroup *
find_group (const WeirFlow *flow, const char *path, const char **ret_name, GError **error)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *group = slash != NULL ? g_strndup (path, (gsize)(slash - path)) : NULL;
  WeirComponent *found = group != NULL ? weir_flow_find (flow, group) : &flow->root->base;
  const char *name = slash != NULL ? slash + 1 : path;

  if (found == NULL || found->kind != WEIR_KIND_GROUP) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "the flow has no group '%s'", group);
    return NULL;
  }
  if (!weir_parameter_name_is_valid (name)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "'%s' cannot be the name of a parameter; use letters, digits, '_', '-', '.' and "
                 "spaces within",
                 name);
    return NULL;
  }
  *ret_name = name;
  return (WeirGroup *)found;
}

/* Encrypts @secret into @parameter (of @group). */
static bool
seal (const Options *options, const File *file, const WeirGroup *group, WeirParameter *parameter,
      const char *secret, GError **error)
{
  const WeirKeyring *keyring = weir_vault_get_keyring (options->vault, error);
  g_autofree char *place = weir_parameter_get_place (file->flow, NULL, group, parameter->name);
  char *sealed = keyring != NULL ? weir_keyring_seal (keyring, place, secret, error) : NULL;

  if (sealed == NULL)
    return false;
  g_free (parameter->secret);
  parameter->secret = sealed;
  weir_secret_free (parameter->value);
  parameter->value = g_strdup ("");
  return true;
}

/* @secret: NULL to see only whether it could be done. */
static bool
put (const Options *options, char **arguments, const char *secret, GError **error)
{
  g_auto (File) file = { NULL };
  const char *name = NULL;
  WeirGroup *group = NULL;
  WeirParameter *parameter = NULL;
  bool is_new;

  if (!file_open (&file, arguments[0], error))
    return false;
  group = find_group (file.flow, arguments[1], &name, error);
  if (group == NULL || secret == NULL)
    return group != NULL;
  parameter = find_own (group, name);
  is_new = parameter == NULL;
  if (is_new)
    parameter = weir_group_add_parameter (group, name, "");
  if (!seal (options, &file, group, parameter, secret, error) || !file_save (&file, error))
    return false;
  if (is_new)
    fprintf (stderr, "weir secret: %s has a new parameter; #{%s} stands for it\n", file.path, name);
  return true;
}

/* The file is read again after a person was asked: it may have been changed meanwhile. */
static bool
set (const Options *options, char **arguments, GError **error)
{
  char *secret = NULL;
  bool done;

  if (!put (options, arguments, NULL, error) ||
      weir_vault_get_keyring (options->vault, error) == NULL)
    return false;
  secret = weir_secret_input_read (arguments[1], error);
  done = secret != NULL && put (options, arguments, secret, error);
  weir_secret_free (secret);
  return done;
}

typedef bool (*SecretFunc) (const Options *options, const File *file, const WeirGroup *group,
                            WeirParameter *parameter, void *data, GError **error);

/* Calls @on_secret for each parameter of @group and the groups in it that is a secret. */
static bool
walk (const Options *options, const File *file, const WeirGroup *group, SecretFunc on_secret,
      void *data, GError **error)
{
  const WeirGroup *inner = NULL;

  for (guint i = 0; i < group->parameters->len; i++) {
    WeirParameter *parameter = group->parameters->pdata[i];

    if (parameter->secret != NULL && !on_secret (options, file, group, parameter, data, error))
      return false;
  }
  for (guint at = 0; (inner = weir_group_next (group, WEIR_KIND_GROUP, &at)) != NULL;)
    if (!walk (options, file, inner, on_secret, data, error))
      return false;
  return true;
}

/* Returns: (transfer full): how people name it on the command line. */
static char *
get_label (const WeirGroup *group, const char *name)
{
  g_autofree char *path = weir_component_get_path (&group->base);

  return path[0] != '\0' ? g_strdup_printf ("%s/%s", path, name) : g_strdup (name);
}

static bool
on_rekey (const Options *options, const File *file, const WeirGroup *group,
          WeirParameter *parameter, void *data, GError **error)
{
  g_autofree char *label = get_label (group, parameter->name);
  g_autofree char *place =
      weir_parameter_get_place (file->flow, options->flow_name, group, parameter->name);
  unsigned *n = data;
  char *secret = NULL;
  bool done;

  if (!weir_sealed_is (parameter->secret))
    return true;
  secret = weir_vault_read (options->vault, parameter->secret, place, error);
  done = secret != NULL && seal (options, file, group, parameter, secret, error);
  weir_secret_free (secret);
  *n += done;
  if (!done)
    g_prefix_error (error, "%s: parameter '%s': ", file->path, label);
  return done;
}

static bool
rekey (const Options *options, char **arguments, GError **error)
{
  for (; *arguments != NULL; arguments++) {
    g_auto (File) file = { NULL };
    unsigned n = 0;

    if (!file_open (&file, *arguments, error) ||
        !walk (options, &file, file.flow->root, on_rekey, &n, error) ||
        (n > 0 && !file_save (&file, error)))
      return false;
    fprintf (stderr, "weir secret: %s: encrypted %u anew\n", file.path, n);
  }
  return true;
}

/* Returns: (transfer full): where the secret comes from. */
static char *
describe_source (const char *source)
{
  if (weir_sealed_is (source))
    return g_strdup ("encrypted");
  return weir_secret_source_is_valid (source) ? g_strdup (source) : g_strdup ("nowhere");
}

/* Returns: (transfer full): "" when it can be read, else why not. */
static char *
describe_state (const Options *options, const File *file, const WeirGroup *group,
                const WeirParameter *parameter)
{
  g_autofree char *place = weir_parameter_get_place (file->flow, NULL, group, parameter->name);
  g_autoptr (GError) error = NULL;
  char *secret = weir_vault_read (options->vault, parameter->secret, place, &error);
  bool is_sealed = weir_sealed_is (parameter->secret);

  weir_secret_free (secret);
  if (secret == NULL)
    return g_strdup (error->message);
  if (is_sealed &&
      !weir_keyring_is_newest (weir_vault_get_keyring (options->vault, NULL), parameter->secret))
    return g_strdup ("encrypted with an older key: `weir secret rekey`");
  return g_strdup ("");
}

static bool
on_list (const Options *options, const File *file, const WeirGroup *group, WeirParameter *parameter,
         void *data, GError **error)
{
  g_autofree char *label = get_label (group, parameter->name);
  g_autofree char *source = describe_source (parameter->secret);
  g_autofree char *state = describe_state (options, file, group, parameter);

  printf ("%s\t%s\t%s\n", label, source, state[0] != '\0' ? state : "ok");
  return true;
}

static bool
list (const Options *options, char **arguments, GError **error)
{
  g_auto (File) file = { NULL };

  return file_open (&file, arguments[0], error) &&
         walk (options, &file, file.flow->root, on_list, NULL, error);
}

/* Returns: (transfer full) (nullable): what the key file holds now, "" when it is not there. */
static char *
read_old_keys (const Options *options, const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup ("");
  if (!options->add) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "the key file %s is there already; --add puts a new key in front of it", path);
    return NULL;
  }
  if (weir_vault_get_keyring (options->vault, error) == NULL)
    return NULL;
  return weir_fs_read_file (NULL, path, WEIR_LIMIT_KEY_FILE_BYTES, NULL, error);
}

static bool
keygen (const Options *options, char **arguments, GError **error)
{
  const char *path = weir_vault_get_key_file (options->vault);
  g_autofree char *directory = g_path_get_dirname (path);
  char *old = read_old_keys (options, path, error);
  char *key = old != NULL ? weir_keyring_make_key (error) : NULL;
  char *text = key != NULL ? g_strconcat (key, old, NULL) : NULL;
  g_autoptr (WeirKeyring) keyring = text != NULL ? weir_keyring_parse (text, path, error) : NULL;
  bool done = keyring != NULL && weir_fs_make_directory (NULL, directory, 0700, error) &&
              weir_fs_replace_file (NULL, path, text, strlen (text), 0600, error);

  weir_secret_free (old);
  weir_secret_free (key);
  weir_secret_free (text);
  if (done)
    fprintf (stderr,
             "weir secret: %s has a new key; keep a copy where the flows are not: without it what "
             "is encrypted is lost\n",
             path);
  return done;
}

static const Action actions[] = {
  { "keygen", 0, keygen },
  { "set", 2, set },
  { "list", 1, list },
  { "rekey", -1, rekey },
};

static const Action *
find_action (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];
  return NULL;
}

static const char description[] =
    "weir secret keygen              makes the key file\n"
    "weir secret set FLOW NAME       encrypts a value into a parameter of the flow file; it is\n"
    "                                typed, or read from standard input\n"
    "weir secret list FLOW           tells where secrets come from and whether they can be read\n"
    "weir secret rekey FLOW...       encrypts all that is encrypted with the newest key\n\n"
    "NAME is a parameter of the flow, or GROUP/NAME one of a group. The key file is the one named\n"
    "by --key, by WEIR_KEY_FILE, the credential weir.key of a systemd service, or\n"
    "~/.config/weir/key. Keys are changed by keygen --add, rekey, and by taking out the old line.\n"
    "Exit codes: 0 done, 1 it could not be done, 2 wrong usage.";

static int
run (int argc, char **argv)
{
  g_autofree char *key = NULL;
  g_autofree char *was = NULL;
  gboolean add = FALSE;
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, "The key file", "FILE" },
    { "add", 0, 0, G_OPTION_ARG_NONE, &add, "keygen: put a new key in front of the others", NULL },
    { "was", 0, 0, G_OPTION_ARG_FILENAME, &was,
      "rekey: what the flow was called when the values were encrypted", "NAME" },
    { NULL },
  };
  int status = weir_command_parse (&weir_command_secret, entries, description, &argc, &argv);
  const Action *action = NULL;
  g_autoptr (WeirVault) vault = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (status != WEIR_EXIT_OK)
    return status;
  action = argc > 1 ? find_action (argv[1]) : NULL;
  if (action == NULL)
    return weir_command_misused (&weir_command_secret, "keygen, set, list or rekey?");
  if (action->n_arguments >= 0 ? argc - 2 != action->n_arguments : argc < 3)
    return weir_command_misused (&weir_command_secret, "%s: wrong number of arguments",
                                 action->name);
  vault = weir_vault_new (key);
  if (action->run (&(Options){ vault, was, add }, argv + 2, &error))
    return WEIR_EXIT_OK;
  message = weir_error_clean (error->message);
  fprintf (stderr, "weir secret: %s\n", message);
  return WEIR_EXIT_FAILURE;
}

const WeirCommand weir_command_secret = {
  .name = "secret",
  .arguments = "keygen|set|list|rekey",
  .summary = "Encrypt secrets in flow files",
  .run = run,
};
