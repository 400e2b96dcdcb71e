package curvata.optim.io;

import curvata.optim.Catalog;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import curvata.optim.Rules;
import curvata.optim.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything an optimizer needs to continue bit for bit: parameters, state, step, rules, rates, schedule and transforms, in one safetensors file.
 *
 * <p>Tensors {@code param.NAME} and {@code state.NAME.SLOT}, keyed by the parameter's name, so that a resume cannot mix them up; everything else is
 * metadata. Writing is atomic: the old file or the new one is there, also after a crash. Reading takes the whole file into memory and checks it before
 * an optimizer is touched, and {@link #into} compares all names, shapes and spellings before it changes the first element. A hyperparameter that a rule
 * did not have when the file was written counts with its default, which is what the rule did then.
 */
public final class Checkpoint {
  private static final String FORMAT = "curvata-checkpoint-1";
  private static final String EXTRA = "extra.";

  private final Path path;
  private final Map<String, String> metadata;
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();
  private final Map<String, float[]> tensors = new LinkedHashMap<>();
  private final long step;

  private Checkpoint(Path path, SafetensorsFile file) throws IOException {
    this.path = path;
    metadata = file.metadata();
    if (!FORMAT.equals(metadata.get("format"))) {
      throw new MalformedFileException(path, "format = " + metadata.get("format") + ", expected " + FORMAT);
    }
    step = number("step");
    for (String name : file.names()) {
      TensorInfo info = file.info(name);
      if (info.dtype() != DType.F32) {
        throw new MalformedFileException(path, info + ", expected F32");
      }
      infos.put(name, info);
      tensors.put(name, file.floats(name));
    }
  }

  private long number(String key) throws MalformedFileException {
    String text = metadata.get(key);
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, as for a negative number
    }
    throw new MalformedFileException(path, key + " = " + text + ", expected a whole number >= 0");
  }

  /**
   * Writes a checkpoint of the optimizer as it is now.
   *
   * @throws IOException if the file cannot be written; one that was there is as before
   */
  public static void write(Path path, Optimizer optimizer) throws IOException {
    write(path, optimizer, Map.of());
  }

  /**
   * Writes a checkpoint with further strings of the caller's, such as where in the data a run is.
   *
   * @throws IOException if the file cannot be written; one that was there is as before
   */
  public static void write(Path path, Optimizer optimizer, Map<String, String> extra) throws IOException {
    optimizer.sync();
    SafetensorsWriter writer = new SafetensorsWriter();
    describe(optimizer).forEach(writer::metadata);
    writer.metadata("step", Long.toString(optimizer.steps()));
    optimizer.rules().keySet().forEach(g -> writer.metadata("group." + g + ".lr", Double.toString(optimizer.lr(g))));
    extra.forEach((key, value) -> writer.metadata(EXTRA + key, value));
    for (Parameter p : optimizer.parameters()) {
      writer.add("param." + p.name(), p.shape(), p.value(), p.offset());
    }
    optimizer.state((p, slot, array, offset) -> writer.add(state(p, slot), p.shape(), array, offset));
    writer.write(path);
  }

  /** What must be the same for a run to continue. */
  private static Map<String, String> describe(Optimizer optimizer) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("format", FORMAT);
    for (Map.Entry<String, Rule<?>> group : optimizer.rules().entrySet()) {
      facts.put("group." + group.getKey() + ".rule", Catalog.format(group.getValue()));
    }
    for (Parameter p : optimizer.parameters()) {
      facts.put("parameter." + p.name() + ".group", optimizer.group(p.name()));
    }
    facts.put("schedule", Schedules.format(optimizer.schedule()));
    facts.put("transforms", optimizer.transforms().stream().map(t -> t instanceof Record ? Catalog.format(t) : t.getClass().getName())
        .collect(Collectors.joining(" ")));
    return facts;
  }

  private static String state(Parameter p, String slot) {
    return "state." + p.name() + "." + slot;
  }

  /**
   * Reads a checkpoint whole.
   *
   * @throws MalformedFileException if the file is not a checkpoint or not well-formed
   * @throws IOException if it cannot be read
   */
  public static Checkpoint read(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      return new Checkpoint(path, file);
    }
  }

  /** The number of steps taken. */
  public long step() {
    return step;
  }

  /** The caller's own strings, as they were written. */
  public Map<String, String> extra() {
    Map<String, String> extra = new LinkedHashMap<>();
    metadata.forEach((key, value) -> {
      if (key.startsWith(EXTRA)) {
        extra.put(key.substring(EXTRA.length()), value);
      }
    });
    return extra;
  }

  /**
   * Puts parameters, state, rates and step back into an optimizer built as the one that was written.
   *
   * @throws IllegalArgumentException if it was another model, rule, schedule or transform; the message says what differs, and the optimizer is as
   *     before
   */
  public void into(Optimizer optimizer) {
    List<String> differences = differences(optimizer);
    if (!differences.isEmpty()) {
      String more = differences.size() > 3 ? "; and " + (differences.size() - 3) + " more" : "";
      throw new IllegalArgumentException(path + ": " + String.join("; ", differences.subList(0, Math.min(3, differences.size()))) + more);
    }
    for (Parameter p : optimizer.parameters()) {
      System.arraycopy(tensors.get("param." + p.name()), 0, p.value(), p.offset(), p.size());
    }
    optimizer.state((p, slot, array, offset) -> System.arraycopy(tensors.get(state(p, slot)), 0, array, offset, p.size()));
    optimizer.rules().keySet().forEach(g -> optimizer.setLr(g, Double.parseDouble(metadata.get("group." + g + ".lr"))));
    optimizer.resumeAt(step);
  }

  private List<String> differences(Optimizer optimizer) {
    List<String> found = new ArrayList<>();
    Map<String, String> expected = describe(optimizer);
    expected.forEach((key, value) -> compare(found, key, key.endsWith(".rule") ? completed(metadata.get(key)) : metadata.get(key), value));
    for (String key : metadata.keySet()) {
      if ((key.endsWith(".rule") || key.endsWith(".group")) && !key.startsWith(EXTRA) && !expected.containsKey(key)) {
        compare(found, key, metadata.get(key), null);
      }
    }
    Map<String, int[]> shapes = new LinkedHashMap<>();
    optimizer.parameters().forEach(p -> shapes.put("param." + p.name(), p.shape()));
    optimizer.state((p, slot, array, offset) -> shapes.put(state(p, slot), p.shape()));
    shapes.forEach((name, shape) -> {
      TensorInfo info = infos.get(name);
      if (info == null || !info.hasShape(shape)) {
        compare(found, name, info == null ? null : Arrays.toString(info.shape()), Arrays.toString(shape));
      }
    });
    infos.keySet().stream().filter(name -> !shapes.containsKey(name)).forEach(name -> compare(found, name, "a tensor", null));
    for (String g : optimizer.rules().keySet()) {
      checkRate(found, "group." + g + ".lr");
    }
    return found;
  }

  /** A rule's spelling with the defaults of what it leaves out; as it is where it is none. */
  private static String completed(String rule) {
    try {
      return rule == null ? null : Catalog.format(Rules.CATALOG.parse(rule));
    } catch (IllegalArgumentException e) {
      return rule; // shown in what differs
    }
  }

  private void checkRate(List<String> found, String key) {
    String text = metadata.get(key);
    try {
      if (text != null && Double.parseDouble(text) >= 0 && Double.parseDouble(text) < Double.POSITIVE_INFINITY) {
        return;
      }
    } catch (NumberFormatException e) {
      // said below, as for a negative rate
    }
    compare(found, key, text, "a rate >= 0");
  }

  private static void compare(List<String> found, String what, String got, String expected) {
    if (got == null || !got.equals(expected)) {
      found.add(what + " = " + (got == null ? "absent" : got) + ", expected " + (expected == null ? "none" : expected));
    }
  }
}
