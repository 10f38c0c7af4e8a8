/* charset.c: what the system's iconv knows. */
#include "charset.h"

#include <stdint.h>

static void
refuse (const char *name, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "there is no character set \"%.40s\"; for example UTF-8, ISO-8859-1, UTF-16LE",
               name);
}

bool
charset_is_valid (const char *name, GError **error)
{
  GIConv converter = *name != '\0' ? g_iconv_open ("UTF-8", name) : (GIConv)(intptr_t)-1;

  if (converter == (GIConv)(intptr_t)-1) {
    refuse (name, error);
    return false;
  }
  g_iconv_close (converter);
  return true;
}

char *
charset_convert (const char *text, size_t size, const char *to, const char *from, size_t *ret_size,
                 GError **error)
{
  g_autoptr (GError) problem = NULL;
  char *converted = g_convert (text, (gssize)size, to, from, NULL, ret_size, &problem);

  if (converted == NULL &&
      g_error_matches (problem, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION))
    refuse (g_ascii_strcasecmp (to, "UTF-8") == 0 ? from : to, error);
  else if (converted == NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the text cannot be written in %.40s: use UTF-8, or other characters", to);
  return converted;
}
