/* audit-content.c: reads every content that a FlowFile has, as the engine would, and looks at the
 * files that nobody refers to. */
#include "base/error.h"
#include <string.h>

#include "base/uuid.h"
#include "store/audit-parts.h"
#include "store/content-durable.h"
#include "store/content-name.h"
#include "store/content-reader.h"

#define BUFFER (256u * 1024)

typedef struct {
  WeirAudit *audit;
  WeirContentStore *store;
  GHashTable *verdicts; /* a claim to what is wrong with it, "" if nothing */
  GHashTable *files;    /* numbers of files that are referred to */
  uint8_t *buffer;
} Check;

static bool
is_filename (WeirAudit *audit, const WeirEntryName *name)
{
  static const char wanted[] = "filename";
  size_t size;
  const char *text = weir_dictionary_get_name_text (audit->dictionary, name, &size);

  return text != NULL && size == strlen (wanted) && memcmp (text, wanted, size) == 0;
}

/* Returns: (transfer full): "FlowFile <uuid> 'orders.csv' in get:success>put". */
static char *
describe (WeirAudit *audit, const WeirImage *image)
{
  const char *queue = weir_dictionary_get_text (audit->dictionary, WEIR_WORD_QUEUE, image->queue);
  g_autofree char *filename = NULL, *quoted = NULL;
  WeirOpNames names = image->attributes;
  char uuid[WEIR_UUID_LENGTH + 1];
  const uint8_t *value;
  WeirEntryName name;
  size_t size;

  while (filename == NULL && weir_op_next_set (&names, &name, &value, &size))
    if (is_filename (audit, &name))
      filename = g_strndup ((const char *)value, size);
  weir_uuid_format (audit->identity.install_id, image->id, uuid);
  quoted = weir_error_quote (filename);
  return g_strdup_printf ("FlowFile %s %s in %s", uuid, quoted, queue != NULL ? queue : "?");
}

/* Reads all of a claim. Returns: false with @error. */
static bool
read_claim (Check *check, const WeirContentRef *ref, GError **error)
{
  WeirContentRef whole = *ref;
  WeirContentReader reader;
  WeirContent content;
  ssize_t n;

  whole.offset = 0;
  whole.length = whole.size;
  if (!weir_content_store_open_claim (check->store, &whole, &content, error))
    return false;
  weir_content_reader_init (&reader, &content);
  do {
    n = weir_content_reader_read (&reader, check->buffer, BUFFER, error);
  } while (n > 0);
  weir_content_reader_clear (&reader);
  weir_content_clear (&content);
  check->audit->figures.n_claims++;
  return n == 0;
}

/* Returns: (transfer none): what is wrong with the claim, "" if nothing. */
static const char *
get_verdict (Check *check, const WeirContentRef *ref)
{
  char *key = g_strdup_printf ("%d %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, (int)ref->where,
                               ref->file, ref->start);
  char *verdict = g_hash_table_lookup (check->verdicts, key);
  g_autoptr (GError) reason = NULL;

  if (verdict != NULL) {
    g_free (key);
    return verdict;
  }
  verdict = read_claim (check, ref, &reason) ? g_strdup ("") : g_strdup (reason->message);
  g_hash_table_insert (check->verdicts, key, verdict);
  return verdict;
}

/* Returns: (transfer full): where the claim is, as seen from the directory. */
static char *
find_file (WeirAudit *audit, const WeirContentRef *ref, uint64_t *ret_offset)
{
  static const char *const kinds[] = { "shared", "own" };
  uint64_t size = weir_audit_get_segment_size (audit);

  *ret_offset = ref->where == WEIR_WHERE_FILE ? ref->start : ref->start % size;
  if (ref->where == WEIR_WHERE_LOG)
    return weir_audit_name_segment (ref->start / size);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *name = weir_content_name_new (ref->file, kinds[i]);
    g_autofree char *path = g_build_filename (audit->content_directory, name, NULL);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_build_filename ("content", name, NULL);
  }
  return g_strdup_printf ("content/%012" G_GUINT64_FORMAT, ref->file);
}

static bool
check_flowfile (void *user, const WeirImage *image, GError **error)
{
  Check *check = user;
  const WeirContentRef *ref = &image->content;
  g_autofree char *file = NULL;
  const char *verdict;
  uint64_t offset;

  if (ref->where == WEIR_WHERE_NONE)
    return true;
  if (ref->where == WEIR_WHERE_FILE)
    g_hash_table_add (check->files, g_memdup2 (&ref->file, sizeof ref->file));
  verdict = get_verdict (check, ref);
  if (*verdict == '\0')
    return true;
  file = find_file (check->audit, ref, &offset);
  g_array_append_val (check->audit->unreadable, image->id);
  weir_audit_add (check->audit, true, file, offset, describe (check->audit, image),
                  "the %" G_GUINT64_FORMAT " bytes of a content cannot be read: %s", ref->size,
                  verdict);
  return true;
}

static void
look_at_file (void *user, const WeirContentName *name)
{
  Check *check = user;
  g_autofree char *file = g_build_filename ("content", name->name, NULL);

  if (!g_hash_table_contains (check->files, &name->number))
    weir_audit_add (check->audit, false, file, 0, NULL,
                    "no FlowFile refers to it; the next start lets it go");
}

static uint64_t
on_get_appended (void *data)
{
  const WeirAudit *audit = data;

  return audit->last.next;
}

static void
on_segment_free (void *data, uint64_t number)
{
}

WeirContentStore *
weir_audit_open_contents (WeirAudit *audit, GError **error)
{
  WeirContentOptions options = { .directory = audit->content_directory,
                                 .log_directory = audit->log_directory,
                                 .segment_size = weir_audit_get_segment_size (audit),
                                 .must_sync = true,
                                 .archive_directory = audit->archive_directory,
                                 .fs = audit->options.fs,
                                 .get_appended = on_get_appended,
                                 .on_segment_free = on_segment_free,
                                 .data = audit };

  return weir_content_store_new_durable (&options, error);
}

bool
weir_audit_verify_contents (WeirAudit *audit, GError **error)
{
  Check check = { .audit = audit };
  g_autoptr (GError) reason = NULL;
  bool worked = true;

  if (!g_file_test (audit->content_directory, G_FILE_TEST_IS_DIR) || audit->book == NULL)
    return true;
  check.store = weir_audit_open_contents (audit, error);
  if (check.store == NULL)
    return false;
  check.verdicts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  check.files = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  check.buffer = g_malloc (BUFFER);
  /* Where parts are damaged, that has been told. */
  (void)weir_book_each_flowfile (audit->book, check_flowfile, &check, &reason);
  if (reason == NULL)
    worked = weir_content_name_each (audit->options.fs, audit->content_directory, look_at_file,
                                     &check, error);
  g_free (check.buffer);
  g_hash_table_unref (check.verdicts);
  g_hash_table_unref (check.files);
  weir_content_store_free (check.store);
  return worked;
}
