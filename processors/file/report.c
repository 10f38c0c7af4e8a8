#include "report.h"

#include "name.h"

void
file_report (WeirSession *session, WeirFlowFile *flowfile, WeirEventType type, const char *path,
             const char *details)
{
  g_autofree char *absolute = file_name_make_absolute (path);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, NULL);

  weir_session_report (session, flowfile, type, uri != NULL ? uri : absolute, details, -1);
}
