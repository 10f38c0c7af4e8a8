/* merge-content.c: MergeContent gathers FlowFiles in bins and makes one of each bin.
 *
 * A trigger either gathers, which cannot fail, or merges one bin. So a trigger that fails has taken
 * all of a bin and nothing else: it is back in the queue, and the bin is forgotten. */
#include "bins.h"
#include "bundle.h"
#include "module.h"

#define BATCH 1000 /* FlowFiles gathered by one trigger */

typedef struct {
  WeirChoice strategy;
  const WeirExpr *correlation;
  int64_t min_entries;
  int64_t max_entries;
  WeirSize min_size;
  WeirSize max_size;    /* 0: none */
  WeirDuration max_age; /* 0: none */
  int64_t max_bins;
  BundleSettings bundle;
  Bins bins;
} MergeContent;

enum { BIN_PACKING, DEFRAGMENT };
static const WeirAllowed strategies[] = {
  [BIN_PACKING] = { "Bin-Packing Algorithm",
                    "What comes is put into bins as their limits allow, and if Correlation "
                    "Attribute Name says so, only with what belongs together." },
  [DEFRAGMENT] = { "Defragment",
                   "Puts together what was split: FlowFiles with the same `fragment.identifier`, "
                   "in the order of `fragment.index`, when there are `fragment.count`. The "
                   "incoming "
                   "connection must have room for all of them." },
  { NULL },
};

static const WeirAllowed formats[] = {
  [BUNDLE_TAR] = { "TAR", "Each FlowFile becomes an entry of a TAR." },
  [BUNDLE_ZIP] = { "ZIP",
                   "Each FlowFile becomes an entry of a ZIP; one whose name is there already "
                   "is also sent to `failure`." },
  [BUNDLE_CONCATENATION] = { "Binary Concatenation", "One content behind the other." },
  { NULL },
};

static const WeirAllowed attribute_strategies[] = {
  [BUNDLE_COMMON] = { "Keep Only Common Attributes", "Those that all have, with the same value." },
  [BUNDLE_UNIQUE] = { "Keep All Unique Attributes",
                      "Those that no two have with different values." },
  { NULL },
};

static const WeirAllowed delimiter_strategies[] = {
  [BUNDLE_NO_DELIMITERS] = { "Do Not Use Delimiters", "Nothing is put between." },
  [BUNDLE_DELIMITER_FILES] = { "Filename", "The properties name files of at most 16 MiB that have "
                                           "them." },
  [BUNDLE_DELIMITER_TEXTS] = { "Text", "The properties are the texts themselves." },
  { NULL },
};

