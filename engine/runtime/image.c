/* image.c: values in an image have no NUL behind them, so they are copied once. */
#include "runtime/image.h"

void
weir_image_reader_init (WeirImageReader *reader, WeirData *data)
{
  reader->data = data;
  reader->texts = g_byte_array_new ();
  reader->names = g_ptr_array_new ();
  reader->offsets = g_array_new (FALSE, FALSE, sizeof (size_t));
}

void
weir_image_reader_clear (WeirImageReader *reader)
{
  if (reader->data == NULL)
    return;
  g_byte_array_unref (reader->texts);
  g_ptr_array_unref (reader->names);
  g_array_unref (reader->offsets);
  reader->data = NULL;
}

static bool
read_attributes (WeirImageReader *reader, const WeirImage *image, WeirFlowFile *flowfile)
{
  WeirDictionary *dictionary = weir_data_get_dictionary (reader->data);
  WeirOpNames names = image->attributes;
  g_autofree const char **values = NULL;
  WeirAttributes *old;
  uint64_t name;
  const uint8_t *value;
  size_t size;

  g_byte_array_set_size (reader->texts, 0);
  g_ptr_array_set_size (reader->names, 0);
  g_array_set_size (reader->offsets, 0);
  while (weir_op_next_set (&names, &name, &value, &size)) {
    const char *text = weir_dictionary_get_text (dictionary, WEIR_WORD_NAME, name);
    size_t offset = reader->texts->len;

    if (text == NULL)
      return false;
    g_ptr_array_add (reader->names, (gpointer)text);
    g_array_append_val (reader->offsets, offset);
    g_byte_array_append (reader->texts, value, (guint)size);
    g_byte_array_append (reader->texts, (const uint8_t *)"", 1);
  }
  values = g_new (const char *, reader->offsets->len);
  for (guint i = 0; i < reader->offsets->len; i++)
    values[i] = (const char *)reader->texts->data + g_array_index (reader->offsets, size_t, i);
  return !names.cursor.failed &&
         weir_attributes_set_many (&flowfile->attributes, (const char *const *)reader->names->pdata,
                                   values, reader->names->len, &old);
}

bool
weir_image_reader_read_content (WeirImageReader *reader, const WeirImage *image,
                                WeirFlowFile *flowfile, GError **error)
{
  flowfile->id = image->id;
  flowfile->entry_time = image->entry_time;
  flowfile->lineage_start = image->lineage_start;
  if (weir_data_open_content (reader->data, &image->content, &flowfile->content, error))
    return true;
  g_prefix_error (error, "FlowFile %" G_GUINT64_FORMAT ": ", image->id);
  return false;
}

bool
weir_image_reader_read (WeirImageReader *reader, const WeirImage *image, WeirFlowFile *flowfile,
                        GError **error)
{
  if (!weir_image_reader_read_content (reader, image, flowfile, error))
    return false;
  if (read_attributes (reader, image, flowfile))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the attributes of FlowFile %" G_GUINT64_FORMAT
               " cannot be read; `weir data check` tells more",
               image->id);
  return false;
}
