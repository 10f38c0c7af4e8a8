/* derivation.h: which events an entry of the log stands for. A pure function of the entry: reading
 * the log again gives the same events in the same order, so they need no log of their own and can
 * never tell of anything that did not happen.
 *
 * Thread: one at a time for each derivation. */
#pragma once

#include "provenance/event.h"
#include "store/frame.h"

typedef struct WeirDerivation WeirDerivation;

/* Returns: (transfer full). */
WeirDerivation *weir_derivation_new (void);
void weir_derivation_free (WeirDerivation *derivation);

/* Begins with the events of @entry, whose bytes must stay until the last of them was used.
 * Returns: false when it is malformed. */
bool weir_derivation_begin (WeirDerivation *derivation, const WeirLogEntry *entry);

/* Returns: (transfer none): the next event, valid until the next call; NULL at the end: then
 * weir_derivation_has_failed says whether the entry is malformed behind that. */
const WeirEvent *weir_derivation_next (WeirDerivation *derivation);
bool weir_derivation_has_failed (const WeirDerivation *derivation);

/* What an entry has again and again comes in rounds of the same events, each with ids that are
 * higher by the same. Call these after each event: whether it is the first of a round; and once it
 * is the last one, how many rounds of @ret_n events are still to come. 0: none, or they are not
 * the same. */
bool weir_derivation_is_first_of_round (const WeirDerivation *derivation);
unsigned weir_derivation_get_rounds (const WeirDerivation *derivation, unsigned *ret_n,
                                     int64_t *ret_step);

/* Passes over @n of them. */
void weir_derivation_pass_rounds (WeirDerivation *derivation, unsigned n);

/* What the entry says of a component: its number and type. Call after the last event.
 * Returns: false when it says no more of any. */
typedef struct {
  uint64_t component;
  const char *type; /* not terminated */
  size_t type_size;
} WeirDescription;
bool weir_derivation_next_description (WeirDerivation *derivation,
                                       WeirDescription *ret_description);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDerivation, weir_derivation_free)
