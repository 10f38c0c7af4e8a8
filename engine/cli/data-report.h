/* data-report.h: what an audit found, for people and for programs. */
#pragma once

#include "store/audit.h"

/* @action: "check", "repair", "stat" or "compact". */
void weir_data_report_print (WeirAudit *audit, const char *directory, const char *action);
void weir_data_report_print_json (WeirAudit *audit, const char *directory, const char *action);
