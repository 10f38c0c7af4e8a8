/* image.c: from the numbers of the directory to those of the process. */
#include "runtime/image.h"

#include "base/names.h"

void
weir_image_reader_init (WeirImageReader *reader, WeirData *data)
{
  reader->data = data;
  reader->texts = g_array_new (FALSE, FALSE, sizeof (WeirAttributeText));
}

void
weir_image_reader_clear (WeirImageReader *reader)
{
  if (reader->data == NULL)
    return;
  g_array_unref (reader->texts);
  reader->data = NULL;
}

static bool
read_attributes (WeirImageReader *reader, const WeirImage *image, WeirFlowFile *flowfile)
{
  WeirDictionary *dictionary = weir_data_get_dictionary (reader->data);
  WeirOpNames names = image->attributes;
  WeirAttributeText text = { 0 };
  const uint8_t *value;
  WeirEntryName name;
  bool failed;

  g_array_set_size (reader->texts, 0);
  while (weir_op_next_set (&names, &name, &value, &text.size)) {
    text.id = weir_dictionary_find_name (dictionary, &name);
    if (text.id == WEIR_NAME_NONE) {
      text.name = weir_dictionary_get_name_text (dictionary, &name, &text.name_size);
      if (text.name == NULL)
        return false;
    }
    text.value = (const char *)value;
    g_array_append_val (reader->texts, text);
  }
  flowfile->attributes = weir_attributes_build ((const WeirAttributeText *)reader->texts->data,
                                                reader->texts->len, &failed);
  return !names.cursor.failed && !failed;
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
