package curvata.bench.train;

import curvata.bench.model.Mlp;
import curvata.hessian.OperatorException;
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
  private static final int CURVATURE_WORK = 1 << 24; // rows · parameters of one product, by default
  private static final int MIN_CURVATURE_ROWS = 256;
  private static final String PREFIX = "train.";
  private static final String SECONDS = "seconds";
  private static final String DATA = "data";

  private final Settings settings;
  private final Trainer trainer;
  private final RunFolder folder;
  private final Metrics metrics;
  private final JsonLines<Curvature> curvature;
  private final Monitor monitor; // null where the curvature is not looked at
  private final double earlier; // seconds before this process
  private final long started = System.nanoTime();
  private long watched; // nanoseconds of it
  private String curvatureProblem;

  private Run(Settings settings, Trainer trainer, RunFolder folder, Metrics metrics, JsonLines<Curvature> curvature, double earlier) {
    this.settings = settings;
    this.trainer = trainer;
    this.folder = folder;
    this.metrics = metrics;
    this.curvature = curvature;
    this.monitor = settings.curvatureEvery() == 0 ? null
        : new Monitor(trainer.model(), trainer.problem().training(), curvatureRows(settings, trainer), settings.seed());
    this.earlier = earlier;
  }

  /**
   * A run from the start; everything is checked before the folder is made.
   *
   * @param out null: a new folder under runs/
   * @throws IllegalArgumentException if an option is not valid
   * @throws IOException if the folder cannot be written or holds a run
   */
  public static Run start(Map<String, String> options, Path out) throws IOException {
    Problem problem = Problem.digits(Settings.validates(options));
    Settings settings = Settings.parse(options, problem.training().rows());
    Trainer trainer = new Trainer(settings, problem);
    RunFolder folder = RunFolder.create(out);
    Metrics metrics = Metrics.create(folder.metrics(), problem.heldOutName());
    Run run = new Run(settings, trainer, folder, metrics, JsonLines.create(folder.curvature(), CURVATURE), 0);
    run.look();
    run.save(); // a run killed at any moment can be resumed
    return run;
  }

  /**
   * A run from where its last checkpoint was written.
   *
   * @param options what is typed again; it must agree with the checkpoint
   * @throws IllegalArgumentException if an option contradicts the checkpoint, or that is of another model or rule
   * @throws IOException if a file is missing or malformed
   */
  public static Run resume(Map<String, String> options, Path from) throws IOException {
    RunFolder folder = RunFolder.existing(from);
    Checkpoint checkpoint = Checkpoint.read(folder.checkpoint());
    Map<String, String> stored = stored(checkpoint, folder);
    double seconds = seconds(stored.remove(SECONDS), folder);
    String data = stored.remove(DATA);
    Problem problem = Problem.digits(Settings.validates(stored));
    int rows = problem.training().rows();
    Settings settings;
    try {
      settings = Settings.parse(stored, rows);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder.checkpoint() + ": " + e.getMessage(), e);
    }
    if (!problem.name().equals(data)) {
      throw new IOException(folder.checkpoint() + ": " + DATA + " = " + data + ", expected " + problem.name());
    }
    settings.confirm(options, rows, folder.checkpoint().toString());
    Trainer trainer = new Trainer(settings, problem);
    checkpoint.into(trainer.optimizer());
    if (checkpoint.step() > settings.steps()) {
      throw new IOException(folder.checkpoint() + ": step = " + checkpoint.step() + ", expected at most " + settings.steps() + " (steps)");
    }
    Metrics metrics = Metrics.resume(folder.metrics(), problem.heldOutName(), checkpoint.step());
    return new Run(settings, trainer, folder, metrics, JsonLines.resume(folder.curvature(), CURVATURE, checkpoint.step()), seconds);
  }

  /** All rows where the steps take all or the network is small; else fewer, but enough to see the shape. */
  private static int curvatureRows(Settings settings, Trainer trainer) {
    int all = trainer.problem().training().rows();
    if (settings.curvatureRows() > 0 || settings.batch() == all) {
      return settings.curvatureRows() > 0 ? settings.curvatureRows() : all;
    }
    return Math.min(all, Math.max(MIN_CURVATURE_ROWS, CURVATURE_WORK / trainer.model().size()));
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

  /** Looks at the curvature where it is time to and it was not done before. */
  private boolean watch() throws IOException {
    long step = steps();
    boolean mark = step == 0 || step == settings.steps() / 2 || step == settings.steps();
    if (monitor == null || !mark && step % settings.curvatureEvery() != 0 || curvature.has(step)) {
      return true;
    }
    long start = System.nanoTime();
    try {
      curvature.add(monitor.measure(step, trainer.rate(), trainer.model().theta(), mark));
    } catch (OperatorException e) {
      curvatureProblem = "at step " + step + ": " + e.getMessage();
    } finally {
      watched += System.nanoTime() - start;
    }
    return true;
  }

  private void save() throws IOException {
    Map<String, String> extra = new LinkedHashMap<>();
    settings.spelled().forEach((name, text) -> extra.put(PREFIX + name, text));
    extra.put(PREFIX + DATA, trainer.problem().name());
    extra.put(PREFIX + SECONDS, Double.toString(seconds()));
    Checkpoint.write(folder.checkpoint(), trainer.optimizer(), extra);
  }

  private void export() throws IOException {
    Mlp model = trainer.model();
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.metadata("layers", Arrays.stream(model.layers()).mapToObj(String::valueOf).collect(Collectors.joining(",")));
    writer.metadata("activation", model.activation().toString());
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
