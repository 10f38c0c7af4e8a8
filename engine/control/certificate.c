/* certificate.c: signed by itself. One file with both parts, so that they belong together whatever
 * happens while it is written. */
#include "control/certificate.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/random.h"
#include "wire/tls-socket.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>
#include <weir/error.h>

/* Its end would come as a surprise; until then who has the file can be the server anyway. */
#define DAYS 3650

/* "DNS:localhost, IP:127.0.0.1, ..." Returns: (transfer full). */
static char *
list_names (const char *const *names)
{
  GString *list = g_string_new ("DNS:localhost, IP:127.0.0.1, IP:::1");
  char host[256] = "";

  if (gethostname (host, sizeof host - 1) == 0 && *host != '\0' && strcmp (host, "localhost") != 0)
    g_string_append_printf (list, ", DNS:%s", host);
  for (unsigned i = 0; names != NULL && names[i] != NULL; i++)
    g_string_append_printf (list, ", %s:%s", g_hostname_is_ip_address (names[i]) ? "IP" : "DNS",
                            names[i]);
  return g_string_free (list, FALSE);
}

static bool
add_extension (X509 *certificate, int what, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;
  bool is_added;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, what, value);
  is_added = extension != NULL && X509_add_ext (certificate, extension, -1) == 1;
  X509_EXTENSION_free (extension);
  return is_added;
}

static bool
fill (X509 *certificate, EVP_PKEY *key, const char *names, uint64_t serial)
{
  time_t now = weir_clock_get_wall (weir_clock_system ()) / 1000000;
  X509_NAME *name = X509_get_subject_name (certificate);

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate), serial);
  /* From a day before: clocks differ. */
  ASN1_TIME_adj (X509_getm_notBefore (certificate), now, -1, 0);
  ASN1_TIME_adj (X509_getm_notAfter (certificate), now, DAYS, 0);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const unsigned char *)"weir", -1, -1, 0);
  return X509_set_issuer_name (certificate, name) == 1 && X509_set_pubkey (certificate, key) == 1 &&
         add_extension (certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension (certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension (certificate, NID_subject_alt_name, names) &&
         X509_sign (certificate, key, EVP_sha256 ()) > 0;
}

static bool
write_both (const char *path, X509 *certificate, EVP_PKEY *key, GError **error)
{
  BIO *text = BIO_new (BIO_s_secmem ());
  bool is_written = PEM_write_bio_PrivateKey (text, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                    PEM_write_bio_X509 (text, certificate) == 1;
  char *bytes;
  long size = BIO_get_mem_data (text, &bytes);

  if (is_written)
    is_written = weir_fs_replace_file (NULL, path, bytes, size, 0600, error);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "a certificate cannot be written: %s",
                 weir_tls_get_reason ());
  BIO_free (text);
  return is_written;
}

static bool
make (const char *path, const char *const *names, GError **error)
{
  g_autofree char *list = list_names (names);
  EVP_PKEY *key;
  X509 *certificate;
  uint64_t serial;
  bool is_made;

  if (!weir_random_fill (&serial, sizeof serial, error))
    return false;
  key = EVP_EC_gen ("P-256");
  certificate = X509_new ();
  is_made = key != NULL && fill (certificate, key, list, serial >> 1);
  if (is_made)
    is_made = write_both (path, certificate, key, error);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "a certificate for %s cannot be made: %s",
                 list, weir_tls_get_reason ());
  X509_free (certificate);
  EVP_PKEY_free (key);
  return is_made;
}

char *
weir_certificate_keep (const char *directory, const char *const *names, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "tls.pem", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !make (path, names, error))
    return NULL;
  return g_steal_pointer (&path);
}
