#include "edit-maker.h"
#include "model/clone.h"
#include "wire/edit-json.h"
#include "xml/writer.h"
#include <string.h>
#include <weir/error.h>

static WeirEditBatch *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  WeirEditBatch *batch = weir_edit_batch_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return batch;
}

static char *
write_batch (const WeirEditBatch *batch)
{
  g_autoptr (GError) error = NULL;
  GString *out = g_string_new (NULL);

  weir_json_put_edit_batch (out, NULL, batch, &error);
  g_assert_no_error (error);
  return g_string_free (out, FALSE);
}

static char *
write_flow (const WeirFlow *flow)
{
  size_t size = 0;

  return weir_flow_write (flow, &size, NULL);
}

/* Applies @batch as it is after a journey as JSON. Returns: whether that could be done. */
static bool
apply (WeirFlow *flow, const WeirEditBatch *batch, WeirEditResult *ret_result)
{
  g_autofree char *text = write_batch (batch);
  g_autoptr (WeirEditBatch) again = parse (text);
  g_autofree char *text_again = write_batch (again);

  g_assert_cmpstr (text_again, ==, text);
  return weir_flow_edit (flow, again, ret_result, NULL);
}

static void
test_round_trip (void)
{
  WeirRandom random;
  unsigned n_applied = 0;

  weir_random_init (&random, 41);
  for (unsigned round = 0; round < 1000; round++) {
    g_autoptr (WeirFlow) flow = edit_make_flow (&random);
    g_autoptr (WeirFlow) other = weir_flow_clone (flow);
    g_autoptr (WeirEditBatch) batch = edit_make_batch (&random, flow);
    g_auto (WeirEditResult) result = { 0 };
    g_auto (WeirEditResult) result_of_other = { 0 };
    g_auto (WeirEditResult) back = { 0 };
    g_autofree char *before = write_flow (flow);
    g_autofree char *after = NULL;
    g_autofree char *after_other = NULL;
    g_autofree char *after_back = NULL;

    if (!weir_flow_edit (flow, batch, &result, NULL))
      continue;
    n_applied++;
    g_assert_true (apply (other, batch, &result_of_other));
    after = write_flow (flow);
    after_other = write_flow (other);
    g_assert_cmpstr (after_other, ==, after);
    g_assert_true (apply (other, result.inverse, &back));
    after_back = write_flow (other);
    g_assert_cmpstr (after_back, ==, before);
  }
  g_test_message ("%u batches were applied", n_applied);
  g_assert_cmpuint (n_applied, >, 100);
}

/* As people write them, and as they are written: what stands there twice is the same. */
static const char *const good[][2] = {
  { "{\"operations\":[]}", NULL },
  { "{\"name\":\"Tidy\",\"operations\":[{\"op\":\"set\",\"path\":\"read\",\"property\":\"In\","
    "\"value\":\"/x\",\"was\":null}]}",
    NULL },
  { "{\"operations\":[{\"op\":\"set\",\"path\":\"read\",\"setting\":\"penalty\",\"value\":null}]}",
    NULL },
  { "{\"operations\":[{\"op\":\"remove\",\"path\":\"a\",\"connections\":\"keep\"},"
    "{\"op\":\"rename\",\"path\":\"a\",\"id\":\"b\",\"restores\":true},"
    "{\"op\":\"move\",\"group\":\"g\",\"paths\":[\"a\",\"b\"],\"indexes\":[0,-1]},"
    "{\"op\":\"group\",\"paths\":[\"a\"],\"id\":\"g\",\"name\":\"G\"},"
    "{\"op\":\"ungroup\",\"path\":\"g\"}]}",
    NULL },
  { "{\"operations\":[{\"op\":\"parameter\",\"group\":\"\",\"parameter\":\"p\"},"
    "{\"op\":\"parameter\",\"group\":\"\",\"parameter\":\"p\",\"value\":\"v\","
    "\"description\":\"d\"},"
    "{\"op\":\"parameter\",\"group\":\"\",\"parameter\":\"p\",\"secret\":\"env:P\",\"index\":2}]}",
    NULL },
  { "{\"operations\":[{\"op\":\"add\",\"group\":\"\",\"component\":\"<funnel id='f'/>\"}]}",
    "{\"operations\":[{\"op\":\"add\",\"group\":\"\",\"component\":"
    "\"<flow xmlns=\\\"urn:weir:flow:1\\\">\\n  <funnel id=\\\"f\\\"/>\\n</flow>\\n\"}]}" },
};

