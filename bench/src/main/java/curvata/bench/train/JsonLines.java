package curvata.bench.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What a run writes down as it goes, in memory and as lines of a file; a run that is resumed drops what came after its checkpoint. */
final class JsonLines<T> {
  /**
   * How a row becomes a line.
   *
   * @param step the step it was taken at
   * @param named its fields by name
   * @param of from those fields; throws IllegalArgumentException where they do not fit
   */
  record Form<T>(ToLongFunction<T> step, Function<T, Map<String, Object>> named, Function<Map<?, ?>, T> of) {}

  private final JsonMapper json = JsonMapper.builder().build();
  private final Path path;
  private final Form<T> form;
  private final List<T> rows = new ArrayList<>();

  private JsonLines(Path path, Form<T> form) {
    this.path = path;
    this.form = form;
  }

  /** A new file without lines, in place of any old one. */
  static <T> JsonLines<T> create(Path path, Form<T> form) throws IOException {
    JsonLines<T> lines = new JsonLines<>(path, form);
    RunFolder.write(path, "");
    return lines;
  }

  /**
   * The rows of an existing file up to a step; the others are taken out of the file. A last line that a killed run left unfinished is dropped.
   *
   * @throws IOException if the file cannot be read or another line is not a row
   */
  static <T> JsonLines<T> resume(Path path, Form<T> form, long step) throws IOException {
    JsonLines<T> lines = new JsonLines<>(path, form);
    String text = Files.exists(path) ? Files.readString(path) : "";
    String[] split = text.split("\n", -1); // what follows the last line break was not finished
    for (int i = 0; i < split.length - 1; i++) {
      T row = lines.parse(split[i], i + 1);
      if (form.step.applyAsLong(row) <= step) {
        lines.rows.add(row);
      }
    }
    StringBuilder kept = new StringBuilder();
    lines.rows.forEach(row -> kept.append(lines.line(row)));
    RunFolder.write(path, kept.toString());
    return lines;
  }

  private T parse(String line, int number) throws IOException {
    try {
      return form.of.apply(json.readValue(line, Map.class));
    } catch (JacksonException e) {
      throw new IOException(path + ": line " + number + " is not JSON, expected a row of this run", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": line " + number + ": " + e.getMessage(), e);
    }
  }

  private String line(T row) {
    return json.writeValueAsString(form.named.apply(row)) + "\n";
  }

  /** Adds a row to memory and file. */
  void add(T row) throws IOException {
    rows.add(row);
    Files.writeString(path, line(row), StandardOpenOption.APPEND);
  }

  /** The rows so far. */
  List<T> rows() {
    return Collections.unmodifiableList(rows);
  }

  /** Whether this step has its row. */
  boolean has(long step) {
    return !rows.isEmpty() && form.step.applyAsLong(rows.getLast()) == step;
  }
}
