/* What operations do and refuse, and what is told; that inverses are exact: test-edit-random.c. */
#include "model/clone.h"
#include "model/edit.h"
#include "model/problem.h"
#include "model/value.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>
#include <weir/error.h>

#define HEAD "<flow xmlns=\"urn:weir:flow:1\">\n"
#define TAIL "</flow>\n"

/* a -> b -> c, and a group beside them. */
#define CHAIN                                                     \
  HEAD "  <processor id=\"a\" type=\"T\">\n"                      \
       "    <property name=\"In\">/x</property>\n"                \
       "  </processor>\n"                                         \
       "  <processor id=\"b\" type=\"T\"/>\n"                     \
       "  <processor id=\"c\" type=\"T\"/>\n"                     \
       "  <connection from=\"a:ok\" to=\"b\" max-count=\"5\"/>\n" \
       "  <connection from=\"b:ok\" to=\"c\"/>\n"                 \
       "  <group id=\"g\">\n"                                     \
       "    <port id=\"in\" kind=\"input\"/>\n"                   \
       "  </group>\n" TAIL

static WeirFlow *
read_flow (const char *text)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_read (text, strlen (text), problems);

  g_assert_nonnull (flow);
  g_assert_cmpuint (problems->len, ==, 0);
  return flow;
}

static void
assert_flow (const WeirFlow *flow, const char *expected)
{
  size_t size = 0;
  g_autofree char *text = weir_flow_write (flow, &size, NULL);

  g_assert_cmpstr (text, ==, expected);
}

/* Applies @batch (transfer full) to CHAIN. Returns: (transfer full): its renames as text. */
static char *
assert_edits (WeirEditBatch *batch, const char *before, const char *after)
{
  g_autoptr (WeirFlow) flow = read_flow (before);
  g_auto (WeirEditResult) result = { 0 };
  g_auto (WeirEditResult) back = { 0 };
  g_autoptr (GError) error = NULL;
  GString *renames = g_string_new (NULL);

  weir_flow_edit (flow, batch, &result, &error);
  g_assert_no_error (error);
  assert_flow (flow, after);
  for (guint i = 0; i < result.renames->len; i++) {
    const WeirEditRename *rename = result.renames->pdata[i];

    g_string_append_printf (renames, "%s%s => %s", i > 0 ? "; " : "", rename->from, rename->to);
  }
  weir_flow_edit (flow, result.inverse, &back, &error);
  g_assert_no_error (error);
  assert_flow (flow, before);
  weir_edit_batch_free (batch);
  return g_string_free (renames, FALSE);
}

static void
assert_renames (WeirEditBatch *batch, const char *before, const char *after, const char *expected)
{
  g_autofree char *renames = assert_edits (batch, before, after);

  g_assert_cmpstr (renames, ==, expected);
}