static void
test_good (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (WeirEditBatch) batch = parse (good[i][0]);
    g_autofree char *text = write_batch (batch);

    g_assert_cmpstr (text, ==, good[i][1] != NULL ? good[i][1] : good[i][0]);
  }
}

#define ONE(members) "{\"operations\":[{" members "}]}"

static const char *const bad[][2] = {
  { "[]", "this is no JSON object: write {...}" },
  { "{}", "operations is missing" },
  { "{\"operations\":{}}", "operations is no array: write [...]" },
  { "{\"operations\":[1]}", "operations[0] is no object: write {...}" },
  { "{\"operation\":[]}", "operation means nothing here, did you mean 'operations'?" },
  { ONE (""), "operations[0].op is missing" },
  { ONE ("\"op\":\"sett\""), "operations[0].op 'sett' is no operation, did you mean 'set'?" },
  { ONE ("\"op\":\"fly\""),
    "operations[0].op 'fly' is no operation: there are add, remove, replace, set, parameter, "
    "rename, move, group and ungroup" },
  { ONE ("\"op\":\"rename\",\"path\":\"a\""), "operations[0].id is missing" },
  { ONE ("\"op\":\"rename\",\"path\":\"a\",\"id\":\"b\",\"value\":\"c\""),
    "operations[0].value means nothing here" },
  { ONE ("\"op\":\"set\",\"path\":\"a\",\"property\":\"p\""),
    "operations[0].value is missing: write null for the default" },
  { ONE ("\"op\":\"set\",\"path\":\"a\",\"value\":\"v\""),
    "operations[0] needs one of setting, property, retry and auto-terminate, and has 0" },
  { ONE ("\"op\":\"set\",\"path\":\"a\",\"property\":\"p\",\"setting\":\"x\",\"value\":\"v\""),
    "operations[0] needs one of setting, property, retry and auto-terminate, and has 2" },
  { ONE ("\"op\":\"remove\",\"path\":\"a\",\"connections\":\"x\""),
    "operations[0].connections is 'x': write remove, refuse or keep" },
  { ONE ("\"op\":\"move\",\"group\":\"\",\"paths\":[\"a\"],\"indexes\":[]"),
    "operations[0].indexes has 0 elements, and paths has 1: write one for each" },
  { ONE ("\"op\":\"move\",\"group\":\"\",\"paths\":[\"a\"],\"indexes\":[\"x\"]"),
    "operations[0].indexes has an element, number 1, that is no index" },
  { ONE ("\"op\":\"add\",\"group\":\"\",\"component\":\"<funnel id='f'\""),
    "operations[0].component: line 1: " },
  { ONE ("\"op\":\"add\",\"group\":\"\",\"component\":\"\""),
    "operations[0].component: one component is asked for, and there are 0 and 0 parameters" },
  { ONE ("\"op\":\"parameter\",\"group\":\"\",\"parameter\":\"p\",\"xml\":\"<funnel id='f'/>\""),
    "operations[0].xml: one parameter is asked for, and there are 0 and 1 components" },
};

static void
test_bad (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (weir_edit_batch_parse (bad[i][0], strlen (bad[i][0]), &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, bad[i][1]));
  }
}

/* What XML cannot hold is not half written. */
static void
test_unwritable (void)
{
  g_autoptr (WeirEditBatch) batch = weir_edit_batch_new (NULL);
  g_autoptr (GString) out = g_string_new ("before");
  g_autoptr (GError) error = NULL;

  weir_edit_batch_add_component (batch, "", &weir_label_new ("l", "\x01")->base, -1);
  g_assert_false (weir_json_put_edit_batch (out, NULL, batch, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "operations[0]: "));
  g_assert_cmpstr (out->str, ==, "before");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/edit-json/round-trip", test_round_trip);
  g_test_add_func ("/wire/edit-json/good", test_good);
  g_test_add_func ("/wire/edit-json/bad", test_bad);
  g_test_add_func ("/wire/edit-json/unwritable", test_unwritable);
  return g_test_run ();
}
