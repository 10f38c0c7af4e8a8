/* bundle.h: what many FlowFiles become.
 *
 * Thread: trigger. */
#pragma once

#include <weir/processor.h>

/* In the order of the property's values; the first two are ArchiveFormats. */
typedef enum {
  BUNDLE_TAR,
  BUNDLE_ZIP,
  BUNDLE_CONCATENATION,
} BundleFormat;

typedef enum {
  BUNDLE_COMMON, /* attributes that all have, with the same value */
  BUNDLE_UNIQUE, /* attributes that no two disagree on */
} BundleAttributes;

typedef enum {
  BUNDLE_NO_DELIMITERS,
  BUNDLE_DELIMITER_FILES,
  BUNDLE_DELIMITER_TEXTS,
} BundleDelimiters;

typedef struct {
  WeirChoice format;     /* BundleFormat */
  WeirChoice attributes; /* BundleAttributes */
  WeirChoice delimiters; /* BundleDelimiters */
  const WeirExpr *header;
  const WeirExpr *demarcator;
  const WeirExpr *footer;
  int64_t level; /* of ZIP: 0 to 9 */
  bool keep_path;
  const WeirExpr *tar_time;
} BundleSettings;

/* Writes @parts into @bundle. Those that it cannot take, because an entry of the same name is there
 * already, are added to @left_out. Fails with INVALID or CORRUPT when a part is to blame. */
bool bundle_write (const BundleSettings *settings, WeirSession *session, WeirFlowFile *bundle,
                   WeirFlowFile *const *parts, size_t n, GPtrArray *left_out, GError **error);

/* Gives @bundle, made of @parts, their attributes, a filename and a mime.type. */
void bundle_put_attributes (const BundleSettings *settings, WeirSession *session,
                            WeirFlowFile *bundle, WeirFlowFile *const *parts, size_t n);
