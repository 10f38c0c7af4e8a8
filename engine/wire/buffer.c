/* buffer.c: consumed bytes stay in front until they are more than what is left, so that each byte
 * is moved less than once on average. */
#include "wire/buffer.h"

#include "base/limits.h"

#include <stdarg.h>
#include <string.h>

void
weir_buffer_clear (WeirBuffer *buffer)
{
  g_free (buffer->data);
  *buffer = (WeirBuffer){ 0 };
}

char *
weir_buffer_reserve (WeirBuffer *buffer, size_t size)
{
  size_t used = weir_buffer_size (buffer);

  if (buffer->capacity - buffer->end >= size && buffer->data != NULL)
    return buffer->data + buffer->end;
  if (buffer->data != NULL && buffer->begin > 0 &&
      (buffer->begin > used || buffer->capacity - used < size)) {
    memmove (buffer->data, buffer->data + buffer->begin, used);
    buffer->begin = 0;
    buffer->end = used;
  }
  if (buffer->capacity - buffer->end < size || buffer->data == NULL) {
    buffer->capacity = MAX (buffer->end + size, MAX (buffer->capacity * 2, 512));
    buffer->data = g_realloc (buffer->data, buffer->capacity);
  }
  return buffer->data + buffer->end;
}

void
weir_buffer_append (WeirBuffer *buffer, const void *bytes, size_t size)
{
  if (size == 0)
    return;
  memcpy (weir_buffer_reserve (buffer, size), bytes, size);
  weir_buffer_grow (buffer, size);
}

void
weir_buffer_append_text (WeirBuffer *buffer, const char *text)
{
  weir_buffer_append (buffer, text, strlen (text));
}

void
weir_buffer_printf (WeirBuffer *buffer, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  weir_buffer_append_text (buffer, text);
}

void
weir_buffer_consume (WeirBuffer *buffer, size_t size)
{
  g_assert (size <= weir_buffer_size (buffer));
  buffer->begin += size;
  if (buffer->begin < buffer->end)
    return;
  buffer->begin = buffer->end = 0;
  if (buffer->capacity > WEIR_LIMIT_BUFFER_KEPT)
    weir_buffer_clear (buffer);
}
