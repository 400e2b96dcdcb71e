package curvata.bench.cli;

import curvata.bench.Environment;
import curvata.bench.measure.Ceiling;
import curvata.bench.measure.DeviceRow;
import curvata.bench.measure.Row;
import curvata.kernels.device.Device;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** Rows kept in a file of JSON lines, each with the commit and machine that made it, and the table that is generated from the file. */
final class ResultFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  // TornadoVM's argfile says which of its classes it loads: the same everywhere.
  private static final Pattern TELLING =
      Pattern.compile("(--add-modules=jdk\\.incubator\\.vector|-X|-Dcurvata\\.|-Dtornado\\.(?!load\\.))[^/\\\\]*");

  private final Path file;

  private ResultFile(Path file) {
    this.file = file;
  }

  /**
   * A file to append to, checked before anything is measured.
   *
   * @throws UserException if it cannot be written, or is not named as a file of JSON lines
   */
  static ResultFile open(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (!file.toString().endsWith(".jsonl") || !Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new UserException("--append " + file + ": expected a file NAME.jsonl that can be written");
    }
    return new ResultFile(file);
  }

  /**
   * Appends rows and limits, and writes the table anew.
   *
   * @throws IOException if a file cannot be read or written
   */
  void append(List<Row> rows, List<Ceiling> ceilings) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Row row : rows) {
      all.add(row.fields());
      all.getLast().put("boundBy", row.boundBy());
      all.getLast().put("bestNsPerElement", row.bestNsPerElement());
    }
    ceilings.forEach(ceiling -> all.add(ceiling.fields()));
    appendLines(all);
    writeTable(table(name(), best("kernel", "name", "n", "bytes", "threads", "backend", "peer", "cpu")));
  }

  /**
   * Appends a device's rows and transfers, and writes the table anew.
   *
   * @param transfers GB/s up and down, of {@code floats} floats
   * @throws IOException if a file cannot be read or written
   */
  void append(Device device, List<DeviceRow> rows, double[] transfers, int floats) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    rows.forEach(row -> all.add(row.fields()));
    for (int i = 0; i < transfers.length; i++) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("kernel", i == 0 ? "up" : "down");
      fields.put("n", floats);
      fields.put("device", device.name());
      fields.put("backend", device.backend());
      fields.put("gbPerSecond", Double.valueOf(String.format(Locale.ROOT, "%.4g", transfers[i])));
      all.add(fields);
    }
    appendLines(all);
    writeTable(deviceTable(name(), best("kernel", "n", "device", "backend")));
  }

  private String name() {
    return file.getFileName().toString();
  }

  private void appendLines(List<Map<String, Object>> all) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Map<String, Object> fields : all) {
      fields.putAll(provenance());
      lines.append(JSON.writeValueAsString(fields)).append('\n');
    }
    Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void writeTable(String table) throws IOException {
    Files.writeString(file.resolveSibling(name().replaceFirst("jsonl$", "md")), table);
  }

  private static Map<String, Object> provenance() {
    Map<String, Object> environment = Environment.describe();
    Map<String, Object> made = new LinkedHashMap<>();
    made.put("commit", commit());
    made.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    made.put("cpu", environment.get("cpu"));
    made.put("java", environment.get("java"));
    made.put("species", environment.get("species"));
    made.put("flags", telling(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    return made;
  }

  /** Of a JVM's flags those that say something about a result: the module, the JVM's own, ours and TornadoVM's; none that holds a path. */
  static List<String> telling(List<String> flags) {
    return flags.stream().filter(f -> TELLING.matcher(f).matches()).toList();
  }

  /** Git's name of the sources, with a plus where they differ from it, results aside; unknown outside a repository. */
  private static String commit() {
    String head = git("rev-parse", "--short=12", "HEAD");
    String changed = git("status", "--porcelain", "--", ":/", ":(top,exclude)docs/results");
    return head.isEmpty() ? "unknown" : changed.isEmpty() ? head : head + "+";
  }

  private static String git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process git = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (InputStream out = git.getInputStream()) {
        String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? text : "";
      }
    } catch (IOException e) {
      return ""; // no git here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** For each kernel or limit with the same values of these fields, of the lines of its last commit the one least disturbed. */
  private List<Map<?, ?>> best(String... fields) throws IOException {
    Map<List<?>, Map<?, ?>> best = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      Map<?, ?> row = JSON.readValue(line, Map.class);
      List<Object> key = new ArrayList<>();
      for (String field : fields) {
        key.add(row.get(field));
      }
      best.merge(key, row, ResultFile::better);
    }
    return List.copyOf(best.values());
  }

  /** By the limit that was measured with the row, which tells how much of the machine there was; a limit itself is what was reached once. */
  static Map<?, ?> better(Map<?, ?> old, Map<?, ?> row) {
    if (!Objects.equals(old.get("commit"), row.get("commit"))) {
      return row;
    }
    String most = row.get("kernel") == null ? "value" : "limit";
    return row.get(most) != null && old.get(most) != null && number(old, most) > number(row, most) ? old : row; // the last one of a transfer
  }

  private static String table(String name, List<Map<?, ?>> rows) {
    StringBuilder text = new StringBuilder("<!-- Generated from " + name + " by ./curvata bench --append; do not edit. -->\n\n");
    text.append(
        "| kernel | n | threads | backend | ns/element | best | rate | limit | bound by | fraction of limit | spread | bytes allocated | commit |\n");
    text.append("|---|--:|--:|---|--:|--:|--:|--:|---|--:|--:|--:|---|\n");
    rows.stream().filter(r -> r.get("kernel") != null && r.get("peer") == null).forEach(r -> text.append(kernel(r)));
    if (rows.stream().anyMatch(r -> r.get("peer") != null)) {
      text.append("\n| kernel | n | threads | backend | peer | times as fast | rate | commit |\n|---|--:|--:|---|---|--:|--:|---|\n");
      rows.stream().filter(r -> r.get("peer") != null).forEach(r -> text.append(peer(r)));
    }
    if (rows.stream().anyMatch(r -> r.get("kernel") == null)) {
      text.append("\n| this machine | MB | threads | at most | commit |\n|---|--:|--:|--:|---|\n");
      rows.stream().filter(r -> r.get("kernel") == null).forEach(r -> text.append(ceiling(r)));
    }
    rows.stream().map(r -> r.get("cpu") + "; " + r.get("java") + "; vectors of " + r.get("species")).distinct()
        .forEach(machine -> text.append("\nMade on ").append(machine).append(".\n"));
    return text.toString();
  }

  private static String deviceTable(String name, List<Map<?, ?>> rows) {
    StringBuilder text = new StringBuilder("<!-- Generated from " + name + " by ./curvata bench --backend gpu --append; do not edit. -->\n\n");
    text.append("| kernel | n | backend | first run, s | ns/element | best | rate | copy, GB/s | fraction of copy | spread | commit |\n");
    text.append("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|---|\n");
    rows.forEach(r -> text.append(deviceKernel(r)));
    rows.stream().map(r -> r.get("device") + ", with " + r.get("cpu") + "; " + r.get("java")).distinct()
        .forEach(machine -> text.append("\nMade on ").append(machine).append(".\n"));
    return text.toString();
  }

  private static String deviceKernel(Map<?, ?> r) {
    Object rate = r.get("gflops") != null ? r.get("gflops") + " GFLOP/s" : r.get("gbPerSecond") != null ? r.get("gbPerSecond") + " GB/s" : "";
    Object spread = r.get("spread") == null ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * number(r, "spread"));
    return String.format(
        Locale.ROOT, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.get("kernel"), r.get("n"), r.get("backend"),
        text(r, "firstSeconds"), text(r, "nsPerElement"), text(r, "bestNsPerElement"), rate, text(r, "limit"), text(r, "fractionOfLimit"), spread,
        r.get("commit"));
  }

  private static String text(Map<?, ?> r, String field) {
    return r.get(field) == null ? "" : r.get(field).toString();
  }

  private static String kernel(Map<?, ?> r) {
    boolean flops = r.get("gflops") != null;
    return String.format(
        Locale.ROOT, "| %s | %s | %s | %s | %s | %.4g | %s %s | %s | %s | %.2f | %.0f %% | %s | %s |\n", r.get("kernel"), r.get("n"),
        r.get("threads"), r.get("backend"), r.get("nsPerElement"), number(r, "bestNsPerElement"), r.get(flops ? "gflops" : "gbPerSecond"),
        flops ? "GFLOP/s" : "GB/s", r.get("limit"), r.get("boundBy"), r.get("fractionOfLimit"), 100 * number(r, "spread"), r.get("bytesAllocated"),
        r.get("commit"));
  }

  private static String peer(Map<?, ?> r) {
    boolean flops = r.get("gflops") != null;
    return String.format(
        Locale.ROOT, "| %s | %s | %s | %s | %s | %.3f | %s %s | %s |\n", r.get("kernel"), r.get("n"), r.get("threads"), r.get("backend"),
        r.get("peer"), number(r, "ratio"), r.get(flops ? "gflops" : "gbPerSecond"), flops ? "GFLOP/s" : "GB/s", r.get("commit"));
  }

  private static String ceiling(Map<?, ?> r) {
    double bytes = number(r, "bytes");
    return String.format(
        Locale.ROOT, "| %s | %s | %s | %.4g %s | %s |\n", r.get("name"), bytes == 0 ? "" : String.format(Locale.ROOT, "%.3g", bytes * 1e-6),
        r.get("threads"), number(r, "value"), r.get("unit"), r.get("commit"));
  }

  private static double number(Map<?, ?> r, String field) {
    return ((Number) r.get(field)).doubleValue();
  }
}
