/* child.c: a process is watched by its pidfd, so that no signal handler is needed and no pid is
 * mistaken for another's. */
#include "control/child.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_FD     3
#define FIRST_USEC   (G_USEC_PER_SEC / 10)
#define LONGEST_USEC (60 * (int64_t)G_USEC_PER_SEC)
#define WORD_MAX     4096 /* what it says on READY_FD; more is cut */

extern char **environ;

struct WeirChild {
  WeirLoop *loop;
  GStrv argv;
  WeirChildFunc on_change;
  void *data;
  WeirChildState state;
  pid_t pid;
  int pid_fd;
  int ready_fd;
  WeirWatch *pid_watch;
  WeirWatch *ready_watch;
  WeirMoment *again; /* the next start */
  WeirMoment *kill;  /* the end of patience */
  GString *word;     /* what it has said on READY_FD */
  char *trouble;     /* never NULL */
  bool is_wanted;
  unsigned n_restarts;
  int64_t wait;    /* before the next start, unless it runs for long */
  int64_t started; /* monotonic */
};

static void begin (WeirChild *child);

static void
set_state (WeirChild *child, WeirChildState state)
{
  child->state = state;
  child->on_change (child->data, child);
}

static void
set_trouble (WeirChild *child, char *trouble)
{
  g_free (child->trouble);
  child->trouble = trouble;
}

static void
drop_ready (WeirChild *child)
{
  g_clear_pointer (&child->ready_watch, weir_watch_free);
  if (child->ready_fd >= 0)
    close (child->ready_fd);
  child->ready_fd = -1;
}

static void
drop_process (WeirChild *child)
{
  drop_ready (child);
  g_clear_pointer (&child->pid_watch, weir_watch_free);
  if (child->pid_fd >= 0)
    close (child->pid_fd);
  child->pid_fd = -1;
  child->pid = 0;
  weir_moment_cancel (child->kill);
}

static void
on_again (void *data)
{
  begin (data);
}

static void
on_kill (void *data)
{
  weir_child_signal (data, SIGKILL);
}

static void
try_again (WeirChild *child)
{
  if (child->started != 0 && g_get_monotonic_time () - child->started >= LONGEST_USEC)
    child->wait = 0;
  child->n_restarts++;
  weir_moment_set (child->again, child->wait);
  set_state (child, WEIR_CHILD_WAITING);
  child->wait = CLAMP (child->wait * 2, FIRST_USEC, LONGEST_USEC);
}

static char *
describe_end (int status)
{
  if (WIFSIGNALED (status))
    return g_strdup_printf ("ended by signal %d (%s)", WTERMSIG (status),
                            g_strsignal (WTERMSIG (status)));
  return g_strdup_printf ("ended with status %d", WEXITSTATUS (status));
}

/* What it said before it ended says more than how it ended. */
static void
note_end (WeirChild *child, int status)
{
  g_strchomp (child->word->str);
  if (child->word->str[0] != '\0' && !g_str_equal (child->word->str, "ready"))
    set_trouble (child, weir_error_clean (child->word->str));
  else
    set_trouble (child, describe_end (status));
}

static void
read_word (WeirChild *child)
{
  char buffer[512];
  ssize_t n;

  while ((n = read (child->ready_fd, buffer, sizeof (buffer))) > 0)
    if (child->word->len < WORD_MAX)
      g_string_append_len (child->word, buffer, n);
  if (n == 0)
    drop_ready (child);
}

static void
on_ready (void *data, uint32_t events)
{
  WeirChild *child = data;

  read_word (child);
  if (child->state != WEIR_CHILD_STARTING || !g_str_has_prefix (child->word->str, "ready\n"))
    return;
  drop_ready (child);
  set_trouble (child, g_strdup (""));
  set_state (child, WEIR_CHILD_READY);
}

static void
on_end (void *data, uint32_t events)
{
  WeirChild *child = data;
  bool was_asked = child->state == WEIR_CHILD_STOPPING;
  int status = 0;

  if (waitpid (child->pid, &status, WNOHANG) != child->pid)
    return;
  if (child->ready_fd >= 0)
    read_word (child);
  drop_process (child);
  if (!child->is_wanted) {
    set_trouble (child, g_strdup (""));
    set_state (child, WEIR_CHILD_STOPPED);
    return;
  }
  if (was_asked) {
    begin (child);
    return;
  }
  note_end (child, status);
  try_again (child);
}

