package curvata.optim.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names as people type them: case, hyphens and underscores do not matter, and a wrong name is answered with the nearest right ones. */
public final class Spelling {
  private Spelling() {}

  /** The name without case, hyphens, underscores and spaces. */
  public static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
  }

  /** Whether two spellings mean one name. */
  public static boolean same(String a, String b) {
    return plain(a).equals(plain(b));
  }

  /** One line for a name that is not among the known ones: what it was, the nearest, and all of them if they are few. */
  public static String unknown(String kind, String name, Collection<String> known) {
    List<String> nearest =
        known.stream().sorted(Comparator.comparingInt((String k) -> distance(plain(name), plain(k))).thenComparing(k -> k)).limit(3).toList();
    String all = known.size() <= 12 ? "; known: " + String.join(", ", known) : "";
    return "unknown " + kind + " \"" + name + "\", nearest: " + String.join(", ", nearest) + all;
  }

  /** Levenshtein's edit distance. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
