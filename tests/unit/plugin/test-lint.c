#include "plugin/lint.h"
#include "sample.h"
#include <string.h>

/* What a test breaks: everything in it may be changed. */
typedef struct {
  WeirProperty properties[G_N_ELEMENTS (sample_properties)];
  WeirRelationship relationships[G_N_ELEMENTS (sample_relationships)];
  WeirAllowed modes[G_N_ELEMENTS (sample_modes)];
  WeirAttributeDoc reads[1];
  WeirDynamic dynamic;
  WeirProcessor processor;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  const WeirProcessor processor = { SAMPLE };

  memcpy (self->properties, sample_properties, sizeof sample_properties);
  memcpy (self->relationships, sample_relationships, sizeof sample_relationships);
  memcpy (self->modes, sample_modes, sizeof sample_modes);
  memcpy (self->reads, sample_reads, sizeof sample_reads);
  self->dynamic = sample_dynamic;
  memcpy (&self->processor, &processor, sizeof processor);
  self->properties[3].allowed = self->modes;
  self->processor.properties = self->properties;
  self->processor.relationships = self->relationships;
  self->processor.reads = self->reads;
  self->processor.dynamic = &self->dynamic;
}

/* Exactly one thing is wrong; everything is right again afterwards. */
static void
expect (Fixture *self, const char *message)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);

  weir_lint (&self->processor, findings);
  for (guint i = 1; i < findings->len; i++)
    g_test_message ("%s", (char *)g_ptr_array_index (findings, i));
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (findings, 0), ==, message);
  set_up (self, NULL);
}

static void
test_good (Fixture *self, const void *data)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);

  weir_lint (&self->processor, findings);
  g_assert_cmpuint (findings->len, ==, 0);
}

static void
test_descriptions (Fixture *self, const void *data)
{
  self->processor.summary = "";
  expect (self, "Sample: it has no summary, or one that is not a sentence that ends with a full "
                "stop");
  self->processor.summary = "Shows what there is";
  expect (self, "Sample: it has no summary, or one that is not a sentence that ends with a full "
                "stop");
  self->processor.tags = "";
  expect (self, "Sample: it has no tags, so nobody finds it by another word");
  self->properties[0].description = "";
  expect (self, "Sample: property 'Count' has no description");
  self->properties[0].description = "Count";
  expect (self, "Sample: the description of property 'Count' is not a sentence that ends with a "
                "full stop");
  self->relationships[0].description = "";
  expect (self, "Sample: relationship 'success' has no description");
  self->modes[0].description = "";
  expect (self, "Sample: value 'fast' has no description");
  self->reads[0].description = "";
  expect (self, "Sample: attribute 'filename' has no description");
  self->dynamic.description = "";
  expect (self, "Sample: added property 'attribute name' has no description");
  self->dynamic.value = "";
  expect (self, "Sample: nothing says what names and values of added properties stand for");
}

static void
test_values (Fixture *self, const void *data)
{
  self->properties[0].default_value = "10";
  expect (self, "Sample: property 'Count' refuses its own default: '10' is too large; the most is "
                "9");
  self->properties[1].example = "1 B";
  expect (self, "Sample: property 'Size' refuses its own example: '1 B' is too small; the least is "
                "1 KB");
  self->properties[3].default_value = "fats";
  expect (self, "Sample: property 'Mode' refuses its own default: 'fats' is not allowed; did you "
                "mean 'fast'?");
  self->properties[1].example = NULL;
  expect (self, "Sample: property 'Size' is required, but nothing shows what to write: add an "
                "example");
  self->properties[2].default_value = "1234";
  expect (self, "Sample: property 'Secret' is sensitive, but everybody knows its default");
  self->properties[3].default_value = NULL;
  expect (self, "Sample: property 'Mode' is a choice, but nothing says which by default");
  self->properties[0].hint = WEIR_HINT_REGEX;
  expect (self, "Sample: property 'Count' is no text, so its hint means nothing");
}

static void
test_names (Fixture *self, const void *data)
{
  self->properties[0].name = "size";
  expect (self, "Sample: properties 'size' and 'Size' differ only in case");
  self->relationships[1].name = "Success";
  expect (self, "Sample: relationships 'success' and 'Success' differ only in case");
  self->properties[0].name = "Count ";
  expect (self, "Sample: property 'Count ' begins or ends with a blank");
  self->processor.input = WEIR_INPUT_REQUIRED;
  expect (self, "Sample: a source brings data in, but this one requires input");
}

static void
add (const char *path, void (*test) (Fixture *self, const void *data))
{
  g_test_add (path, Fixture, NULL, set_up, test, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/lint/good", test_good);
  add ("/lint/descriptions", test_descriptions);
  add ("/lint/values", test_values);
  add ("/lint/names", test_names);
  return g_test_run ();
}
