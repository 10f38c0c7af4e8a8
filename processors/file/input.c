/* input.c: properties to a directory that is looked at. */
#include "input.h"

#include "name.h"

bool
file_input_open (FileInput *input, WeirContext *context, GError **error)
{
  const char *directory = weir_context_eval (context, input->directory, error);

  if (directory == NULL)
    return false;
  input->path = file_name_make_absolute (directory);
  input->notices = file_notices_new (context);
  if (file_filter_init (&input->filter, &input->settings, error) &&
      file_input_begin_look (input, error))
    return true;
  file_input_close (input);
  return false;
}

void
file_input_close (FileInput *input)
{
  file_input_end_look (input);
  file_filter_clear (&input->filter);
  g_clear_pointer (&input->notices, file_notices_free);
  g_clear_pointer (&input->path, g_free);
}

bool
file_input_begin_look (FileInput *input, GError **error)
{
  const FileWalkOptions options = { input->path, &input->filter, input->notices, !input->keep };

  input->root = file_root_new (input->path, error);
  if (input->root == NULL)
    return false;
  input->walk = file_walk_new (&options, file_root_get_fd (input->root));
  return true;
}

void
file_input_end_look (FileInput *input)
{
  g_clear_pointer (&input->walk, file_walk_free);
  g_clear_pointer (&input->root, file_root_unref);
}