/* Applies @batch (transfer full), which fails. */
static void
assert_fails (WeirEditBatch *batch, int code, const char *message)
{
  g_autoptr (WeirFlow) flow = read_flow (CHAIN);
  g_auto (WeirEditResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_flow_edit (flow, batch, &result, &error));
  g_assert_error (error, WEIR_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  assert_flow (flow, CHAIN);
  weir_edit_batch_free (batch);
}

static WeirEditBatch *
set (const char *path, const char *setting, const char *key, const char *value)
{
  WeirEditBatch *batch = weir_edit_batch_new (NULL);

  weir_edit_batch_set (batch, path, setting, key, value);
  return batch;
}

static WeirEdit *
add (WeirEditBatch **batch, WeirEditKind kind, const char *path)
{
  if (*batch == NULL)
    *batch = weir_edit_batch_new (NULL);
  return weir_edit_batch_add (*batch, kind, path);
}

static void
test_set (void)
{
  WeirEditBatch *batch = set ("a", "property", "In", "/y");

  weir_edit_batch_set (batch, "a", "property", "Out", "/z");
  weir_edit_batch_set (batch, "a", "schedule", NULL, "every 5 s");
  weir_edit_batch_set (batch, "a", "retry", "failure", "3 yield 1 h");
  weir_edit_batch_set (batch, "a", "auto-terminate", "done", "true");
  weir_edit_batch_set (batch, "a", "comment", NULL, "Why");
  weir_edit_batch_set (batch, "a", "place", NULL, "10 -5.5");
  weir_edit_batch_set (batch, "a:ok -> b", "max-count", NULL, NULL);
  weir_edit_batch_set (batch, "a:ok -> b", "bends", NULL, "1 2, 3 4");
  assert_renames (batch, CHAIN,
                  HEAD "  <processor id=\"a\" type=\"T\">\n"
                       "    <comment>Why</comment>\n"
                       "    <property name=\"In\">/y</property>\n"
                       "    <property name=\"Out\">/z</property>\n"
                       "    <schedule every=\"5 s\"/>\n"
                       "    <retry relationship=\"failure\" attempts=\"3\" backoff=\"yield\" "
                       "max=\"1 h\"/>\n"
                       "    <auto-terminate relationship=\"done\"/>\n"
                       "  </processor>\n"
                       "  <processor id=\"b\" type=\"T\"/>\n"
                       "  <processor id=\"c\" type=\"T\"/>\n"
                       "  <connection from=\"a:ok\" to=\"b\"/>\n"
                       "  <connection from=\"b:ok\" to=\"c\"/>\n"
                       "  <group id=\"g\">\n"
                       "    <port id=\"in\" kind=\"input\"/>\n"
                       "  </group>\n"
                       "  <layout>\n"
                       "    <at id=\"a\" x=\"10\" y=\"-5.5\"/>\n"
                       "    <bend from=\"a:ok\" to=\"b\" x=\"1\" y=\"2\"/>\n"
                       "    <bend from=\"a:ok\" to=\"b\" x=\"3\" y=\"4\"/>\n"
                       "  </layout>\n" TAIL,
                  "");
}

static void
test_set_wrong (void)
{
  WeirEditBatch *batch = set ("a", "property", "In", "/y");

  weir_edit_batch_set (batch, "a", "penalty", NULL, "soon");
  assert_fails (
      batch, WEIR_ERROR_INVALID,
      "operations[1]: 'a': penalty: 'soon' is not a duration such as '30 s': a number and "
      "ns, us, ms, s, min, h, d or w");
  assert_fails (set ("d", "name", NULL, "x"), WEIR_ERROR_NOT_FOUND,
                "operations[0]: there is no 'd' in the flow: it may have been removed or renamed");
  assert_fails (set ("a:ok -> bb", "name", NULL, "x"), WEIR_ERROR_NOT_FOUND,
                "operations[0]: there is no 'a:ok -> bb' in the flow, did you mean 'a:ok -> b'?");
  assert_fails (set ("a", "penalt", NULL, "x"), WEIR_ERROR_INVALID,
                "operations[0]: a processor has no setting 'penalt', did you mean 'penalty'?");
  assert_fails (set ("a", "id", NULL, "x"), WEIR_ERROR_INVALID,
                "operations[0]: a processor has no setting 'id': it has type, name, disabled, "
                "penalty, yield, bulletins, comment, schedule, tasks, place, property, retry, "
                "auto-terminate");
  assert_fails (set ("a", "property", NULL, "x"), WEIR_ERROR_INVALID,
                "operations[0]: which property? Name it");
  assert_fails (set ("a:ok -> b", "to", NULL, "x"), WEIR_ERROR_NOT_FOUND,
                "operations[0]: 'a:ok -> b': the connection leads to 'x', which does not "
                "exist: name a processor, funnel or port of this group, or a port of a group in it "
                "as 'group/port'");
  assert_fails (set ("a", "schedule", NULL, "often"), WEIR_ERROR_INVALID,
                "operations[0]: 'a': schedule=\"often\": write \"every 1 s\" or "
                "\"cron 0 30 6 * * *\"");
}

static void
test_conflict (void)
{
  WeirEditBatch *batch = set ("a", "property", "In", "/y");
  WeirEdit *edit = batch->edits->pdata[0];

  edit->has_was = true;
  edit->was = g_strdup ("/w");
  assert_fails (batch, WEIR_ERROR_EXISTS,
                "operations[0]: property 'In' of 'a' is now '/x', expected was '/w': somebody else "
                "has changed it, look at it and try again");
  batch = set ("a", "property", "New", "/y");
  edit = batch->edits->pdata[0];
  edit->has_was = true;
  edit->was = g_strdup ("");
  assert_fails (batch, WEIR_ERROR_EXISTS,
                "operations[0]: property 'New' of 'a' is now not set, expected was '': somebody "
                "else has changed it, look at it and try again");
}

/* What one undoes leaves what another did meanwhile, unless it is the same. */
static void
test_undo_beside_others (void)
{
  g_autoptr (WeirFlow) flow = read_flow (CHAIN);
  g_autoptr (WeirEditBatch) mine = set ("a", "property", "In", NULL);
  g_autoptr (WeirEditBatch) other = set ("a", "property", "Out", "/z");
  g_autoptr (WeirEditBatch) same = set ("a", "property", "In", "/other");
  g_auto (WeirEditResult) result = { 0 };
  g_auto (WeirEditResult) result_of_other = { 0 };
  g_auto (WeirEditResult) result_of_same = { 0 };
  g_auto (WeirEditResult) undone = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_flow_edit (flow, mine, &result, NULL));
  g_assert_true (weir_flow_edit (flow, other, &result_of_other, NULL));
  g_assert_true (weir_flow_edit (flow, same, &result_of_same, NULL));
  g_assert_false (weir_flow_edit (flow, result.inverse, &undone, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
  g_assert_true (weir_flow_edit (flow, result_of_same.inverse, &undone, NULL));
  weir_edit_result_clear (&undone);
  g_assert_true (weir_flow_edit (flow, result.inverse, &undone, NULL));
  g_assert_true (weir_value_get (weir_flow_find (flow, "a"), (WeirValueName){ "property", "Out" },
                                 &text, NULL));
  g_assert_cmpstr (text, ==, "/z");
}

static void
test_reroute (void)
{
  WeirEditBatch *batch = set ("a:ok -> b", "to", NULL, "g/in");

  weir_edit_batch_set (batch, "a:ok -> g/in", "from", NULL, "c:x\ny");
  assert_renames (batch, CHAIN,
                  HEAD "  <processor id=\"a\" type=\"T\">\n"
                       "    <property name=\"In\">/x</property>\n"
                       "  </processor>\n"
                       "  <processor id=\"b\" type=\"T\"/>\n"
                       "  <processor id=\"c\" type=\"T\"/>\n"
                       "  <connection from=\"c\" to=\"g/in\" max-count=\"5\">\n"
                       "    <relationship>x</relationship>\n"
                       "    <relationship>y</relationship>\n"
                       "  </connection>\n"
                       "  <connection from=\"b:ok\" to=\"c\"/>\n"
                       "  <group id=\"g\">\n"
                       "    <port id=\"in\" kind=\"input\"/>\n"
                       "  </group>\n" TAIL,
                  "a:ok -> b => c:x -> g/in");
}

static void
test_remove (void)
{
  WeirEditBatch *batch = NULL;
  WeirEdit *edit = NULL;

  add (&batch, WEIR_EDIT_REMOVE, "b");
  assert_renames (batch, CHAIN,
                  HEAD "  <processor id=\"a\" type=\"T\">\n"
                       "    <property name=\"In\">/x</property>\n"
                       "  </processor>\n"
                       "  <processor id=\"c\" type=\"T\"/>\n"
                       "  <group id=\"g\">\n"
                       "    <port id=\"in\" kind=\"input\"/>\n"
                       "  </group>\n" TAIL,
                  "");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_REMOVE, "b");
  edit->connections = WEIR_EDIT_CONNECTIONS_REFUSE;
  assert_fails (batch, WEIR_ERROR_EXISTS,
                "operations[0]: 'b' is connected by 'a:ok -> b': remove that connection first");
  batch = NULL;
  add (&batch, WEIR_EDIT_REMOVE, "");
  assert_fails (batch, WEIR_ERROR_INVALID, "operations[0]: the flow itself cannot be removed");
}

/* What was connected meanwhile is not lost by undoing what was added. */
static void
test_undo_add (void)
{
  g_autoptr (WeirFlow) flow = read_flow (CHAIN);
  g_autoptr (WeirEditBatch) mine = weir_edit_batch_new (NULL);
  g_autoptr (WeirEditBatch) other = weir_edit_batch_new (NULL);
  g_auto (WeirEditResult) result = { 0 };
  g_auto (WeirEditResult) result_of_other = { 0 };
  g_auto (WeirEditResult) undone = { 0 };
  g_autoptr (GError) error = NULL;

  weir_edit_batch_add_component (mine, "", &weir_funnel_new ("f")->base, 0);
  weir_edit_batch_add_component (other, "", &weir_connection_new ("c", "ok", "f")->base, -1);
  g_assert_true (weir_flow_edit (flow, mine, &result, NULL));
  g_assert_true (weir_flow_edit (flow, other, &result_of_other, NULL));
  g_assert_false (weir_flow_edit (flow, result.inverse, &undone, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
}

static void
test_add_wrong (void)
{
  WeirEditBatch *batch = weir_edit_batch_new (NULL);

  weir_edit_batch_add_component (batch, "", &weir_funnel_new ("a")->base, -1);
  assert_fails (batch, WEIR_ERROR_EXISTS,
                "operations[0]: the flow already has a processor 'a': choose another id");
  batch = weir_edit_batch_new (NULL);
  weir_edit_batch_add_component (batch, "g", &weir_funnel_new ("a b")->base, -1);
  assert_fails (batch, WEIR_ERROR_INVALID,
                "operations[0]: 'a b' cannot be an id: use letters, digits, '_', '-' and '.', at "
                "most 128");
  batch = weir_edit_batch_new (NULL);
  weir_edit_batch_add_component (batch, "", &weir_connection_new ("a", "x", "g")->base, -1);
  assert_fails (batch, WEIR_ERROR_NOT_FOUND,
                "operations[0]: a connection cannot lead to a group, which 'g' is: name one of its "
                "ports, as in 'g/in'");
  batch = weir_edit_batch_new (NULL);
  weir_edit_batch_add_component (batch, "a", &weir_funnel_new ("f")->base, -1);
  assert_fails (batch, WEIR_ERROR_INVALID, "operations[0]: 'a' is a processor, not a group");
}

static void
test_rename (void)
{
  WeirEditBatch *batch = NULL;
  WeirEdit *edit = add (&batch, WEIR_EDIT_RENAME, "b");

  edit->id = g_strdup ("middle");
  assert_renames (batch, CHAIN,
                  HEAD "  <processor id=\"a\" type=\"T\">\n"
                       "    <property name=\"In\">/x</property>\n"
                       "  </processor>\n"
                       "  <processor id=\"middle\" type=\"T\"/>\n"
                       "  <processor id=\"c\" type=\"T\"/>\n"
                       "  <connection from=\"a:ok\" to=\"middle\" max-count=\"5\"/>\n"
                       "  <connection from=\"middle:ok\" to=\"c\"/>\n"
                       "  <group id=\"g\">\n"
                       "    <port id=\"in\" kind=\"input\"/>\n"
                       "  </group>\n" TAIL,
                  "a:ok -> b => a:ok -> middle; b => middle; b:ok -> c => middle:ok -> c");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_RENAME, "b");
  edit->id = g_strdup ("c");
  assert_fails (batch, WEIR_ERROR_EXISTS,
                "operations[0]: the flow already has a processor 'c': choose another id");
}

static void
test_move (void)
{
  WeirEditBatch *batch = NULL;
  WeirEdit *edit = add (&batch, WEIR_EDIT_MOVE, "g");

  weir_edit_add_path (edit, "b", -1);
  weir_edit_add_path (edit, "a", 0);
  assert_fails (batch, WEIR_ERROR_INVALID,
                "operations[0]: the connection 'b:ok -> c' leads from what moves to what stays: "
                "move both of its ends, remove it, or make a group");
  batch = NULL;
  add (&batch, WEIR_EDIT_REMOVE, "b:ok -> c");
  edit = add (&batch, WEIR_EDIT_MOVE, "g");
  weir_edit_add_path (edit, "b", -1);
  weir_edit_add_path (edit, "a", 0);
  assert_renames (batch, CHAIN,
                  HEAD "  <processor id=\"c\" type=\"T\"/>\n"
                       "  <group id=\"g\">\n"
                       "    <processor id=\"a\" type=\"T\">\n"
                       "      <property name=\"In\">/x</property>\n"
                       "    </processor>\n"
                       "    <port id=\"in\" kind=\"input\"/>\n"
                       "    <processor id=\"b\" type=\"T\"/>\n"
                       "    <connection from=\"a:ok\" to=\"b\" max-count=\"5\"/>\n"
                       "  </group>\n" TAIL,
                  "a => g/a; a:ok -> b => g/a:ok -> b; b => g/b");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_MOVE, "g");
  weir_edit_add_path (edit, "g", -1);
  assert_fails (batch, WEIR_ERROR_INVALID,
                "operations[0]: the group 'g' cannot be moved into itself");
}

/* The same order of connections before and after keeps the texts short. */
#define PLACED                                                    \
  HEAD "  <processor id=\"a\" type=\"T\"/>\n"                     \
       "  <processor id=\"b\" type=\"T\"/>\n"                     \
       "  <processor id=\"c\" type=\"T\"/>\n"                     \
       "  <connection from=\"a:ok\" to=\"b\" max-count=\"5\"/>\n" \
       "  <connection from=\"b:ok\" to=\"c\" max-count=\"6\"/>\n" \
       "  <layout>\n"                                             \
       "    <at id=\"a\" x=\"0\" y=\"0\"/>\n"                     \
       "    <at id=\"b\" x=\"400\" y=\"50\"/>\n"                  \
       "    <at id=\"c\" x=\"800\" y=\"0\"/>\n"                   \
       "  </layout>\n" TAIL

#define GROUPED                                                      \
  HEAD "  <processor id=\"a\" type=\"T\"/>\n"                        \
       "  <group id=\"g\" name=\"G\">\n"                             \
       "    <port id=\"in\" kind=\"input\"/>\n"                      \
       "    <port id=\"ok\" kind=\"output\"/>\n"                     \
       "    <processor id=\"b\" type=\"T\"/>\n"                      \
       "    <connection from=\"in\" to=\"b\"/>\n"                    \
       "    <connection from=\"b:ok\" to=\"ok\"/>\n"                 \
       "    <layout>\n"                                              \
       "      <at id=\"in\" x=\"80\" y=\"50\"/>\n"                   \
       "      <at id=\"ok\" x=\"720\" y=\"170\"/>\n"                 \
       "      <at id=\"b\" x=\"400\" y=\"50\"/>\n"                   \
       "    </layout>\n"                                             \
       "  </group>\n"                                                \
       "  <processor id=\"c\" type=\"T\"/>\n"                        \
       "  <connection from=\"a:ok\" to=\"g/in\" max-count=\"5\"/>\n" \
       "  <connection from=\"g/ok\" to=\"c\" max-count=\"6\"/>\n"    \
       "  <layout>\n"                                                \
       "    <at id=\"a\" x=\"0\" y=\"0\"/>\n"                        \
       "    <at id=\"g\" x=\"400\" y=\"50\"/>\n"                     \
       "    <at id=\"c\" x=\"800\" y=\"0\"/>\n"                      \
       "  </layout>\n" TAIL

static void
test_group (void)
{
  WeirEditBatch *batch = NULL;
  WeirEdit *edit = add (&batch, WEIR_EDIT_GROUP, NULL);

  edit->id = g_strdup ("g");
  edit->name = g_strdup ("G");
  weir_edit_add_path (edit, "b", -1);
  assert_renames (batch, PLACED, GROUPED,
                  "a:ok -> b => a:ok -> g/in; b => g/b; b:ok -> c => g/ok -> c");
}

static void
test_ungroup (void)
{
  WeirEditBatch *batch = NULL;

  add (&batch, WEIR_EDIT_UNGROUP, "g");
  assert_renames (batch, GROUPED,
                  HEAD "  <processor id=\"a\" type=\"T\"/>\n"
                       "  <processor id=\"c\" type=\"T\"/>\n"
                       "  <connection from=\"a:ok\" to=\"b\" max-count=\"5\"/>\n"
                       "  <connection from=\"b:ok\" to=\"c\" max-count=\"6\"/>\n"
                       "  <processor id=\"b\" type=\"T\"/>\n"
                       "  <layout>\n"
                       "    <at id=\"a\" x=\"0\" y=\"0\"/>\n"
                       "    <at id=\"c\" x=\"800\" y=\"0\"/>\n"
                       "    <at id=\"b\" x=\"400\" y=\"50\"/>\n"
                       "  </layout>\n" TAIL,
                  "a:ok -> g/in => a:ok -> b; g/b => b; g/ok -> c => b:ok -> c");
}

/* Two to two stay a funnel; ids and parameters come along. */
static void
test_ungroup_funnel (void)
{
  WeirEditBatch *batch = NULL;

  add (&batch, WEIR_EDIT_UNGROUP, "g");
  assert_renames (batch,
                  HEAD "  <funnel id=\"a\"/>\n"
                       "  <funnel id=\"b\"/>\n"
                       "  <group id=\"g\">\n"
                       "    <parameters>\n"
                       "      <parameter name=\"p\">v</parameter>\n"
                       "    </parameters>\n"
                       "    <port id=\"in\" kind=\"input\"/>\n"
                       "    <funnel id=\"a\"/>\n"
                       "    <funnel id=\"d\"/>\n"
                       "    <connection from=\"in\" to=\"a\"/>\n"
                       "    <connection from=\"in\" to=\"d\"/>\n"
                       "  </group>\n"
                       "  <connection from=\"a\" to=\"g/in\"/>\n"
                       "  <connection from=\"b\" to=\"g/in\"/>\n" TAIL,
                  HEAD "  <parameters>\n"
                       "    <parameter name=\"p\">v</parameter>\n"
                       "  </parameters>\n"
                       "  <funnel id=\"a\"/>\n"
                       "  <funnel id=\"b\"/>\n"
                       "  <connection from=\"a\" to=\"g-in\"/>\n"
                       "  <connection from=\"b\" to=\"g-in\"/>\n"
                       "  <funnel id=\"g-in\"/>\n"
                       "  <funnel id=\"g-a\"/>\n"
                       "  <funnel id=\"d\"/>\n"
                       "  <connection from=\"g-in\" to=\"g-a\"/>\n"
                       "  <connection from=\"g-in\" to=\"d\"/>\n" TAIL,
                  "a -> g/in => a -> g-in; b -> g/in => b -> g-in; g/a => g-a; g/d => d; "
                  "g/in -> a => g-in -> g-a; g/in -> d => g-in -> d");
}

static void
test_parameter (void)
{
  WeirEditBatch *batch = NULL;
  WeirEdit *edit = add (&batch, WEIR_EDIT_PARAMETER, "g");
  g_autoptr (WeirFlow) flow = weir_flow_new ("");

  edit->key = g_strdup ("p");
  edit->parameter = weir_parameter_clone (weir_group_add_parameter (flow->root, "p", "v"));
  edit = add (&batch, WEIR_EDIT_PARAMETER, "");
  edit->key = g_strdup ("password");
  edit->parameter = weir_parameter_clone (weir_group_add_parameter (flow->root, "", ""));
  edit->parameter->secret = g_strdup ("env:P");
  assert_renames (batch, HEAD "  <group id=\"g\"/>\n" TAIL,
                  HEAD "  <parameters>\n"
                       "    <parameter name=\"password\" secret=\"env:P\"/>\n"
                       "  </parameters>\n"
                       "  <group id=\"g\">\n"
                       "    <parameters>\n"
                       "      <parameter name=\"p\">v</parameter>\n"
                       "    </parameters>\n"
                       "  </group>\n" TAIL,
                  "");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_PARAMETER, "g");
  edit->key = g_strdup ("p");
  assert_fails (batch, WEIR_ERROR_NOT_FOUND, "operations[0]: the group 'g' has no parameter 'p'");
}

