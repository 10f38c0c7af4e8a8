#include "cli/process.h"

#include "base/error.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

void
weir_process_ignore_signals (void)
{
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

void
weir_process_allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

void
weir_process_say (WeirLogLevel level, const char *format, ...)
{
  /* As in sd-daemon(3). */
  static const char *const prefixes[] = { "<7>", "<6>", "<4>", "<3>" };
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "%s%s\n", g_getenv ("JOURNAL_STREAM") != NULL ? prefixes[level] : "", text);
}
