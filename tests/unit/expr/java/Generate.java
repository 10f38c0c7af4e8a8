/* Generate.java: writes cases/java-*.tsv: what Java itself makes of dates, numbers and regular
 * expressions, against which ours is held. Run once, with Java 17: java Generate.java ../cases
 *
 * Nothing at build or test time needs Java. */
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

public class Generate {
  static final Random random = new Random(1);

  static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  static String show(String text) {
    return text.replace("\n", "␤").replace("\r", "␍").replace("\t", "␉");
  }

  static String row(String expression, String attributes, String result) {
    return show(expression) + "\t" + show(attributes) + "\t" + show(result);
  }

  static void write(Path folder, String name, String about, Set<String> rows) throws Exception {
    try (PrintWriter out = new PrintWriter(
        Files.newBufferedWriter(folder.resolve(name), StandardCharsets.UTF_8))) {
      out.print("# " + about + " Written by java/Generate.java.\n");
      for (String row : rows) out.print(row + "\n");
    }
    System.out.println(name + ": " + rows.size());
  }

  /* --- dates --- */

  static final String[] ZONES = { "UTC", "GMT", "Europe/Paris", "America/New_York", "Asia/Kolkata",
      "Asia/Tokyo", "Australia/Sydney", "+05:30", "-08:00", "UTC+03:00", "Z", "Europe/London",
      "America/Los_Angeles" };

  static final String[] PRINT = { "yyyy-MM-dd", "yyyy/MM/dd HH:mm:ss.SSS", "yyyyMMddHHmmss",
      "yy-M-d H:m:s", "EEE, dd MMM yyyy HH:mm:ss Z", "EEEE, MMMM d, yyyy h:mm a", "E MMM dd HH:mm:ss z yyyy",
      "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yyyy-MM-dd'T'HH:mm:ss'Z'", "D", "DDD", "w", "ww", "W", "YYYY",
      "YY-ww-e", "Q", "QQ", "QQQ", "QQQQ", "G", "GGGG", "GGGGG", "u", "uuuu", "y", "yyy", "yyyyy",
      "MMMMM", "L", "LLL", "EEEEE", "e", "ee", "eee", "c", "ccc", "K", "KK", "k", "kk", "h a", "hh:mm",
      "S", "SS", "SSSSSSSSS", "A", "n", "N", "g", "X", "XX", "XXX", "XXXX", "XXXXX", "x", "xx", "xxx",
      "xxxx", "xxxxx", "Z", "ZZ", "ZZZ", "ZZZZ", "ZZZZZ", "O", "OOOO", "VV", "z", "zzzz", "''", "'it''s' yyyy",
      "ppppH", "ppM/ppd", "[yyyy][-MM]", "yyyy-MM-dd HH:mm:ss,SSS", "dd.MM.yyyy", "HH'h'mm", "MMM d, yyyy",
      "yyyyMMdd'T'HHmmssX", "MMM", "MMMM", "EEEE", "a" };

  static final String[] MOMENTS = { "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z",
      "2026-02-03T04:05:06.789Z", "2024-02-29T12:00:00Z", "2000-01-01T00:00:00Z", "1999-12-31T23:59:59Z",
      "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",
      "2038-01-19T03:14:08Z", "2050-07-15T13:30:00.001Z", "1901-12-14T00:00:00Z", "0001-01-01T00:00:00Z",
      "-0044-03-15T12:00:00Z", "9999-12-31T23:59:59.999Z", "+12345-06-07T08:09:10Z",
      "2026-01-04T00:00:00Z", "2027-12-31T22:00:00Z", "2028-12-30T00:00:00Z" };

