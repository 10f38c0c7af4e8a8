/* resolver.c: parameters, each resolved once, and texts made of them.
 *
 * Invariant: a text that holds a secret is wiped before it is freed, and no message holds a value.
 */
#include "model/resolver.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "model/parameter.h"
#include "model/reference.h"
#include <string.h>
#include <weir/error.h>

typedef struct {
  WeirResolved *resolved; /* NULL: failed */
  GError *error;
} Entry;

struct WeirResolver {
  const WeirFlow *flow;
  GHashTable *overrides;
  WeirSecretFunc read_secret;
  void *data;
  GHashTable *entries; /* const WeirParameter * to Entry */
  GHashTable *indexes; /* const WeirGroup * to a hash of its parameters by name */
  GHashTable *used;    /* const WeirParameter * */
  const WeirParameter *stack[WEIR_LIMIT_PARAMETER_DEPTH]; /* being resolved */
  unsigned depth;
};

/* A text that grows without leaving copies of a secret behind. */
typedef struct {
  GString *text;
  bool is_secret;
  bool is_mixed;
} Builder;

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  weir_resolved_free (entry->resolved);
  g_clear_error (&entry->error);
  g_free (entry);
}

void
weir_resolved_free (WeirResolved *resolved)
{
  if (resolved == NULL)
    return;
  if (resolved->is_secret && resolved->text != NULL)
    explicit_bzero (resolved->text, strlen (resolved->text));
  g_free (resolved->text);
  g_free (resolved);
}

static void
free_resolved (gpointer data)
{
  weir_resolved_free (data);
}

WeirResolver *
weir_resolver_new (const WeirFlow *flow, GHashTable *overrides, WeirSecretFunc read_secret,
                   void *data)
{
  WeirResolver *resolver = g_new0 (WeirResolver, 1);

  resolver->flow = flow;
  resolver->overrides = overrides;
  resolver->read_secret = read_secret;
  resolver->data = data;
  resolver->entries = g_hash_table_new_full (NULL, NULL, NULL, free_entry);
  resolver->indexes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
  resolver->used = g_hash_table_new (NULL, NULL);
  return resolver;
}

void
weir_resolver_free (WeirResolver *resolver)
{
  if (resolver == NULL)
    return;
  g_hash_table_unref (resolver->entries);
  g_hash_table_unref (resolver->indexes);
  g_hash_table_unref (resolver->used);
  g_free (resolver);
}

/* Returns: (transfer none): of several with one name the first counts. */
static GHashTable *
provide_index (WeirResolver *resolver, const WeirGroup *group)
{
  GHashTable *index = g_hash_table_lookup (resolver->indexes, group);

  if (index != NULL)
    return index;
  index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = group->parameters->len; i > 0; i--) {
    WeirParameter *parameter = group->parameters->pdata[i - 1];

    g_hash_table_replace (index, parameter->name, parameter);
  }
  g_hash_table_insert (resolver->indexes, (gpointer)group, index);
  return index;
}

const WeirParameter *
weir_resolver_find (WeirResolver *resolver, const WeirGroup *group, const char *name,
                    const WeirGroup **ret_owner)
{
  for (; group != NULL; group = group->base.parent) {
    const WeirParameter *parameter = g_hash_table_lookup (provide_index (resolver, group), name);

    if (parameter == NULL)
      continue;
    if (ret_owner != NULL)
      *ret_owner = group;
    return parameter;
  }
  return NULL;
}

void
weir_resolver_add_secrets (const WeirResolver *resolver, WeirMask *mask)
{
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, resolver->entries);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const WeirParameter *parameter = key;
    const Entry *entry = value;

    if (parameter->secret != NULL && entry->resolved != NULL)
      weir_mask_add (mask, entry->resolved->text);
  }
}

bool
weir_resolver_is_used (const WeirResolver *resolver, const WeirParameter *parameter)
{
  return g_hash_table_contains (resolver->used, parameter);
}

bool
weir_parameter_name_is_valid (const char *name)
{
  size_t length = strlen (name);

  if (length == 0 || length > WEIR_LIMIT_ID || name[0] == ' ' || name[length - 1] == ' ')
    return false;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && strchr ("-_. ", name[i]) == NULL)
      return false;
  return true;
}

/* GString would leave the old buffer behind when it grows. */
static void
append (Builder *builder, const char *bytes, size_t length)
{
  GString *text = builder->text;

  if (text->len + length >= text->allocated_len && builder->is_secret) {
    builder->text = g_string_sized_new ((text->len + length) * 2);
    g_string_append_len (builder->text, text->str, (gssize)text->len);
    explicit_bzero (text->str, text->len);
    g_string_free (text, TRUE);
  }
  g_string_append_len (builder->text, bytes, (gssize)length);
}

