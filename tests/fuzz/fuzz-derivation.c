/* fuzz-derivation.c: any bytes as an entry: what is derived of it has a type and a FlowFile, its
 * attributes can be walked, and it comes to an end. */
#include "provenance/derivation.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static uint64_t
walk (WeirOpNames names)
{
  const uint8_t *value;
  WeirEntryName name;
  uint64_t sum = 0;
  size_t length;

  while (weir_op_next_set (&names, &name, &value, &length))
    for (size_t i = 0; i < length; i++)
      sum += value[i];
  return sum;
}

static uint64_t
look_at (const WeirEvent *event)
{
  uint64_t sum = event->has_attributes ? walk (event->set) : 0;

  g_assert_nonnull (weir_event_type_get_name (event->type));
  for (size_t i = 0; i < event->n_parents; i++)
    sum += event->parents[i];
  for (size_t i = 0; i < event->uri_size; i++)
    sum += (uint8_t)event->uri[i];
  for (size_t i = 0; i < event->details_size; i++)
    sum += (uint8_t)event->details[i];
  return sum;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (WeirDerivation) derivation = weir_derivation_new ();
  g_autofree uint8_t *exact = g_memdup2 (data, size);
  WeirLogEntry entry = { .place = 4096, .wall = 1000000, .body = exact, .size = size };
  uint64_t sum = 0;
  WeirDescription description;
  const WeirEvent *event;

  if (!weir_derivation_begin (derivation, &entry))
    return 0;
  for (size_t n = 0; (event = weir_derivation_next (derivation)) != NULL; n++) {
    g_assert_cmpuint (n, <, 256 * size); /* two bytes are four times 127 events at most */
    sum += look_at (event);
  }
  while (weir_derivation_next_description (derivation, &description))
    for (size_t i = 0; i < description.type_size; i++)
      sum += (uint8_t)description.type[i];
  return (int)(sum & 0); /* all of it was read */
}
