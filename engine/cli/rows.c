/* rows.c: a function for each format. What is long goes out in parts: no value is there twice. */
#include "cli/rows.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Rows of a table that are measured before the first one is written, and what a column may be wide:
 * longer values stand out, and nothing behind them is in line. */
#define MEASURED  200
#define MAX_WIDTH 60

#define PART    ((size_t)16 * 1024)   /* bytes of a value that are written at once */
#define WAITING ((size_t)1024 * 1024) /* bytes of cells that wait */

struct WeirRows {
  WeirRowsFormat format;
  FILE *stream;
  bool is_terminal;
  unsigned n_columns;
  char **names;
  GString *line;

  GPtrArray *waiting; /* char*: cells of a table, row by row; NULL: widths are known */
  size_t n_waiting;   /* bytes */
  int *widths;        /* negative: of numbers */
};

/* --- parts --- */

static void
spill (WeirRows *rows)
{
  (void)fwrite (rows->line->str, 1, rows->line->len, rows->stream);
  g_string_truncate (rows->line, 0);
}

/* Returns: how many bytes of @text to take next, which do not end within a character. */
static size_t
get_part (const char *text, size_t size)
{
  if (size <= PART)
    return size;
  for (size_t n = PART; n > PART - 4; n--)
    if (((unsigned char)text[n] & 0xc0) != 0x80)
      return n;
  return PART;
}

typedef void (*AppendFunc) (GString *line, const char *text, size_t size);

static void
append_parts (WeirRows *rows, const char *text, size_t size, AppendFunc append)
{
  for (size_t n = get_part (text, size); size > 0; n = get_part (text, size)) {
    append (rows->line, text, n);
    text += n;
    size -= n;
    if (rows->line->len >= PART)
      spill (rows);
  }
}

static void
append_plain (GString *line, const char *text, size_t size)
{
  g_string_append_len (line, text, (gssize)size);
}

/* --- for people --- */

/* Whether it does nothing but being seen, from the left to the right. */
static bool
is_visible (gunichar c)
{
  return g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT;
}

void
weir_rows_append_clean (GString *line, const char *text, size_t size)
{
  static const char shorts[] = "\n\r\t";
  static const char letters[] = "nrt";
  const char *end = text + size;

  while (text < end) {
    gunichar c = g_utf8_get_char_validated (text, end - text);
    const char *found = c < ' ' && c != 0 ? strchr (shorts, (char)c) : NULL;
    const char *next =
        c == (gunichar)-1 || c == (gunichar)-2 || c == 0 ? text + 1 : g_utf8_next_char (text);

    if (found != NULL)
      g_string_append_printf (line, "\\%c", letters[found - shorts]);
    else if (c != 0 && c != (gunichar)-1 && c != (gunichar)-2 && is_visible (c))
      g_string_append_len (line, text, next - text);
    else
      for (const char *byte = text; byte < next; byte++)
        g_string_append_printf (line, "\\x%02x", (unsigned char)*byte);
    text = next;
  }
}

static void
append_number (GString *line, const WeirValue *value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (value->kind == WEIR_VALUE_INTEGER)
    g_string_append_printf (line, "%" G_GINT64_FORMAT, value->integer);
  else
    g_string_append (line, g_ascii_formatd (text, sizeof text, "%.15g", value->real));
}

static bool
is_number (const WeirValue *value)
{
  return value->kind == WEIR_VALUE_INTEGER || value->kind == WEIR_VALUE_REAL;
}

static int
get_width (const char *text)
{
  int width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    width += g_unichar_iszerowidth (c) ? 0 : 1 + g_unichar_iswide (c);
  }
  return width;
}

static char *
make_cell (const WeirValue *value)
{
  GString *cell = g_string_new (NULL);

  if (is_number (value))
    append_number (cell, value);
  else if (value->kind != WEIR_VALUE_NULL)
    weir_rows_append_clean (cell, value->text, value->size);
  return g_string_free (cell, FALSE);
}

