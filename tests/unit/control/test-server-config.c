/* The file of the server: each key, what is wrong in it, and defaults. */
#include "control/server-config.h"

#include "support/directory.h"

#include <string.h>
#include <unistd.h>
#include <weir/error.h>

typedef struct {
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = directory_in_memory ("weir-config-XXXXXX");
  self->path = g_build_filename (self->directory, "weir.conf", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_rmdir (self->directory);
  g_free (self->path);
  g_free (self->directory);
}

static WeirServerConfig *
load (Fixture *self, const char *text, GError **error)
{
  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  return weir_server_config_load (self->path, NULL, error);
}

static void
test_all (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirServerConfig) config =
      load (self,
            "# what a server is told\n[server]\ndata=/d\nflows=/f\nsocket=/s\none-process=true\n"
            "workers=3\nkey-file=/k\n[network]\nlisten=[::]:8443\ncertificate=/c\nkey=/y\n"
            "client-ca=/a\nhosts=a;b\norigins=https://x\n[users]\nmaria=editor\n"
            "[groups]\nops=operator\n",
            &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->data_dir, ==, "/d");
  g_assert_cmpstr (config->flow_dir, ==, "/f");
  g_assert_cmpstr (config->socket, ==, "/s");
  g_assert_true (config->is_one_process);
  g_assert_cmpuint (config->workers, ==, 3);
  g_assert_cmpstr (config->key_file, ==, "/k");
  g_assert_cmpstr (config->listen, ==, "[::]:8443");
  g_assert_cmpstr (config->certificate, ==, "/c");
  g_assert_cmpstr (config->key, ==, "/y");
  g_assert_cmpstr (config->client_ca, ==, "/a");
  g_assert_cmpstr (config->hosts[1], ==, "b");
  g_assert_cmpstr (config->origins[0], ==, "https://x");
  g_assert_cmpint (GPOINTER_TO_INT (g_hash_table_lookup (config->users, "maria")), ==,
                   WEIR_ROLE_EDITOR);
  g_assert_cmpint (GPOINTER_TO_INT (g_hash_table_lookup (config->groups, "ops")), ==,
                   WEIR_ROLE_OPERATOR);
}

static void
test_defaults (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirServerConfig) config = NULL;

  g_assert_true (g_setenv ("STATE_DIRECTORY", "/var/lib/weir:/other", true));
  g_assert_true (g_setenv ("RUNTIME_DIRECTORY", "/run/weir", true));
  config = weir_server_config_load (NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->data_dir, ==, "/var/lib/weir");
  g_assert_cmpstr (config->flow_dir, ==, "/var/lib/weir/flows");
  g_assert_cmpstr (config->socket, ==, "/run/weir/control.sock");
  g_assert_null (config->listen);
  g_unsetenv ("STATE_DIRECTORY");
  g_unsetenv ("RUNTIME_DIRECTORY");
}

static void
test_usual_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirServerConfig) none = NULL;
  g_autoptr (WeirServerConfig) config = NULL;

  g_assert_true (g_setenv ("CONFIGURATION_DIRECTORY", self->directory, true));
  none = weir_server_config_load (NULL, "/d", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->workers, ==, 0);
  g_assert_true (g_file_set_contents (self->path, "[server]\nworkers=5\ndata=/e\n", -1, NULL));
  config = weir_server_config_load (NULL, "/d", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (config->workers, ==, 5);
  g_assert_cmpstr (config->data_dir, ==, "/d");
  g_unsetenv ("CONFIGURATION_DIRECTORY");
}

static void
test_wrong (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *text;
    const char *message;
  } cases[] = {
    { "[server]\ndate=/d\n", "did you mean 'data'?" },
    { "[server]\ndata=d\n", "begins with /" },
    { "[server]\nworkers=many\n", "whole number" },
    { "[server]\nworkers=-1\n", "whole number" },
    { "[server]\none-process=perhaps\n", "'true' or 'false'" },
    { "[serve]\ndata=/d\n", "sections are" },
    { "[users]\nmaria=king\n", "'viewer', 'operator'" },
    { "[network]\ncertificate=/c\nkey=/k\n", "listen" },
    { "[network]\nlisten=:1\ncertificate=/c\n", "both" },
    { "data=/d\n", "weir.conf" },
    { "\xff\xfe", "weir.conf" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (WeirServerConfig) config = load (self, cases[i].text, &error);

    g_assert_null (config);
    if (strstr (error->message, cases[i].message) == NULL)
      g_error ("%s: %s", cases[i].text, error->message);
  }
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_server_config_load ("/nowhere/weir.conf", NULL, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

static void
test_roles (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirServerConfig) config =
      load (self, "[users]\nnobody=viewer\n[groups]\ndaemon=operator\n", &error);
  g_autofree char *me = NULL;
  g_autofree char *nobody = NULL;
  g_autofree char *other = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (weir_server_config_get_role (config, geteuid (), 0, &me), ==, WEIR_ROLE_ADMIN);
  g_assert_cmpint (weir_server_config_get_role (config, 65534, 65534, &nobody), ==,
                   WEIR_ROLE_VIEWER);
  g_assert_cmpstr (nobody, ==, "nobody");
  /* Nobody has that number; group 1 is daemon. */
  g_assert_cmpint (weir_server_config_get_role (config, 4000000001u, 1, &other), ==,
                   WEIR_ROLE_OPERATOR);
  g_assert_cmpstr (other, ==, "uid 4000000001");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/server-config/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("all", test_all);
  ADD ("defaults", test_defaults);
  ADD ("usual-file", test_usual_file);
  ADD ("wrong", test_wrong);
  ADD ("missing", test_missing);
  ADD ("roles", test_roles);
#undef ADD
  return g_test_run ();
}
