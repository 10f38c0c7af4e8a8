#include "base/limits.h"
#include "plugin/descriptor.h"
#include <string.h>

typedef struct {
  int64_t one;
  char *two;
  WeirChoice three;
} State;

static const WeirAllowed allowed[] = { { "a", "The first." }, { "b", NULL }, { NULL } };

static const WeirProperty good_properties[] = {
  { "One", "The number.", WEIR_FIELD (State, one), .default_value = "1" },
  { "Two", NULL, WEIR_FIELD (State, two) },
  { "Three", "A choice.", WEIR_FIELD (State, three), .allowed = allowed },
};

static const WeirRelationship good_relationships[] = { { "success", NULL }, { "failure", "No." } };

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

/* What a test changes: a descriptor and its tables, all writable. */
typedef struct {
  WeirProperty properties[3];
  WeirRelationship relationships[2];
  WeirProcessor processor;
} Fixture;

static void
setup (Fixture *fixture, const void *data)
{
  const WeirProcessor good = {
    WEIR_PROCESSOR_ABI,
    .name = "Good",
    .properties = fixture->properties,
    .n_properties = 3,
    .relationships = fixture->relationships,
    .n_relationships = 2,
    .state_size = sizeof (State),
    .on_trigger = on_trigger,
  };

  memcpy (fixture->properties, good_properties, sizeof good_properties);
  memcpy (fixture->relationships, good_relationships, sizeof good_relationships);
  fixture->processor = good;
}

static WeirProcessor *
accept (const WeirProcessor *processor)
{
  g_autoptr (GError) error = NULL;
  WeirProcessor *copy = weir_descriptor_new (processor, &error);

  g_assert_no_error (error);
  return copy;
}

static void
refuse (const Fixture *fixture, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_descriptor_new (&fixture->processor, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  if (strstr (error->message, what) == NULL)
    g_error ("no '%s' in \"%s\"", what, error->message);
}

static void
test_copies (Fixture *fixture, const void *data)
{
  static const WeirAttributeDoc reads[] = { { "size", NULL } };
  static const WeirDynamic dynamic = { "attribute name", NULL, "Sets it." };
  WeirProcessor *copy;

  fixture->processor.reads = reads;
  fixture->processor.n_reads = 1;
  fixture->processor.dynamic = &dynamic;
  copy = accept (&fixture->processor);
  memset (fixture->properties, 0x55, sizeof fixture->properties);
  g_assert_cmpstr (copy->summary, ==, "");
  g_assert_cmpstr (copy->properties[0].name, ==, "One");
  g_assert_cmpstr (copy->properties[1].description, ==, "");
  g_assert_cmpstr (copy->properties[2].allowed[1].value, ==, "b");
  g_assert_cmpstr (copy->properties[2].allowed[1].description, ==, "");
  g_assert_null (copy->properties[2].allowed[2].value);
  g_assert_cmpstr (copy->relationships[0].description, ==, "");
  g_assert_cmpstr (copy->reads[0].description, ==, "");
  g_assert_cmpstr (copy->dynamic->value, ==, "");
  g_assert_cmpstr (copy->dynamic->description, ==, "Sets it.");
  weir_descriptor_free (copy);
  weir_descriptor_free (NULL);
}

typedef struct {
  WeirProperty now;
  const char *later[2];
} LaterProperty;

typedef struct {
  WeirRelationship now;
  void *later;
} LaterRelationship;

typedef struct {
  WeirDynamic now;
  void *later;
} LaterDynamic;

typedef struct {
  WeirProcessor now;
  void *later[3];
} LaterProcessor;

/* Tables of a version to come: its rows are longer than ours. */
static void
test_longer_rows (Fixture *fixture, const void *data)
{
  LaterProperty properties[3] = { 0 };
  LaterRelationship relationships[2] = { 0 };
  LaterDynamic dynamic = { { "attribute", "its value", "Sets it.", true }, &dynamic };
  LaterProcessor processor = { fixture->processor, { &processor, &processor, &processor } };
  WeirProcessor *copy;

  for (size_t i = 0; i < 3; i++)
    properties[i] = (LaterProperty){ good_properties[i], { "later", "later" } };
  for (size_t i = 0; i < 2; i++)
    relationships[i] = (LaterRelationship){ good_relationships[i], &processor };
  processor.now.struct_size = sizeof processor;
  processor.now.property_size = sizeof properties[0];
  processor.now.relationship_size = sizeof relationships[0];
  processor.now.properties = &properties[0].now;
  processor.now.relationships = &relationships[0].now;
  processor.now.dynamic_size = sizeof dynamic;
  processor.now.dynamic = &dynamic.now;

  copy = accept (&processor.now);
  g_assert_cmpstr (copy->properties[2].name, ==, "Three");
  g_assert_cmpstr (copy->properties[2].allowed[0].value, ==, "a");
  g_assert_cmpstr (copy->relationships[1].name, ==, "failure");
  g_assert_cmpstr (copy->dynamic->description, ==, "Sets it.");
  g_assert_true (copy->dynamic->no_expressions);
  weir_descriptor_free (copy);
}

typedef struct {
  const char *name;
  const char *description;
  WeirType type;
  size_t offset;
} EarlierProperty;

/* Tables of a version before ours: what it did not know is zero. */
static void
test_shorter_rows (Fixture *fixture, const void *data)
{
  static const EarlierProperty properties[] = {
    { "One", "The number.", WEIR_FIELD (State, one) },
    { "Two", "The text.", WEIR_FIELD (State, two) },
  };
  WeirProcessor *copy;

  fixture->processor.struct_size = offsetof (WeirProcessor, on_stopped);
  fixture->processor.on_stopped = (void (*) (void *))fixture; /* not part of that version */
  fixture->processor.property_size = sizeof properties[0];
  fixture->processor.properties = (const WeirProperty *)properties;
  fixture->processor.n_properties = 2;
  copy = accept (&fixture->processor);
  g_assert_null (copy->on_stopped);
  g_assert_cmpstr (copy->properties[1].name, ==, "Two");
  g_assert_null (copy->properties[0].default_value);
  g_assert_false (copy->properties[1].required);
  weir_descriptor_free (copy);
}

static void
test_refuses_sizes (Fixture *fixture, const void *data)
{
  const uint32_t bad[] = { 0, 1, 8, 4096, 0xffffffff };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    fixture->processor.struct_size = bad[i];
    refuse (fixture, "WeirProcessor");
    setup (fixture, data);
    fixture->processor.property_size = bad[i];
    refuse (fixture, "WeirProperty");
    setup (fixture, data);
    fixture->processor.relationship_size = bad[i] == 8 ? 12 : bad[i];
    refuse (fixture, "WeirRelationship");
    setup (fixture, data);
  }
}