  static void print(Path folder) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    for (String pattern : PRINT) {
      for (int i = 0; i < 9; i++) {
        String moment = MOMENTS[i == 0 ? 2 : random.nextInt(MOMENTS.length)];
        String zone = ZONES[i == 0 ? 2 : random.nextInt(ZONES.length)];
        Instant instant = Instant.parse(moment);
        String result = DateTimeFormatter.ofPattern(pattern, Locale.US).withZone(ZoneId.of(zone)).format(instant);
        rows.add(row("${a:toNumber():format(" + quote(pattern) + ", '" + zone + "')}",
            "a=" + instant.toEpochMilli(), result));
      }
    }
    write(folder, "java-date-print.tsv", "Dates as text.", rows);
  }

  static final String[][] READ = {
      { "yyyy/MM/dd HH:mm:ss.SSS", "2013/11/18 10:22:27.678", "2013/1/8 1:2:7.6", "2013/11/18 10:22:27",
        "2013/11/18 24:00:00.000", "2013/11/18 25:00:00.000", "x", "" },
      { "yyyy/MM/dd", "2013/3/4", "2013/03/04", "2013/02/31", "2013/13/01", "2013/02/32", "12013/01/02",
        "-2013/01/02", "2013/03/04 ", " 2013/03/04", "0/1/1" },
      { "yyyy-MM-dd", "2024-02-30", "2023-02-29", "2024-04-31", "99-1-1" },
      { "yyyyMMddHHmmss", "20130917162643", "2013917162643", "20130917162", "+20130917162643", "120130917162643" },
      { "yyyyMMdd", "20130917", "2013917", "130917", "201309171" },
      { "yyyyMMddHHmmssSSS", "20130917162643123", "2013091716264312", "20130917162643" },
      { "yyMMddHHmmss", "260203040506", "990203040506", "60203040506" },
      { "yy-MM-dd", "26-02-03", "2026-02-03", "6-2-3", "99-12-31", "126-02-03" },
      { "dd/MMM/yyyy:HH:mm:ss Z", "03/Feb/2026:04:05:06 +0100", "03/feb/2026:04:05:06 -0330",
        "03/FEBRUARY/2026:04:05:06 +0000", "3/2/2026:4:5:6 +0100" },
      { "EEE, dd MMM yyyy HH:mm:ss zzz", "Tue, 03 Feb 2026 04:05:06 GMT", "tuesday, 3 february 2026 04:05:06 UTC",
        "Wed, 03 Feb 2026 04:05:06 GMT", "Tue, 03 Feb 2026 04:05:06 EST", "Fri, 03 Jul 2026 04:05:06 CET",
        "Fri, 03 Jul 2026 04:05:06 PST" },
      { "EEE MMM dd HH:mm:ss zzz yyyy", "Tue Feb 03 04:05:06 UTC 2026", "Fri Jul 03 04:05:06 PDT 2026" },
      { "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-02-03T04:05:06.789+01:00", "2026-02-03T04:05:06.789Z",
        "2026-02-03t04:05:06.7z", "2026-02-03T04:05:06.+01:00", "2026-02-03T04:05:06.789-05:30" },
      { "yyyy-MM-dd'T'HH:mm:ssX", "2026-02-03T04:05:06+01", "2026-02-03T04:05:06+0130", "2026-02-03T04:05:06Z" },
      { "yyyy-MM-dd'T'HH:mm:ss'Z'", "2026-02-03T04:05:06Z", "2026-02-03T04:05:06z", "2026-02-03T04:05:06" },
      { "yyyy-MM-dd HH:mm VV", "2026-02-03 04:05 Europe/Paris", "2026-07-03 04:05 America/New_York",
        "2026-07-03 04:05 UTC", "2026-07-03 04:05 +02:00" },
      { "hh:mm a", "04:05 PM", "4:5 am", "12:00 am", "12:00 PM", "13:00 PM", "04:05" },
      { "h a", "3 pm", "0 am" }, { "KK:mm a", "11:30 PM", "12:30 AM" }, { "kk:mm", "24:30", "01:00", "0:15" },
      { "HH:mm", "04:05", "4:5", "24:00", "24:01", "23:60" }, { "HH", "7", "07", "77" }, { "mm:ss", "5:6" },
      { "yyyy", "2026", "26", "12026", "-5" }, { "yyyy-MM", "2026-02", "2026-2" }, { "MM-dd", "02-03", "02-30" },
      { "yyyy-DDD", "2026-034", "2024-366", "2023-366", "2026-34" }, { "D yyyy", "34 2026" },
      { "MMMM d, yyyy", "February 3, 2026", "feb 3, 2026", "FEBRUARY 3, 2026", "2 3, 2026", "Smarch 3, 2026" },
      { "d MMM uuuu", "3 Feb 2026", "3 Feb -1" }, { "y G", "44 BC", "2026 AD", "2026 ad" },
      { "yyyy-MM-dd[ HH:mm[:ss]]", "2026-02-03", "2026-02-03 04:05", "2026-02-03 04:05:06", "2026-02-03 04" },
      { "yyyy-MM-dd HH:mm:ss.SSSSSS", "2026-02-03 04:05:06.000007", "2026-02-03 04:05:06.1234567" },
      { "yyyy-MM-dd O", "2026-02-03 GMT+1", "2026-02-03 GMT", "2026-02-03 GMT-5:30" },
      { "yyyy-MM-dd EEEE", "2026-02-03 Tuesday", "2026-02-03 Friday", "2026-02-03 tue" },
      { "yyyy.MM.dd", "2026.2.3", "2026,2,3" }, { "'day' d", "day 3", "DAY 3", "night 3" } };

  /* As NiFi puts together what was read. */
  static Instant instant(DateTimeFormatter formatter, String text) {
    TemporalAccessor parsed = formatter.parse(text);
    LocalDate date = parsed.query(TemporalQueries.localDate());
    if (date == null)
      date = LocalDate.of(get(parsed, ChronoField.YEAR, 1970), get(parsed, ChronoField.MONTH_OF_YEAR, 1),
          get(parsed, ChronoField.DAY_OF_MONTH, 1));
    LocalTime time = parsed.query(TemporalQueries.localTime());
    if (time == null)
      time = LocalTime.of(get(parsed, ChronoField.HOUR_OF_DAY, 0), get(parsed, ChronoField.MINUTE_OF_HOUR, 0),
          get(parsed, ChronoField.SECOND_OF_MINUTE, 0), get(parsed, ChronoField.NANO_OF_SECOND, 0));
    LocalDateTime local = LocalDateTime.of(date, time);
    ZoneId zone = parsed.query(TemporalQueries.zoneId());
    ZoneOffset offset = parsed.isSupported(ChronoField.OFFSET_SECONDS)
        ? ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS))
        : (zone == null ? ZoneOffset.UTC : zone).getRules().getOffset(local);
    return OffsetDateTime.of(local, offset).toInstant();
  }

  static int get(TemporalAccessor parsed, ChronoField field, int otherwise) {
    return parsed.isSupported(field) ? parsed.get(field) : otherwise;
  }

  static void read(Path folder) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    String[] zones = { "UTC", "Europe/Paris", "America/New_York", "+05:30" };
    for (String[] group : READ) {
      DateTimeFormatter formatter = new DateTimeFormatterBuilder().parseLenient().parseCaseInsensitive()
          .appendPattern(group[0]).toFormatter(Locale.US);
      for (int i = 1; i < group.length; i++) {
        String zone = zones[random.nextInt(zones.length)];
        String expression = "${a:toDate(" + quote(group[0]) + ", '" + zone + "'):toNumber()}";
        String result;
        try {
          result = "" + instant(formatter.withZone(ZoneId.of(zone)), group[i]).toEpochMilli();
        } catch (Exception e) {
          result = "!toDate: '";
        }
        rows.add(row(expression, "a=" + group[i], result));
        if (!result.startsWith("!"))
          rows.add(row(expression.replace(", '" + zone + "'", ""), "a=" + group[i],
              "" + instant(formatter, group[i]).toEpochMilli()));
      }
    }
    gaps(rows);
    write(folder, "java-date-read.tsv", "Text as dates, leniently as NiFi reads it.", rows);
  }

  /* Around the hours that the clocks skip or show twice. */
  static void gaps(Set<String> rows) {
    String[][] changes = { { "Europe/Paris", "2026-03-29T01:00" }, { "Europe/Paris", "2026-10-25T01:00" },
        { "America/New_York", "2026-03-08T01:00" }, { "America/New_York", "2026-11-01T00:00" },
        { "Australia/Lord_Howe", "2026-04-05T01:00" }, { "Australia/Lord_Howe", "2026-10-04T01:30" },
        { "Pacific/Apia", "2011-12-29T23:00" }, { "Europe/London", "1970-10-31T23:00" } };
    DateTimeFormatter formatter = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.US);
    for (String[] change : changes)
      for (int i = 0; i < 8; i++) {
        LocalDateTime local = LocalDateTime.parse(change[1]).plusMinutes(i * 30);
        rows.add(row("${a:toDate('yyyy-MM-dd HH:mm', '" + change[0] + "'):toNumber()}",
            "a=" + local.format(formatter),
            "" + local.atZone(ZoneId.of(change[0])).toInstant().toEpochMilli()));
      }
  }

  static void move(Path folder) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    String[] amounts = { "1 second", "90 minutes", "25 hours", "1 day", "2 weeks", "1 month", "13 months",
        "1 year", "4 years", "100 years", "0 days" };
    for (String moment : new String[] { "2024-02-29T12:00:00Z", "2026-01-31T23:59:59.5Z", "2026-03-31T00:00:00Z",
        "1969-12-31T23:59:59Z", "2023-12-31T12:00:00Z" })
      for (String amount : amounts)
        for (int sign = -1; sign <= 1; sign += 2) {
          ZonedDateTime time = Instant.parse(moment).atZone(ZoneOffset.UTC);
          long n = sign * Long.parseLong(amount.split(" ")[0]);
          String unit = amount.split(" ")[1];
          ZonedDateTime moved = unit.startsWith("second") ? time.plusSeconds(n)
              : unit.startsWith("minute") ? time.plusMinutes(n) : unit.startsWith("hour") ? time.plusHours(n)
              : unit.startsWith("day") ? time.plusDays(n) : unit.startsWith("week") ? time.plusWeeks(n)
              : unit.startsWith("month") ? time.plusMonths(n) : time.plusYears(n);
          rows.add(row("${a:" + (sign > 0 ? "plus" : "minus") + "InstantDuration('" + amount + "')}",
              "a=" + moment, moved.toInstant().toString()));
        }
    write(folder, "java-date-move.tsv", "Amounts of time added and taken.", rows);
  }

  /* --- numbers --- */

  static final String[] NUMBERS = { "0", "1", "-1", "2", "7", "-7", "10", "100", "1000000007",
      "9223372036854775807", "-9223372036854775808", "4611686018427387904", "0.0", "-0.0", "0.1", "0.5", "1.5",
      "-2.5", "3.0", "1e10", "1.5e-7", "1e300", "-1e300", "1.7976931348623157E308", "4.9E-324", "NaN", "Infinity",
      "-Infinity", "0x10", "-0x7F", "12345.678", "0.3333333333333333" };

  static Object number(String text) {
    if (text.contains("x")) return Long.decode(text);
    return text.matches("-?\\d+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
  }

  /* Java before 19 wrote some doubles with more digits than they need: leave those out. */
  static boolean isShortest(double d) {
    if (Double.isNaN(d) || Double.isInfinite(d) || d == 0) return true;
    String digits = Double.toString(Math.abs(d)).replaceAll("E.*", "").replace(".", "").replaceAll("^0+|0+$", "");
    if (digits.length() < 3) return true;
    return Double.parseDouble(String.format(Locale.ROOT, "%." + (digits.length() - 2) + "e", d)) != d;
  }

  static String calculate(String function, Object a, Object b) {
    if (a instanceof Long && b instanceof Long) {
      long x = (Long) a, y = (Long) b;
      if (y == 0 && (function.equals("divide") || function.equals("mod"))) return "!cannot divide by zero";
      switch (function) {
        case "plus": return "" + (x + y);
        case "minus": return "" + (x - y);
        case "multiply": return "" + (x * y);
        case "divide": return "" + (x / y);
        case "mod": return "" + (x % y);
        case "gt": return "" + (x > y);
        default: return "" + (x <= y);
      }
    }
    double x = ((Number) a).doubleValue(), y = ((Number) b).doubleValue();
    if (function.equals("gt")) return "" + (x > y);
    if (function.equals("le")) return "" + (x <= y);
    double z = function.equals("plus") ? x + y : function.equals("minus") ? x - y
        : function.equals("multiply") ? x * y : function.equals("divide") ? x / y : x % y;
    return isShortest(z) ? "" + z : null;
  }

  static void numbers(Path folder) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    for (String function : new String[] { "plus", "minus", "multiply", "divide", "mod", "gt", "le" })
      for (int i = 0; i < 60; i++) {
        String a = NUMBERS[random.nextInt(NUMBERS.length)], b = NUMBERS[random.nextInt(NUMBERS.length)];
        String result = calculate(function, number(a), number(b));
        if (result != null) rows.add(row("${a:" + function + "(${b})}", "a=" + a + "¦b=" + b, result));
      }
    for (String a : NUMBERS) {
      Object value = number(a);
      rows.add(row("${a:toNumber()}", "a=" + a, "" + ((Number) value).longValue()));
      if (isShortest(((Number) value).doubleValue()))
        rows.add(row("${a:toDecimal()}", "a=" + a, "" + ((Number) value).doubleValue()));
      for (int radix : new int[] { 2, 7, 16, 36 })
        rows.add(row("${a:toRadix(" + radix + ")}", "a=" + a, Long.toString(((Number) value).longValue(), radix)));
    }
    write(folder, "java-numbers.tsv", "Arithmetic.", rows);
  }

  static void math(Path folder) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    String[] one = { "abs", "ceil", "floor", "rint", "round", "sqrt", "cbrt", "exp", "log", "log10", "sin", "cos",
        "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "toRadians", "toDegrees", "signum", "ulp",
        "expm1", "log1p", "nextUp", "nextDown", "getExponent", "negateExact", "incrementExact", "decrementExact" };
    String[] two = { "max", "min", "pow", "atan2", "hypot", "IEEEremainder", "copySign", "nextAfter", "floorDiv",
        "floorMod", "addExact", "subtractExact", "multiplyExact", "scalb" };
    String[] values = { "0", "1", "-1", "7", "-7", "64", "9223372036854775807", "-9223372036854775808", "0.0", "0.5",
        "-0.5", "1.5", "2.5", "-2.5", "64.1", "100.0", "NaN", "Infinity" };
    for (String name : one)
      for (String a : values) add(rows, name, a, null);
    for (String name : two)
      for (int i = 0; i < 24; i++)
        add(rows, name, values[random.nextInt(values.length)], values[random.nextInt(values.length)]);
    write(folder, "java-math.tsv", "The functions of java.lang.Math.", rows);
  }

  static void add(Set<String> rows, String name, String a, String b) {
    Object x = number(a), y = b == null ? null : number(b);
    Class<?> first = x instanceof Long ? long.class : double.class;
    Class<?> second = y instanceof Long ? long.class : double.class;
    String expression = "${a:math('" + name + "'" + (b == null ? "" : ", ${b}") + ")}";
    String attributes = "a=" + a + (b == null ? "" : "¦b=" + b);
    Object result;
    try {
      if (b == null) {
        result = Math.class.getMethod(name, first).invoke(null, x);
      } else {
        try {
          result = Math.class.getMethod(name, first, second).invoke(null, x, y);
        } catch (NoSuchMethodException e) {
          if (second != long.class) throw e;
          result = Math.class.getMethod(name, first, int.class).invoke(null, x, ((Long) y).intValue());
        }
      }
    } catch (NoSuchMethodException e) {
      rows.add(row(expression, attributes, "!math: "));
      return;
    } catch (Exception e) {
      rows.add(row(expression, attributes, "!math: "));
      return;
    }
    /* The last digit of these may differ from one library to the next. */
    boolean exact = !Set.of("cbrt", "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
        "tanh", "expm1", "log1p", "pow", "atan2", "hypot").contains(name);
    if (result instanceof Double && !Double.isNaN((Double) result) && !isShortest((Double) result)) return;
    if (exact || result instanceof Double && ((Double) result) == Math.rint((Double) result)
        || Double.isNaN(((Number) result).doubleValue()))
      rows.add(row(expression, attributes, "" + result));
  }

  /* --- regular expressions --- */

  static final String[] PATTERNS = { "a", "a|b", "abc", "a.c", "^a", "c$", "^abc$", "a*", "a+", "a?b", "a{2}", "a{2,}",
      "a{1,2}b", "(a)(b)?", "(a|b)+c", "a*?b", "a+?", "a++b", "(?:ab)+", "(?i)ABC", "(?i:A)b", "(?s).+", "(?m)^b",
      "(?m)c$", "[abc]+", "[^abc]+", "[a-c&&[^b]]+", "[a-z&&[aeiou]]", "[a-c[x-z]]+", "[^a-c[x-z]]+", "\\d+", "\\D+",
      "\\w+", "\\W+", "\\s+", "\\S+", "\\h", "\\bb", "\\Bb", "\\Aa", "c\\z", "c\\Z", "\\p{L}+", "\\p{Lu}", "\\P{L}+",
      "\\p{Alpha}+", "\\p{Punct}", "\\p{Upper}+", "\\p{javaLowerCase}+", "\\p{IsLatin}+", "[\\p{L}&&[^a]]+", "\\x61", "\\u0062",
      "\\0141", "\\t|\\n", "\\R", "\\Qa.c\\E", "\\.", "(a)\\1", "(?<x>a)\\k<x>", "(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b",
      "(?>a+)b", "", "x*", "(x)?", "[\\[\\]]", "[a\\-c]+", "[.]", "\\$", "[$]", "a||b", "()", "(a(b(c)))", "ä", "[ä-ü]+", ".",
      "\\p{InGreek}", "日", "(?u)é", "[^\\x00-\\x7F]", "\\e", "\\cA", "(?x) a b # c", "[a-d[m-p]&&[^c]]+" };

  static final String[] TEXTS = { "", "a", "b", "ab", "abc", "aab", "aaab", "abcabc", "ABC", "a.c", "axc", "a\nb", "b\nc", "abc\n",
      "12 ab", "a b\tc", "äöü", "日本", "xyz", "aa", "$a", "[x]", "a-c", "É", "a1_2", "..", "aXb", "cab", "😀a" };

  static final String[] BY = { "<$0>", "", "x", "\\$", "[$0$0]" };

  static void regex(Path folder) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    for (String regex : PATTERNS) {
      Pattern pattern;
      try {
        pattern = Pattern.compile(regex);
      } catch (PatternSyntaxException e) {
        rows.add(row("${a:find(" + quote(regex) + ")}", "a=a", "!regular expression"));
        continue;
      }
      for (int i = 0; i < 7; i++) {
        String text = TEXTS[random.nextInt(TEXTS.length)];
        String by = BY[random.nextInt(BY.length)];
        rows.add(row("${a:find(" + quote(regex) + ")}", "a=" + text, "" + pattern.matcher(text).find()));
        rows.add(row("${a:matches(" + quote(regex) + ")}", "a=" + text, "" + pattern.matcher(text).matches()));
        String result = pattern.matcher(text).replaceAll(by);
        /* Java finds the empty text between the halves of a character, too. */
        if (result.startsWith("!") || !StandardCharsets.UTF_8.newEncoder().canEncode(result)) continue;
        rows.add(row("${a:replaceAll(" + quote(regex) + ", " + quote(by) + ")}", "a=" + text, result));
      }
    }
    write(folder, "java-regex.tsv", "Regular expressions.", rows);
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    print(folder);
    read(folder);
    move(folder);
    numbers(folder);
    math(folder);
    regex(folder);
  }
}
