/* metrics.c: one metric after the other, each with all that has it: the format wants them together.
 * There are as many lines as measures of what is in a flow, and no label is made from data. */
#include "control/metrics.h"

#include "runtime/node.h"

#include <inttypes.h>
#include <string.h>

/* Text of a label or of a help. */
static void
put_escaped (GString *out, const char *text)
{
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '\n')
      g_string_append (out, "\\n");
    else if (*at == '\\' || *at == '"')
      g_string_append_printf (out, "\\%c", *at);
    else
      g_string_append_c (out, *at);
  }
}

static void
put_label (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, "%s%s=\"", out->str[out->len - 1] == '{' ? "" : ",", name);
  put_escaped (out, value);
  g_string_append_c (out, '"');
}

static void
put_labels (GString *out, const WeirSubject *subject, const char *flow)
{
  g_string_append_c (out, '{');
  put_label (out, "flow", flow);
  if (subject->kind == WEIR_SUBJECT_NODE)
    put_label (out, "processor", subject->path);
  if (subject->type != NULL)
    put_label (out, "type", subject->type);
  if (subject->kind == WEIR_SUBJECT_CONNECTION)
    put_label (out, "connection", subject->path);
  g_string_append_c (out, '}');
}

static bool
is_running (uint64_t phase)
{
  return phase == WEIR_PHASE_STARTING || phase == WEIR_PHASE_RUNNING || phase == WEIR_PHASE_ONCE;
}

static void
put_value (GString *out, const WeirMeasure *measure, uint64_t value)
{
  if (measure->nature == WEIR_MEASURE_STATE)
    g_string_append_printf (out, " %d\n", is_running (value) ? 1 : 0);
  else if (measure->scale < 1)
    g_string_append_printf (out, " %" PRIu64 ".%06" PRIu64 "\n", value / 1000000, value % 1000000);
  else
    g_string_append_printf (out, " %" PRIu64 "\n", value);
}

static void
put_measure (GString *out, const WeirReading *reading, const char *flow, WeirSubjectKind kind,
             unsigned place)
{
  const WeirRoster *roster = reading->roster;
  unsigned n;
  const WeirMeasure *measure = &weir_measures_get (kind, &n)[place];

  g_string_append_printf (out, "# HELP %s ", measure->metric);
  put_escaped (out, measure->doc);
  g_string_append_printf (out, "\n# TYPE %s %s\n", measure->metric,
                          measure->nature == WEIR_MEASURE_COUNT ? "counter" : "gauge");
  for (uint32_t i = 0; i < roster->n; i++) {
    const WeirSubject *subject = &roster->subjects[i];

    if (subject->kind != kind)
      continue;
    g_string_append (out, measure->metric);
    put_labels (out, subject, flow);
    put_value (out, measure, reading->subjects[i].values[place]);
  }
}

void
weir_metrics_put (GString *out, const WeirReading *reading, const char *flow)
{
  for (unsigned kind = 0; kind < WEIR_N_SUBJECT_KINDS; kind++) {
    unsigned n;
    const WeirMeasure *measures = weir_measures_get ((WeirSubjectKind)kind, &n);

    for (unsigned i = 0; i < n; i++)
      if (measures[i].metric != NULL)
        put_measure (out, reading, flow, (WeirSubjectKind)kind, i);
  }
}

/* --- several flows --- */

typedef struct {
  GString *head; /* HELP and TYPE: of the first that has them */
  GString *lines;
} Family;

static void
family_free (void *data)
{
  Family *family = data;

  g_string_free (family->head, TRUE);
  g_string_free (family->lines, TRUE);
  g_free (family);
}

static Family *
find_family (GHashTable *families, GPtrArray *order, const char *name)
{
  Family *family = g_hash_table_lookup (families, name);

  if (family != NULL)
    return family;
  family = g_new0 (Family, 1);
  family->head = g_string_new (NULL);
  family->lines = g_string_new (NULL);
  g_hash_table_insert (families, g_strdup (name), family);
  g_ptr_array_add (order, family);
  return family;
}

static void
join_text (GHashTable *families, GPtrArray *order, const char *text)
{
  Family *family = NULL;
  bool has_head = false;

  for (const char *line = text, *next; *line != '\0'; line = next) {
    const char *end = strchrnul (line, '\n');
    size_t size = (size_t)(end - line);

    next = *end == '\0' ? end : end + 1;
    if (size == 0)
      continue;
    if (g_str_has_prefix (line, "# HELP ")) {
      g_autofree char *name = g_strndup (line + 7, strcspn (line + 7, " \n"));
      family = find_family (families, order, name);
      has_head = family->head->len > 0;
    }
    if (family == NULL || (line[0] == '#' && has_head))
      continue;
    g_string_append_len (line[0] == '#' ? family->head : family->lines, line, (gssize)size);
    g_string_append_c (line[0] == '#' ? family->head : family->lines, '\n');
  }
}

GString *
weir_metrics_join (const char *const *texts, size_t n)
{
  g_autoptr (GHashTable) families = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) order = g_ptr_array_new_with_free_func (family_free);
  GString *joined = g_string_new (NULL);

  for (size_t i = 0; i < n; i++)
    join_text (families, order, texts[i]);
  for (guint i = 0; i < order->len; i++) {
    const Family *family = order->pdata[i];
    g_string_append_len (joined, family->head->str, (gssize)family->head->len);
    g_string_append_len (joined, family->lines->str, (gssize)family->lines->len);
  }
  return joined;
}
