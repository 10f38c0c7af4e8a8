/* problem.h: something wrong with a flow, told with its place and with what to do.
 *
 * Problems are collected, not returned one by one: a person wants to see all of them at once. */
#pragma once

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

/* Adds an error; the message is formatted. @component: whose problem it is, NULL for the flow.
 * @origin: the nearest place in the file; where it is 0, that of @component counts.
 * Returns: (transfer none). */
WeirProblem *weir_problems_add (GPtrArray *problems, const WeirComponent *component,
                                WeirOrigin origin, const char *advice, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

/* In the order of the file; those of one place stay in the order they were added. */
void weir_problems_sort (GPtrArray *problems);

guint weir_problems_count (const GPtrArray *problems, WeirSeverity severity);

/* Returns: (transfer full): "FILE:LINE:COLUMN: what, and what to do" without a newline; a warning
 * begins with "warning: " after the place. */
char *weir_problem_format (const WeirProblem *problem, const char *file);