static const WeirProperty properties[] = {
  { "Merge Strategy", "What is put together.", WEIR_FIELD (MergeContent, strategy),
    .default_value = "Bin-Packing Algorithm", .allowed = strategies, .required = true },
  { "Merge Format", "What becomes of the contents.", WEIR_FIELD (MergeContent, bundle.format),
    .default_value = "Binary Concatenation", .allowed = formats, .required = true },
  { "Attribute Strategy", "Which attributes the merged FlowFile has.",
    WEIR_FIELD (MergeContent, bundle.attributes), .default_value = "Keep Only Common Attributes",
    .allowed = attribute_strategies, .required = true },
  { "Correlation Attribute Name",
    "Only FlowFiles with the same value of this attribute share a bin. For bin-packing.",
    WEIR_FIELD (MergeContent, correlation), .example = "customer" },
  { "Minimum Number of Entries",
    "How many FlowFiles a bin has at least, if it is not ended by its age or for want of room. For "
    "bin-packing.",
    WEIR_FIELD (MergeContent, min_entries), .default_value = "1", .required = true, .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Maximum Number of Entries",
    "How many FlowFiles a bin has at most. For bin-packing. The incoming connection must have room "
    "for them: what waits in bins counts as queued.",
    WEIR_FIELD (MergeContent, max_entries), .default_value = "1000", .required = true, .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Minimum Group Size", "How large the contents of a bin are at least, taken together. As above.",
    WEIR_FIELD (MergeContent, min_size), .default_value = "0 B", .required = true },
  { "Maximum Group Size", "How large they are at most. A FlowFile that is larger is merged alone.",
    WEIR_FIELD (MergeContent, max_size), .example = "128 MB", .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Max Bin Age",
    "A bin is ended when it is that old, whatever it has. Without it a bin may wait for ever: with "
    "Defragment, for a fragment that never comes.",
    WEIR_FIELD (MergeContent, max_age), .example = "5 min", .minimum = 1000,
    .maximum = (double)G_MAXINT64 },
  { "Maximum number of Bins",
    "How many bins are open at once. When one more is needed the oldest is ended.",
    WEIR_FIELD (MergeContent, max_bins), .default_value = "5", .required = true, .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Delimiter Strategy",
    "Where Header, Demarcator and Footer come from. For Binary Concatenation.",
    WEIR_FIELD (MergeContent, bundle.delimiters), .default_value = "Do Not Use Delimiters",
    .allowed = delimiter_strategies, .required = true },
  { "Header", "What stands before the first content; evaluated for the first FlowFile.",
    WEIR_FIELD (MergeContent, bundle.header), .example = "[", .hint = WEIR_HINT_TEXT },
  { "Footer", "What stands behind the last content; evaluated for the first FlowFile.",
    WEIR_FIELD (MergeContent, bundle.footer), .example = "]", .hint = WEIR_HINT_TEXT },
  { "Demarcator", "What stands between two contents; evaluated for the first FlowFile.",
    WEIR_FIELD (MergeContent, bundle.demarcator), .example = ",", .hint = WEIR_HINT_TEXT },
  { "Compression Level", "How hard ZIP tries: from 0, stored as it is, to 9, slow and small.",
    WEIR_FIELD (MergeContent, bundle.level), .default_value = "1", .required = true, .minimum = 0,
    .maximum = 9 },
  { "Keep Path",
    "Whether the attribute `path` becomes a part of the names in a TAR or ZIP. Names never lead "
    "out of the place where an archive is unpacked.",
    WEIR_FIELD (MergeContent, bundle.keep_path), .default_value = "false", .required = true },
  { "Tar Modified Time",
    "When an entry of a TAR was last modified, as ISO 8601; anything else is now.",
    WEIR_FIELD (MergeContent, bundle.tar_time), .default_value = "${file.lastModifiedTime}",
    .example = "2024-02-29T12:00:00Z" },
};

enum { MERGED, ORIGINAL, FAILURE };
static const WeirRelationship relationships[] = {
  [MERGED] = { "merged", "One FlowFile for each bin." },
  [ORIGINAL] = { "original", "What was merged, as it came." },
  [FAILURE] = { "failure", "What cannot be merged: fragments that do not make a whole, or what "
                           "cannot be read." },
};

static const WeirAttributeDoc reads[] = {
  { "fragment.identifier", "Defragment: the same for all fragments of one file." },
  { "fragment.index", "Defragment: the place of a fragment among the others." },
  { "fragment.count", "Defragment: how many there are. At least one fragment must have it." },
  { "segment.original.filename", "What the merged FlowFile is called, if the first one has it." },
  { "tar.permissions", "TAR: three octal digits; 644 without them." },
};

static const WeirAttributeDoc writes[] = {
  { "filename", "`segment.original.filename`, or a number; `.tar` or `.zip` is added." },
  { "mime.type", "That of the format; for a concatenation that of the parts, if it is the same." },
  { "merge.count", "How many FlowFiles were merged." },
  { "merge.bin.age", "How old the bin was, in milliseconds." },
  { "merge.reason",
    "Why the bin was ended: `MAX_BYTES_THRESHOLD_REACHED`, `MAX_ENTRIES_THRESHOLD_REACHED`, "
    "`MIN_THRESHOLDS_REACHED`, `TIMEOUT` or `BIN_MANAGER_FULL`." },
  { "merge.uuid", "On what leaves by `original`: the uuid of the merged FlowFile." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const MergeContent *self = state;
  bool entries_agree = self->min_entries <= self->max_entries;
  bool sizes_agree = self->max_size.bytes == 0 || self->min_size.bytes <= self->max_size.bytes;

  if (entries_agree && sizes_agree)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "Minimum %s is above Maximum %s",
               entries_agree ? "Group Size" : "Number of Entries",
               entries_agree ? "Group Size" : "Number of Entries");
  return false;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  MergeContent *self = state;
  const BinLimits limits = {
    .min_entries = (uint64_t)self->min_entries,
    .max_entries = (uint64_t)self->max_entries,
    .min_size = self->min_size.bytes,
    .max_size = self->max_size.bytes > 0 ? self->max_size.bytes : UINT64_MAX,
    .max_bins = (uint64_t)self->max_bins,
  };

  bins_init (&self->bins, &limits);
  return true;
}

