/* zone-names.c: what time zones are called in American English.
 *
 * The zones that people name in dates; for others the abbreviation of tzdata serves. Where several
 * zones share an abbreviation, the row that comes first is meant by it. */
#include "expr/zone-names.h"
#include <glib.h>
#include <stdbool.h>
#include <string.h>

static const WeirExprZoneName names[] = {
  { "UTC", "UTC", "UTC", "Coordinated Universal Time" },
  { "Etc/UTC", "UTC", "UTC", "Coordinated Universal Time" },
  { "GMT", "GMT", "GMT", "Greenwich Mean Time" },
  { "America/New_York", "EST", "EST", "Eastern Standard Time" },
  { "America/New_York", "EDT", "EDT", "Eastern Daylight Time" },
  { "America/Chicago", "CST", "CST", "Central Standard Time" },
  { "America/Chicago", "CDT", "CDT", "Central Daylight Time" },
  { "America/Denver", "MST", "MST", "Mountain Standard Time" },
  { "America/Denver", "MDT", "MDT", "Mountain Daylight Time" },
  { "America/Los_Angeles", "PST", "PST", "Pacific Standard Time" },
  { "America/Los_Angeles", "PDT", "PDT", "Pacific Daylight Time" },
  { "America/Anchorage", "AKST", "AKST", "Alaska Standard Time" },
  { "America/Anchorage", "AKDT", "AKDT", "Alaska Daylight Time" },
  { "Pacific/Honolulu", "HST", "HST", "Hawaii-Aleutian Standard Time" },
  { "America/Halifax", "AST", "AST", "Atlantic Standard Time" },
  { "America/Halifax", "ADT", "ADT", "Atlantic Daylight Time" },
  { "America/St_Johns", "NST", "NST", "Newfoundland Standard Time" },
  { "America/St_Johns", "NDT", "NDT", "Newfoundland Daylight Time" },
  { "America/Sao_Paulo", "-03", "BRT", "Brasilia Standard Time" },
  { "America/Argentina/Buenos_Aires", "-03", "ART", "Argentina Standard Time" },
  { "Europe/London", "GMT", "GMT", "Greenwich Mean Time" },
  { "Europe/London", "BST", "BST", "British Summer Time" },
  { "Asia/Kolkata", "IST", "IST", "India Standard Time" },
  { "Europe/Dublin", "GMT", "GMT", "Greenwich Mean Time" },
  { "Europe/Dublin", "IST", "IST", "Irish Standard Time" },
  { "Asia/Jerusalem", "IST", "IST", "Israel Standard Time" },
  { "Asia/Jerusalem", "IDT", "IDT", "Israel Daylight Time" },
  { "Europe/Lisbon", "WET", "WET", "Western European Standard Time" },
  { "Europe/Lisbon", "WEST", "WEST", "Western European Summer Time" },
  { "Europe/Paris", "CET", "CET", "Central European Standard Time" },
  { "Europe/Paris", "CEST", "CEST", "Central European Summer Time" },
  { "Europe/Athens", "EET", "EET", "Eastern European Standard Time" },
  { "Europe/Athens", "EEST", "EEST", "Eastern European Summer Time" },
  { "Africa/Cairo", "EET", "EET", "Eastern European Standard Time" },
  { "Africa/Cairo", "EEST", "EEST", "Eastern European Summer Time" },
  { "Europe/Moscow", "MSK", "MSK", "Moscow Standard Time" },
  { "Europe/Istanbul", "+03", "TRT", "Turkey Time" },
  { "Africa/Johannesburg", "SAST", "SAST", "South Africa Standard Time" },
  { "Africa/Lagos", "WAT", "WAT", "West Africa Standard Time" },
  { "Africa/Maputo", "CAT", "CAT", "Central Africa Time" },
  { "Africa/Nairobi", "EAT", "EAT", "East Africa Time" },
  { "Asia/Riyadh", "+03", "AST", "Arabian Standard Time" },
  { "Asia/Tehran", "+0330", "IRST", "Iran Standard Time" },
  { "Asia/Dubai", "+04", "GST", "Gulf Standard Time" },
  { "Asia/Karachi", "PKT", "PKT", "Pakistan Standard Time" },
  { "Asia/Kathmandu", "+0545", "NPT", "Nepal Time" },
  { "Asia/Dhaka", "+06", "BDT", "Bangladesh Standard Time" },
  { "Asia/Bangkok", "+07", "ICT", "Indochina Time" },
  { "Asia/Ho_Chi_Minh", "+07", "ICT", "Indochina Time" },
  { "Asia/Jakarta", "WIB", "WIB", "Western Indonesia Time" },
  { "Asia/Shanghai", "CST", "CST", "China Standard Time" },
  { "Asia/Taipei", "CST", "CST", "Taipei Standard Time" },
  { "Asia/Hong_Kong", "HKT", "HKT", "Hong Kong Standard Time" },
  { "Asia/Singapore", "+08", "SGT", "Singapore Standard Time" },
  { "Asia/Manila", "PST", "PST", "Philippine Standard Time" },
  { "Asia/Seoul", "KST", "KST", "Korean Standard Time" },
  { "Asia/Tokyo", "JST", "JST", "Japan Standard Time" },
  { "Australia/Perth", "AWST", "AWST", "Australian Western Standard Time" },
  { "Australia/Adelaide", "ACST", "ACST", "Australian Central Standard Time" },
  { "Australia/Adelaide", "ACDT", "ACDT", "Australian Central Daylight Time" },
  { "Australia/Sydney", "AEST", "AEST", "Australian Eastern Standard Time" },
  { "Australia/Sydney", "AEDT", "AEDT", "Australian Eastern Daylight Time" },
  { "Pacific/Auckland", "NZST", "NZST", "New Zealand Standard Time" },
  { "Pacific/Auckland", "NZDT", "NZDT", "New Zealand Daylight Time" },
};

static bool
same_continent (const char *a, const char *b)
{
  const char *slash = strchr (a, '/');

  return slash != NULL && strncmp (a, b, (size_t)(slash - a) + 1) == 0;
}

const WeirExprZoneName *
weir_expr_zone_name_find (const char *id, const char *tzdata)
{
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].region, id) == 0 && strcmp (names[i].tzdata, tzdata) == 0)
      return &names[i];
  /* Another place of the same continent calls its time the same, unless it is but a number. */
  if (!g_ascii_isalpha (tzdata[0]))
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].tzdata, tzdata) == 0 && same_continent (names[i].region, id))
      return &names[i];
  return NULL;
}

static size_t
common_length (const char *text, size_t length, const char *name)
{
  const size_t size = strlen (name);

  return size <= length && g_ascii_strncasecmp (text, name, size) == 0 ? size : 0;
}

const char *
weir_expr_zone_name_parse (const char *text, size_t length, size_t *ret_length)
{
  const char *region = NULL;
  size_t longest = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    size_t size = MAX (common_length (text, length, names[i].abbreviation),
                       common_length (text, length, names[i].full));

    if (size > longest) {
      longest = size;
      region = names[i].region;
    }
  }
  *ret_length = longest;
  return region;
}
