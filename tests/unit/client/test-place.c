#include "client/place.h"

#include <glib/gstdio.h>
#include <weir/error.h>

static void
test_addresses (void)
{
  static const struct {
    const char *text;
    const char *host; /* NULL: refused */
    const char *port;
    const char *described;
  } rows[] = {
    { "https://box", "box", "8443", "https://box:8443" },
    { "https://box:1/", "box", "1", "https://box:1" },
    { "https://[::1]:443", "::1", "443", "https://[::1]:443" },
    { "https://[fe80::2]", "fe80::2", "8443", "https://[fe80::2]:8443" },
    { "http://box:80", NULL, NULL, NULL },
    { "https://", NULL, NULL, NULL },
    { "https://box:", NULL, NULL, NULL },
    { "https://box:http", NULL, NULL, NULL },
    { "https://box/v1", NULL, NULL, NULL },
    { "https://box#sha256:12", NULL, NULL, NULL },
    { "https://box#md5:12", NULL, NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (WeirPlace) place = weir_place_find (rows[i].text, &error);
    g_autofree char *described = place != NULL ? weir_place_describe (place) : NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_cmpstr (described, ==, rows[i].described);
    if (rows[i].host == NULL) {
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
      continue;
    }
    g_assert_cmpstr (place->host, ==, rows[i].host);
    g_assert_cmpstr (place->port, ==, rows[i].port);
    g_assert_null (place->path);
  }
}

static void
test_fingerprint (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPlace) place = weir_place_find (
      "https://box:1#sha256:00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff",
      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (place->fingerprint, ==,
                   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
}

/* Each where there is none before it. */
static void
test_defaults (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-place-XXXXXX", NULL);
  g_autofree char *own = g_build_filename (directory, "weir", NULL);
  g_autofree char *socket = g_build_filename (own, "control.sock", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPlace) given = NULL, users = NULL, inside = NULL, file = NULL, none = NULL;

  g_assert_cmpint (g_mkdir (own, 0700), ==, 0);
  g_unsetenv ("WEIR_SOCKET");
  g_setenv ("XDG_RUNTIME_DIR", directory, TRUE);
  none = weir_place_find (NULL, &error);
  if (none == NULL) { /* this machine has no server */
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
    g_assert_nonnull (strstr (error->message, "weir serve"));
    g_assert_nonnull (strstr (error->message, socket));
  }
  g_assert_true (g_file_set_contents (socket, "", 0, NULL));
  users = weir_place_find (NULL, NULL);
  g_assert_cmpstr (users->path, ==, socket);
  g_setenv ("WEIR_SOCKET", "/somewhere/else", TRUE);
  given = weir_place_find (NULL, NULL);
  g_assert_cmpstr (given->path, ==, "/somewhere/else");
  inside = weir_place_find (own, NULL);
  g_assert_cmpstr (inside->path, ==, socket);
  file = weir_place_find (socket, NULL);
  g_assert_cmpstr (file->path, ==, socket);
  g_remove (socket);
  g_rmdir (own);
  g_rmdir (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/place/addresses", test_addresses);
  g_test_add_func ("/place/fingerprint", test_fingerprint);
  g_test_add_func ("/place/defaults", test_defaults);
  return g_test_run ();
}