static void
write_cells (WeirRows *rows, char *const *cells)
{
  g_string_truncate (rows->line, 0);
  for (unsigned i = 0; i < rows->n_columns; i++) {
    int padding = ABS (rows->widths[i]) - get_width (cells[i]);

    if (i > 0)
      g_string_append (rows->line, "  ");
    for (int k = 0; k < padding && rows->widths[i] < 0; k++)
      g_string_append_c (rows->line, ' ');
    g_string_append (rows->line, cells[i]);
    for (int k = 0; k < padding && rows->widths[i] > 0 && i + 1 < rows->n_columns; k++)
      g_string_append_c (rows->line, ' ');
  }
  while (rows->line->len > 0 && rows->line->str[rows->line->len - 1] == ' ')
    g_string_truncate (rows->line, rows->line->len - 1);
  g_string_append_c (rows->line, '\n');
  spill (rows);
}

static void
measure (WeirRows *rows, char *const *cells)
{
  for (unsigned i = 0; i < rows->n_columns; i++) {
    int width = MIN (get_width (cells[i]), MAX_WIDTH);
    int sign = rows->widths[i] < 0 ? -1 : 1;

    rows->widths[i] = sign * MAX (ABS (rows->widths[i]), width);
  }
}

/* A row of which something is long: nothing behind that is in line. */
static void
put_long (WeirRows *rows, const WeirValue *values)
{
  for (unsigned i = 0; i < rows->n_columns; i++) {
    if (i > 0)
      g_string_append (rows->line, "  ");
    if (is_number (&values[i]))
      append_number (rows->line, &values[i]);
    else if (values[i].kind != WEIR_VALUE_NULL)
      append_parts (rows, values[i].text, values[i].size, weir_rows_append_clean);
  }
  g_string_append_c (rows->line, '\n');
  spill (rows);
}

static void
put_table (WeirRows *rows, const WeirValue *values)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  size_t size = 0;

  for (unsigned i = 0; i < rows->n_columns; i++) {
    size += values[i].size;
    if (rows->waiting != NULL && is_number (&values[i]))
      rows->widths[i] = -MAX (ABS (rows->widths[i]), 1);
  }
  if (size > PART) {
    weir_rows_flush (rows);
    put_long (rows, values);
    return;
  }

  for (unsigned i = 0; i < rows->n_columns; i++)
    g_ptr_array_add (cells, make_cell (&values[i]));
  if (rows->waiting == NULL) {
    write_cells (rows, (char *const *)cells->pdata);
    return;
  }
  g_ptr_array_extend_and_steal (rows->waiting, g_steal_pointer (&cells));
  rows->n_waiting += size;
  if (rows->waiting->len >= MEASURED * rows->n_columns || rows->n_waiting > WAITING)
    weir_rows_flush (rows);
}

/* --- JSON --- */

static void
append_json (WeirRows *rows, const char *text, size_t size)
{
  g_string_append_c (rows->line, '"');
  append_parts (rows, text, size, weir_json_append_part);
  g_string_append_c (rows->line, '"');
}

static void
put_json (WeirRows *rows, const WeirValue *values)
{
  g_string_append_c (rows->line, '{');
  for (unsigned i = 0; i < rows->n_columns; i++) {
    const WeirValue *value = &values[i];

    if (i > 0)
      g_string_append (rows->line, ", ");
    append_json (rows, rows->names[i], strlen (rows->names[i]));
    g_string_append (rows->line, ": ");
    if (value->kind == WEIR_VALUE_TEXT)
      append_json (rows, value->text, value->size);
    else if (value->kind == WEIR_VALUE_JSON)
      append_parts (rows, value->text, value->size, append_plain);
    else if (value->kind == WEIR_VALUE_NULL ||
             (value->kind == WEIR_VALUE_REAL && !isfinite (value->real)))
      g_string_append (rows->line, "null");
    else
      append_number (rows->line, value);
  }
  g_string_append (rows->line, "}\n");
  spill (rows);
}

