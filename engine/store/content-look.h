/* content-look.h: reads the content of a data directory from outside: while an engine runs there or
 * none does, without its lock and without changing anything, as long as the bytes are there. What
 * the flow does not need any more is found in the archive or in old segments of the log.
 *
 * Thread: any. */
#pragma once

#include <stddef.h>

#include "store/content-durable.h"

/* Takes the next bytes. Returns: false with @error to end it. */
typedef bool (*WeirContentLookFunc) (void *user, const void *bytes, size_t size, GError **error);

/* Hands the bytes of @ref to @func, each of them after it was compared with its checksum. Returns:
 * false with @error: WEIR_ERROR_NOT_FOUND: it is not kept any more. */
bool weir_content_look (const char *directory, const WeirContentRef *ref, WeirContentLookFunc func,
                        void *user, GError **error);
