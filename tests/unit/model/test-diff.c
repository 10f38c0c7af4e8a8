#include "edit-maker.h"
#include "flow-maker.h"
#include "model/clone.h"
#include "model/diff.h"
#include "model/problem.h"
#include "xml/reader.h"
#include "xml/writer.h"
#include <string.h>

static char *
write_flow (const WeirFlow *flow)
{
  size_t size = 0;

  return weir_flow_write (flow, &size, NULL);
}

static WeirFlow *
read_flow (const char *content)
{
  g_autofree char *text =
      g_strdup_printf ("<flow xmlns='urn:weir:flow:1' name='F'>%s</flow>", content);
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_read (text, strlen (text), problems);

  g_assert_nonnull (flow);
  return flow;
}

/* Applying what differs gives the other. Returns: (transfer full): the lines, each with '~' before
 * it when it is layout. */
static char *
assert_leads_to (const WeirFlow *from, const WeirFlow *to)
{
  g_autoptr (WeirDiff) diff = weir_flow_diff (from, to);
  g_autoptr (WeirFlow) work = weir_flow_clone (from);
  g_auto (WeirEditResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = write_flow (to);
  GString *lines = g_string_new (NULL);

  weir_flow_edit (work, diff->batch, &result, &error);
  g_assert_no_error (error);
  text = write_flow (work);
  g_assert_cmpstr (text, ==, expected);
  for (guint i = 0; i < diff->lines->len; i++) {
    const WeirDifference *line = diff->lines->pdata[i];

    g_string_append_printf (lines, "%s%s\n", line->is_layout ? "~" : "", line->text);
  }
  return g_string_free (lines, FALSE);
}

static void
assert_tells (const char *from, const char *to, const char *expected)
{
  g_autoptr (WeirFlow) flow = read_flow (from);
  g_autoptr (WeirFlow) other = read_flow (to);
  g_autofree char *lines = assert_leads_to (flow, other);

  g_assert_cmpstr (lines, ==, expected);
}

#define A "<processor id='a' type='T'><property name='P'>1</property></processor>"
#define B "<funnel id='b'/>"
#define C "<funnel id='c'/>"

static void
test_words (void)
{
  assert_tells (A, A, "");
  assert_tells (A, A B, "funnel 'b' added\n");
  assert_tells (A B, B, "processor 'a' (T) removed\n");
  assert_tells (A,
                "<processor id='a' type='U' penalty='5 s'><property name='P'>2</property>"
                "<property name='Q'>3</property></processor>",
                "a: type is 'U', was 'T'\na: penalty is '5 s', was not set\n"
                "a: property 'P' is '2', was '1'\na: property 'Q' is '3', was not set\n");
  assert_tells (A, "<processor id='a' type='T'/>", "a: property 'P' is not set, was '1'\n");
  assert_tells (A B C "<connection from='a:x' to='b'/>",
                A B C "<connection from='a:x' to='c' max-count='5'/>",
                "a:x -> b: to is 'c', was 'b'\na:x -> c: max-count is '5', was not set\n");
  assert_tells (A B "<connection from='a:x' to='b'/>", A,
                "connection 'a:x -> b' removed\nfunnel 'b' removed\n");
  assert_tells (A B, A B "<connection from='a:x' to='b'/>", "connection 'a:x -> b' added\n");
  assert_tells (A B, B A, "~the flow: order\n");
  assert_tells (B, B "<layout><at id='b' x='1' y='2'/></layout>",
                "~b: place is '1 2', was not set\n");
  assert_tells (B, "<!-- why -->" B, "~b: order or comments\n");
  assert_tells (B, "<label id='b'>x</label>", "funnel 'b' removed\nlabel 'b' added\n");
}

static void
test_secrets (void)
{
  assert_tells (
      "<parameters><parameter name='p' secret='env:A'/><parameter name='password'>x</parameter>"
      "<parameter name='gone'>y</parameter></parameters>",
      "<parameters><parameter name='p' secret='encrypted:abc'/><parameter name='password'>y"
      "</parameter></parameters>",
      "the flow: parameter 'gone' is not set, was 'y'\n"
      "the flow: parameter 'p' is an encrypted secret, was the secret 'env:A'\n"
      "the flow: parameter 'password' is '***', was '***'\n");
  assert_tells ("<processor id='a' type='T'><property name='Password'>x</property></processor>",
                "<processor id='a' type='T'><property name='Password'>y</property></processor>",
                "a: property 'Password' is '***', was '***'\n");
}

static void
test_groups (void)
{
  assert_tells ("<group id='g'>" B "</group>",
                "<group id='g' name='G'>" B "<port id='in' kind='input'/>"
                "<connection from='in' to='b'/></group>" C "<connection from='c' to='g/in'/>",
                "funnel 'c' added\ng: name is 'G', was not set\nport 'g/in' added\n"
                "connection 'c -> g/in' added\nconnection 'g/in -> b' added\n");
}

static void
test_random (void)
{
  WeirRandom random;

  weir_random_init (&random, 51);
  for (unsigned round = 0; round < 150; round++) {
    g_autoptr (WeirFlow) flow = edit_make_flow (&random);
    g_autoptr (WeirFlow) other = edit_make_flow (&random);
    g_autoptr (WeirFlow) edited = weir_flow_clone (flow);
    g_autoptr (WeirEditBatch) batch = edit_make_batch (&random, edited);
    g_auto (WeirEditResult) result = { 0 };

    weir_flow_edit (edited, batch, &result, NULL);
    g_free (assert_leads_to (flow, edited));
    g_free (assert_leads_to (flow, other));
  }
}

static void
test_documents (void)
{
  WeirRandom random;
  g_autoptr (WeirFlow) last = weir_flow_new ("");

  weir_random_init (&random, 52);
  for (unsigned round = 0; round < 300; round++) {
    g_autofree char *text = flow_make_document (&random);
    g_autoptr (GPtrArray) problems = weir_problems_new ();
    g_autoptr (WeirFlow) flow = weir_flow_read (text, strlen (text), problems);

    if (flow == NULL)
      continue;
    g_free (assert_leads_to (last, flow));
    weir_flow_free (last);
    last = g_steal_pointer (&flow);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/diff/words", test_words);
  g_test_add_func ("/model/diff/secrets", test_secrets);
  g_test_add_func ("/model/diff/groups", test_groups);
  g_test_add_func ("/model/diff/random", test_random);
  g_test_add_func ("/model/diff/documents", test_documents);
  return g_test_run ();
}
