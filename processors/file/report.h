/* report.h: files as provenance names them: file://... */
#pragma once

#include <weir/session.h>

/* Reports @type with the file called @path, which need not be absolute. @details: NULL: none. */
void file_report (WeirSession *session, WeirFlowFile *flowfile, WeirEventType type,
                  const char *path, const char *details);
