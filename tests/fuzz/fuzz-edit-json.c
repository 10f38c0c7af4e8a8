/* Whatever the bytes are: no crash, and what is taken reads the same after it was written; applied
 * to a flow it fails or can be undone. */
#include "wire/edit-json.h"
#include "xml/fragment.h"
#include "xml/writer.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char base[] =
    "<processor id='a' type='T'><property name='P'>v</property></processor><funnel id='b'/>"
    "<connection from='a:ok' to='b'/><group id='g'><port id='in' kind='input'/><funnel id='c'/>"
    "<connection from='in' to='c'/></group><connection from='b' to='g/in'/>";

static void
try_apply (const WeirEditBatch *batch)
{
  g_autoptr (WeirFlow) flow = weir_fragment_read (base, strlen (base), NULL);
  g_auto (WeirEditResult) result = { 0 };
  g_auto (WeirEditResult) back = { 0 };
  g_autoptr (GError) error = NULL;
  size_t size = 0;
  g_autofree char *before = weir_flow_write (flow, &size, NULL);
  g_autofree char *after = NULL;

  if (weir_flow_edit (flow, batch, &result, NULL))
    weir_flow_edit (flow, result.inverse, &back, &error);
  g_assert_no_error (error);
  after = weir_flow_write (flow, &size, NULL);
  g_assert_cmpstr (after, ==, before);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirEditBatch) batch = weir_edit_batch_parse ((const char *)data, size, &error);
  g_autoptr (WeirEditBatch) again = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) out_again = g_string_new (NULL);

  if (batch == NULL) {
    g_assert_nonnull (error);
    return 0;
  }
  if (!weir_json_put_edit_batch (out, NULL, batch, NULL))
    return 0;
  again = weir_edit_batch_parse (out->str, out->len, &error);
  g_assert_no_error (error);
  g_assert_true (weir_json_put_edit_batch (out_again, NULL, again, NULL));
  g_assert_cmpstr (out_again->str, ==, out->str);
  try_apply (batch);
  return 0;
}