static void
on_stopped (void *state)
{
  MergeContent *self = state;

  bins_clear (&self->bins);
}

static void
reject (WeirSession *session, WeirFlowFile *flowfile, const char *reason)
{
  weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING, "%s: %s",
                    weir_flowfile_get_attribute (flowfile, "filename"), reason);
  weir_session_transfer (session, flowfile, FAILURE);
}

/* --- gathering --- */

static bool
parse_number (const WeirFlowFile *flowfile, const char *name, unsigned min, uint32_t *ret_number,
              GError **error)
{
  const char *text = weir_flowfile_get_attribute (flowfile, name);
  guint64 number;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, min, G_MAXINT32, &number, NULL)) {
    *ret_number = (uint32_t)number;
    return true;
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "its %s is not a number from %u on", name,
               min);
  return false;
}

static bool
add_fragment (MergeContent *self, WeirFlowFile *flowfile, int64_t now, GError **error)
{
  const char *identifier = weir_flowfile_get_attribute (flowfile, "fragment.identifier");
  uint32_t index;
  uint32_t n_expected = 0;

  if (identifier == NULL) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "it has no fragment.identifier, hence is no fragment");
    return false;
  }
  if (!parse_number (flowfile, "fragment.index", 0, &index, error))
    return false;
  if (weir_flowfile_get_attribute (flowfile, "fragment.count") != NULL &&
      !parse_number (flowfile, "fragment.count", 1, &n_expected, error))
    return false;
  if (bins_add_fragment (&self->bins, identifier, index, n_expected, flowfile, now))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "fragment %u of %s has come before and waits for the others", index, identifier);
  return false;
}

static bool
add (MergeContent *self, WeirFlowFile *flowfile, int64_t now, GError **error)
{
  const char *name = "";
  const char *group = NULL;

  if (self->strategy.index == DEFRAGMENT)
    return add_fragment (self, flowfile, now, error);
  if (self->correlation != NULL)
    name = weir_expr_eval (self->correlation, flowfile, error);
  if (name == NULL)
    return false;
  if (*name != '\0')
    group = weir_flowfile_get_attribute (flowfile, name);
  bins_add (&self->bins, group != NULL ? group : "", flowfile, now);
  return true;
}

/* Returns: how many FlowFiles came. */
static size_t
gather (MergeContent *self, WeirSession *session, int64_t now)
{
  WeirFlowFile *flowfiles[BATCH];
  size_t n = weir_session_get_batch (session, flowfiles, BATCH);

  for (size_t i = 0; i < n; i++) {
    g_autoptr (GError) problem = NULL;

    if (add (self, flowfiles[i], now, &problem))
      weir_session_hold (session, flowfiles[i]);
    else
      reject (session, flowfiles[i], problem->message);
  }
  return n;
}

/* --- merging --- */

static void
send_on (WeirSession *session, WeirFlowFile *bundle, const Bin *bin, int64_t now)
{
  weir_session_put_attribute_printf (session, bundle, "merge.count", "%u", bin->entries->len);
  weir_session_put_attribute_printf (session, bundle, "merge.bin.age", "%" G_GINT64_FORMAT,
                                     (now - bin->created) / 1000);
  weir_session_put_attribute (session, bundle, "merge.reason", bin_reason_to_string (bin->reason));
  weir_session_transfer (session, bundle, MERGED);
}

static void
let_go (WeirSession *session, WeirFlowFile *const *parts, size_t n, const WeirFlowFile *bundle)
{
  const char *uuid = weir_flowfile_get_attribute (bundle, "uuid");

  for (size_t i = 0; i < n; i++) {
    weir_session_put_attribute (session, parts[i], "merge.uuid", uuid);
    weir_session_transfer (session, parts[i], ORIGINAL);
  }
}

