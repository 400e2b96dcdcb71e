package curvata.bench.report;

import curvata.bench.Environment;
import curvata.bench.Version;
import curvata.bench.model.Mlp;
import curvata.bench.train.Curvature;
import curvata.bench.train.Outcome;
import curvata.bench.train.Problem;
import curvata.bench.train.Row;
import curvata.bench.train.Run;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import curvata.optim.schedule.Schedules;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** report.html of a training run: the result, curves of loss, accuracy, curvature and rate, and what it was made with. */
public final class TrainReport {
  private static final double WARM = 0.1; // the share of a run after which its accuracy sets the range of the plot

  private static final int RATES = 300; // points of the rate's curve, which is known everywhere

  private final Run run;
  private final Outcome outcome;
  private final Problem problem;
  private final List<Row> rows;
  private final double[] steps;

  private TrainReport(Run run, Outcome outcome) {
    this.run = run;
    this.outcome = outcome;
    this.problem = run.trainer().problem();
    this.rows = outcome.rows();
    this.steps = column(Row::step);
  }

  /** The page of a run that has ended. */
  public static String html(Run run, Outcome outcome) {
    return new TrainReport(run, outcome).page();
  }

  private String page() {
    Page page = new Page(title(), lead()).beginPlots();
    page.figure("Loss", loss(), lossSentence());
    page.figure("Accuracy", accuracy(), accuracySentence());
    new CurvatureFigures(run, outcome).add(page);
    page.figure("Learning rate", rate(), rateSentence());
    page.panel("Result", result()).endPlots().table("Settings", settings()).table("Environment", environment());
    return page.html();
  }

  private String title() {
    if (outcome.diverged()) {
      return text("Diverged: after step %,d the loss is %s", outcome.steps(), outcome.loss());
    }
    return text("%.2f\u00a0%% of the %s %s recognized", 100 * outcome.last().heldOutAccuracy(), problem.heldOutName(), own() ? "rows" : "digits");
  }

  /** Whether it ran on data of the user's own. */
  private boolean own() {
    return !problem.name().equals(Problem.DIGITS);
  }

  private String lead() {
    Mlp model = run.trainer().model();
    String rules = run.trainer().optimizer().rules().values().stream().map(Rule::name).collect(Collectors.joining(" and "));
    String data = own() ? " on " + problem.name() : "";
    return text("A %s network with %,d parameters (%s), trained%s by %s for %,d steps in %.1f seconds, seed %d.", model.activation(), model.size(),
        Arrays.stream(model.layers()).mapToObj(String::valueOf).collect(Collectors.joining("\u2011")), data, rules, outcome.steps(),
        outcome.seconds(),
        run.settings().seed());
  }

  private Plot loss() {
    return new Plot("loss", "Loss over steps, logarithmic", "step").logarithmic()
        .add("training", steps, column(Row::trainLoss))
        .add(problem.heldOutName(), steps, column(Row::heldOutLoss));
  }

  private String lossSentence() {
    Row best = rows.getFirst();
    for (Row row : rows) {
      best = row.heldOutLoss() < best.heldOutLoss() ? row : best;
    }
    String end = text("Mean %s over all %,d training rows goes from %.3g to %.3g, over the %s rows to %.3g", run.settings().loss().title(),
        problem.training().rows(),
        rows.getFirst().trainLoss(), outcome.last().trainLoss(), problem.heldOutName(), outcome.last().heldOutLoss());
    return best == outcome.last() ? end + "." : end + text("; there the lowest was %.3g at step %,d.", best.heldOutLoss(), best.step());
  }

  /** Zoomed to what happens after the first tenth of the run, below which the lines leave the frame. */
  private Plot accuracy() {
    double[] train = column(Row::trainAccuracy);
    double[] heldOut = column(Row::heldOutAccuracy);
    double low = 1;
    for (int i = 0; i < steps.length; i++) {
      if (steps[i] >= WARM * steps[steps.length - 1]) {
        low = Math.min(low, Math.min(train[i], heldOut[i]));
      }
    }
    double margin = low > 0.9 ? 0.02 : 0.1;
    return new Plot("accuracy", "Accuracy over steps", "step").percent().range(Math.max(0, Math.floor((low - margin / 4) / margin) * margin), 1)
        .add("training", steps, train)
        .add(problem.heldOutName(), steps, heldOut);
  }

