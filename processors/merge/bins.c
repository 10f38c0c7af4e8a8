/* bins.c: open bins are in lists by age, by group and of those that have enough, so that a hundred
 * thousand of them are as fast as ten. */
#include "bins.h"

/* A bin that so many FlowFiles in a row did not fit into is as full as it gets. */
#define REFUSED_MAX 5

/* Where bins of one group are many, only so many of them are tried. */
#define TRIES_MAX 1000

struct BinGroup {
  char *name;
  GQueue bins; /* Bin, the oldest first */
};

static void
group_free (BinGroup *group)
{
  g_free (group->name);
  g_free (group);
}

void
bins_init (Bins *bins, const BinLimits *limits)
{
  *bins = (Bins){ .limits = *limits };
  bins->groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)group_free);
}

void
bins_clear (Bins *bins)
{
  for (GList *link; (link = g_queue_pop_head_link (&bins->open)) != NULL;)
    bin_free (link->data);
  for (GList *link; (link = g_queue_pop_head_link (&bins->ready)) != NULL;)
    bin_free (link->data);
  g_clear_pointer (&bins->groups, g_hash_table_unref);
}

static Bin *
bin_new (int64_t now)
{
  Bin *bin = g_new0 (Bin, 1);

  bin->entries = g_array_new (FALSE, FALSE, sizeof (BinEntry));
  bin->created = now;
  bin->age_link.data = bin->group_link.data = bin->sufficient_link.data = bin;
  return bin;
}

void
bin_free (Bin *bin)
{
  if (bin == NULL)
    return;
  g_array_unref (bin->entries);
  g_clear_pointer (&bin->indexes, g_hash_table_unref);
  g_free (bin->problem);
  g_free (bin);
}

const char *
bin_reason_to_string (BinReason reason)
{
  static const char *const names[] = {
    [BIN_MAX_BYTES] = "MAX_BYTES_THRESHOLD_REACHED",
    [BIN_MAX_ENTRIES] = "MAX_ENTRIES_THRESHOLD_REACHED",
    [BIN_MIN_THRESHOLDS] = "MIN_THRESHOLDS_REACHED",
    [BIN_TIMEOUT] = "TIMEOUT",
    [BIN_MANAGER_FULL] = "BIN_MANAGER_FULL",
  };

  return names[reason];
}

static void
end (Bins *bins, Bin *bin, BinReason reason)
{
  BinGroup *group = bin->group;

  bin->reason = reason;
  bin->group = NULL;
  g_queue_unlink (&bins->open, &bin->age_link);
  if (bin->sufficient)
    g_queue_unlink (&bins->sufficient, &bin->sufficient_link);
  g_queue_unlink (&group->bins, &bin->group_link);
  g_queue_push_tail_link (&bins->ready, &bin->age_link);
  if (group->bins.head == NULL)
    g_hash_table_remove (bins->groups, group->name);
}

static BinGroup *
get_group (Bins *bins, const char *name)
{
  BinGroup *group = g_hash_table_lookup (bins->groups, name);

  if (group == NULL) {
    group = g_new0 (BinGroup, 1);
    group->name = g_strdup (name);
    g_hash_table_insert (bins->groups, group->name, group);
  }
  return group;
}

/* Opens a bin, for which the oldest has to go if there are too many. */
static Bin *
open_bin (Bins *bins, const char *name, int64_t now)
{
  Bin *bin = bin_new (now);

  if (bins->open.length >= bins->limits.max_bins)
    end (bins, bins->open.head->data, BIN_MANAGER_FULL);
  bin->group = get_group (bins, name);
  g_queue_push_tail_link (&bins->open, &bin->age_link);
  g_queue_push_tail_link (&bin->group->bins, &bin->group_link);
  return bin;
}

static void
put (Bins *bins, Bin *bin, WeirFlowFile *flowfile, uint32_t index)
{
  BinEntry entry = { flowfile, index };

  g_array_append_val (bin->entries, entry);
  bin->size += weir_flowfile_get_size (flowfile);
  bin->n_refused = 0;
  if (bin->sufficient || bin->indexes != NULL || bin->size < bins->limits.min_size ||
      bin->entries->len < bins->limits.min_entries)
    return;
  bin->sufficient = true;
  g_queue_push_tail_link (&bins->sufficient, &bin->sufficient_link);
}