static void
append_escaped (Builder *builder, const char *value)
{
  for (; *value != '\0'; value++) {
    const char *escape = *value == '\n'   ? "\\n"
                         : *value == '\r' ? "\\r"
                         : *value == '\t' ? "\\t"
                                          : NULL;

    if (escape != NULL) {
      append (builder, escape, 2);
      continue;
    }
    if (strchr ("'\"\\", *value) != NULL)
      append (builder, "\\", 1);
    append (builder, value, 1);
  }
}

static void
append_value (Builder *builder, const WeirPiece *piece, const WeirResolved *value)
{
  builder->is_secret = builder->is_secret || value->is_secret;
  builder->is_mixed = builder->is_mixed || value->is_mixed;
  if (!piece->in_expression) {
    append (builder, value->text, strlen (value->text));
    return;
  }
  if (piece->quote == '\0')
    append (builder, "'", 1);
  append_escaped (builder, value->text);
  if (piece->quote == '\0')
    append (builder, "'", 1);
}

static bool
is_being_resolved (const WeirResolver *resolver, const WeirParameter *parameter)
{
  for (unsigned i = 0; i < resolver->depth; i++)
    if (resolver->stack[i] == parameter)
      return true;
  return false;
}

static void
set_cycle_error (const WeirResolver *resolver, const WeirParameter *parameter, GError **error)
{
  g_autoptr (GString) way = g_string_new (NULL);
  unsigned i = 0;

  while (resolver->stack[i] != parameter)
    i++;
  for (; i < resolver->depth; i++)
    g_string_append_printf (way, "%s -> ", resolver->stack[i]->name);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "parameter '%s' is defined by itself (%s%s)",
               parameter->name, way->str, parameter->name);
}

static bool
append_parameter (WeirResolver *resolver, const WeirGroup *group, const WeirPiece *piece,
                  Builder *builder, GError **error)
{
  g_autofree char *name = g_strndup (piece->start, piece->length);
  const WeirGroup *owner = NULL;
  const WeirParameter *parameter = weir_resolver_find (resolver, group, name, &owner);
  const WeirResolved *value = NULL;

  if (parameter == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no parameter '%s'", name);
    return false;
  }
  g_hash_table_add (resolver->used, (gpointer)parameter);
  if (is_being_resolved (resolver, parameter)) {
    set_cycle_error (resolver, parameter, error);
    return false;
  }
  value = weir_resolver_get (resolver, owner, parameter, NULL);
  if (value == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "parameter '%s' has no value", name);
    return false;
  }
  append_value (builder, piece, value);
  return true;
}

static bool
append_pieces (WeirResolver *resolver, const WeirGroup *group, const char *text, Builder *builder,
               GError **error)
{
  WeirPieceScanner scanner;
  WeirPiece piece;
  GError *failed = NULL;
  unsigned n_pieces = 0;

  weir_piece_scanner_init (&scanner, text);
  while (weir_piece_scanner_next (&scanner, &piece, &failed)) {
    n_pieces++;
    if (piece.kind == WEIR_PIECE_TEXT)
      append (builder, piece.start, piece.length);
    else if (!append_parameter (resolver, group, &piece, builder, error))
      return false;
    if (builder->text->len > WEIR_LIMIT_PROPERTY_BYTES) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the value is longer than %u bytes",
                   WEIR_LIMIT_PROPERTY_BYTES);
      return false;
    }
  }
  if (failed != NULL) {
    g_propagate_error (error, failed);
    return false;
  }
  builder->is_mixed = builder->is_mixed || (builder->is_secret && n_pieces > 1);
  return true;
}

WeirResolved *
weir_resolver_resolve (WeirResolver *resolver, const WeirGroup *group, const char *text,
                       GError **error)
{
  g_autoptr (WeirResolved) resolved = g_new0 (WeirResolved, 1);
  Builder builder = { .text = g_string_new (NULL) };
  bool done = append_pieces (resolver, group, text, &builder, error);

  resolved->is_secret = builder.is_secret;
  resolved->is_mixed = builder.is_mixed;
  resolved->text = g_string_free (builder.text, FALSE);
  return done ? g_steal_pointer (&resolved) : NULL;
}