/* --- CSV --- */

static bool
needs_quotes (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (strchr (",\"\r\n", text[i]) != NULL)
      return true;
  return false;
}

static void
append_quoted (GString *line, const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, text[i]);
  }
}

/* For a terminal, which is to obey nothing of it. */
static void
append_clean_quoted (GString *line, const char *text, size_t size)
{
  g_autoptr (GString) clean = g_string_new (NULL);

  weir_rows_append_clean (clean, text, size);
  append_quoted (line, clean->str, clean->len);
}

static void
append_csv_value (WeirRows *rows, const WeirValue *value)
{
  bool quotes;

  if (is_number (value))
    append_number (rows->line, value);
  if (is_number (value) || value->kind == WEIR_VALUE_NULL)
    return;
  quotes = needs_quotes (value->text, value->size);
  if (quotes)
    g_string_append_c (rows->line, '"');
  append_parts (rows, value->text, value->size,
                rows->is_terminal ? append_clean_quoted : append_quoted);
  if (quotes)
    g_string_append_c (rows->line, '"');
}

static void
put_csv (WeirRows *rows, const WeirValue *values)
{
  for (unsigned i = 0; i < rows->n_columns; i++) {
    if (i > 0)
      g_string_append_c (rows->line, ',');
    append_csv_value (rows, &values[i]);
  }
  g_string_append (rows->line, "\r\n");
  spill (rows);
}

/* --- all of them --- */

static void
put_header (WeirRows *rows)
{
  g_autofree WeirValue *values = g_new0 (WeirValue, rows->n_columns);

  for (unsigned i = 0; i < rows->n_columns; i++)
    values[i] = (WeirValue){ .kind = WEIR_VALUE_TEXT,
                             .text = rows->names[i],
                             .size = strlen (rows->names[i]) };
  weir_rows_put (rows, values);
}

WeirRows *
weir_rows_new (WeirRowsFormat format, FILE *stream, const char *const *names, unsigned n_columns)
{
  WeirRows *rows = g_new0 (WeirRows, 1);

  rows->format = format;
  rows->stream = stream;
  rows->is_terminal = isatty (fileno (stream)) == 1;
  rows->n_columns = n_columns;
  rows->names = g_new0 (char *, n_columns + 1);
  for (unsigned i = 0; i < n_columns; i++)
    rows->names[i] = g_strdup (names[i]);
  rows->line = g_string_new (NULL);
  if (format == WEIR_ROWS_TABLE) {
    rows->waiting = g_ptr_array_new_with_free_func (g_free);
    rows->widths = g_new0 (int, n_columns);
  }
  if (format != WEIR_ROWS_JSON)
    put_header (rows);
  return rows;
}

void
weir_rows_put (WeirRows *rows, const WeirValue *values)
{
  switch (rows->format) {
  case WEIR_ROWS_TABLE:
    put_table (rows, values);
    break;
  case WEIR_ROWS_JSON:
    put_json (rows, values);
    break;
  case WEIR_ROWS_CSV:
    put_csv (rows, values);
    break;
  }
}

void
weir_rows_flush (WeirRows *rows)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&rows->waiting);

  for (guint i = 0; waiting != NULL && i < waiting->len; i += rows->n_columns)
    measure (rows, (char *const *)waiting->pdata + i);
  for (guint i = 0; waiting != NULL && i < waiting->len; i += rows->n_columns)
    write_cells (rows, (char *const *)waiting->pdata + i);
  rows->n_waiting = 0;
  fflush (rows->stream);
}

void
weir_rows_free (WeirRows *rows)
{
  if (rows == NULL)
    return;
  weir_rows_flush (rows);
  g_strfreev (rows->names);
  g_string_free (rows->line, TRUE);
  g_free (rows->widths);
  g_free (rows);
}
