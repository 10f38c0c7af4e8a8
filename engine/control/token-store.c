/* token-store.c: see the header. A file that is read or written as a whole: a thousand tokens are
 * some hundred KiB, and one is made once in months. */
#include "control/token-store.h"

#include <string.h>
#include <sys/file.h>
#include <weir/error.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/lock.h"
#include "base/secret.h"
#include "control/token-file.h"

#define FILE_NAME "tokens.json"
#define LOCK_NAME "tokens.lock"

struct WeirTokenStore {
  WeirLock lock;
  const WeirClock *clock;
  char *path;
  int fd;            /* of the lock */
  GPtrArray *tokens; /* guarded by lock: WeirToken */
  bool is_behind;    /* guarded by lock: times of use are newer than the file */
  WeirLock writing;  /* held while the file is written; before lock */
};

static bool
take_lock (WeirTokenStore *store, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, LOCK_NAME, NULL);

  store->fd = weir_fs_open (NULL, AT_FDCWD, path, O_RDWR | O_CREAT, 0600, error);
  if (store->fd < 0)
    return false;
  if (flock (store->fd, LOCK_EX | LOCK_NB) == 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
               "the tokens in '%s' are in use by a server that runs; ask it", directory);
  return false;
}

static bool
read_tokens (WeirTokenStore *store, GError **error)
{
  g_autoptr (GError) reason = NULL;
  size_t size;
  g_autofree char *text =
      weir_fs_read_file (NULL, store->path, WEIR_LIMIT_TOKEN_FILE_BYTES, &size, &reason);

  if (text == NULL && g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND)) {
    store->tokens = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_token_free);
    return true;
  }
  if (text == NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  store->tokens = weir_token_file_parse (text, size, error);
  if (store->tokens == NULL)
    g_prefix_error (error, "%s: ", store->path);
  return store->tokens != NULL;
}

WeirTokenStore *
weir_token_store_open (const char *directory, const WeirClock *clock, GError **error)
{
  g_autoptr (WeirTokenStore) store = NULL;

  if (!weir_fs_make_directory (NULL, directory, 0700, error))
    return NULL;
  store = g_new0 (WeirTokenStore, 1);
  pthread_mutex_init (&store->lock, NULL);
  pthread_mutex_init (&store->writing, NULL);
  store->clock = clock != NULL ? clock : weir_clock_system ();
  store->path = g_build_filename (directory, FILE_NAME, NULL);
  if (!take_lock (store, directory, error) || !read_tokens (store, error))
    return NULL;
  return g_steal_pointer (&store);
}

void
weir_token_store_free (WeirTokenStore *store)
{
  if (store == NULL)
    return;
  if (store->tokens != NULL)
    (void)weir_token_store_flush (store, NULL); /* what is lost then is a time of use */
  g_clear_pointer (&store->tokens, g_ptr_array_unref);
  weir_fd_close (&store->fd);
  pthread_mutex_destroy (&store->lock);
  pthread_mutex_destroy (&store->writing);
  g_free (store->path);
  g_free (store);
}

static bool
write_tokens (WeirTokenStore *store, const GPtrArray *tokens, GError **error)
{
  g_autofree char *text = weir_token_file_format (tokens);

  return weir_fs_replace_file (NULL, store->path, text, strlen (text), 0600, error);
}

/* Returns: (transfer none) (nullable). */
static WeirToken *
find (const GPtrArray *tokens, const char *id_or_name)
{
  for (guint i = 0; i < tokens->len; i++) {
    WeirToken *token = tokens->pdata[i];

    if (strcmp (token->id, id_or_name) == 0 || strcmp (token->name, id_or_name) == 0)
      return token;
  }
  return NULL;
}

static gpointer
copy_token (gconstpointer token, gpointer data)
{
  return weir_token_copy (token);
}

GPtrArray *
weir_token_store_list (WeirTokenStore *store)
{
  WEIR_LOCKED (&store->lock);
  return g_ptr_array_copy (store->tokens, (GCopyFunc)copy_token, NULL);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(WeirToken *const *)a)->name, (*(WeirToken *const *)b)->name);
}