static WeirResolved *
resolve_secret (WeirResolver *resolver, const WeirGroup *group, const WeirParameter *parameter,
                GError **error)
{
  g_autofree char *place = weir_parameter_get_place (resolver->flow, NULL, group, parameter->name);
  g_autoptr (WeirResolved) resolved = g_new0 (WeirResolved, 1);

  resolved->is_secret = true;
  resolved->text = resolver->read_secret (resolver->data, parameter->secret, place, error);
  return resolved->text != NULL ? g_steal_pointer (&resolved) : NULL;
}

static WeirResolved *
resolve_parameter (WeirResolver *resolver, const WeirGroup *group, const WeirParameter *parameter,
                   GError **error)
{
  const char *value = parameter->value;
  const char *override = NULL;
  WeirResolved *resolved = NULL;

  if (group == resolver->flow->root && resolver->overrides != NULL)
    override = g_hash_table_lookup (resolver->overrides, parameter->name);
  if (override != NULL)
    value = override;
  else if (parameter->secret != NULL)
    return resolve_secret (resolver, group, parameter, error);

  if (resolver->depth == WEIR_LIMIT_PARAMETER_DEPTH) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "parameters that name parameters are nested deeper than %d",
                 WEIR_LIMIT_PARAMETER_DEPTH);
    return NULL;
  }
  resolver->stack[resolver->depth++] = parameter;
  resolved = weir_resolver_resolve (resolver, group, value, error);
  resolver->depth--;
  if (resolved != NULL && parameter->secret != NULL)
    resolved->is_secret = true;
  return resolved;
}

const WeirResolved *
weir_resolver_get (WeirResolver *resolver, const WeirGroup *group, const WeirParameter *parameter,
                   GError **error)
{
  Entry *entry = g_hash_table_lookup (resolver->entries, parameter);

  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->resolved = resolve_parameter (resolver, group, parameter, &entry->error);
    g_hash_table_insert (resolver->entries, (gpointer)parameter, entry);
  }
  if (entry->resolved == NULL && error != NULL)
    *error = g_error_copy (entry->error);
  return entry->resolved;
}

/* Returns: (transfer full) (nullable): the first name in @text that means no parameter. */
static char *
find_unknown (WeirResolver *resolver, const WeirGroup *group, const char *text)
{
  WeirPieceScanner scanner;
  WeirPiece piece;

  weir_piece_scanner_init (&scanner, text);
  while (weir_piece_scanner_next (&scanner, &piece, NULL)) {
    g_autofree char *name = g_strndup (piece.start, piece.length);

    if (piece.kind == WEIR_PIECE_PARAMETER &&
        weir_resolver_find (resolver, group, name, NULL) == NULL)
      return g_steal_pointer (&name);
  }
  return NULL;
}

/* Returns: (transfer none) (nullable): of the names that can be seen from @group, the nearest. */
static const char *
find_nearest (const WeirGroup *group, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (; group != NULL; group = group->base.parent)
    for (guint i = 0; i < group->parameters->len; i++)
      g_ptr_array_add (names, ((const WeirParameter *)group->parameters->pdata[i])->name);
  return weir_suggest (name, (const char *const *)names->pdata, names->len);
}

char *
weir_resolver_advise (WeirResolver *resolver, const WeirGroup *group, const char *text)
{
  g_autofree char *unknown = find_unknown (resolver, group, text);
  const char *nearest = unknown != NULL ? find_nearest (group, unknown) : NULL;

  if (nearest != NULL)
    return g_strdup_printf ("did you mean '#{%s}'?", nearest);
  return g_strdup (
      "define it in <parameters> of this group or of one around it, or write '##{' for "
      "the text '#{'");
}

/* Returns: (transfer full): what to do about @error. */
static char *
advise (WeirResolver *resolver, const WeirGroup *group, const char *text, const GError *error)
{
  if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return weir_resolver_advise (resolver, group, text);
  if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID))
    return g_strdup ("write '#{name}', or '##{' for the text '#{'");
  return g_strdup ("shorten it or put it into a file");
}

GPtrArray *
weir_resolver_resolve_all (WeirResolver *resolver, const WeirComponent *owner,
                           const GPtrArray *properties, GPtrArray *problems)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (free_resolved);

  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];
    g_autoptr (GError) error = NULL;
    WeirResolved *resolved =
        weir_resolver_resolve (resolver, owner->parent, property->text, &error);

    if (resolved == NULL) {
      g_autofree char *advice = advise (resolver, owner->parent, property->text, error);

      resolved = g_new0 (WeirResolved, 1);
      if (!g_error_matches (error, WEIR_ERROR, WEIR_ERROR_FAILED))
        weir_problems_add (problems, owner, property->origin, advice, "property '%s': %s",
                           property->name, error->message);
    }
    g_ptr_array_add (values, resolved);
  }
  return values;
}