  private String accuracySentence() {
    Row last = outcome.last();
    return text("At the end %,d of %,d %s rows are right (%.2f\u00a0%%), and %.2f\u00a0%% of the training rows; training never saw the %s rows.",
        Math.round(last.heldOutAccuracy() * problem.heldOut().rows()), problem.heldOut().rows(), problem.heldOutName(), 100 * last.heldOutAccuracy(),
        100 * last.trainAccuracy(), problem.heldOutName());
  }

  private Plot rate() {
    Optimizer optimizer = run.trainer().optimizer();
    long last = run.settings().steps() - 1;
    double[] x = LongStream.rangeClosed(0, RATES).map(i -> last * i / RATES).distinct().asDoubleStream().toArray();
    double[] y = Arrays.stream(x).map(step -> optimizer.lr(firstGroup()) * optimizer.schedule().at((long) step)).toArray();
    return new Plot("rate", "Learning rate over steps", "step").range(0, Arrays.stream(y).max().orElse(1)).add(firstGroup(), x, y);
  }

  private String rateSentence() {
    Map<String, Rule<?>> rules = run.trainer().optimizer().rules();
    String rule = rules.get(firstGroup()).name();
    String others = rules.size() > 1 ? "; the other groups follow the same schedule from their own rates" : "";
    return text("The rate of %s, schedule %s%s.", rule, Schedules.format(run.trainer().optimizer().schedule()), others);
  }

  private String firstGroup() {
    return run.trainer().optimizer().rules().keySet().iterator().next();
  }

  private Map<String, Object> result() {
    Row last = outcome.last();
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put(problem.heldOutName() + " accuracy", text("%.4f", last.heldOutAccuracy()));
    rows.put(problem.heldOutName() + " loss", text("%.6g", last.heldOutLoss()));
    rows.put("training accuracy", text("%.4f", last.trainAccuracy()));
    rows.put("training loss", text("%.6g", last.trainLoss()));
    rows.put("steps", text("%,d of %,d", outcome.steps(), run.settings().steps()));
    rows.put("seconds", text("%.2f", outcome.seconds()));
    curvature(rows);
    rows.put("weights, SHA-256", outcome.weightsSha256());
    rows.put("files", "metrics.jsonl, curvature.jsonl, model.safetensors and checkpoint.safetensors beside this page");
    return rows;
  }

  private void curvature(Map<String, Object> rows) {
    if (!outcome.curvature().isEmpty()) {
      Curvature c = outcome.curvature().getLast();
      rows.put("sharpness", text("%.5g, residual %.1g", c.sharpness(), c.residual()));
      rows.put("trace", text("%.5g \u00b1 %.2g", c.trace(), c.traceError()));
      rows.put("curvature", text("of %,d training rows; %,d looks took %.2f seconds, %.0f\u00a0%% of all", c.rows(), outcome.curvature().size(),
          outcome.curvatureSeconds(), 100 * outcome.curvatureShare()));
    }
    if (outcome.curvatureProblem() != null) {
      rows.put("curvature is missing", outcome.curvatureProblem());
    }
  }

  private Map<String, Object> settings() {
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("data", text("%s: %,d training rows, %,d %s rows", problem.name(), problem.training().rows(), problem.heldOut().rows(),
        problem.heldOutName()));
    rows.put("data, SHA-256", problem.sha256());
    run.trainer().groups().forEach((group, parameters) -> rows.put(
        "group " + group, parameters.stream().map(Parameter::toString).collect(Collectors.joining(", "))));
    rows.putAll(run.settings().spelled());
    rows.put("to repeat it", "./curvata train" + (own() ? " --data " + problem.name() : "")
        + run.settings().spelled().entrySet().stream().map(TrainReport::option).collect(Collectors.joining()));
    return rows;
  }

  private static String option(Map.Entry<String, String> setting) {
    return switch (setting.getValue()) {
      case "none" -> List.of("hidden", "curvature-every").contains(setting.getKey()) ? " --" + setting.getKey() + " none" : "";
      case "true" -> " --" + setting.getKey();
      case "false" -> "";
      default -> " --" + setting.getKey() + " " + setting.getValue().replace(";", " --" + setting.getKey() + " ");
    };
  }

  private static Map<String, Object> environment() {
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("curvata", Version.text());
    rows.putAll(Environment.describe());
    return rows;
  }

  private double[] column(ToDoubleFunction<Row> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
