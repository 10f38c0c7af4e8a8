/* flow-options.c: what --set and --key mean, the same for every command. */
#include "cli/flow-options.h"
#include "base/secret.h"
#include <string.h>

static void
free_value (gpointer value)
{
  weir_secret_free (value);
}

/* A value may be a secret: no message has one. */
static bool
is_assignment (const char *text)
{
  return text[0] != '=' && strchr (text, '=') != NULL && g_utf8_validate (text, -1, NULL);
}

int
weir_flow_options_read (WeirFlowOptions *options, const WeirCommand *command)
{
  options->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_value);
  for (char **at = options->assignments; at != NULL && *at != NULL; at++) {
    const size_t length = strcspn (*at, "=");

    if (!is_assignment (*at))
      return weir_command_misused (command, "--set %.*s: write NAME=VALUE", (int)length, *at);
    g_hash_table_replace (options->values, g_strndup (*at, length), g_strdup (*at + length + 1));
  }
  return WEIR_EXIT_OK;
}

void
weir_flow_options_clear (WeirFlowOptions *options)
{
  g_clear_pointer (&options->assignments, g_strfreev);
  g_clear_pointer (&options->key_file, g_free);
  g_clear_pointer (&options->values, g_hash_table_unref);
}
