/* GenerateText.java: writes cases/java-text.tsv: what Java and Apache Commons Text make of texts.
 * Run once, with Java 17 and Commons Text 1.10 (Debian: libcommons-text-java):
 *   java -cp /usr/share/java/commons-text.jar:/usr/share/java/commons-lang3.jar \
 *     GenerateText.java ../cases
 *
 * Nothing at build or test time needs Java. */
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.text.StringEscapeUtils;

public class GenerateText {
  static final Random random = new Random(6);

  static final String[] PARTS = { "a", "b", "Z", "0", "9", " ", "-", "_", ".", ",", "\"", "'", "&", "<", ">", "/",
      "\\", "\n", "\r", "\t", "\u0001", "\u001b", "\u007f", "\u0085", "\u00a0", "é", "É", "ß", "ﬁ", "İ", "ı", "Σ", "ς", "ÿ",
      "Ω", "я", "日", "本", "😀", "𝒳", "\u0301", "\u2028", "€", "♣", "&amp;", "&lt;", "&eacute;", "&euro;", "&#65;",
      "&#x1F600;", "&#0;", "&apos;", "&quot", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\\\", "\\\"", "\\/", "%41",
      "%C3%A9", "+", "=", "*", "~", "ab", "ba", "１" };

  static final String[] INSTANTS = { "2026-02-03T04:05:06Z", "2026-02-03T04:05:06.1Z", "2026-02-03T04:05:06.123456789Z",
      "2026-02-03T04:05:06.1234567890Z", "2026-02-03T04:05Z", "2026-02-03T04Z", "2026-02-03", "2026-02-03T04:05:06",
      "2026-02-03T04:05:06+01:00", "2026-02-03T04:05+01:00", "2026-02-03T04:05:06+01", "2026-02-03T04:05:06+0100",
      "2026-02-03T04:05:06-18:00", "2026-02-03T04:05:06+18:01", "2026-02-03t04:05:06z", "2026-02-03 04:05:06Z",
      "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-02-31T00:00:00+00:00", "2026-04-31T00:00:00Z",
      "2026-02-32T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-03T24:00:00Z",
      "2026-02-03T24:00:01Z", "2026-02-03T25:00:00Z", "2026-02-03T23:59:60Z", "2016-12-31T23:59:60Z",
      "2026-02-03T23:60:00Z", "+12345-01-01T00:00:00Z", "12345-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
      "0000-01-01T00:00:00Z", "2026-02-03T04:05:06.+01:00", "2026-02-03T04:05:06+01:02:03", "Tue, 3 Feb 2026 04:05:06 GMT", "3 Feb 2026 04:05:06 GMT",
      "Tue, 03 Feb 2026 04:05:06 +0100", "Mon, 3 Feb 2026 04:05:06 GMT", "Tue, 3 Feb 2026 04:05 GMT",
      "tue, 3 feb 2026 04:05:06 gmt", "Tue, 3 Feb 2026 04:05:06 EST", "Tue, 3 Feb 2026 04:05:06 Z", "Tue, 3 Feb 2026 04:05:06 +01:00", "Tue, 3 Feb 2026 04:05:06 GMT+1",
      "Tue, 3 Feb 2026 4:05:06 +01", "Wed, 4 Feb 26 04:05 GMT", "  2026-02-03T04:05:06Z ",
      "2026-02-03T04:05:06ZZ", "1770091506789", "now", "Z", "2026-2-3T4:5:6Z", "2026-W06-2T00:00:00Z",
      "2026-034T00:00:00Z", "2026-02-03T04:05:06,5Z", "2026-02-03T04:05:06.Z" };

  static String show(String text) {
    String shown = text.replace("\n", "␤").replace("\r", "␍").replace("\t", "␉").replace("\u0001", "␁")
        .replace("\u001b", "␛").replace("\u007f", "␡");
    if (shown.startsWith(" ")) shown = "␠" + shown.substring(1);
    if (shown.endsWith(" ")) shown = shown.substring(0, shown.length() - 1) + "␠";
    return shown;
  }

