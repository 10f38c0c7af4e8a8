/* machine.h: runs a program. */
#pragma once

#include "expr/program.h"

/* What @expr is worth. Thread: any. */
bool weir_expr_machine_run (const WeirExpr *expr, WeirExprRun *run, WeirExprValue *ret_value,
                            GError **error);
