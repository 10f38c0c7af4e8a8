/* sample.h: a processor that uses everything a descriptor can say. */
#pragma once

#include "plugin/registry.h"

typedef struct {
  int64_t count;
  WeirSize size;
  char *secret;
  WeirChoice mode;
  const WeirExpr *path;
} SampleState;

static const WeirAllowed sample_modes[] = {
  { "fast", "As fast as it goes." },
  { "safe|sound", "Without a risk." },
  { NULL },
};

static const WeirProperty sample_properties[] = {
  { "Count", "How many of them. This text is long enough to be broken into more than one line.",
    WEIR_FIELD (SampleState, count), .default_value = "5", .minimum = 1, .maximum = 9 },
  { "Size", "How large.", WEIR_FIELD (SampleState, size), .required = true, .example = "10 KB",
    .minimum = 1024, .maximum = 1e300 },
  { "Secret", "Nobody sees it.", WEIR_FIELD (SampleState, secret), .sensitive = true },
  { "Mode", "How it is done.", WEIR_FIELD (SampleState, mode), .default_value = "fast",
    .allowed = sample_modes },
  { "Path", "Where.", WEIR_FIELD (SampleState, path), .default_value = "a`b",
    .hint = WEIR_HINT_DIRECTORY },
};

static const WeirRelationship sample_relationships[] = {
  { "success", "What went well." },
  { "a relationship with a long name", "What did not." },
};

static const WeirAttributeDoc sample_reads[] = { { "filename", "Name of the file." } };
static const WeirAttributeDoc sample_writes[] = { { "count", "How many." } };
static const WeirDynamic sample_dynamic = { "attribute name", "attribute value",
                                            "Sets the attribute." };

static bool
sample_on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

#define SAMPLE                                                                                 \
  WEIR_PROCESSOR_ABI, .name = "Sample", .summary = "Shows what there is.",                     \
                      .description = "First paragraph.\n\nSecond paragraph.",                  \
                      .tags = "tests, examples", .input = WEIR_INPUT_FORBIDDEN,                \
                      .role = WEIR_SOURCE, .threading = WEIR_CONCURRENT, .side_effects = true, \
                      .dynamic = &sample_dynamic, .state_size = sizeof (SampleState),          \
                      .on_trigger = sample_on_trigger, WEIR_PROPERTIES (sample_properties),    \
                      WEIR_RELATIONSHIPS (sample_relationships), WEIR_READS (sample_reads),    \
                      WEIR_WRITES (sample_writes)
