/* regex.h: regular expressions over content: PCRE2, bounded in time and memory, so that no pattern
 * and no content together can hold up a worker.
 *
 * Line ends are LF, CR and CR LF: `.` matches none of them, `$` stands before the last one. Bytes
 * that are not UTF-8 match nothing. */
#pragma once

#include <weir/content.h>
#include <weir/context.h>

/* Immutable. Thread: any, for all that take a const Regex. */
typedef struct Regex Regex;

/* @often: it will be used again and again, which makes it worth more work now.
 * Returns: (transfer full): NULL with @error set. */
Regex *regex_new (const char *text, bool often, GError **error);

/* Takes NULL. */
void regex_free (Regex *regex);

/* Returns: (transfer full): a pattern that matches @text and nothing else. Thread: any. */
char *regex_escape (const char *text);

unsigned regex_get_n_groups (const Regex *regex);

/* Returns: the number of the group called the @length bytes at @name; 0 when there is none. */
unsigned regex_find_group (const Regex *regex, const char *name, size_t length);

/* Looks for a pattern in one text after the other. Thread: one at a time. */
typedef struct RegexSearch RegexSearch;

/* Returns: (transfer full): it needs @regex and @context as long as it lives. */
RegexSearch *regex_search_new (const Regex *regex, const WeirContext *context);

/* Takes NULL. */
void regex_search_free (RegexSearch *search);

/* Begins with another text, which stays the caller's. */
void regex_search_begin (RegexSearch *search, const char *text, size_t size);

/* Finds the next match, which begins where the last one ended; or, as in Java, behind the next
 * character when that one was empty. False with @error set: LIMIT when it would take too long. */
bool regex_search_next (RegexSearch *search, bool *ret_found, GError **error);

/* What a group matched in the last match, in the text; 0 is all of it. NULL and 0 for a group that
 * took no part. */
WeirBytes regex_search_get (const RegexSearch *search, unsigned group);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Regex, regex_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RegexSearch, regex_search_free)
