/* date-names.c: months, days and their like in American English. */
#include "expr/date-names.h"
#include <glib.h>

static const WeirExprDateName months[] = {
  { "January", "Jan", "J" }, { "February", "Feb", "F" }, { "March", "Mar", "M" },
  { "April", "Apr", "A" },   { "May", "May", "M" },      { "June", "Jun", "J" },
  { "July", "Jul", "J" },    { "August", "Aug", "A" },   { "September", "Sep", "S" },
  { "October", "Oct", "O" }, { "November", "Nov", "N" }, { "December", "Dec", "D" },
};

static const WeirExprDateName weekdays[] = {
  { "Monday", "Mon", "M" },   { "Tuesday", "Tue", "T" }, { "Wednesday", "Wed", "W" },
  { "Thursday", "Thu", "T" }, { "Friday", "Fri", "F" },  { "Saturday", "Sat", "S" },
  { "Sunday", "Sun", "S" },
};

static const WeirExprDateName halves[] = { { "AM", "AM", "a" }, { "PM", "PM", "p" } };

static const WeirExprDateName eras[] = { { "Before Christ", "BC", "B" },
                                         { "Anno Domini", "AD", "A" } };

static const WeirExprDateName quarters[] = { { "1st quarter", "Q1", "1" },
                                             { "2nd quarter", "Q2", "2" },
                                             { "3rd quarter", "Q3", "3" },
                                             { "4th quarter", "Q4", "4" } };

const WeirExprDateName *
weir_expr_date_names (char letter, size_t *ret_n)
{
  switch (letter) {
  case 'M':
  case 'L':
    *ret_n = G_N_ELEMENTS (months);
    return months;
  case 'E':
  case 'e':
  case 'c':
    *ret_n = G_N_ELEMENTS (weekdays);
    return weekdays;
  case 'a':
    *ret_n = G_N_ELEMENTS (halves);
    return halves;
  case 'G':
    *ret_n = G_N_ELEMENTS (eras);
    return eras;
  case 'Q':
  case 'q':
    *ret_n = G_N_ELEMENTS (quarters);
    return quarters;
  default:
    return NULL;
  }
}
