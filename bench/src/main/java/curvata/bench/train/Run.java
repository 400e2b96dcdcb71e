package curvata.bench.train;

import curvata.bench.model.Mlp;
import curvata.hessian.OperatorException;
import curvata.kernels.Checks;
import curvata.kernels.device.Device;
import curvata.optim.Parameter;
import curvata.optim.io.Checkpoint;
import curvata.optim.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A run with its files: trains to the end, writes metrics as it goes and a checkpoint now and then, and the model when it is done.
 *
 * <p>Killed at any moment and resumed, it ends with the same weights, bit for bit, and the same metrics but for their seconds.
 */
public final class Run implements AutoCloseable {
  /** Hears of every step. */
  public interface Listener {
    /** After a step of a run of so many. */
    void step(long step, long steps, double loss);
  }

  private static final JsonLines.Form<Curvature> CURVATURE = new JsonLines.Form<>(Curvature::step, Curvature::named, Curvature::of);
  private static final String PREFIX = "train.";
  private static final String SECONDS = "seconds";
  private static final String DATA = "data";
  private static final String DATA_SHA256 = "data-sha256";

  private final Settings settings;
  private final Trainer trainer;
  private final RunFolder folder;
  private final Metrics metrics;
  private final JsonLines<Curvature> curvature;
  private final CurvaturePlan plan;
  private final Monitor monitor; // null where the curvature is not looked at
  private final double earlier; // seconds before this process
  private final long started = System.nanoTime();
  private long watched; // nanoseconds of it
  private float[] start; // weights whose curvature is still to be looked at, or null
  private double startRate;
  private String curvatureProblem;

  private Run(Settings settings, Trainer trainer, RunFolder folder, Metrics metrics, JsonLines<Curvature> curvature, double earlier) {
    this.settings = settings;
    this.trainer = trainer;
    this.folder = folder;
    this.metrics = metrics;
    this.curvature = curvature;
    this.plan = CurvaturePlan.of(settings, trainer.problem(), trainer.model());
    this.monitor = plan.every() == 0 ? null : new Monitor(trainer.model(), trainer.problem().training(), plan.rows(), settings.seed());
    this.earlier = earlier;
  }

  /**
   * A run from the start; everything is checked before the folder is made.
   *
   * @param options by name; {@code data} is a file of images and labels, without it the run is on the digits
   * @param out null: a new folder under runs/
   * @throws IllegalArgumentException if an option is not valid
   * @throws IOException if the data cannot be read, or the folder cannot be written or holds a run
   */
  public static Run start(Map<String, String> options, Path out) throws IOException {
    return start(options, out, Device.cpu());
  }

  /** A run from the start whose steps a device takes; throws as {@link #start(Map, Path)} and {@link Trainer#Trainer(Settings, Problem, Device)}. */
  public static Run start(Map<String, String> options, Path out, Device device) throws IOException {
    Map<String, String> own = new LinkedHashMap<>(options);
    String data = own.remove(DATA);
    Problem problem = Problem.named(data == null ? Problem.DIGITS : data, Settings.validates(own), Settings.centers(own));
    Settings settings = Settings.parse(own, problem.training().rows());
    Trainer trainer = new Trainer(settings, problem, device);
    RunFolder folder = RunFolder.create(out);
    Metrics metrics = Metrics.create(folder.metrics(), problem.name(), problem.heldOutName());
    Run run = new Run(settings, trainer, folder, metrics, JsonLines.create(folder.curvature(), CURVATURE), 0);
    run.look();
    run.save(); // a run killed at any moment can be resumed
    return run;
  }

  /**
   * A run from where its last checkpoint was written.
   *
   * @param options what is typed again; it must agree with the checkpoint; {@code data} may be a file that has been moved, if it holds the same data
   * @throws IllegalArgumentException if an option contradicts the checkpoint, or that is of another model or rule
   * @throws IOException if a file is missing or malformed
   */
  public static Run resume(Map<String, String> options, Path from) throws IOException {
    return resume(options, from, Device.cpu());
  }

