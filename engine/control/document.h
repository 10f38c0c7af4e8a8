/* document.h: one state of a flow as people see it: the flow, its revision, and what is wrong with
 * it. What is wrong keeps only itself from running.
 *
 * Immutable and shared by references. Thread: any, unless said otherwise. */
#pragma once

#include "base/vault.h"
#include "model/problem.h"
#include "model/resolver.h"
#include "plugin/registry.h"

typedef struct WeirDocument WeirDocument;

/* What a flow is read with. The first is shared; the others are the caller's. */
typedef struct {
  WeirRegistry *registry;
  WeirVault *vault;
  GHashTable *values; /* overrides of parameters; nullable */
} WeirDocumentContext;

/* Takes @flow (transfer full), checks it and reads its secrets. Returns: (transfer full).
 * Thread: one at a time for a context. */
WeirDocument *weir_document_new (WeirFlow *flow, uint64_t revision,
                                 const WeirDocumentContext *context);

/* Before it is shared. */
void weir_document_set_revision (WeirDocument *document, uint64_t revision);

/* Returns: (transfer full). */
WeirDocument *weir_document_ref (WeirDocument *document);
void weir_document_unref (WeirDocument *document);

/* Each returns: (transfer none). */
const WeirFlow *weir_document_get_flow (const WeirDocument *document);
const GPtrArray *weir_document_get_problems (const WeirDocument *document);
const WeirMask *weir_document_get_mask (const WeirDocument *document);

uint64_t weir_document_get_revision (const WeirDocument *document);

/* True when the component at @path has an error. */
bool weir_document_is_broken (const WeirDocument *document, const char *path);

/* What an engine can run of it: processors, ports and services that have an error are disabled in
 * the copy, and connections that lead nowhere are left out. Its resolver is for the time of
 * loading. Returns: (transfer full). Thread: that of weir_document_new. */
WeirFlow *weir_document_get_runnable (WeirDocument *document, WeirResolver **ret_resolver);

/* Its file: canonical XML, with secrets. Returns: (transfer full): NULL with @error. */
GBytes *weir_document_write (const WeirDocument *document, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDocument, weir_document_unref)
