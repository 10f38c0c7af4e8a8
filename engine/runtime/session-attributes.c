/* session-attributes.c: attributes as modules read and change them.
 *
 * `uuid` is never stored: it is made from the id when somebody asks. A FlowFile without `filename`
 * or `path` has the default that NiFi would have given it. */
#include "base/limits.h"
#include "runtime/engine.h"
#include "runtime/session.h"

#include <stdarg.h>

static const char *
standard_attribute (const WeirFlowFile *flowfile, const char *name)
{
  if (g_str_equal (name, "uuid") || g_str_equal (name, "filename"))
    return weir_record_get_uuid (flowfile->record);
  return g_str_equal (name, "path") ? "./" : NULL;
}

const char *
weir_flowfile_get_attribute (const WeirFlowFile *flowfile, const char *name)
{
  const char *value = weir_attributes_get (flowfile->attributes, name);

  return value != NULL ? value : standard_attribute (flowfile, name);
}

/* Attributes that are not stored: their names, uuid first. */
static size_t
unstored (const WeirFlowFile *flowfile, const char *names[static 3])
{
  size_t n = 0;

  names[n++] = "uuid";
  if (weir_attributes_get (flowfile->attributes, "filename") == NULL)
    names[n++] = "filename";
  if (weir_attributes_get (flowfile->attributes, "path") == NULL)
    names[n++] = "path";
  return n;
}

size_t
weir_flowfile_get_n_attributes (const WeirFlowFile *flowfile)
{
  const char *names[3];

  return unstored (flowfile, names) + weir_attributes_get_n (flowfile->attributes);
}

void
weir_flowfile_get_nth_attribute (const WeirFlowFile *flowfile, size_t index, const char **ret_name,
                                 const char **ret_value)
{
  const char *names[3];
  size_t n = weir_attributes_get_n (flowfile->attributes);

  if (index < n) {
    weir_attributes_get_nth (flowfile->attributes, index, ret_name, ret_value);
    return;
  }
  g_return_if_fail (index - n < unstored (flowfile, names));
  *ret_name = names[index - n];
  *ret_value = standard_attribute (flowfile, names[index - n]);
}

/* The record of @flowfile, ready for a change of its attributes. */
static WeirRecord *
begin_change (WeirSession *session, WeirFlowFile *flowfile)
{
  WeirRecord *record = weir_session_record_to_change (session, flowfile);

  if (record != NULL && record->source != NULL && !record->attributes_changed) {
    record->attributes_changed = true;
    record->old_attributes = weir_attributes_ref (flowfile->attributes);
  }
  return record;
}

static void
end_change (WeirSession *session, WeirFlowFile *flowfile, bool done, WeirAttributes *old)
{
  if (old != NULL)
    g_ptr_array_add (session->retired, old);
  if (!done)
    weir_session_fail (session,
                       "the attributes of %s would be larger than %u MiB: put the data "
                       "into the content",
                       weir_flowfile_get_attribute (flowfile, "filename"),
                       WEIR_LIMIT_ATTRIBUTES >> 20);
}

void
weir_session_put_attributes (WeirSession *session, WeirFlowFile *flowfile, const char *const *names,
                             const char *const *values, size_t n)
{
  WeirAttributes *old;
  bool done;

  for (size_t i = 0; i < n; i++)
    g_return_if_fail (names[i] != NULL && values[i] != NULL && !g_str_equal (names[i], "uuid"));
  if (begin_change (session, flowfile) == NULL)
    return;
  done = weir_attributes_set_many (&flowfile->attributes, names, values, n, &old);
  end_change (session, flowfile, done, old);
}

void
weir_session_put_attribute (WeirSession *session, WeirFlowFile *flowfile, const char *name,
                            const char *value)
{
  WeirAttributes *old;
  bool done;

  g_return_if_fail (name != NULL && value != NULL && !g_str_equal (name, "uuid"));
  if (begin_change (session, flowfile) == NULL)
    return;
  done = weir_attributes_set (&flowfile->attributes, name, value, &old);
  end_change (session, flowfile, done, old);
}

void
weir_session_put_attribute_printf (WeirSession *session, WeirFlowFile *flowfile, const char *name,
                                   const char *format, ...)
{
  va_list args;
  const char *value;

  va_start (args, format);
  value = weir_arena_vprintf (&session->arena, format, args);
  va_end (args);
  weir_session_put_attribute (session, flowfile, name, value);
}

void
weir_session_remove_attribute (WeirSession *session, WeirFlowFile *flowfile, const char *name)
{
  WeirAttributes *old;

  g_return_if_fail (name != NULL);
  if (begin_change (session, flowfile) == NULL)
    return;
  weir_attributes_remove (&flowfile->attributes, name, &old);
  end_change (session, flowfile, true, old);
}
