package curvata.bench.verify;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The checks of a run, in the order of the files.
 *
 * @param files number of files
 * @param checks at least one per file
 * @param deviceTasks kernels that a device ran; 0 where the CPU computed
 */
public record Report(int files, List<Check> checks, long deviceTasks) {
  private static final List<String> HEADINGS = List.of("file", "name", "error", "allowed", "status", "worst at", "");

  /** Whether every check is ok. */
  public boolean ok() {
    return count(Check.Status.OK) == checks.size();
  }

  /** Number of checks that ended so. */
  public long count(Check.Status status) {
    return checks.stream().filter(c -> c.status() == status).count();
  }

  /** The checks as JSON objects: file, name, error, allowed, status, and {@code at} and {@code note} where there is one. */
  public List<Map<String, Object>> json() {
    return checks.stream().map(Check::json).toList();
  }

  /** Prints an aligned table, a line per check, and a line of counts. */
  public void print(PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    checks.forEach(c -> rows.add(row(c)));
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
    }
    for (List<String> row : rows) {
      out.println(line(row, widths));
    }
    out.println();
    out.println(summary());
  }

  /** The counts, in one line. */
  String summary() {
    StringBuilder text = new StringBuilder();
    for (Check.Status status : Check.Status.values()) {
      text.append(text.isEmpty() ? "" : ", ").append(count(status)).append(' ').append(status);
    }
    return text + " in " + files + (files == 1 ? " file" : " files");
  }

  private static List<String> row(Check c) {
    boolean compared = c.status() != Check.Status.UNSUPPORTED && c.note().isEmpty();
    String file = Path.of(c.file()).getFileName().toString();
    return List.of(
        oneLine(file), oneLine(c.name()), Check.shown(c.error(), compared), Check.shown(c.allowed(), compared), c.status().toString(), c.at(),
        oneLine(c.note()));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
    }
    return line.toString().stripTrailing();
  }

  /** The text with control characters, which a file may smuggle in, made visible. */
  static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
