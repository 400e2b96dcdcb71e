package curvata.optim.io;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Strict pull reader of the JSON a safetensors header may hold: objects, strings and unsigned integers in arrays.
 *
 * <p>The caller asks for what the grammar of the header allows at each point, and anything else is an error there: nothing is skipped,
 * nothing recurses, so nesting cannot exhaust the stack. Works on bytes already known to be UTF-8; positions in messages count bytes of the
 * header from 0.
 */
final class JsonReader {
  private final Path file;
  private final byte[] text;
  private int at;
  private boolean fresh;   // just behind an opening bracket: no comma comes before the next item
  private String tensor;   // the one being read, for messages; null outside

  JsonReader(Path file, byte[] text) {
    this.file = file;
    this.text = text;
  }

  /** Position of the next token where {@link #hasNext} was just asked, for {@link #error}. */
  int position() {
    return at;
  }

  /** Names the tensor that messages speak of; null for none. */
  void within(String name) {
    tensor = name;
  }

  void beginObject(String what) throws MalformedFileException {
    take('{', what);
    fresh = true;
  }

  void beginArray(String what) throws MalformedFileException {
    take('[', what);
    fresh = true;
  }

  /** Whether another item comes before the closing bracket; takes the comma or the bracket. */
  boolean hasNext(char close) throws MalformedFileException {
    skipSpace();
    if (at < text.length && text[at] == close) {
      at++;
      fresh = false;
      return false;
    }
    if (!fresh) {
      take(',', "',' or '" + close + "'");
      skipSpace();
    }
    fresh = false;
    return true;
  }

  /** A string and the colon behind it. */
  String key(String what) throws MalformedFileException {
    String key = string(what);
    take(':', "':'");
    return key;
  }

  String string(String what) throws MalformedFileException {
    take('"', what);
    int from = at;
    while (at < text.length && text[at] != '"' && text[at] != '\\' && (text[at] & 0xff) >= ' ') {
      at++;
    }
    if (at < text.length && text[at] == '"') {
      return new String(text, from, at++ - from, StandardCharsets.UTF_8);
    }
    return escapedString(from);
  }

  /** The rest of a string whose plain run from {@code from} ended at something other than the closing quote. */
  private String escapedString(int from) throws MalformedFileException {
    StringBuilder out = new StringBuilder();
    int run = from;
    for (; at < text.length && text[at] != '"'; at++) {
      if ((text[at] & 0xff) < ' ') {
        throw error(at, "got " + got(at) + " inside a string, expected an escape");
      }
      if (text[at] == '\\') {
        out.append(new String(text, run, at - run, StandardCharsets.UTF_8));
        out.append(escape());
        run = at + 1;
      }
    }
    if (at >= text.length) {
      throw error(text.length, "got the end of the header inside a string, expected '\"'");
    }
    return out.append(new String(text, run, at++ - run, StandardCharsets.UTF_8)).toString();
  }

  /** The escape at the backslash; leaves the position on its last character. */
  private String escape() throws MalformedFileException {
    int start = at++;
    int c = at < text.length ? text[at] : -1;
    return switch (c) {
      case '"', '\\', '/' -> String.valueOf((char) c);
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'u' -> unicodeEscape(start);
      default -> throw error(start, "got \\ and " + got(at) + ", expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
    };
  }

  private String unicodeEscape(int start) throws MalformedFileException {
    char first = hex(start);
    if (!Character.isSurrogate(first)) {
      return String.valueOf(first);
    }
    boolean paired = Character.isHighSurrogate(first) && at + 2 < text.length && text[at + 1] == '\\' && text[at + 2] == 'u';
    if (paired) {
      at += 2;
      char second = hex(at - 1);
      if (Character.isLowSurrogate(second)) {
        return new String(new char[] {first, second});
      }
    }
    throw error(start, "got the lone surrogate \\u" + String.format("%04x", (int) first) + ", expected a pair");
  }

  /** Four digits behind the 'u' at the position; leaves the position on the last. */
  private char hex(int start) throws MalformedFileException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      at++;
      int digit = at < text.length && text[at] > 0 ? Character.digit((char) text[at], 16) : -1;
      if (digit < 0) {
        throw error(start, "got " + got(at) + " in a \\u escape, expected four hexadecimal digits");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  /** Digits without sign, leading zero, fraction or exponent, at most 2⁶³ − 1. */
  long unsigned() throws MalformedFileException {
    skipSpace();
    int from = at;
    long value = 0;
    boolean fits = true;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      int digit = text[at++] - '0';
      fits &= value <= (Long.MAX_VALUE - digit) / 10;
      value = value * 10 + digit;
    }
    boolean leadingZero = at - from > 1 && text[from] == '0';
    if (at == from || leadingZero || at < text.length && (text[at] == '.' || text[at] == 'e' || text[at] == 'E')) {
      throw error(from, "got " + number(from) + ", expected a non-negative integer, plain digits");
    }
    if (!fits) {
      throw error(from, "got " + number(from) + ", expected at most " + Long.MAX_VALUE);
    }
    return value;
  }

  /** The characters of a number as far as they go, or the one character that is there instead. */
  private String number(int from) {
    int to = from;
    while (to < text.length && to - from < 40 && "+-.0123456789eE".indexOf(text[to]) >= 0) {
      to++;
    }
    return to == from ? got(from) : new String(text, from, to - from, StandardCharsets.US_ASCII);
  }

  /** Requires that only white space is left. */
  void end() throws MalformedFileException {
    skipSpace();
    if (at < text.length) {
      throw error(at, "got " + got(at) + " behind the closing '}', expected only spaces");
    }
  }

  MalformedFileException error(int position, String problem) {
    String where = tensor == null ? "" : " (tensor " + Text.shown(tensor) + ")";
    return new MalformedFileException(file, "header byte " + position + ": " + problem + where);
  }

  private void take(char wanted, String what) throws MalformedFileException {
    skipSpace();
    if (at >= text.length || text[at] != wanted) {
      throw error(at, "got " + got(at) + ", expected " + what);
    }
    at++;
  }

  private void skipSpace() {
    while (at < text.length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
  }

  private String got(int position) {
    if (position >= text.length) {
      return "the end of the header";
    }
    byte b = text[position];
    return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : String.format("byte 0x%02x", b & 0xff);
  }
}
