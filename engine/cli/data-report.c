/* data-report.c: a page for people, or one JSON object on one line. */
#include "cli/data-report.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "base/error.h"

/* Returns: (transfer full): "2024-05-01 13:00:00 UTC", "-" for none. */
static char *
format_time (int64_t usec)
{
  g_autoptr (GDateTime) time =
      usec != 0 ? g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("-");
}

static void
print_files (const char *name, const WeirAuditFiles *files)
{
  g_autofree char *size = g_format_size_full (files->bytes, G_FORMAT_SIZE_IEC_UNITS);

  printf ("  %-11s %6" G_GUINT64_FORMAT " files  %10s\n", name, files->n_files, size);
}

static void
print_findings (WeirAudit *audit)
{
  GPtrArray *findings = weir_audit_get_findings (audit);

  for (guint i = 0; i < findings->len; i++) {
    const WeirFinding *finding = findings->pdata[i];
    g_autofree char *what = weir_error_clean (finding->what);
    g_autofree char *effect = weir_error_clean (finding->effect);

    printf ("%s: byte %" G_GUINT64_FORMAT ": %s: %s\n    %s\n", finding->file, finding->offset,
            finding->is_damage ? "damaged" : "remark", what, effect);
  }
}

static void
print_queues (WeirAudit *audit)
{
  GPtrArray *queues = weir_audit_get_queues (audit);

  if (queues->len > 0)
    printf ("\n  %-48s %10s %14s  %s\n", "QUEUE", "FLOWFILES", "BYTES", "OLDEST");
  for (guint i = 0; i < queues->len; i++) {
    const WeirAuditQueue *queue = queues->pdata[i];
    g_autofree char *oldest = format_time (queue->oldest);

    printf ("  %-48s %10" G_GUINT64_FORMAT " %14" G_GUINT64_FORMAT "  %s\n", queue->name,
            queue->n_flowfiles, queue->bytes, oldest);
  }
}

static void
print_states (WeirAudit *audit)
{
  GPtrArray *states = weir_audit_get_states (audit);

  if (states->len > 0)
    printf ("\n  %-48s %10s %14s\n", "STATE OF", "KEYS", "BYTES");
  for (guint i = 0; i < states->len; i++) {
    const WeirAuditState *state = states->pdata[i];

    printf ("  %-48s %10" G_GUINT64_FORMAT " %14" G_GUINT64_FORMAT "\n", state->name, state->n_keys,
            state->bytes);
  }
}

/* What came of it, in one line. */
static void
print_verdict (WeirAudit *audit, const char *directory, const char *action)
{
  const WeirAuditFigures *figures = weir_audit_get_figures (audit);
  g_autofree char *oldest = format_time (figures->oldest);
  g_autofree char *size = g_format_size_full (figures->bytes, G_FORMAT_SIZE_IEC_UNITS);
  int64_t wall;
  const char *user = weir_audit_get_user (audit, &wall);
  g_autofree char *time = format_time (wall);

  printf ("%s: %" G_GUINT64_FORMAT " FlowFiles with %s, the oldest from %s\n", directory,
          figures->n_flowfiles, size, oldest);
  if (g_str_equal (action, "check") || g_str_equal (action, "repair"))
    printf ("  verified: %" G_GUINT64_FORMAT " frames with %" G_GUINT64_FORMAT
            " entries, %" G_GUINT64_FORMAT " images, %" G_GUINT64_FORMAT " contents\n",
            figures->n_frames, figures->n_entries, figures->n_images, figures->n_claims);
  if (user != NULL)
    printf ("  in use: %s; this is how it was %s%s\n", user,
            wall != 0 ? "at " : "when its last snapshot was written", wall != 0 ? time : "");
  else if (!weir_audit_is_damaged (audit))
    puts ("  nothing is damaged");
  else if (g_str_equal (action, "repair"))
    puts ("  DAMAGED, and set aside in quarantine/: what is lost stands above");
  else
    puts ("  DAMAGED: 'weir data check --repair' sets that aside and keeps the rest");
}

