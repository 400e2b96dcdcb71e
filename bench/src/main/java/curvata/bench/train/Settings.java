package curvata.bench.train;

import curvata.bench.model.Activation;
import curvata.bench.model.OutputLoss;
import curvata.kernels.Checks;
import curvata.optim.Catalog;
import curvata.optim.Rule;
import curvata.optim.Rules;
import curvata.optim.schedule.Schedule;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.GradientTransform;
import curvata.optim.transform.Transforms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Everything that decides a run's weights, and when it looks at them.
 *
 * <p>Read from texts by option name and spelled back the same way, so that options, checkpoints and reports share one form.
 *
 * @param optimizer the rule; one for matrices only takes the hidden ones
 * @param rest the rule of all other parameters; null where {@code optimizer} takes all
 * @param schedule factor of the rates, its open length not yet filled in
 * @param transforms what happens to gradients before, in order
 * @param hidden widths of the hidden layers
 * @param activation of the hidden layers
 * @param loss of the outputs
 * @param batch rows of a step; the last of an epoch has what is left
 * @param steps steps in all
 * @param seed of weights, order of rows and sampled labels
 * @param center whether the training rows' means are taken off the inputs
 * @param validate whether validation rows are held out of the training rows, in place of the test rows
 * @param evaluateEvery steps from one evaluation to the next
 * @param checkpointEvery steps from one checkpoint to the next
 * @param curvatureEvery steps from one look at the curvature to the next; 0 for none at all, {@link #AUTO} for as often as a share of the work allows
 * @param curvatureRows training rows whose loss the curvature is of; 0 for as many as that share allows
 */
public record Settings(
    Rule<?> optimizer, Rule<?> rest, Schedule schedule, List<GradientTransform> transforms, List<Integer> hidden, Activation activation,
    OutputLoss loss, int batch, long steps, long seed, boolean center, boolean validate, long evaluateEvery, long checkpointEvery,
    long curvatureEvery, int curvatureRows) {
  /** The default rule. */
  public static final String OPTIMIZER = "muon";
  /** The default rule of what a matrix rule leaves. */
  public static final String REST = "adamw";
  /** The default schedule. */
  public static final String SCHEDULE = "cosine";
  /** The default hidden widths. */
  public static final String HIDDEN = "256,128";
  /** The default activation. */
  public static final String ACTIVATION = "tanh";
  /** The default loss. */
  public static final String LOSS = "cross-entropy";
  /** The default number of rows of a step. */
  public static final String BATCH = "64";
  /** The default number of epochs. */
  public static final String EPOCHS = "30";
  /** The default number of rows whose loss the curvature is of. */
  public static final String CURVATURE_ROWS = "auto";
  /** The default of how often the curvature is looked at. */
  public static final String CURVATURE_EVERY = "auto";
  /** What {@link #curvatureEvery} is where {@link CurvaturePlan} decides. */
  public static final long AUTO = -1;

  private static final String NONE = "none";
  private static final int EVALUATIONS = 200; // at most by default: a report needs no more points
  private static final int CHECKPOINTS = 10;

  /** Whether the options ask for validation rows, which decides how many rows there are to train on. */
  public static boolean validates(Map<String, String> options) {
    return Boolean.parseBoolean(options.getOrDefault("validate", "false"));
  }

  /** Whether the options ask for centred inputs. */
  public static boolean centers(Map<String, String> options) {
    return Boolean.parseBoolean(options.getOrDefault("center", "false"));
  }

  /**
   * Reads options by name, as they are typed without hyphens in front; absent ones have their defaults.
   *
   * @param rows number of training rows
   * @throws IllegalArgumentException if a value is not valid; the message names it and what is expected
   */
  public static Settings parse(Map<String, String> options, int rows) {
    Options o = new Options(options);
    Rule<?> optimizer = Rules.CATALOG.parse(o.text("optimizer", OPTIMIZER));
    if (o.has("lr")) {
      optimizer = optimizer.with("lr", o.text("lr", ""));
    }
    List<Integer> hidden = hidden(o.text("hidden", HIDDEN));
    int batch = rows("batch", o.text("batch", BATCH), rows);
    long perEpoch = (rows - 1) / batch + 1;
    Checks.that(!o.has("steps") || !o.has("epochs"), "--steps and --epochs", o.text("steps", "") + " and " + o.text("epochs", ""), "one of them");
    long steps = o.has("steps") ? o.number("steps", "") : Math.multiplyExact(o.number("epochs", EPOCHS), perEpoch);
    Schedule schedule = Schedules.parse(o.text("schedule", SCHEDULE));
    schedule.over(steps); // refuses one that does not fit
    Settings settings =
        new Settings(
            optimizer, rest(o, optimizer), schedule, transforms(o.text("transform", NONE)), hidden,
            o.choice("activation", ACTIVATION, Activation.values()), o.choice("loss", LOSS, OutputLoss.values()), batch, steps, o.seed(),
            centers(options), validates(options),
            o.number("evaluate-every", Long.toString(Math.max(perEpoch, (steps - 1) / EVALUATIONS + 1))),
            o.number("checkpoint-every", Long.toString((steps - 1) / CHECKPOINTS + 1)),
            curvatureEvery(o), curvatureRows(o.text("curvature-rows", CURVATURE_ROWS), rows));
    Checks.that(settings.rest == null || !hidden.isEmpty(), "hidden", NONE,
        "at least one layer: rule " + optimizer.name() + " is for hidden matrices");
    return settings;
  }

  /** The texts that {@link #parse} reads, every option, in one canonical form. */
  public Map<String, String> spelled() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("optimizer", Catalog.format(optimizer));
    texts.put("rest", rest == null ? NONE : Catalog.format(rest));
    texts.put("schedule", Schedules.format(schedule));
    texts.put("transform", list(transforms.stream().map(Catalog::format).toList(), ";"));
    texts.put("hidden", list(hidden.stream().map(String::valueOf).toList(), ","));
    texts.put("activation", activation.toString());
    texts.put("loss", loss.toString());
    texts.put("batch", Integer.toString(batch));
    texts.put("steps", Long.toString(steps));
    texts.put("seed", Long.toString(seed));
    texts.put("center", Boolean.toString(center));
    texts.put("validate", Boolean.toString(validate));
    texts.put("evaluate-every", Long.toString(evaluateEvery));
    texts.put("checkpoint-every", Long.toString(checkpointEvery));
    texts.put("curvature-every", curvatureEvery == 0 ? NONE : curvatureEvery == AUTO ? CURVATURE_EVERY : Long.toString(curvatureEvery));
    texts.put("curvature-rows", curvatureRows == 0 ? CURVATURE_ROWS : Integer.toString(curvatureRows));
    return texts;
  }

  /**
   * These settings, which a run was started with, if what is typed now agrees with them.
   *
   * @param typed options by name
   * @param where what the settings were read from, for the message
   * @throws IllegalArgumentException if an option says something else; the message names both
   */
  public Settings confirm(Map<String, String> typed, int rows, String where) {
    Map<String, String> stored = spelled();
    Map<String, String> merged = new LinkedHashMap<>(stored);
    if (typed.containsKey("epochs")) {
      merged.remove("steps");
    }
    if (typed.containsKey("optimizer")) {
      merged.remove("rest"); // another rule may have none, or need one
    }
    merged.putAll(typed);
    Map<String, String> wanted = parse(merged, rows).spelled();
    for (String name : stored.keySet()) {
      boolean agrees = wanted.get(name).equals(stored.get(name)) || name.equals("rest") && !typed.containsKey("rest");
      Checks.that(agrees, "--" + name, wanted.get(name), stored.get(name) + " as in " + where);
    }
    return this;
  }

  /** Steps until every training row has been seen once. */
  public long stepsPerEpoch(int rows) {
    return (rows - 1) / batch + 1;
  }

  private static String list(List<String> texts, String separator) {
    return texts.isEmpty() ? NONE : String.join(separator, texts);
  }

  /** A rule for matrices only leaves biases, and the last layer by convention, to another; one for all parameters leaves nothing. */
  private static Rule<?> rest(Options o, Rule<?> optimizer) {
    String spec = o.text("rest", null);
    if (optimizer.accepts(1)) {
      Checks.that(spec == null || spec.equals(NONE), "--rest", spec, "no such option: rule " + optimizer.name() + " takes all parameters");
      return null;
    }
    Rule<?> rest = Rules.CATALOG.parse(spec == null ? REST : spec);
    Checks.that(rest.accepts(1), "--rest", spec, "a rule that takes biases, as adamw");
    return rest;
  }

  private static List<GradientTransform> transforms(String text) {
    List<GradientTransform> transforms = new ArrayList<>();
    for (String spec : text.equals(NONE) ? new String[0] : text.split(";", -1)) {
      transforms.add(Transforms.CATALOG.parse(spec));
    }
    return List.copyOf(transforms);
  }

  private static List<Integer> hidden(String text) {
    List<Integer> widths = new ArrayList<>();
    for (String width : text.equals(NONE) ? new String[0] : text.split(",", -1)) {
      widths.add((int) Options.number("hidden", width, Integer.MAX_VALUE));
    }
    return List.copyOf(widths);
  }

  private static int rows(String name, String text, int rows) {
    return text.equals("full") ? rows : (int) Options.number(name, text, rows);
  }

  private static int curvatureRows(String text, int rows) {
    return text.equals(CURVATURE_ROWS) ? 0 : rows("curvature-rows", text, rows);
  }

  private static long curvatureEvery(Options o) {
    String text = o.text("curvature-every", CURVATURE_EVERY).trim();
    return text.equals(CURVATURE_EVERY) ? AUTO : text.equals(NONE) || text.equals("0") ? 0 : o.number("curvature-every", text);
  }

  /** Texts by option name, and how they become values. */
  private record Options(Map<String, String> texts) {
    private static final List<String> NAMES =
        List.of("optimizer", "lr", "rest", "schedule", "transform", "hidden", "activation", "loss", "batch", "epochs", "steps", "seed", "center",
            "validate",
            "evaluate-every", "checkpoint-every", "curvature-every", "curvature-rows");

    Options {
      TreeSet<String> unknown = new TreeSet<>(texts.keySet());
      NAMES.forEach(unknown::remove);
      Checks.that(unknown.isEmpty(), "options", unknown, "some of " + NAMES);
    }

    boolean has(String name) {
      return texts.containsKey(name);
    }

    String text(String name, String missing) {
      return texts.getOrDefault(name, missing);
    }

    long number(String name, String missing) {
      return number(name, text(name, missing), 1L << 53); // so that a double holds any step
    }

    static long number(String name, String text, long max) {
      long value;
      try {
        value = Long.parseLong(text.trim());
      } catch (NumberFormatException _) {
        value = 0;
      }
      Checks.that(value >= 1 && value <= max, "--" + name, text, "a whole number from 1 to " + max);
      return value;
    }

    long seed() {
      String text = text("seed", "0");
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException _) {
        throw new IllegalArgumentException("--seed = " + text + ", expected a whole number");
      }
    }

    <E extends Enum<E>> E choice(String name, String missing, E[] choices) {
      String text = text(name, missing);
      for (E choice : choices) {
        if (choice.toString().equalsIgnoreCase(text)) {
          return choice;
        }
      }
      String names = List.of(choices).stream().map(E::toString).collect(Collectors.joining(", "));
      throw new IllegalArgumentException("--" + name + " = " + text + ", expected one of " + names);
    }
  }
}