static void
reject_all (WeirSession *session, WeirFlowFile *const *parts, size_t n, const char *reason)
{
  const char *name = weir_flowfile_get_attribute (parts[0], "segment.original.filename");

  if (name == NULL)
    name = weir_flowfile_get_attribute (parts[0], "filename");
  weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING,
                    "%s: %s; all %zu FlowFiles of it go to failure", name, reason, n);
  for (size_t i = 0; i < n; i++)
    weir_session_transfer (session, parts[i], FAILURE);
}

static bool
blames_parts (const GError *error)
{
  return g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID) ||
         g_error_matches (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
}

static bool
merge_parts (const MergeContent *self, WeirSession *session, const Bin *bin,
             WeirFlowFile *const *parts, int64_t now, GError **error)
{
  WeirFlowFile *bundle = weir_session_create_joined (session, parts, bin->entries->len);
  g_autoptr (GPtrArray) left_out = g_ptr_array_new ();
  g_autoptr (GError) problem = NULL;
  size_t n = bin->entries->len;

  if (!bundle_write (&self->bundle, session, bundle, parts, n, left_out, &problem)) {
    if (!blames_parts (problem)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return false;
    }
    weir_session_remove (session, bundle);
    reject_all (session, parts, n, problem->message);
    return true;
  }
  bundle_put_attributes (&self->bundle, session, bundle, parts, n);
  send_on (session, bundle, bin, now);
  for (guint i = 0; i < left_out->len; i++)
    reject (session, weir_session_clone (session, left_out->pdata[i]),
            "an entry of this name is in the ZIP already; a copy goes to failure");
  let_go (session, parts, n, bundle);
  return true;
}

static bool
merge (const MergeContent *self, WeirSession *session, const Bin *bin, int64_t now, GError **error)
{
  size_t n = bin->entries->len;
  g_autofree WeirFlowFile **parts = g_new (WeirFlowFile *, n);

  for (size_t i = 0; i < n; i++) {
    parts[i] = g_array_index (bin->entries, BinEntry, i).flowfile;
    weir_session_take (session, parts[i]);
  }
  if (bin->problem == NULL)
    return merge_parts (self, session, bin, parts, now, error);
  reject_all (session, parts, n, bin->problem);
  return true;
}

/* Comes back at once for bins that are ready or will be when nothing more comes in, else when the
 * oldest is due. */
static void
plan (const MergeContent *self, WeirContext *context, int64_t now)
{
  const Bins *bins = &self->bins;

  if (bins->ready.length > 0 || bins->sufficient.length > 0)
    weir_context_wake_after (context, 0);
  else if (self->max_age.usec > 0 && bins->open.head != NULL)
    weir_context_wake_after (context,
                             ((Bin *)bins->open.head->data)->created + self->max_age.usec - now);
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  MergeContent *self = state;
  WeirContext *context = weir_session_get_context (session);
  int64_t now = weir_context_get_monotonic_time (context);
  g_autoptr (Bin) bin = NULL;
  size_t n_gathered = 0;
  bool ok = true;

  if (self->max_age.usec > 0)
    bins_end_old (&self->bins, now - self->max_age.usec);
  bin = bins_take (&self->bins);
  if (bin == NULL)
    n_gathered = gather (self, session, now);
  /* Nothing more comes for now: what is enough goes. */
  if (bin == NULL && n_gathered == 0) {
    bins_end_sufficient (&self->bins);
    bin = bins_take (&self->bins);
  }
  if (bin != NULL)
    ok = merge (self, session, bin, now, error);
  plan (self, context, now);
  return ok;
}

const WeirProcessor merge_content = {
  WEIR_PROCESSOR_ABI,
  .name = "MergeContent",
  .summary = "Makes one FlowFile of many.",
  .description =
      "FlowFiles wait in bins until one is full. When nothing more comes in, bins that have their "
      "minimum are merged as well; so is a bin that is as old as Max Bin Age, and the oldest one "
      "when more are needed than Maximum number of Bins. Contents are streamed and never in "
      "memory.\n\n"
      "With Defragment, fragments that disagree on how many they are, come twice, or miss others "
      "when their bin ends go to `failure`, and the reason is told.",
  .tags = "merge, content, correlation, tar, zip, concatenation, archive, defragment, batch",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_SERIAL,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_READS (reads),
  WEIR_WRITES (writes),
  .state_size = sizeof (MergeContent),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
