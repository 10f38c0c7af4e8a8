/* flowfile.h: what a module can read of a FlowFile.
 *
 * A FlowFile that a session hands out is borrowed: it is valid, and so is everything these
 * functions return, until on_trigger returns. Changes go through the session. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <weir/version.h>

G_BEGIN_DECLS

typedef struct WeirFlowFile WeirFlowFile;

#define WEIR_UUID_SIZE 37 /* with the closing NUL */

/* Returns: (transfer none) (nullable): the value, NULL when there is none. `uuid`, `filename`
 * and `path` always have one.
 * Thread: trigger. */
WEIR_API const char *weir_flowfile_get_attribute (const WeirFlowFile *flowfile, const char *name);

/* The attributes by position, `uuid`, `filename` and `path` among them; the order means nothing.
 * Thread: trigger. */
WEIR_API size_t weir_flowfile_get_n_attributes (const WeirFlowFile *flowfile);
WEIR_API void weir_flowfile_get_nth_attribute (const WeirFlowFile *flowfile, size_t index,
                                               const char **ret_name, const char **ret_value);

/* Size of the content in bytes. Thread: trigger. */
WEIR_API uint64_t weir_flowfile_get_size (const WeirFlowFile *flowfile);

/* Unique in this engine, growing, never reused. Thread: trigger. */
WEIR_API uint64_t weir_flowfile_get_id (const WeirFlowFile *flowfile);

/* Wall clock in microseconds since 1970: when it came into the engine, when its oldest ancestor
 * did, and when it came into the queue it was taken from. Thread: trigger. */
WEIR_API int64_t weir_flowfile_get_entry_time (const WeirFlowFile *flowfile);
WEIR_API int64_t weir_flowfile_get_lineage_start (const WeirFlowFile *flowfile);
WEIR_API int64_t weir_flowfile_get_queue_time (const WeirFlowFile *flowfile);

G_END_DECLS
