/* problem.h: something wrong with a flow, told with its place and with what to do.
 *
 * Problems are collected, not returned one by one: a person wants to see all of them at once. */
#pragma once

#include "base/mask.h"
#include "model/component.h"

typedef enum {
  WEIR_SEVERITY_ERROR,   /* the flow does not start */
  WEIR_SEVERITY_WARNING, /* it does */
} WeirSeverity;

typedef struct {
  WeirSeverity severity;
  WeirOrigin origin;
  char *path;    /* of the component; "" for the flow itself */
  char *message; /* what is wrong */
  char *advice;  /* what to do */
} WeirProblem;

/* Returns: (transfer full): an array of WeirProblem that frees them. */
GPtrArray *weir_problems_new (void);

/* Adds an error, or a warning; the message is formatted. @component: whose problem it is, NULL for
 * the flow. @origin: the nearest place in the file; where it is 0, that of @component counts.
 * Control characters that a message quotes are shown as '?', and it is cut after a few lines. From
 * WEIR_LIMIT_PROBLEMS on the last one says that there are more. */
void weir_problems_add (GPtrArray *problems, const WeirComponent *component, WeirOrigin origin,
                        const char *advice, const char *format, ...) G_GNUC_PRINTF (5, 6);
void weir_problems_warn (GPtrArray *problems, const WeirComponent *component, WeirOrigin origin,
                         const char *advice, const char *format, ...) G_GNUC_PRINTF (5, 6);

/* True when no more are added: who looks for problems may stop. */
bool weir_problems_are_full (const GPtrArray *problems);

/* In the order of the file; those of one place stay in the order they were added. */
void weir_problems_sort (GPtrArray *problems);

/* Takes the secrets of @mask out of all texts. */
void weir_problems_mask (GPtrArray *problems, const WeirMask *mask);

guint weir_problems_count (const GPtrArray *problems, WeirSeverity severity);

/* Returns: (transfer full): "FILE:LINE:COLUMN: what, and what to do" without a newline; a warning
 * begins with "warning: " after the place. */
char *weir_problem_format (const WeirProblem *problem, const char *file);
