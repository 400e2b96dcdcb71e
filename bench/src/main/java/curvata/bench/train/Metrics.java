package curvata.bench.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The evaluations of a run, in memory and as lines of metrics.jsonl; a run that is resumed drops what came after its checkpoint. */
final class Metrics {
  private final JsonMapper json = JsonMapper.builder().build();
  private final Path path;
  private final String heldOut;
  private final List<Row> rows;

  private Metrics(Path path, String heldOut, List<Row> rows) {
    this.path = path;
    this.heldOut = heldOut;
    this.rows = rows;
  }

  /** A new file without lines, in place of any old one. */
  static Metrics create(Path path, String heldOut) throws IOException {
    Metrics metrics = new Metrics(path, heldOut, new ArrayList<>());
    RunFolder.write(path, "");
    return metrics;
  }

  /**
   * The rows of an existing file up to a step; the others are taken out of the file. A last line that a killed run left unfinished is dropped.
   *
   * @throws IOException if the file cannot be read or another line is not a row
   */
  static Metrics resume(Path path, String heldOut, long step) throws IOException {
    Metrics metrics = new Metrics(path, heldOut, new ArrayList<>());
    String text = Files.exists(path) ? Files.readString(path) : "";
    String[] lines = text.split("\n", -1); // what follows the last line break was not finished
    for (int i = 0; i < lines.length - 1; i++) {
      Row row = metrics.parse(lines[i], i + 1);
      if (row.step() <= step) {
        metrics.rows.add(row);
      }
    }
    StringBuilder kept = new StringBuilder();
    metrics.rows.forEach(row -> kept.append(metrics.line(row)));
    RunFolder.write(path, kept.toString());
    return metrics;
  }

  private Row parse(String line, int number) throws IOException {
    try {
      return Row.of(json.readValue(line, Map.class), heldOut);
    } catch (JacksonException e) {
      throw new IOException(path + ": line " + number + " is not JSON, expected a row of this run", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": line " + number + ": " + e.getMessage(), e);
    }
  }

  private String line(Row row) {
    return json.writeValueAsString(row.named(heldOut)) + "\n";
  }

  /** Adds a row to memory and file. */
  void add(Row row) throws IOException {
    rows.add(row);
    Files.writeString(path, line(row), StandardOpenOption.APPEND);
  }

  /** The rows so far. */
  List<Row> rows() {
    return Collections.unmodifiableList(rows);
  }

  /** Whether this step has its row. */
  boolean has(long step) {
    return !rows.isEmpty() && rows.getLast().step() == step;
  }
}
