/* entry-name.h: names in archives. Who unpacks them must not be led astray: FlowFiles take their
 * names from outside.
 *
 * Thread: any. */
#pragma once

/* Joins @path (or NULL) and @filename to a relative name in UTF-8: no `..`, nothing absolute, no
 * characters that act on terminals or part names on other systems.
 * Returns: (transfer full): @otherwise when nothing is left, or more than systems take as a path.
 */
char *entry_name_new (const char *path, const char *filename, const char *otherwise);
