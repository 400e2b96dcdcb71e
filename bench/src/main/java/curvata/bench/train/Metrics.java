package curvata.bench.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The evaluations of a run, in memory and as lines of metrics.jsonl; a run that is resumed drops what came after its checkpoint. */
final class Metrics {
  private final JsonLines<Row> lines;

  private Metrics(JsonLines<Row> lines) {
    this.lines = lines;
  }

  /** A new file without lines, in place of any old one. */
  static Metrics create(Path path, String data, String heldOut) throws IOException {
    return new Metrics(JsonLines.create(path, form(data, heldOut)));
  }

  /**
   * The rows of an existing file up to a step; the others are taken out of the file. A last line that a killed run left unfinished is dropped.
   *
   * @throws IOException if the file cannot be read or another line is not a row
   */
  static Metrics resume(Path path, String data, String heldOut, long step) throws IOException {
    return new Metrics(JsonLines.resume(path, form(data, heldOut), step));
  }

  /** Every line also says which data it is of. */
  private static JsonLines.Form<Row> form(String data, String heldOut) {
    return new JsonLines.Form<>(Row::step, row -> {
      Map<String, Object> fields = row.named(heldOut);
      fields.put("data", data);
      return fields;
    }, fields -> Row.of(fields, heldOut));
  }

  /** Adds a row to memory and file. */
  void add(Row row) throws IOException {
    lines.add(row);
  }

  /** The rows so far. */
  List<Row> rows() {
    return lines.rows();
  }

  /** Whether this step has its row. */
  boolean has(long step) {
    return lines.has(step);
  }
}