static void
test_refuses_names (Fixture *fixture, const void *data)
{
  const char *const bad[] = {
    NULL, "", "1st", "a b", "a/b", "../a", "a\n", "\xc3\xa4", "-a", ".a"
  };
  g_autofree char *longer = g_strnfill (WEIR_LIMIT_ID + 1, 'x');

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    fixture->processor.name = bad[i];
    refuse (fixture, "has no name");
  }
  fixture->processor.name = longer;
  refuse (fixture, "has no name");
  setup (fixture, data);
  fixture->properties[1].name = NULL;
  refuse (fixture, "Good: property 2 has no name");
  fixture->properties[1].name = "One";
  refuse (fixture, "two properties are called 'One'");
  setup (fixture, data);
  fixture->relationships[1].name = "";
  refuse (fixture, "relationship 1 has no name");
  fixture->relationships[1].name = "success";
  refuse (fixture, "two relationships are called 'success'");
}

static void
test_refuses_tables (Fixture *fixture, const void *data)
{
  fixture->processor.properties = NULL;
  refuse (fixture, "3 properties, but there is no table");
  setup (fixture, data);
  fixture->processor.n_relationships = (size_t)-1;
  refuse (fixture, "more than the 1000");
  setup (fixture, data);
  fixture->processor.n_writes = 1;
  refuse (fixture, "1 attributes that it writes, but there is no table");
}

static void
test_refuses_fields (Fixture *fixture, const void *data)
{
  const size_t bad[] = { sizeof (State), sizeof (State) - 4, 1, (size_t)-4, (size_t)-8 };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    fixture->properties[1].offset = bad[i];
    refuse (fixture, "use WEIR_FIELD");
  }
  fixture->properties[1].offset = 0;
  refuse (fixture, "'One' and 'Two' share a field");
  setup (fixture, data);
  fixture->processor.state_size = 0;
  refuse (fixture, "state of 0 bytes");
  fixture->processor.state_size = (size_t)-1;
  refuse (fixture, "more than the");
  setup (fixture, data);
  fixture->properties[0].type = WEIR_TYPE_NONE;
  refuse (fixture, "has no type");
  fixture->properties[0].type = (WeirType)77;
  refuse (fixture, "has no type");
}

static void
test_refuses_values (Fixture *fixture, const void *data)
{
  static const WeirAllowed twice[] = { { "a", "" }, { "b", "" }, { "a", "" }, { NULL } };
  static const WeirAllowed none[] = { { NULL } };

  fixture->properties[2].allowed = NULL;
  refuse (fixture, "a choice needs a table");
  fixture->properties[2].allowed = none;
  refuse (fixture, "a choice needs a table");
  fixture->properties[2].allowed = twice;
  refuse (fixture, "'a' is allowed twice");
  setup (fixture, data);
  fixture->properties[0].allowed = allowed;
  refuse (fixture, "a whole number cannot have allowed values");
  setup (fixture, data);
  fixture->properties[0].minimum = 1;
  refuse (fixture, "minimum 1 is above maximum 0; give both");
  setup (fixture, data);
  fixture->properties[0].hint = (WeirHint)99;
  refuse (fixture, "unknown hint");
}

static void
test_refuses_processors (Fixture *fixture, const void *data)
{
  fixture->processor.on_trigger = NULL;
  refuse (fixture, "there is no on_trigger");
  setup (fixture, data);
  fixture->processor.summary = "\xff";
  refuse (fixture, "not UTF-8 text");
  setup (fixture, data);
  fixture->relationships[1].description = "\xff";
  refuse (fixture, "not UTF-8 text");
  setup (fixture, data);
  fixture->properties[0].default_value = "\xff";
  refuse (fixture, "not UTF-8 text");
  setup (fixture, data);
  fixture->processor.input = (WeirInput)9;
  refuse (fixture, "has no meaning");
}

static void
add (const char *path, void (*test) (Fixture *fixture, const void *data))
{
  g_test_add (path, Fixture, NULL, setup, test, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/descriptor/copies", test_copies);
  add ("/descriptor/longer-rows", test_longer_rows);
  add ("/descriptor/shorter-rows", test_shorter_rows);
  add ("/descriptor/sizes", test_refuses_sizes);
  add ("/descriptor/names", test_refuses_names);
  add ("/descriptor/tables", test_refuses_tables);
  add ("/descriptor/fields", test_refuses_fields);
  add ("/descriptor/values", test_refuses_values);
  add ("/descriptor/processors", test_refuses_processors);
  return g_test_run ();
}