/* Returns: 0, or the errno. */
static int
spawn (WeirChild *child, int write_end)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  sigset_t all;
  int code;

  sigemptyset (&none);
  sigfillset (&all);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, write_end, READY_FD);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setsigmask (&attributes, &none);
  sigdelset (&all, SIGKILL);
  sigdelset (&all, SIGSTOP);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  code = posix_spawn (&child->pid, child->argv[0], &actions, &attributes, child->argv, environ);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return code;
}

static void
begin (WeirChild *child)
{
  int ends[2];
  int code;

  g_string_truncate (child->word, 0);
  child->started = g_get_monotonic_time ();
  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    set_trouble (child, g_strdup_printf ("cannot make a pipe: %s", g_strerror (errno)));
    try_again (child);
    return;
  }
  code = spawn (child, ends[1]);
  close (ends[1]);
  child->ready_fd = ends[0];
  if (code != 0) {
    child->pid = 0;
    drop_process (child);
    set_trouble (child, g_strdup_printf ("cannot start %s: %s", child->argv[0], g_strerror (code)));
    try_again (child);
    return;
  }
  child->pid_fd = (int)syscall (SYS_pidfd_open, child->pid, 0);
  child->pid_watch = weir_loop_watch (child->loop, child->pid_fd, EPOLLIN, on_end, child);
  child->ready_watch = weir_loop_watch (child->loop, child->ready_fd, EPOLLIN, on_ready, child);
  set_state (child, WEIR_CHILD_STARTING);
}

WeirChild *
weir_child_new (WeirLoop *loop, const char *const *argv, WeirChildFunc on_change, void *data)
{
  WeirChild *child = g_new0 (WeirChild, 1);

  child->loop = loop;
  child->argv = g_strdupv ((char **)argv);
  child->on_change = on_change;
  child->data = data;
  child->pid_fd = child->ready_fd = -1;
  child->again = weir_loop_moment (loop, on_again, child);
  child->kill = weir_loop_moment (loop, on_kill, child);
  child->word = g_string_new (NULL);
  child->trouble = g_strdup ("");
  return child;
}

void
weir_child_free (WeirChild *child)
{
  if (child == NULL)
    return;
  if (child->pid > 0) {
    kill (child->pid, SIGKILL);
    waitpid (child->pid, NULL, 0);
  }
  drop_process (child);
  weir_moment_free (child->again);
  weir_moment_free (child->kill);
  g_string_free (child->word, TRUE);
  g_strfreev (child->argv);
  g_free (child->trouble);
  g_free (child);
}

void
weir_child_start (WeirChild *child)
{
  child->is_wanted = true;
  if (child->state != WEIR_CHILD_STOPPED && child->state != WEIR_CHILD_WAITING)
    return;
  weir_moment_cancel (child->again);
  child->wait = 0;
  begin (child);
}

void
weir_child_stop (WeirChild *child, int64_t usec)
{
  child->is_wanted = false;
  weir_moment_cancel (child->again);
  if (child->pid == 0) {
    if (child->state != WEIR_CHILD_STOPPED)
      set_state (child, WEIR_CHILD_STOPPED);
    return;
  }
  weir_child_signal (child, SIGTERM);
  weir_moment_set (child->kill, usec);
  if (child->state != WEIR_CHILD_STOPPING)
    set_state (child, WEIR_CHILD_STOPPING);
}

void
weir_child_signal (WeirChild *child, int number)
{
  if (child->pid > 0)
    kill (child->pid, number);
}

WeirChildState
weir_child_get_state (const WeirChild *child)
{
  return child->state;
}

pid_t
weir_child_get_pid (const WeirChild *child)
{
  return child->pid;
}

const char *
weir_child_get_trouble (const WeirChild *child)
{
  return child->trouble;
}

unsigned
weir_child_get_restarts (const WeirChild *child)
{
  return child->n_restarts;
}

int64_t
weir_child_get_wait (const WeirChild *child)
{
  return child->state == WEIR_CHILD_WAITING ? child->wait : 0;
}
