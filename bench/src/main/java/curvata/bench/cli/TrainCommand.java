package curvata.bench.cli;

import curvata.bench.Progress;
import curvata.bench.model.Mlp;
import curvata.bench.report.TrainReport;
import curvata.bench.train.Curvature;
import curvata.bench.train.Outcome;
import curvata.bench.train.Problem;
import curvata.bench.train.Row;
import curvata.bench.train.Run;
import curvata.bench.train.RunFolder;
import curvata.bench.train.Settings;
import curvata.kernels.device.Device;
import curvata.kernels.device.Session;
import curvata.optim.Catalog;
import curvata.optim.Parameter;
import curvata.optim.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: a small network on real data, with any rule, schedule and transform. */
@Command(
    name = "train",
    description = {
      "Trains a small network on handwritten digits, or on your own data, and writes report.html, metrics.jsonl,",
      "curvature.jsonl, model.safetensors and checkpoint.safetensors.",
      "One seed gives the same weights, bit for bit, for any number of threads, scalar or simd and any vector width, interrupted or not.",
      "With --backend gpu the steps run on a device; their bits are its own."},
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    modelTransformer = TrainHelp.class)
public final class TrainCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(names = "--data", paramLabel = "FILE",
      description = "Safetensors file with images (rows first; F32, or U8 from 0 to 255) and labels (integers from 0); every fifth row, from the first "
          + "on, is a test row. Default: the digits.")
  private String data;

  @Option(names = "--center", description = "Take the training rows' means off the inputs.")
  private boolean center;

  @Option(names = "--optimizer", paramLabel = "RULE",
      description = "Rule; one for matrices takes the hidden ones. Default: " + Settings.OPTIMIZER + ".")
  private String optimizer;

  @Option(names = "--rest", paramLabel = "RULE", description = "Rule of what a rule for matrices leaves. Default: " + Settings.REST + ".")
  private String rest;

  @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate of --optimizer, as its option lr.")
  private String lr;

  @Option(names = "--schedule", paramLabel = "SCHEDULE", description = "Factor of all rates. Default: " + Settings.SCHEDULE + ".")
  private String schedule;

  @Option(names = "--transform", paramLabel = "TRANSFORM", description = "Transform of the gradient; may be given several times. Default: none.")
  private List<String> transforms;

  @Option(names = "--hidden", paramLabel = "N,N,...", description = "Widths of the hidden layers, or none. Default: " + Settings.HIDDEN + ".")
  private String hidden;

  @Option(names = "--activation", paramLabel = "NAME", description = "tanh or relu. Default: " + Settings.ACTIVATION + ".")
  private String activation;

  @Option(names = "--loss", paramLabel = "NAME", description = "cross-entropy or squared. Default: " + Settings.LOSS + ".")
  private String loss;

  @Option(names = "--batch", paramLabel = "N", description = "Rows of a step, or full. Default: " + Settings.BATCH + ".")
  private String batch;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training rows. Default: " + Settings.EPOCHS + ".")
  private String epochs;

  @Option(names = "--steps", paramLabel = "N", description = "Steps, in place of --epochs.")
  private String steps;

  @Option(names = "--out", paramLabel = "DIR", description = "Folder to write to. Default: a new one under runs/.")
  private Path out;

  @Option(names = "--resume", paramLabel = "DIR", description = "Continue the run in this folder, with the options it was started with.")
  private Path resume;

  @Option(names = "--evaluate-every", paramLabel = "STEPS", description = "Default: an epoch, and at least a 200th of the run.")
  private String evaluateEvery;

  @Option(names = "--checkpoint-every", paramLabel = "STEPS", description = "Default: a tenth of the run.")
  private String checkpointEvery;

  @Option(names = "--curvature-every", paramLabel = "STEPS",
      description = "Looks at the curvature besides start, middle and end; 0 or none: no looks at all; auto: a tenth of the run, less often where that "
          + "is more than a quarter of the work. Default: auto.")
  private String curvatureEvery;

  @Option(names = "--curvature-rows", paramLabel = "N",
      description = "Training rows whose loss the curvature is of, full, or auto: all where steps take all, else what a quarter of the work allows, "
          + "at least 128. Default: auto.")
  private String curvatureRows;

  @Option(
      names = "--validate",
      description = "Hold out a quarter of the training rows in place of the test rows: for choosing settings.")
  private boolean validate;

  @Mixin
  private CommonOptions common;

  /** For picocli. */
  public TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    common.checkWithDevice();
    if (resume != null && out != null) {
      throw new UserException("--out " + out + " with --resume " + resume + ", expected one of them: a resumed run writes to its own folder");
    }
    Device device = common.device();
    try (Run run = resume != null ? Run.resume(typed(), resume, device) : Run.start(typed(), out, device)) {
      introduce(run);
      Progress progress = new Progress(System.err, "step");
      Outcome outcome;
      try {
        outcome = run.finish((done, of, loss) -> progress.at(done, of, ", loss %.4g", loss));
      } finally {
        progress.end();
      }
      RunFolder.write(run.folder().report(), TrainReport.html(run, outcome));
      conclude(run, outcome);
      common.write("train", !outcome.diverged(), fields(run, outcome));
      return outcome.diverged() ? CurvataCommand.FAILED : CurvataCommand.OK;
    }
  }

  /** The options that were given, by name. */
  private Map<String, String> typed() {
    Map<String, String> typed = new LinkedHashMap<>();
    typed.put("data", data);
    typed.put("optimizer", optimizer);
    typed.put("rest", rest);
    typed.put("lr", lr);
    typed.put("schedule", schedule);
    typed.put("transform", transforms == null ? null : String.join(";", transforms));
    typed.put("hidden", hidden);
    typed.put("activation", activation);
    typed.put("loss", loss);
    typed.put("batch", batch);
    typed.put("epochs", epochs);
    typed.put("steps", steps);
    typed.put("evaluate-every", evaluateEvery);
    typed.put("checkpoint-every", checkpointEvery);
    typed.put("curvature-every", curvatureEvery);
    typed.put("curvature-rows", curvatureRows);
    typed.put("center", center ? "true" : null);
    typed.put("validate", validate ? "true" : null);
    typed.put("seed", spec.commandLine().getParseResult().hasMatchedOption("--seed") ? Long.toString(common.seed()) : null);
    typed.values().removeIf(text -> text == null);
    return typed;
  }

  private static void introduce(Run run) {
    Settings s = run.settings();
    Problem problem = run.trainer().problem();
    Mlp model = run.trainer().model();
    say("data", "%s: %,d training rows, %,d %s rows; seed %d", problem.name(), problem.training().rows(), problem.heldOut().rows(),
        problem.heldOutName(), s.seed());
    say("model", "%s, %s, %,d parameters", layers(model), model.activation(), model.size());
    run.trainer().groups().forEach((group, parameters) -> say(
        group, "%s; %,d parameters", Catalog.format(run.trainer().optimizer().rules().get(group)),
        parameters.stream().mapToInt(Parameter::size).sum()));
    s.transforms().forEach(t -> say("transform", "%s", Catalog.format(t)));
    if (run.trainer().optimizer().device() != Device.cpu()) {
      Device device = run.trainer().optimizer().device();
      say("device", "%s: %s, %s; forward, backward and update; evaluation and curvature on the CPU", device.id(), device.name(), device.backend());
    }
    say("schedule", "%s; %,d steps of %,d rows (%.4g epochs)", Schedules.format(run.trainer().optimizer().schedule()), s.steps(), s.batch(),
        (double) s.steps() / s.stepsPerEpoch(problem.training().rows()));
    long done = run.trainer().optimizer().steps();
    if (done > 0) {
      say("resumed", "after step %,d", done);
    }
    System.out.flush();
  }

  private static void conclude(Run run, Outcome outcome) {
    Row last = outcome.last();
    Problem problem = run.trainer().problem();
    System.out.println();
    if (outcome.diverged()) {
      say("diverged", "after step %,d the loss is %s; the checkpoint is from before. Try a smaller rate, a warm-up or --transform clip",
          outcome.steps(), outcome.loss());
    } else {
      say(problem.heldOutName(), "accuracy %.4f (%,d of %,d), loss %.4g", last.heldOutAccuracy(),
          Math.round(last.heldOutAccuracy() * problem.heldOut().rows()), problem.heldOut().rows(), last.heldOutLoss());
      say("training", "accuracy %.4f, loss %.4g; %,d steps in %.1f s", last.trainAccuracy(), last.trainLoss(), outcome.steps(), outcome.seconds());
      say("weights", "sha256 %s", outcome.weightsSha256());
    }
    curvature(outcome);
    say("report", "%s", run.folder().report());
  }

  private static void curvature(Outcome outcome) {
    if (!outcome.curvature().isEmpty()) {
      Curvature c = outcome.curvature().getLast();
      say("curvature", "sharpness %.4g (2/\u03b7 = %.4g), trace %.4g \u00b1 %.2g after step %,d, on %,d rows; %.1f s, %.0f %% of the run's time",
          c.sharpness(), c.limit(), c.trace(), c.traceError(), c.step(), c.rows(), outcome.curvatureSeconds(), 100 * outcome.curvatureShare());
    }
    if (outcome.curvatureProblem() != null) {
      say("curvature", "missing %s", outcome.curvatureProblem());
    }
  }

  private static void say(String what, String format, Object... values) {
    System.out.printf("%-12s%s%n", what, String.format(Locale.ROOT, format, values));
  }

  private static String layers(Mlp model) {
    return Arrays.stream(model.layers()).mapToObj(String::valueOf).collect(Collectors.joining("-"));
  }

  private static Map<String, Object> fields(Run run, Outcome outcome) {
    Problem problem = run.trainer().problem();
    Row last = outcome.last();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(problem.heldOutName() + "Accuracy", last.heldOutAccuracy());
    fields.put(problem.heldOutName() + "Rows", problem.heldOut().rows());
    fields.put(problem.heldOutName() + "Loss", last.heldOutLoss());
    fields.put("trainLoss", last.trainLoss());
    fields.put("trainAccuracy", last.trainAccuracy());
    fields.put("diverged", outcome.diverged());
    fields.put("steps", outcome.steps());
    fields.put("seed", run.settings().seed());
    fields.put("data", problem.name());
    fields.put("dataSha256", problem.sha256());
    fields.put("out", run.folder().path().toString());
    fields.put("trainSeconds", outcome.seconds());
    fields.put("weightsSha256", outcome.weightsSha256());
    fields.put("settings", run.settings().spelled());
    fields.put("curvatureSeconds", outcome.curvatureSeconds());
    fields.put("curvatureShare", outcome.curvatureShare());
    if (run.trainer().optimizer().device() != Device.cpu()) {
      Session session = run.trainer().optimizer().session();
      fields.put("device", session.device().name());
      fields.put("deviceBackend", session.device().backend());
      fields.put("deviceTasks", session.tasks());
      fields.put("deviceExecutions", session.executions());
    }
    fields.put("curvature", outcome.curvature().stream().map(Curvature::summary).toList());
    return fields;
  }
}
