/* flow-options.h: the options of each command that resolves the parameters of a flow. */
#pragma once

#include "base/vault.h"
#include "cli/command.h"

typedef struct {
  char **assignments; /* of --set, as they were given */
  char *key_file;     /* NULL: the usual one */
  GHashTable *values; /* name to value, wiped when it goes */
} WeirFlowOptions;

/* Rows of a table of options. */
#define WEIR_FLOW_OPTIONS(options)                                         \
  { "set",                                                                 \
    0,                                                                     \
    0,                                                                     \
    G_OPTION_ARG_FILENAME_ARRAY,                                           \
    &(options)->assignments,                                               \
    "Give a parameter of the flow a value",                                \
    "NAME=VALUE" },                                                        \
  {                                                                        \
    "key", 0, 0, G_OPTION_ARG_FILENAME, &(options)->key_file,              \
        "Decrypt secrets with the keys in it (~/.config/weir/key)", "FILE" \
  }

/* Reads the assignments into options->values.
 * Returns: WEIR_EXIT_OK, or the exit code after what is wrong was told. */
int weir_flow_options_read (WeirFlowOptions *options, const WeirCommand *command);

void weir_flow_options_clear (WeirFlowOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirFlowOptions, weir_flow_options_clear)
