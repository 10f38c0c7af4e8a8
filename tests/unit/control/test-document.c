/* What is wrong with a flow, and what can run all the same. */
#include "control/document.h"

#include "xml/reader.h"

#include <string.h>

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static const WeirRelationship relationships[] = { { "success", "All of it." } };

static const WeirProcessor type = { WEIR_PROCESSOR_ABI,          .name = "Step",
                                    .summary = "Does nothing.",  .tags = "test",
                                    .input = WEIR_INPUT_ALLOWED, WEIR_RELATIONSHIPS (relationships),
                                    .on_trigger = on_trigger };

typedef struct {
  WeirDocumentContext context;
  WeirDocument *document;
} Fixture;

static void
read_document (Fixture *self, const char *text)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_read (text, strlen (text), problems);

  g_assert_nonnull (flow);
  self->document = weir_document_new (flow, 7, &self->context);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->context.registry = weir_registry_new ("");
  self->context.vault = weir_vault_new (NULL);
  weir_registry_add_builtin (self->context.registry, &type);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  weir_document_unref (self->document);
  weir_vault_free (self->context.vault);
  weir_registry_free (self->context.registry);
}

static void
test_broken (Fixture *self, gconstpointer data)
{
  g_autoptr (WeirResolver) resolver = NULL;
  g_autoptr (WeirFlow) runnable = NULL;
  const WeirProcessorNode *node;

  read_document (self, "<flow xmlns='urn:weir:flow:1' name='f'>"
                       "<processor id='a' type='Step'/>"
                       "<processor id='b' type='Step'>"
                       "<auto-terminate relationship='success'/></processor>"
                       "<processor id='c' type='Stepp'/>"
                       "<connection from='a:success' to='b'/>"
                       "<connection from='b:success' to='nobody'/>"
                       "</flow>");
  g_assert_cmpuint (weir_document_get_revision (self->document), ==, 7);
  g_assert_false (weir_document_is_broken (self->document, "a"));
  g_assert_true (weir_document_is_broken (self->document, "c"));

  runnable = weir_document_get_runnable (self->document, &resolver);
  node = (const WeirProcessorNode *)weir_flow_find (runnable, "c");
  g_assert_true (node->disabled);
  node = (const WeirProcessorNode *)weir_flow_find (runnable, "a");
  g_assert_false (node->disabled);
  g_assert_nonnull (weir_flow_find (runnable, "b"));
  g_assert_cmpuint (runnable->root->children->len, ==, 4);
  /* The document is as it was. */
  g_assert_cmpuint (weir_document_get_flow (self->document)->root->children->len, ==, 5);
}

static void
test_secret (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (g_setenv ("WEIR_TEST_SECRET", "swordfish-17", true));
  read_document (self, "<flow xmlns='urn:weir:flow:1' name='f'>"
                       "<parameters><parameter name='p' secret='env:WEIR_TEST_SECRET'/>"
                       "</parameters>"
                       "<processor id='a' type='Step'><property name='x'>#{p}</property>"
                       "<auto-terminate relationship='success'/></processor>"
                       "</flow>");
  g_assert_true (weir_mask_hits (weir_document_get_mask (self->document), "x swordfish-17", 14));
  bytes = weir_document_write (self->document, &error);
  g_assert_no_error (error);
  g_assert_null (g_strstr_len (g_bytes_get_data (bytes, NULL), -1, "swordfish"));
}

static void
test_too_many (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("<flow xmlns='urn:weir:flow:1' name='f'>"
                                           "<processor id='good' type='Step'>"
                                           "<auto-terminate relationship='success'/></processor>");

  for (int i = 0; i < 1200; i++)
    g_string_append_printf (text, "<processor id='p%d' type='No'/>", i);
  g_string_append (text, "</flow>");
  read_document (self, text->str);
  g_assert_true (weir_document_is_broken (self->document, "p1199"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/document/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("broken", test_broken);
  ADD ("secret", test_secret);
  ADD ("too-many", test_too_many);
#undef ADD
  return g_test_run ();
}