/* Returns: (transfer none) (nullable): an open bin of the group with room for @size bytes. */
static Bin *
find_room (Bins *bins, const char *name, uint64_t size)
{
  BinGroup *group = g_hash_table_lookup (bins->groups, name);
  GList *link = group != NULL ? group->bins.head : NULL;

  for (unsigned n = 0; link != NULL && n < TRIES_MAX; n++) {
    Bin *bin = link->data;

    link = link->next;
    if (size <= bins->limits.max_size - bin->size)
      return bin;
    if (++bin->n_refused > REFUSED_MAX && bin->sufficient)
      end (bins, bin, BIN_MIN_THRESHOLDS);
  }
  return NULL;
}

void
bins_add (Bins *bins, const char *group, WeirFlowFile *flowfile, int64_t now)
{
  const BinLimits *limits = &bins->limits;
  uint64_t size = weir_flowfile_get_size (flowfile);
  Bin *bin = NULL;

  /* What is too large for any bin is one by itself. */
  if (size <= limits->max_size)
    bin = find_room (bins, group, size);
  if (bin == NULL)
    bin = open_bin (bins, group, now);
  put (bins, bin, flowfile, 0);
  if (bin->size >= limits->max_size)
    end (bins, bin, BIN_MAX_BYTES);
  else if (bin->entries->len >= limits->max_entries)
    end (bins, bin, BIN_MAX_ENTRIES);
}

static void
expect (Bin *bin, uint32_t n_expected)
{
  if (n_expected == 0 || n_expected == bin->n_expected)
    return;
  if (bin->n_expected > 0)
    bin->problem = g_strdup_printf ("its fragments do not agree on how many there are: %u or %u",
                                    bin->n_expected, n_expected);
  bin->n_expected = n_expected;
}

bool
bins_add_fragment (Bins *bins, const char *identifier, uint32_t index, uint32_t n_expected,
                   WeirFlowFile *flowfile, int64_t now)
{
  BinGroup *group = g_hash_table_lookup (bins->groups, identifier);
  Bin *bin = group != NULL ? group->bins.head->data : open_bin (bins, identifier, now);

  if (bin->indexes == NULL)
    bin->indexes = g_hash_table_new (NULL, NULL);
  if (!g_hash_table_add (bin->indexes, GUINT_TO_POINTER (index)))
    return false;
  put (bins, bin, flowfile, index);
  expect (bin, n_expected);
  if (bin->problem == NULL && bin->n_expected > 0 && bin->entries->len > bin->n_expected)
    bin->problem =
        g_strdup_printf ("there are more fragments than the %u that should be", bin->n_expected);
  if (bin->problem != NULL || bin->entries->len == bin->n_expected)
    end (bins, bin, BIN_MAX_ENTRIES);
  return true;
}

void
bins_end_old (Bins *bins, int64_t limit)
{
  while (bins->open.head != NULL && ((Bin *)bins->open.head->data)->created <= limit)
    end (bins, bins->open.head->data, BIN_TIMEOUT);
}

void
bins_end_sufficient (Bins *bins)
{
  while (bins->sufficient.head != NULL)
    end (bins, bins->sufficient.head->data, BIN_MIN_THRESHOLDS);
}

static int
by_index (const void *a, const void *b)
{
  const BinEntry *first = a;
  const BinEntry *second = b;

  return first->index < second->index ? -1 : first->index > second->index;
}

Bin *
bins_take (Bins *bins)
{
  GList *link = g_queue_pop_head_link (&bins->ready);
  Bin *bin = link != NULL ? link->data : NULL;

  if (bin == NULL || bin->indexes == NULL)
    return bin;
  g_array_sort (bin->entries, by_index);
  if (bin->problem == NULL && bin->n_expected == 0)
    bin->problem =
        g_strdup_printf ("none of its %u fragments says how many there are", bin->entries->len);
  else if (bin->problem == NULL && bin->entries->len < bin->n_expected)
    bin->problem = g_strdup_printf ("only %u of its %u fragments came in time (does the connection "
                                    "have room for all?)",
                                    bin->entries->len, bin->n_expected);
  return bin;
}