/* Puts @tokens (transfer full) on disk, then in the place of the others. Call it with `writing`. */
static bool
replace_tokens (WeirTokenStore *store, GPtrArray *tokens, GError **error)
{
  g_autoptr (GPtrArray) taken = tokens;

  g_ptr_array_sort (taken, compare);
  if (!write_tokens (store, taken, error))
    return false;
  WEIR_LOCKED (&store->lock);
  /* Somebody may have been let in meanwhile. */
  for (guint i = 0; i < taken->len; i++) {
    WeirToken *token = taken->pdata[i];
    const WeirToken *old = find (store->tokens, token->id);

    token->used = old != NULL ? old->used : token->used;
  }
  g_ptr_array_unref (store->tokens);
  store->tokens = g_steal_pointer (&taken);
  return true;
}

static bool
check_new (const GPtrArray *tokens, const WeirToken *token, GError **error)
{
  if (!weir_token_name_is_valid (token->name)) {
    g_autofree char *quoted = weir_error_quote (token->name);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s is no name for a token: letters, digits, '-', '_', '.' and spaces inside",
                 quoted);
    return false;
  }
  if (find (tokens, token->name) != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "there is a token '%s'; choose another name or revoke it first", token->name);
    return false;
  }
  if (tokens->len >= WEIR_LIMIT_TOKENS) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "there are %u tokens, which is as many as may be; revoke some", tokens->len);
    return false;
  }
  return true;
}

char *
weir_token_store_add (WeirTokenStore *store, WeirToken *token, GError **error)
{
  g_autoptr (GPtrArray) tokens = NULL;
  char *text = NULL;

  WEIR_LOCKED (&store->writing);
  tokens = weir_token_store_list (store);
  if (!check_new (tokens, token, error))
    return NULL;
  do {
    weir_secret_free (text);
    text = weir_token_make (token, error);
  } while (text != NULL && find (tokens, token->id) != NULL);
  if (text == NULL)
    return NULL;
  g_ptr_array_add (tokens, weir_token_copy (token));
  if (!replace_tokens (store, g_steal_pointer (&tokens), error))
    g_clear_pointer (&text, weir_secret_free);
  return text;
}

bool
weir_token_store_revoke (WeirTokenStore *store, const char *id_or_name, GError **error)
{
  g_autoptr (GPtrArray) tokens = NULL;
  g_autofree char *quoted = NULL;
  WeirToken *token;

  WEIR_LOCKED (&store->writing);
  tokens = weir_token_store_list (store);
  token = find (tokens, id_or_name);
  if (token != NULL) {
    g_ptr_array_remove (tokens, token);
    return replace_tokens (store, g_steal_pointer (&tokens), error);
  }
  quoted = weir_error_quote (id_or_name);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no token %s", quoted);
  return false;
}

/* One answer for a wrong id and for a wrong secret; only who has the secret learns that it has
 * expired. */
WeirIdentity *
weir_token_store_identify (WeirTokenStore *store, const char *text, GError **error)
{
  const int64_t now = weir_clock_get_wall (store->clock);
  g_autofree char *name = NULL;
  char id[WEIR_TOKEN_ID + 1];
  uint8_t hash[WEIR_TOKEN_HASH];
  WeirToken *token = NULL;

  WEIR_LOCKED (&store->lock);
  for (guint i = 0; weir_token_parse (text, id, hash) && token == NULL && i < store->tokens->len;
       i++)
    if (strcmp (((WeirToken *)store->tokens->pdata[i])->id, id) == 0)
      token = store->tokens->pdata[i];
  if (token == NULL || !weir_token_matches (token, hash)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "this token is not valid, or not any more");
    return NULL;
  }
  if (token->expires != 0 && token->expires <= now) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION, "the token '%s' has expired",
                 token->name);
    return NULL;
  }
  token->used = now;
  store->is_behind = true;
  name = g_strdup_printf ("token %s", token->name);
  return weir_identity_new (name, token->role, (const char *const *)token->flows);
}

/* Returns: whether times of use are newer than the file; from now on they count as written. */
static bool
take_behind (WeirTokenStore *store)
{
  bool is_behind;

  WEIR_LOCKED (&store->lock);
  is_behind = store->is_behind;
  store->is_behind = false;
  return is_behind;
}

bool
weir_token_store_flush (WeirTokenStore *store, GError **error)
{
  g_autoptr (GPtrArray) tokens = NULL;

  WEIR_LOCKED (&store->writing);
  if (!take_behind (store))
    return true;
  tokens = weir_token_store_list (store);
  return write_tokens (store, tokens, error);
}