  /** A run from where its last checkpoint was written, whose further steps a device takes; throws as {@link #resume(Map, Path)} and {@link #start}. */
  public static Run resume(Map<String, String> options, Path from, Device device) throws IOException {
    RunFolder folder = RunFolder.existing(from);
    Checkpoint checkpoint = Checkpoint.read(folder.checkpoint());
    Map<String, String> stored = stored(checkpoint, folder);
    double seconds = seconds(stored.remove(SECONDS), folder);
    Map<String, String> typed = new LinkedHashMap<>(options);
    Problem problem = data(stored, typed.remove(DATA), folder);
    int rows = problem.training().rows();
    Settings settings;
    try {
      settings = Settings.parse(stored, rows);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder.checkpoint() + ": " + e.getMessage(), e);
    }
    settings.confirm(typed, rows, folder.checkpoint().toString());
    Trainer trainer = new Trainer(settings, problem, device);
    checkpoint.into(trainer.optimizer());
    if (checkpoint.step() > settings.steps()) {
      throw new IOException(folder.checkpoint() + ": step = " + checkpoint.step() + ", expected at most " + settings.steps() + " (steps)");
    }
    Metrics metrics = Metrics.resume(folder.metrics(), problem.name(), problem.heldOutName(), checkpoint.step());
    return new Run(settings, trainer, folder, metrics, JsonLines.resume(folder.curvature(), CURVATURE, checkpoint.step()), seconds);
  }

  /** The data that the run was started with, if what is there now is the same; takes its entries out of what was stored. */
  private static Problem data(Map<String, String> stored, String typed, RunFolder folder) throws IOException {
    String name = stored.remove(DATA);
    String sha256 = stored.remove(DATA_SHA256);
    if (name == null) {
      throw new IOException(folder.checkpoint() + ": no " + PREFIX + DATA + ", expected what the run is on");
    }
    Problem problem = Problem.named(typed == null ? name : typed, Settings.validates(stored), Settings.centers(stored));
    boolean same = sha256 == null ? name.equals(problem.name()) : sha256.equals(problem.sha256());
    Checks.that(same, "--data", problem.name() + (sha256 == null ? "" : " with sha256 " + problem.sha256()),
        name + (sha256 == null ? "" : " with sha256 " + sha256) + " as in " + folder.checkpoint() + ": a run goes on with the data it began with");
    return problem;
  }

  private static Map<String, String> stored(Checkpoint checkpoint, RunFolder folder) throws IOException {
    Map<String, String> stored = new LinkedHashMap<>();
    checkpoint.extra().forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        stored.put(key.substring(PREFIX.length()), value);
      }
    });
    if (stored.isEmpty()) {
      throw new IOException(folder.checkpoint() + ": a checkpoint without settings, expected one that train wrote");
    }
    return stored;
  }

  private static double seconds(String text, RunFolder folder) throws IOException {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException | NullPointerException e) {
      throw new IOException(folder.checkpoint() + ": " + SECONDS + " = " + text + ", expected a number", e);
    }
  }

  /** What it was started with. */
  public Settings settings() {
    return settings;
  }

  /** Model, optimizer and data. */
  public Trainer trainer() {
    return trainer;
  }

  /** Where it writes. */
  public RunFolder folder() {
    return folder;
  }

  /**
   * Trains to the end, or until the loss is not a number; the files are then as the last checkpoint left them.
   *
   * @throws IOException if a file cannot be written
   */
  public Outcome finish(Listener listener) throws IOException {
    double loss = Double.NaN;
    boolean finite = look() && watch(); // where a killed run came no further than its checkpoint
    while (finite && steps() < settings.steps()) {
      loss = trainer.step();
      finite = Double.isFinite(loss) && look() && watch();
      if (finite && (steps() == settings.steps() || steps() % settings.checkpointEvery() == 0)) {
        save();
      }
      listener.step(steps(), settings.steps(), loss);
    }
    watchStart(); // of a run that diverged before it was made up for
    if (finite) {
      export();
    }
    return new Outcome(steps(), !finite, loss, List.copyOf(metrics.rows()), List.copyOf(curvature.rows()), curvatureProblem, seconds(), sha256());
  }

  private long steps() {
    return trainer.optimizer().steps();
  }

  private double seconds() {
    return earlier + (System.nanoTime() - started - watched) * 1e-9;
  }

  /** Evaluates where it is time to and it was not done before, or there are no rows at all; false if that shows that the run has diverged. */
  private boolean look() throws IOException {
    long step = steps();
    boolean due = step == settings.steps() || step % settings.evaluateEvery() == 0 || metrics.rows().isEmpty();
    if (!due || metrics.has(step)) {
      return true;
    }
    Row row = trainer.evaluate(seconds());
    boolean finite = Double.isFinite(row.trainLoss()) && Double.isFinite(row.heldOutLoss());
    if (finite) {
      metrics.add(row);
    }
    return finite;
  }

  /**
   * Looks at the curvature where it is time to and it was not done before.
   *
   * <p>The look at the start is put off until the next, or the next checkpoint, with a copy of the weights: by then the code that it spends its time in
   * has been compiled, which takes most of a second out of a short run. What is seen does not depend on when.
   */
  private boolean watch() throws IOException {
    long step = steps();
    if (!plan.due(step, settings.steps()) || curvature.has(step)) {
      return true;
    }
    if (step == 0) {
      start = trainer.model().theta().clone();
      startRate = trainer.rate();
    } else {
      watchStart();
      watch(step, trainer.rate(), trainer.model().theta());
    }
    return true;
  }

  /** Makes up for the look at the start, if that was put off. */
  private void watchStart() throws IOException {
    if (start != null) {
      float[] theta = start;
      start = null;
      watch(0, startRate, theta);
    }
  }

  private void watch(long step, double rate, float[] theta) throws IOException {
    long begin = System.nanoTime();
    try {
      curvature.add(monitor.measure(step, rate, theta, CurvaturePlan.mark(step, settings.steps())));
    } catch (OperatorException e) {
      curvatureProblem = "at step " + step + ": " + e.getMessage();
    } finally {
      watched += System.nanoTime() - begin;
    }
  }

  private void save() throws IOException {
    watchStart();
    Map<String, String> extra = new LinkedHashMap<>();
    settings.spelled().forEach((name, text) -> extra.put(PREFIX + name, text));
    Problem problem = trainer.problem();
    extra.put(PREFIX + DATA, problem.name().equals(Problem.DIGITS) ? Problem.DIGITS : Path.of(problem.name()).toAbsolutePath().toString());
    extra.put(PREFIX + DATA_SHA256, problem.sha256());
    extra.put(PREFIX + SECONDS, Double.toString(seconds()));
    Checkpoint.write(folder.checkpoint(), trainer.optimizer(), extra);
  }

  private void export() throws IOException {
    Mlp model = trainer.model();
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.metadata("layers", Arrays.stream(model.layers()).mapToObj(String::valueOf).collect(Collectors.joining(",")));
    writer.metadata("activation", model.activation().toString());
    writer.metadata("loss", model.loss().toString());
    writer.metadata("data", trainer.problem().name());
    writer.metadata("data-sha256", trainer.problem().sha256());
    writer.metadata("center", Boolean.toString(settings.center()));
    writer.metadata("validate", Boolean.toString(settings.validate()));
    writer.metadata("seed", Long.toString(settings.seed()));
    for (Parameter p : model.parameters()) {
      writer.add(p.name(), p.shape(), p.value(), p.offset());
    }
    writer.write(folder.model());
  }

  private String sha256() {
    float[] theta = trainer.model().theta();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int from = 0, count; from < theta.length; from += count) {
        count = Math.min(bytes.capacity() / Float.BYTES, theta.length - from);
        bytes.clear().asFloatBuffer().put(theta, from, count);
        digest.update(bytes.limit(count * Float.BYTES));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public void close() {
    trainer.close();
  }
}
