package curvata.optim.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Strings as JSON and as parts of one-line messages. */
final class Text {
  private static final int SHOWN = 80;

  private Text() {}

  /** Appends the string as a JSON string: quote, backslash and control characters escaped, the rest as it is. */
  static void appendJson(StringBuilder out, String string) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      appendEscaped(out, string.charAt(i));
    }
    out.append('"');
  }

  private static void appendEscaped(StringBuilder out, char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
          out.append("\\u").append(String.format("%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
  }

  /** The string in quotes, on one line, cut where a hostile file made it long. */
  static String shown(String string) {
    StringBuilder out = new StringBuilder();
    int cut = Math.min(SHOWN, string.length());
    appendJson(out, string.substring(0, cut));
    return cut == string.length() ? out.toString() : out.append('…').toString();
  }

  /** The numbers as {@code [2, 3]}, cut where there are many. */
  static String shown(long[] numbers) {
    return numbers.length <= 8 ? Arrays.toString(numbers) : Arrays.toString(Arrays.copyOf(numbers, 8)).replace("]", ", …]");
  }

  /** Whether every surrogate has its partner, so that the string has a UTF-8 form. */
  static boolean isUnicode(String string) {
    return string.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /** At most three of the names, those with the fewest edits to the one asked for, nearest first; very long ones are left out. */
  static List<String> nearest(String asked, Collection<String> names) {
    if (asked.length() > 256) {
      return List.of();
    }
    record Near(String name, int edits) {}
    List<Near> near = new ArrayList<>();
    for (String name : names) {
      if (name.length() <= 256) {
        near.add(new Near(name, edits(asked, name)));
        near.sort(Comparator.comparingInt(Near::edits));
        if (near.size() > 3) {
          near.removeLast();
        }
      }
    }
    return near.stream().map(Near::name).toList();
  }

  /** Levenshtein distance, one row at a time. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