void
weir_data_report_print (WeirAudit *audit, const char *directory, const char *action)
{
  const WeirAuditFigures *figures = weir_audit_get_figures (audit);

  print_findings (audit);
  print_verdict (audit, directory, action);
  putchar ('\n');
  print_files ("log", &figures->log);
  print_files ("snapshot", &figures->snapshot);
  print_files ("content", &figures->content);
  print_files ("archive", &figures->archive);
  print_files ("quarantine", &figures->quarantine);
  print_queues (audit);
  print_states (audit);
}

/* --- JSON --- */

static void
add_number (JsonBuilder *builder, const char *name, uint64_t value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64)value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *clean = weir_error_clean (value);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, clean);
}

static void
add_files (JsonBuilder *builder, const char *name, const WeirAuditFiles *files)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_number (builder, "files", files->n_files);
  add_number (builder, "bytes", files->bytes);
  json_builder_end_object (builder);
}

typedef void (*AddRowFunc) (JsonBuilder *builder, const void *row);

static void
add_rows (JsonBuilder *builder, const char *name, const GPtrArray *rows, AddRowFunc add_row)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++) {
    json_builder_begin_object (builder);
    add_row (builder, rows->pdata[i]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_finding (JsonBuilder *builder, const void *row)
{
  const WeirFinding *finding = row;

  add_text (builder, "kind", finding->is_damage ? "damage" : "remark");
  add_text (builder, "file", finding->file);
  add_number (builder, "offset", finding->offset);
  add_text (builder, "what", finding->what);
  add_text (builder, "effect", finding->effect);
}

static void
add_queue (JsonBuilder *builder, const void *row)
{
  const WeirAuditQueue *queue = row;

  add_text (builder, "queue", queue->name);
  add_number (builder, "flowfiles", queue->n_flowfiles);
  add_number (builder, "bytes", queue->bytes);
  add_number (builder, "oldest_usec", (uint64_t)queue->oldest);
}

static void
add_state (JsonBuilder *builder, const void *row)
{
  const WeirAuditState *state = row;

  add_text (builder, "component", state->name);
  add_number (builder, "keys", state->n_keys);
  add_number (builder, "bytes", state->bytes);
}

static void
add_figures (JsonBuilder *builder, const WeirAuditFigures *figures)
{
  add_number (builder, "flowfiles", figures->n_flowfiles);
  add_number (builder, "bytes", figures->bytes);
  add_number (builder, "oldest_usec", (uint64_t)figures->oldest);
  add_files (builder, "log", &figures->log);
  add_files (builder, "snapshot", &figures->snapshot);
  add_files (builder, "content", &figures->content);
  add_files (builder, "archive", &figures->archive);
  add_files (builder, "quarantine", &figures->quarantine);
  json_builder_set_member_name (builder, "verified");
  json_builder_begin_object (builder);
  add_number (builder, "frames", figures->n_frames);
  add_number (builder, "entries", figures->n_entries);
  add_number (builder, "images", figures->n_images);
  add_number (builder, "contents", figures->n_claims);
  json_builder_end_object (builder);
}

void
weir_data_report_print_json (WeirAudit *audit, const char *directory, const char *action)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *label = g_filename_display_name (directory);
  int64_t wall;
  const char *user = weir_audit_get_user (audit, &wall);

  json_builder_begin_object (builder);
  add_text (builder, "directory", label);
  add_text (builder, "action", action);
  json_builder_set_member_name (builder, "damaged");
  json_builder_add_boolean_value (builder, weir_audit_is_damaged (audit));
  if (user != NULL) {
    add_text (builder, "in_use_by", user);
    add_number (builder, "as_of_usec", (uint64_t)wall);
  }
  add_figures (builder, weir_audit_get_figures (audit));
  add_rows (builder, "queues", weir_audit_get_queues (audit), add_queue);
  add_rows (builder, "states", weir_audit_get_states (audit), add_state);
  add_rows (builder, "findings", weir_audit_get_findings (audit), add_finding);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  puts (text);
}
