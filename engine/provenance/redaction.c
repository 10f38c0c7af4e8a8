/* redaction.c: a list of patterns, matched in lower case. It is asked once a name and block. */
#include "provenance/redaction.h"

/* What people call the values that nobody else should see. */
static const char *const usual[] = {
  "*password*",      "*passwd*",  "*passphrase*", "*secret*",      "*token*",      "authorization",
  "*.authorization", "*api*key*", "*access*key*", "*private*key*", "*credential*", "*cookie*",
  "*session*id*",    NULL
};

struct WeirRedaction {
  GPtrArray *patterns; /* GPatternSpec */
};

WeirRedaction *
weir_redaction_new (const char *const *patterns)
{
  WeirRedaction *redaction = g_new0 (WeirRedaction, 1);

  if (patterns == NULL)
    patterns = usual;
  redaction->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify)g_pattern_spec_free);
  for (; *patterns != NULL; patterns++) {
    g_autofree char *lower = g_ascii_strdown (*patterns, -1);

    g_ptr_array_add (redaction->patterns, g_pattern_spec_new (lower));
  }
  return redaction;
}

void
weir_redaction_free (WeirRedaction *redaction)
{
  if (redaction == NULL)
    return;
  g_ptr_array_unref (redaction->patterns);
  g_free (redaction);
}

bool
weir_redaction_has (const WeirRedaction *redaction, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < redaction->patterns->len; i++)
    if (g_pattern_spec_match_string (g_ptr_array_index (redaction->patterns, i), lower))
      return true;
  return false;
}
