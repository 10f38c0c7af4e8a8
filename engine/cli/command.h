/* command.h: a row of the table in weir.c, and what the commands share.
 *
 * The command line is a contract that scripts rely on. Exit codes of every command: 0 done, 1 it
 * could not be done or problems were found, 2 wrong usage. Results go to standard output, messages
 * to standard error. Options that take text are G_OPTION_ARG_FILENAME: G_OPTION_ARG_STRING fails
 * on non-ASCII text where no locale is set. */
#pragma once

#include <glib.h>

#define WEIR_EXIT_OK      0
#define WEIR_EXIT_FAILURE 1
#define WEIR_EXIT_USAGE   2

typedef struct {
  const char *name;
  const char *arguments; /* "[--json] FLOW..." */
  const char *summary;   /* one line, no full stop */
  int (*run) (int argc, char **argv);
} WeirCommand;

extern const WeirCommand weir_command_check;
extern const WeirCommand weir_command_content;
extern const WeirCommand weir_command_replay;
extern const WeirCommand weir_command_data;
extern const WeirCommand weir_command_diff;
extern const WeirCommand weir_command_eval;
extern const WeirCommand weir_command_fmt;
extern const WeirCommand weir_command_host;
extern const WeirCommand weir_command_inspect;
extern const WeirCommand weir_command_logs;
extern const WeirCommand weir_command_provenance;
extern const WeirCommand weir_command_run;
extern const WeirCommand weir_command_secret;
extern const WeirCommand weir_command_serve;
extern const WeirCommand weir_command_token;
extern const WeirCommand weir_command_edit;
extern const WeirCommand weir_command_history;
extern const WeirCommand weir_command_queue;
extern const WeirCommand weir_command_run_once;
extern const WeirCommand weir_command_start;
extern const WeirCommand weir_command_status;
extern const WeirCommand weir_command_stop;
extern const WeirCommand weir_command_verify;
extern const WeirCommand weir_command_why;

/* Parses the options of @command into what @entries (closed by { NULL }) point at and removes them
 * from *@argc, @argv; argv[0] stays. After `--` all is an argument. --help is printed and ends the
 * program; @description, which may be NULL, follows the options there.
 *
 * Returns: WEIR_EXIT_OK, or the exit code after what is wrong was told. */
int weir_command_parse (const WeirCommand *command, const GOptionEntry *entries,
                        const char *description, int *argc, char ***argv);

/* Tells what is wrong with the arguments and how to see the right ones.
 * Returns: WEIR_EXIT_USAGE. */
int weir_command_misused (const WeirCommand *command, const char *format, ...) G_GNUC_PRINTF (2, 3);
