/* fragment.c: reader and writer of whole flows do the work. */
#include "xml/fragment.h"
#include "model/clone.h"
#include "model/problem.h"
#include "xml/reader.h"
#include "xml/schema.h"
#include "xml/writer.h"
#include <string.h>
#include <weir/error.h>

static const char head[] = "<flow xmlns=\"" WEIR_XML_NAMESPACE "\">";
static const char tail[] = "</flow>";

char *
weir_fragment_write (const GPtrArray *components, GError **error)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("");
  size_t size = 0;

  for (guint i = 0; i < components->len; i++)
    weir_group_add (flow->root, weir_component_clone (components->pdata[i]), -1);
  return weir_flow_write (flow, &size, error);
}

char *
weir_component_write (const WeirComponent *component, GError **error)
{
  g_autoptr (GPtrArray) components = g_ptr_array_new ();

  g_ptr_array_add (components, (gpointer)component);
  return weir_fragment_write (components, error);
}

char *
weir_parameter_write (const WeirParameter *parameter, GError **error)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("");
  size_t size = 0;

  g_ptr_array_add (flow->root->parameters, weir_parameter_clone (parameter));
  return weir_flow_write (flow, &size, error);
}

/* --- reading --- */

static void forget_origins (WeirComponent *component);

static void
forget_origins_of_properties (GPtrArray *properties)
{
  for (guint i = 0; i < properties->len; i++)
    ((WeirPropertyNode *)properties->pdata[i])->origin = (WeirOrigin){ 0 };
}

static void
forget_origins_of_processor (WeirProcessorNode *node)
{
  forget_origins_of_properties (node->properties);
  node->schedule.origin = (WeirOrigin){ 0 };
  for (guint i = 0; i < node->retries->len; i++)
    ((WeirRetry *)node->retries->pdata[i])->origin = (WeirOrigin){ 0 };
  for (guint i = 0; i < node->auto_terminates->len; i++)
    ((WeirAutoTerminate *)node->auto_terminates->pdata[i])->origin = (WeirOrigin){ 0 };
}

static void
forget_origins_of_group (WeirGroup *group)
{
  for (guint i = 0; i < group->parameters->len; i++)
    ((WeirParameter *)group->parameters->pdata[i])->origin = (WeirOrigin){ 0 };
  for (guint i = 0; i < group->children->len; i++)
    forget_origins (group->children->pdata[i]);
}

/* Lines of a fragment are none of the flow that it becomes a part of. */
static void
forget_origins (WeirComponent *component)
{
  component->origin = (WeirOrigin){ 0 };
  if (component->kind == WEIR_KIND_PROCESSOR)
    forget_origins_of_processor ((WeirProcessorNode *)component);
  else if (component->kind == WEIR_KIND_SERVICE)
    forget_origins_of_properties (((WeirServiceNode *)component)->properties);
  else if (component->kind == WEIR_KIND_GROUP)
    forget_origins_of_group ((WeirGroup *)component);
}

/* True when it is a document by itself: the first element is <flow>. */
static bool
is_whole (const char *text, size_t size)
{
  const char *end = text + size;

  while (text < end) {
    const char *close = NULL;

    while (text < end && g_ascii_isspace (*text))
      text++;
    if (end - text > 4 && memcmp (text, "<!--", 4) == 0)
      close = g_strstr_len (text + 4, end - text - 4, "-->");
    else if (end - text > 2 && memcmp (text, "<?", 2) == 0)
      close = memchr (text, '>', (size_t)(end - text));
    else
      return end - text > 5 && memcmp (text, "<flow", 5) == 0 &&
             strchr (" \t\r\n>/", text[5]) != NULL;
    if (close == NULL)
      return false;
    text = close + (*close == '-' ? 3 : 1);
  }
  return false;
}

WeirFlow *
weir_fragment_read (const char *text, size_t size, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GString) wrapped = g_string_new (NULL);
  WeirFlow *flow = NULL;

  if (is_whole (text, size)) {
    flow = weir_flow_read (text, size, problems);
  } else {
    g_string_append (wrapped, head);
    g_string_append_len (wrapped, text, (gssize)size);
    g_string_append (wrapped, tail);
    flow = weir_flow_read (wrapped->str, wrapped->len, problems);
  }
  if (flow != NULL) {
    forget_origins (&flow->root->base);
  } else {
    const WeirProblem *problem = problems->pdata[problems->len - 1];

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "line %u: %s: %s", problem->origin.line,
                 problem->message, problem->advice);
  }
  return flow;
}

WeirComponent *
weir_component_read (const char *text, size_t size, GError **error)
{
  g_autoptr (WeirFlow) flow = weir_fragment_read (text, size, error);

  if (flow == NULL)
    return NULL;
  if (flow->root->children->len != 1 || flow->root->parameters->len != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "one component is asked for, and there are %u and %u parameters",
                 flow->root->children->len, flow->root->parameters->len);
    return NULL;
  }
  return weir_group_remove (flow->root, flow->root->children->pdata[0]);
}

WeirParameter *
weir_parameter_read (const char *text, size_t size, GError **error)
{
  g_autoptr (WeirFlow) flow = weir_fragment_read (text, size, error);

  if (flow == NULL)
    return NULL;
  if (flow->root->parameters->len != 1 || flow->root->children->len != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "one parameter is asked for, and there are %u and %u components",
                 flow->root->parameters->len, flow->root->children->len);
    return NULL;
  }
  return weir_parameter_clone (flow->root->parameters->pdata[0]);
}
