#include "http-server.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int
listen_somewhere (unsigned *ret_port, int flags)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | flags, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &size), ==, 0);
  g_assert_cmpint (listen (fd, 50), ==, 0);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

/* Until the end of its body, however that is told. */
static bool
is_whole (const GString *request)
{
  const char *end = strstr (request->str, "\r\n\r\n");
  const char *length = strstr (request->str, "Content-Length: ");

  if (end == NULL)
    return false;
  if (strstr (request->str, "Transfer-Encoding: chunked") != NULL)
    return strstr (end, "\r\n0\r\n\r\n") != NULL;
  return length == NULL ||
         request->len - (gsize)(end + 4 - request->str) >= strtoul (length + 16, NULL, 10);
}

/* Returns: false when the server is to stop. */
static bool
wait_for (const HttpServer *self, int fd)
{
  struct pollfd items[] = { { .fd = fd, .events = POLLIN },
                            { .fd = self->stop[0], .events = POLLIN } };

  g_assert_cmpint (poll (items, 2, -1), >, 0);
  return items[1].revents == 0;
}

static bool
serve (HttpServer *self, int fd)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_autofree char *answer = NULL;
  struct linger at_once = { 1, 0 };
  char bytes[16384];
  ssize_t n;

  while (!is_whole (request)) {
    if (!wait_for (self, fd))
      return false;
    n = read (fd, bytes, sizeof bytes);
    if (n <= 0)
      return true;
    g_string_append_len (request, bytes, n);
  }
  if (self->answer == NULL)
    return wait_for (self, -1);
  answer = self->answer (self->data, request->str);
  if (answer == NULL)
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  for (size_t at = 0; answer != NULL && answer[at] != '\0'; at += (size_t)n) {
    n = send (fd, answer + at, strlen (answer + at), MSG_NOSIGNAL);
    if (n <= 0)
      break;
  }
  return true;
}

static void *
run (void *data)
{
  HttpServer *self = data;
  bool goes_on = true;

  while (goes_on && wait_for (self, self->fd)) {
    int fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC);

    goes_on = serve (self, fd);
    close (fd);
  }
  return NULL;
}

HttpServer *
http_server_new (HttpAnswer answer, void *data)
{
  HttpServer *self = g_new0 (HttpServer, 1);

  self->answer = answer;
  self->data = data;
  self->fd = listen_somewhere (&self->port, SOCK_CLOEXEC);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  g_assert_cmpint (pipe (self->stop), ==, 0);
  self->thread = g_thread_new ("server", run, self);
  return self;
}

void
http_server_free (HttpServer *self)
{
  if (self == NULL)
    return;
  g_assert_cmpint (write (self->stop[1], "x", 1), ==, 1);
  g_thread_join (self->thread);
  close (self->fd);
  close (self->stop[0]);
  close (self->stop[1]);
  g_free (self->url);
  g_free (self);
}

char *
http_answer (const char *status, const char *more, const char *body)
{
  return g_strdup_printf ("HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                          status, more, strlen (body), body);
}

/* --- nginx --- */

static void
command (const Nginx *nginx, const char *line)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status;

  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_spawn_sync (nginx->folder, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                NULL, NULL, &said, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s failed: %s", line, said);
}

static void
write_file (const Nginx *nginx, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (nginx->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
make_certificates (Nginx *nginx)
{
  write_file (nginx, "names", "subjectAltName = DNS:localhost\n");
  write_file (nginx, "index.txt", "");
  write_file (nginx, "serial", "01\n");
  write_file (nginx, "ca.conf",
              "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=."
              "\ndefault_md=sha256\n"
              "policy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\n"
              "subjectAltName=DNS:localhost\n");
  command (nginx, "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=CA of the test' "
                  "-keyout ca.key -out ca.pem");
  command (nginx, "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem "
                  "-out server.csr");
  command (nginx, "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
                  "-days 2 -extfile names -out good.pem");
  command (nginx, "openssl ca -config ca.conf -batch -notext -cert ca.pem -keyfile "
                  "ca.key -in server.csr -out old.pem -startdate 20200101000000Z -enddate "
                  "20200102000000Z");
  nginx->ca = g_build_filename (nginx->folder, "ca.pem", NULL);
}

static void
write_configuration (const Nginx *nginx)
{
  g_autofree char *html = g_build_filename (nginx->folder, "html", NULL);
  g_autofree char *text = g_strdup_printf (
      "daemon off; worker_processes 1; pid nginx.pid; error_log error.log; %s\n"
      "events { }\n"
      "http { access_log off; root html; client_body_temp_path a; proxy_temp_path b;\n"
      "fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;\n"
      "server { listen 127.0.0.1:%u; }\n"
      "server { listen 127.0.0.1:%u ssl http2; ssl_certificate good.pem; ssl_certificate_key "
      "key.pem; }\n"
      "server { listen 127.0.0.1:%u ssl; ssl_certificate old.pem; ssl_certificate_key key.pem; }\n"
      "server { listen 127.0.0.1:%u ssl; ssl_certificate good.pem; ssl_certificate_key key.pem;\n"
      "  ssl_client_certificate ca.pem; ssl_verify_client on; } }\n",
      geteuid () == 0 ? "user root;" : "", nginx->plain, nginx->good, nginx->old, nginx->shut);

  write_file (nginx, "nginx.conf", text);
  g_assert_cmpint (g_mkdir (html, 0755), ==, 0);
  write_file (nginx, "html/page.txt", "a page\n");
}

static void
end_with_test (void *data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

Nginx *
nginx_new (void)
{
  g_autofree char *found = g_find_program_in_path ("nginx");
  const char *program = found != NULL ? found : "/usr/sbin/nginx";
  Nginx *nginx;
  unsigned *ports[4];
  int fds[4];
  g_autoptr (GString) inherited = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) environment = g_get_environ ();

  if (!g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    return NULL;
  nginx = g_new0 (Nginx, 1);
  nginx->folder = g_dir_make_tmp ("weir-nginx-XXXXXX", NULL);
  make_certificates (nginx);
  ports[0] = &nginx->plain;
  ports[1] = &nginx->good;
  ports[2] = &nginx->old;
  ports[3] = &nginx->shut;
  /* It is given the sockets, so whoever connects waits for it, and no port is taken meanwhile. */
  for (unsigned i = 0; i < 4; i++) {
    fds[i] = listen_somewhere (ports[i], 0);
    g_string_append_printf (inherited, "%d;", fds[i]);
  }
  environment = g_environ_setenv (environment, "NGINX", inherited->str, TRUE);
  write_configuration (nginx);
  {
    const char *words[] = { program,      "-p", nginx->folder, "-c",
                            "nginx.conf", "-e", "error.log",   NULL };

    g_spawn_async (nginx->folder, (char **)words, environment,
                   G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, end_with_test, NULL,
                   &nginx->pid, &error);
  }
  g_assert_no_error (error);
  for (unsigned i = 0; i < 4; i++)
    close (fds[i]);
  return nginx;
}

void
nginx_free (Nginx *nginx)
{
  if (nginx == NULL)
    return;
  kill (nginx->pid, SIGTERM);
  waitpid (nginx->pid, NULL, 0);
  g_free (nginx->folder);
  g_free (nginx->ca);
  g_free (nginx);
}
