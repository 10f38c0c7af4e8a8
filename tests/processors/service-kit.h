/* service-kit.h: one service of a module in an engine, for tests of services. */
#pragma once

#include "unit/runtime/kit.h"

#include "runtime/verify.h"

#include <weir/service.h>

typedef struct {
  WeirRegistry *modules;
  Kit *kit;
  WeirServiceNode *node;
  char *folder; /* for files of the test */
} ServiceKit;

/* Of @type, with the id "service". */
void service_kit_init (ServiceKit *self, const char *type);

/* The same in an engine that runs. */
void service_kit_init_threads (ServiceKit *self, const char *type, unsigned n_workers);
void service_kit_clear (ServiceKit *self);

void service_kit_set (ServiceKit *self, const char *property, const char *value);

/* Returns: (transfer none): as its users have it. */
const WeirService *service_kit_enable (ServiceKit *self);

/* Returns: (transfer full): what it tells when it is tried. */
GPtrArray *service_kit_verify (ServiceKit *self);

/* Fails the test unless step @index is @name, has worked or not, and says @part. */
void service_kit_assert_step (const GPtrArray *steps, guint index, const char *name, bool worked,
                              const char *part);

/* Fails the test unless @error is @code and says @part, and clears it. */
void service_kit_assert_error (GError **error, WeirError code, const char *part);
