/* serving.c: see serving.h. */
#include "serving.h"

#include "wire/unix-address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void *
run (void *data)
{
  weir_loop_run (data);
  return NULL;
}

void
serving_resume (Serving *serving, const WeirHttpHandler *handler, const WeirHttpOptions *options)
{
  g_autoptr (GError) error = NULL;
  /* A machine that is busy with other tests is no client that dawdles. */
  WeirHttpOptions patient = options != NULL ? *options : (WeirHttpOptions){ 0 };

  if (patient.head_usec == 0)
    patient.head_usec = INT64_C (600) * 1000000;
  serving->loop = weir_loop_new ();
  serving->server = weir_http_server_new (serving->loop, handler, &patient);
  weir_http_server_listen_unix (serving->server, serving->path, 0600, &error);
  g_assert_no_error (error);
  if (serving->tls != NULL)
    weir_http_server_listen_tcp (serving->server, "127.0.0.1:0", serving->tls, &serving->port,
                                 &error);
  g_assert_no_error (error);
  g_assert_cmpint (pthread_create (&serving->thread, NULL, run, serving->loop), ==, 0);
}

void
serving_start (Serving *serving, const WeirHttpHandler *handler, const WeirHttpOptions *options)
{
  serving->directory = g_dir_make_tmp ("weir-http-XXXXXX", NULL);
  g_assert_nonnull (serving->directory);
  serving->path = g_build_filename (serving->directory, "control.sock", NULL);
  serving_resume (serving, handler, options);
}

void
serving_pause (Serving *serving)
{
  weir_loop_quit (serving->loop);
  pthread_join (serving->thread, NULL);
  weir_http_server_free (serving->server);
  weir_loop_free (serving->loop);
}

void
serving_stop (Serving *serving)
{
  serving_pause (serving);
  g_assert_cmpint (g_rmdir (serving->directory), ==, 0); /* nothing is left in it */
  g_free (serving->directory);
  g_free (serving->path);
}

int
serving_connect (const Serving *serving)
{
  g_autoptr (GError) error = NULL;
  WeirUnixAddress address;
  int fd;

  weir_unix_address_init (&address, serving->path, &error);
  g_assert_no_error (error);
  fd = weir_unix_address_connect (&address);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_SETFL, 0), ==, 0);
  weir_unix_address_clear (&address);
  return fd;
}

void
serving_send (int fd, const char *text)
{
  size_t size = strlen (text);

  /* A server may have ended the connection already: the test reads what it said. */
  for (ssize_t n; size > 0 && (n = send (fd, text, size, MSG_NOSIGNAL)) > 0; size -= n)
    text += n;
}

char *
serving_read_until (int fd, const char *end)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  ssize_t n;

  while ((end == NULL || strstr (text->str, end) == NULL) &&
         (n = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  return g_string_free (text, FALSE);
}

char *
serving_read_all (int fd)
{
  return serving_read_until (fd, NULL);
}

char *
serving_ask (const Serving *serving, const char *request)
{
  int fd = serving_connect (serving);
  char *answer;

  serving_send (fd, request);
  shutdown (fd, SHUT_WR);
  answer = serving_read_all (fd);
  close (fd);
  return answer;
}
