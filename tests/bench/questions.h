/* questions.h: what people ask a large history, measured. */
#pragma once

/* @directory: a data directory that bench-provenance has made; @tree: one of which all FlowFiles
 * come from the first one. */
void report_questions (const char *directory, const char *tree);
