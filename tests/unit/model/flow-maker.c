/* flow-maker.c: models and documents by a seed. */
#include "flow-maker.h"
#include <string.h>

#define PICK(random, array) (array)[weir_random_below ((random), G_N_ELEMENTS (array))]

static bool
flip (WeirRandom *random)
{
  return weir_random_below (random, 2) == 0;
}

static const char *
pick_text (WeirRandom *random)
{
  static const char *const texts[] = {
    "",
    "plain",
    " leading and trailing ",
    "\n  lines\n\tand tabs\n",
    "\r\n carriage \r return",
    "<a href=\"x\">&amp; &lt;</a> ]]> && <b/>",
    "a < b",
    "]]>",
    "]]]]>>",
    "'single' \"double\"",
    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 \xc2\x85 \xe2\x80\xa8",
    "#{parameter} ${expression:gt(1)} ##{no}",
    "<!-- no comment --> <?no pi?>",
    "&#10;",
  };

  return PICK (random, texts);
}

static void
set (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static int64_t
pick_usec (WeirRandom *random)
{
  static const int64_t times[] = { 0, 1, 999, 1000, 1500000, 30000000, 86400000000, 123456789 };

  return PICK (random, times);
}

static void
make_properties (WeirRandom *random, GPtrArray *properties)
{
  for (uint64_t i = weir_random_below (random, 4); i > 0; i--)
    weir_properties_add (properties, pick_text (random), pick_text (random));
}

static WeirComponent *
make_processor (WeirRandom *random, const char *id)
{
  WeirProcessorNode *node = weir_processor_node_new (id, pick_text (random));

  make_properties (random, node->properties);
  node->disabled = flip (random);
  node->penalty_usec = pick_usec (random);
  node->yield_usec = pick_usec (random);
  node->bulletins = weir_random_below (random, 5);
  node->schedule.mode = weir_random_below (random, 3);
  if (node->schedule.mode == WEIR_SCHEDULE_EVERY)
    node->schedule.every_usec = pick_usec (random);
  if (node->schedule.mode == WEIR_SCHEDULE_CRON)
    node->schedule.cron = g_strdup (pick_text (random));
  node->schedule.tasks = 1 + (unsigned)weir_random_below (random, 3);
  for (uint64_t i = weir_random_below (random, 3); i > 0; i--) {
    WeirRetry *retry = weir_processor_node_add_retry (node, pick_text (random));

    retry->attempts = 1 + (unsigned)weir_random_below (random, 20);
    retry->backoff = weir_random_below (random, 2);
    retry->max_usec = pick_usec (random);
    weir_processor_node_add_auto_terminate (node, pick_text (random));
  }
  return &node->base;
}

/* @number keeps connections apart, so that bends find theirs. */
static WeirComponent *
make_connection (WeirRandom *random, unsigned number)
{
  g_autofree char *to = g_strdup_printf ("to%u", number);
  WeirConnection *connection =
      weir_connection_new ("from", flip (random) ? pick_text (random) : NULL, to);

  for (uint64_t i = weir_random_below (random, 3); connection->relationships->len > 0 && i > 0; i--)
    g_ptr_array_add (connection->relationships, g_strdup (pick_text (random)));
  connection->max_count = weir_random_next (random) >> (1 + weir_random_below (random, 63));
  connection->max_bytes = weir_random_next (random) >> (1 + weir_random_below (random, 63));
  connection->expire_usec = pick_usec (random);
  connection->order = weir_random_below (random, 4);
  for (uint64_t i = weir_random_below (random, 3); i > 0; i--) {
    WeirPoint bend = { (double)weir_random_below (random, 100000) / 100, -7.25 };

    g_array_append_val (connection->bends, bend);
  }
  return &connection->base;
}

static WeirGroup *make_group (WeirRandom *random, const char *id, unsigned depth);

static WeirComponent *
make_component (WeirRandom *random, unsigned number, unsigned depth)
{
  g_autofree char *id = g_strdup_printf ("id-%u", number);

  switch (weir_random_below (random, depth < 4 ? 7 : 6)) {
  case 0:
    return make_processor (random, id);
  case 1: {
    WeirServiceNode *service = weir_service_node_new (id, pick_text (random));

    make_properties (random, service->properties);
    service->disabled = flip (random);
    return &service->base;
  }
  case 2: {
    WeirPort *port = weir_port_new (id, flip (random));

    port->disabled = flip (random);
    return &port->base;
  }
  case 3:
    return &weir_funnel_new (id)->base;
  case 4:
    return &weir_label_new (id, pick_text (random))->base;
  case 5:
    return make_connection (random, number);
  default:
    return &make_group (random, id, depth + 1)->base;
  }
}

static WeirGroup *
make_group (WeirRandom *random, const char *id, unsigned depth)
{
  WeirGroup *group = weir_group_new (id);

  for (uint64_t i = weir_random_below (random, 3); i > 0; i--) {
    WeirParameter *parameter =
        weir_group_add_parameter (group, pick_text (random), pick_text (random));

    if (flip (random))
      parameter->secret = g_strdup (pick_text (random));
    set (&parameter->description, pick_text (random));
  }
  for (unsigned i = (unsigned)weir_random_below (random, 8); i > 0; i--) {
    WeirComponent *child = make_component (random, i, depth);

    if (child->kind != WEIR_KIND_LABEL) {
      set (&child->name, pick_text (random));
      set (&child->comment, pick_text (random));
    }
    if (child->kind != WEIR_KIND_CONNECTION && flip (random)) {
      child->place.is_set = true;
      child->place.x = (double)weir_random_below (random, 100000) / 100;
      child->place.y = -1 - (double)weir_random_below (random, 1000);
      child->place.width = flip (random) ? 120.5 : 0;
    }
    weir_group_add (group, child, flip (random) ? -1 : 0);
  }
  return group;
}

WeirFlow *
flow_make (WeirRandom *random)
{
  WeirFlow *flow = weir_flow_new ("");

  weir_component_free (&flow->root->base);
  flow->root = make_group (random, "", 0);
  set (&flow->root->base.name, pick_text (random));
  set (&flow->root->base.comment, pick_text (random));
  return flow;
}

static const char *const gaps[] = { "", " ", "\n", "\n\n", "\n \n\t\n", "\r\n" };

static const char *const fragments[] = {
  "<!-- c -->",
  "<!-- two\n lines -->",
  "<?tool do it?>",
  "<x:y xmlns:x='urn:x'><group/><!-- in --> text </x:y>",
  "<other xmlns='urn:other' a = 'b' />",
  "<unknown a='&lt;'>text</unknown>",
  "<comment>said</comment>",
  "<comment lang='en'>said</comment>",
  "<comment><!-- within -->said<?pi?></comment>",
  "<property name='p'>a<!-- within -->b</property>",
  "<property name='q' flag='x'><![CDATA[<&>]]>\r\n&#13;</property>",
  "<schedule every='1 s'><!-- within --></schedule>",
  "<schedule cron='x' every='1 s' tasks='0'/>",
  "<retry relationship='r' attempts='many' max='1 h'/>",
  "<auto-terminate relationship='r'>\n<!-- why -->\n</auto-terminate>",
  "<relationship>r</relationship>",
  "<relationship a='b'>r</relationship>",
  "<parameter name='n' secret='env:N'/>",
  "<funnel id='f'/>",
  "<label id='l'>text<!-- within --></label>",
  "<port id='p' kind='sideways'/>",
  "<service id='s' type='S' disabled='maybe'/>",
  "<at id='f' x='1' y='2'/>",
  "<at id='f' x='3' y='2' color='red'/>",
  "<at id='gone' x='3' y='2'/><!-- near -->",
  "<at id='l' x='wide' y='2'><!-- within --></at>",
  "<bend from='a:r' to='b' x='1' y='2'/>",
  "<bend from='nobody' to='b' x='1' y='2'/><!-- near -->",
  "<bend from='a:r' to='b' x='1' y='2' z='3'/>",
  "<connection from='a:r' to='b' max-count='-1'/>",
};

static const char *const containers[] = {
  "parameters",   "processor id='p'", "connection from='a:r' to='b'",
  "group id='g'", "layout",           "service id='s'",
};

static void
make_content (WeirRandom *random, GString *text, unsigned depth)
{
  for (uint64_t i = weir_random_below (random, 7); i > 0; i--) {
    g_string_append (text, PICK (random, gaps));
    if (depth < 5 && weir_random_below (random, 3) == 0) {
      const char *container = PICK (random, containers);

      g_string_append_printf (text, "<%s>", container);
      make_content (random, text, depth + 1);
      g_string_append_printf (text, "</%.*s>", (int)strcspn (container, " "), container);
    } else {
      g_string_append (text, PICK (random, fragments));
    }
  }
  g_string_append (text, PICK (random, gaps));
}

char *
flow_make_document (WeirRandom *random)
{
  GString *text = g_string_new (flip (random) ? "<!-- first -->\n" : "");

  g_string_append (text, "<flow xmlns='urn:weir:flow:1' name='n' extra='e'>");
  make_content (random, text, 0);
  g_string_append (text, "</flow>");
  g_string_append (text, flip (random) ? "<!-- last -->" : "\n<?last?>\n<!-- last -->\n");
  return g_string_free (text, FALSE);
}