  static boolean whole(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text) && text.indexOf(0) < 0;
  }

  static void add(Set<String> rows, String call, String subject, String argument, String result) {
    if (!whole(result)) return;
    String attributes = "a=" + subject + (argument != null ? "¦b=" + argument : "");
    rows.add("${a:" + call + "}\t" + show(attributes) + "\t" + show(result));
  }

  static String text(int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) text.append(PARTS[random.nextInt(PARTS.length)]);
    return text.toString();
  }

  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) text.append(String.format("%02x", b));
    return text.toString();
  }

  static String decodeUrl(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "!urlDecode";
    }
  }

  static UUID named(UUID namespace, String name) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 56; i >= 0; i -= 8) bytes.write((int) (namespace.getMostSignificantBits() >> i));
    for (int i = 56; i >= 0; i -= 8) bytes.write((int) (namespace.getLeastSignificantBits() >> i));
    bytes.write(name.getBytes(StandardCharsets.UTF_8));
    return UUID.nameUUIDFromBytes(bytes.toByteArray());
  }

  static void one(Set<String> rows, String t) throws Exception {
    byte[] bytes = t.getBytes(StandardCharsets.UTF_8);
    UUID namespace = new UUID(random.nextLong(), random.nextLong());
    add(rows, "toUpper()", t, null, t.toUpperCase(java.util.Locale.ROOT));
    add(rows, "toLower()", t, null, t.toLowerCase(java.util.Locale.ROOT));
    add(rows, "trim()", t, null, t.trim());
    add(rows, "length()", t, null, "" + t.length());
    add(rows, "isEmpty()", t, null, "" + t.trim().isEmpty());
    add(rows, "urlEncode()", t, null, URLEncoder.encode(t, StandardCharsets.UTF_8));
    add(rows, "urlDecode()", t, null, decodeUrl(t));
    add(rows, "base64Encode()", t, null, Base64.getEncoder().encodeToString(bytes));
    add(rows, "base64Decode()", Base64.getEncoder().encodeToString(bytes), null, t);
    add(rows, "UUID3('" + namespace + "')", t, null, named(namespace, t).toString());
    add(rows, "escapeJson()", t, null, StringEscapeUtils.ESCAPE_JSON.translate(t));
    add(rows, "escapeXml()", t, null, StringEscapeUtils.ESCAPE_XML10.translate(t));
    add(rows, "escapeCsv()", t, null, StringEscapeUtils.ESCAPE_CSV.translate(t));
    add(rows, "escapeHtml3()", t, null, StringEscapeUtils.ESCAPE_HTML3.translate(t));
    add(rows, "escapeHtml4()", t, null, StringEscapeUtils.ESCAPE_HTML4.translate(t));
    if (!t.matches("(?s).*\\\\u(?![0-9a-fA-F]{4}).*"))
      add(rows, "unescapeJson()", t, null, StringEscapeUtils.UNESCAPE_JSON.translate(t));
    add(rows, "unescapeXml()", t, null, StringEscapeUtils.UNESCAPE_XML.translate(t));
    if (!t.equals("\"")) /* which it crashes on */
      add(rows, "unescapeCsv()", t, null, StringEscapeUtils.UNESCAPE_CSV.translate(t));
    add(rows, "unescapeHtml3()", t, null, StringEscapeUtils.UNESCAPE_HTML3.translate(t));
    add(rows, "unescapeHtml4()", t, null, StringEscapeUtils.UNESCAPE_HTML4.translate(t));
    for (String name : new String[] { "MD5", "SHA-1", "SHA-512/256", "SHA3-256" })
      add(rows, "hash('" + name + "')", t, null, hex(MessageDigest.getInstance(name).digest(bytes)));
  }

  static void two(Set<String> rows, String t) {
    int at = random.nextInt(Math.max(1, t.length()));
    String part = random.nextInt(3) == 0 ? text(1) : t.substring(at, Math.min(t.length(), at + 1 + random.nextInt(2)));
    if (!whole(part)) part = "a";
    add(rows, "startsWith(${b})", t, part, "" + t.startsWith(part));
    add(rows, "endsWith(${b})", t, part, "" + t.endsWith(part));
    add(rows, "contains(${b})", t, part, "" + t.contains(part));
    add(rows, "indexOf(${b})", t, part, "" + t.indexOf(part));
    add(rows, "lastIndexOf(${b})", t, part, "" + t.lastIndexOf(part));
    add(rows, "equalsIgnoreCase(${b})", t, part, "" + t.equalsIgnoreCase(part));
    add(rows, "replace(${b}, '<>')", t, part, t.replace(part, "<>"));
    if (at <= t.length()) add(rows, "substring(" + at + ")", t, null, at < t.length() ? t.substring(at) : "");
    add(rows, "equalsIgnoreCase(${b})", t, t.toUpperCase(java.util.Locale.ROOT),
        "" + t.equalsIgnoreCase(t.toUpperCase(java.util.Locale.ROOT)));
  }

  static void instants(Set<String> rows) {
    DateTimeFormatter formatter = new DateTimeFormatterBuilder().appendOptional(DateTimeFormatter.ISO_INSTANT)
        .appendOptional(DateTimeFormatter.ISO_OFFSET_DATE_TIME).appendOptional(DateTimeFormatter.RFC_1123_DATE_TIME)
        .toFormatter(java.util.Locale.US);
    for (String text : INSTANTS) {
      boolean valid = true;
      try {
        formatter.parse(text.trim(), Instant::from);
      } catch (DateTimeParseException e) {
        valid = false;
      }
      add(rows, "isValidInstant()", text, null, "" + valid);
    }
  }

  static void uris(Set<String> rows) {
    String[][] values = { { "http", "https", "", "s3" }, { null, "u:p", "ü@x" }, { "h.org", "::1", "[::1]", "é.org" },
        { "-1", "0", "80", "99999" }, { null, "", "/", "/a b/%41é", "x" }, { null, "", "k=v&l=a b%2F?" }, { null, "f g#h" } };
    for (int i = 0; i < 120; i++) {
      String[] v = new String[7];
      StringBuilder call = new StringBuilder("${getUri(");
      for (int j = 0; j < 7; j++) {
        v[j] = values[j][random.nextInt(values[j].length)];
        call.append(j > 0 ? ", " : "").append(v[j] == null ? "null" : j == 3 ? v[j] : "'" + v[j] + "'");
      }
      String result;
      try {
        result = new URI(v[0], v[1], v[2], Integer.parseInt(v[3]), v[4], v[5], v[6]).toString();
      } catch (java.net.URISyntaxException e) {
        result = "!getUri";
      }
      rows.add(call + ")}\t\t" + result);
    }
  }

  public static void main(String[] args) throws Exception {
    Set<String> rows = new LinkedHashSet<>();
    for (int i = 0; i < 24; i++) one(rows, text(i < 12 ? 4 : 9));
    for (String part : PARTS) one(rows, part);
    for (int i = 0; i < 80; i++) two(rows, text(8));
    instants(rows);
    uris(rows);
    try (PrintWriter out = new PrintWriter(
        Files.newBufferedWriter(Path.of(args[0]).resolve("java-text.tsv"), StandardCharsets.UTF_8))) {
      out.print("# Texts. Written by java/GenerateText.java.\n");
      for (String row : rows) out.print(row + "\n");
    }
    System.out.println(rows.size());
  }
}
