/* tls-socket.c: a BIO over send and recv. */
#include "wire/tls-socket.h"

#include <errno.h>
#include <glib.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <sys/socket.h>

static int
get_fd (BIO *bio)
{
  return (int)(intptr_t)BIO_get_data (bio);
}

static int
on_write (BIO *bio, const char *bytes, int size)
{
  ssize_t n;

  BIO_clear_retry_flags (bio);
  do
    n = send (get_fd (bio), bytes, size, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    BIO_set_retry_write (bio);
  return n;
}

static int
on_read (BIO *bio, char *bytes, int size)
{
  ssize_t n;

  BIO_clear_retry_flags (bio);
  do
    n = recv (get_fd (bio), bytes, size, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    BIO_set_retry_read (bio);
  return n;
}

static long
on_control (BIO *bio, int command, long number, void *pointer)
{
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *
weir_tls_socket_method (void)
{
  BIO_METHOD *method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "socket of weir");

  BIO_meth_set_write (method, on_write);
  BIO_meth_set_read (method, on_read);
  BIO_meth_set_ctrl (method, on_control);
  return method;
}

BIO *
weir_tls_socket_new (const BIO_METHOD *method, int fd)
{
  BIO *bio = BIO_new (method);

  BIO_set_data (bio, (void *)(intptr_t)fd);
  BIO_set_init (bio, 1);
  return bio;
}

char *
weir_tls_fingerprint (const X509 *certificate)
{
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  GString *text = g_string_new (NULL);

  X509_digest (certificate, EVP_sha256 (), sum, &size);
  for (unsigned i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", sum[i]);
  return g_string_free (text, FALSE);
}

const char *
weir_tls_get_reason (void)
{
  unsigned long code = ERR_peek_last_error ();
  const char *reason = code != 0 ? ERR_reason_error_string (code) : NULL;

  ERR_clear_error ();
  return reason != NULL ? reason : "the connection has ended";
}
