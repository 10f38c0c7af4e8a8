#include "control/document.h"

#include "model/check.h"
#include "model/clone.h"
#include "plugin/catalog.h"
#include "xml/writer.h"

#include <stdatomic.h>

struct WeirDocument {
  _Atomic unsigned n_refs;
  uint64_t revision;
  WeirFlow *flow;
  GPtrArray *problems; /* without secrets */
  GHashTable *broken;  /* set of paths */
  bool is_all_broken;  /* there are more errors than were told */
  WeirMask *mask;
  WeirDocumentContext context; /* of the caller: for get_runnable only */
};

static char *
on_secret (void *data, const char *source, const char *place, GError **error)
{
  return weir_vault_read (data, source, place, error);
}

static WeirResolver *
make_resolver (const WeirFlow *flow, const WeirDocumentContext *context)
{
  return weir_resolver_new (flow, context->values, on_secret, context->vault);
}

static void
note_broken (WeirDocument *document)
{
  for (guint i = 0; i < document->problems->len; i++) {
    const WeirProblem *problem = document->problems->pdata[i];

    if (problem->severity == WEIR_SEVERITY_ERROR)
      g_hash_table_add (document->broken, g_strdup (problem->path));
  }
  document->is_all_broken = weir_problems_are_full (document->problems);
}

WeirDocument *
weir_document_new (WeirFlow *flow, uint64_t revision, const WeirDocumentContext *context)
{
  WeirDocument *document = g_new0 (WeirDocument, 1);
  g_autoptr (WeirResolver) resolver = make_resolver (flow, context);
  WeirTypeCatalog catalog = weir_catalog_new (context->registry);
  WeirCheck check = { .resolver = resolver, .overrides = context->values, .catalog = &catalog };

  document->n_refs = 1;
  document->revision = revision;
  document->flow = flow;
  document->context = *context;
  document->problems = weir_problems_new ();
  document->broken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  document->mask = weir_mask_new ();
  weir_flow_check (flow, &check, document->problems);
  weir_problems_sort (document->problems);
  weir_resolver_add_secrets (resolver, document->mask);
  weir_problems_mask (document->problems, document->mask);
  note_broken (document);
  return document;
}

WeirDocument *
weir_document_ref (WeirDocument *document)
{
  atomic_fetch_add (&document->n_refs, 1);
  return document;
}

void
weir_document_unref (WeirDocument *document)
{
  if (document == NULL || atomic_fetch_sub (&document->n_refs, 1) != 1)
    return;
  weir_flow_free (document->flow);
  g_ptr_array_unref (document->problems);
  g_hash_table_unref (document->broken);
  weir_mask_free (document->mask);
  g_free (document);
}

const WeirFlow *
weir_document_get_flow (const WeirDocument *document)
{
  return document->flow;
}

const GPtrArray *
weir_document_get_problems (const WeirDocument *document)
{
  return document->problems;
}

const WeirMask *
weir_document_get_mask (const WeirDocument *document)
{
  return document->mask;
}

void
weir_document_set_revision (WeirDocument *document, uint64_t revision)
{
  document->revision = revision;
}

uint64_t
weir_document_get_revision (const WeirDocument *document)
{
  return document->revision;
}

bool
weir_document_is_broken (const WeirDocument *document, const char *path)
{
  return document->is_all_broken || g_hash_table_contains (document->broken, path);
}

static bool
leads_nowhere (const WeirGroup *group, const WeirConnection *connection)
{
  return weir_group_resolve (group, connection->from) == NULL ||
         weir_group_resolve (group, connection->to) == NULL;
}

/* Returns: true when @child has no place in what runs. */
static bool
make_runnable (const WeirDocument *document, WeirGroup *group, WeirComponent *child)
{
  g_autofree char *path = weir_component_get_path (child);

  if (child->kind == WEIR_KIND_CONNECTION)
    return leads_nowhere (group, (const WeirConnection *)child);
  if (!weir_document_is_broken (document, path))
    return false;
  if (child->kind == WEIR_KIND_PROCESSOR)
    ((WeirProcessorNode *)child)->disabled = true;
  else if (child->kind == WEIR_KIND_SERVICE)
    ((WeirServiceNode *)child)->disabled = true;
  else if (child->kind == WEIR_KIND_PORT)
    ((WeirPort *)child)->disabled = true;
  return false;
}

static void
make_group_runnable (const WeirDocument *document, WeirGroup *group)
{
  for (guint i = group->children->len; i-- > 0;) {
    WeirComponent *child = group->children->pdata[i];

    if (child->kind == WEIR_KIND_GROUP)
      make_group_runnable (document, (WeirGroup *)child);
    else if (make_runnable (document, group, child))
      weir_component_free (weir_group_remove (group, child));
  }
}

WeirFlow *
weir_document_get_runnable (WeirDocument *document, WeirResolver **ret_resolver)
{
  WeirFlow *flow = weir_flow_clone (document->flow);

  make_group_runnable (document, flow->root);
  *ret_resolver = make_resolver (flow, &document->context);
  return flow;
}

GBytes *
weir_document_write (const WeirDocument *document, GError **error)
{
  size_t size;
  char *text = weir_flow_write (document->flow, &size, error);

  return text != NULL ? g_bytes_new_take (text, size) : NULL;
}