static void
test_replace (void)
{
  WeirEditBatch *batch = NULL;
  WeirEdit *edit = add (&batch, WEIR_EDIT_REPLACE, "a");
  WeirProcessorNode *node = weir_processor_node_new ("a", "Other");

  edit->component = &node->base;
  edit->was_component = &weir_processor_node_new ("a", "T")->base;
  assert_fails (batch, WEIR_ERROR_EXISTS,
                "operations[0]: 'a' has been changed by somebody else: look at it and try again");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_REPLACE, "a");
  edit->component = &weir_processor_node_new ("z", "Other")->base;
  assert_fails (batch, WEIR_ERROR_INVALID,
                "operations[0]: 'a' cannot be replaced by 'z': rename it in an operation of its "
                "own");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_REPLACE, "a");
  edit->component = &weir_funnel_new ("a")->base;
  assert_fails (batch, WEIR_ERROR_INVALID,
                "operations[0]: 'a' is a processor and cannot become a funnel");
}

static void
assert_title (WeirEditBatch *batch, const char *expected)
{
  g_autofree char *title = weir_edit_batch_get_title (batch);

  g_assert_cmpstr (title, ==, expected);
  weir_edit_batch_free (batch);
}

static void
test_titles (void)
{
  WeirEditBatch *batch = set ("g/read", "property", "Input Directory", "/x");
  WeirEdit *edit = NULL;

  assert_title (batch, "Set Input Directory of read");
  assert_title (set ("read", "penalty", NULL, NULL), "Reset penalty of read");
  assert_title (set ("read", "place", NULL, "1 2"), "Move read");
  batch = set ("read", "place", NULL, "1 2");
  weir_edit_batch_set (batch, "write", "place", NULL, "1 2");
  weir_edit_batch_set (batch, "g", "place", NULL, "1 2");
  assert_title (batch, "Move 3 components");
  batch = set ("read", "place", NULL, "1 2");
  weir_edit_batch_set (batch, "read", "name", NULL, "x");
  assert_title (batch, "Change read");
  batch = weir_edit_batch_new (NULL);
  weir_edit_batch_add_component (batch, "", &weir_processor_node_new ("get", "T")->base, -1);
  weir_edit_batch_set (batch, "read", "name", NULL, "x");
  assert_title (batch, "Add get and 1 more");
  batch = NULL;
  edit = add (&batch, WEIR_EDIT_RENAME, "a");
  edit->id = g_strdup ("b");
  assert_title (batch, "Rename a to b");
  batch = weir_edit_batch_new ("Tidy up");
  assert_title (batch, "Tidy up");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/edit/set", test_set);
  g_test_add_func ("/model/edit/set-wrong", test_set_wrong);
  g_test_add_func ("/model/edit/conflict", test_conflict);
  g_test_add_func ("/model/edit/undo-beside-others", test_undo_beside_others);
  g_test_add_func ("/model/edit/reroute", test_reroute);
  g_test_add_func ("/model/edit/remove", test_remove);
  g_test_add_func ("/model/edit/undo-add", test_undo_add);
  g_test_add_func ("/model/edit/add-wrong", test_add_wrong);
  g_test_add_func ("/model/edit/rename", test_rename);
  g_test_add_func ("/model/edit/move", test_move);
  g_test_add_func ("/model/edit/group", test_group);
  g_test_add_func ("/model/edit/ungroup", test_ungroup);
  g_test_add_func ("/model/edit/ungroup-funnel", test_ungroup_funnel);
  g_test_add_func ("/model/edit/parameter", test_parameter);
  g_test_add_func ("/model/edit/replace", test_replace);
  g_test_add_func ("/model/edit/titles", test_titles);
  return g_test_run ();
}
