package curvata.bench.train;

import curvata.bench.model.Mlp;
import curvata.bench.model.MlpOnDevice;
import curvata.bench.model.OutputLoss;
import curvata.kernels.Checks;
import curvata.kernels.device.Device;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Model, optimizer and data of a run, one step at a time; no files, no clock.
 *
 * <p>Everything it computes is a pure function of the settings and the step: the same bits on any number of threads, backend and vector width.
 */
public final class Trainer implements AutoCloseable {
  private static final int EVALUATION_ROWS = 512;
  private static final int CURVATURE_VECTORS = 50; // of a density, which takes the most

  private final Settings settings;
  private final Problem problem;
  private final Mlp model;
  private final Optimizer optimizer;
  private final Batches batches;
  private final Signals signals;
  private final MlpOnDevice onDevice; // null on the CPU
  private boolean ahead; // the device of the model's arrays

  /** The state before the first step of a run on the CPU; throws as {@link #Trainer(Settings, Problem, Device)}. */
  public Trainer(Settings settings, Problem problem) {
    this(settings, problem, Device.cpu());
  }

  /**
   * The state before the first step.
   *
   * @param device where steps run: forward and backward pass and update; evaluations and looks at the curvature are the CPU's
   * @throws IllegalArgumentException if a rule needs a signal that this trainer does not have, or the model does not fit into memory
   * @throws curvata.kernels.device.DeviceException if the device cannot be opened, has no twin of a rule, or a transform is the host's alone
   */
  public Trainer(Settings settings, Problem problem, Device device) {
    this.settings = settings;
    this.problem = problem;
    List<Integer> layers = new ArrayList<>(settings.hidden());
    layers.addFirst(problem.training().cols());
    layers.addLast(problem.training().classes());
    int capacity = Math.max(settings.batch(), Math.min(EVALUATION_ROWS, problem.training().rows()));
    requireMemory(layers, capacity);
    Signals.requireKnown(settings.optimizer());
    Signals.requireKnown(settings.rest());
    requireDistribution(settings.optimizer());
    requireDistribution(settings.rest());
    model = new Mlp(layers, settings.activation(), settings.loss(), capacity);
    model.initialize(settings.seed());
    onDevice = device == Device.cpu() ? null : new MlpOnDevice(model, problem.training(), settings.batch());
    optimizer = build(device);
    batches = new Batches(problem.training(), settings.batch(), settings.seed());
    signals = new Signals(model, batches, settings.seed());
  }

  /** Refuses a model that could not even hold its parameters, gradients and state. */
  private void requireMemory(List<Integer> layers, int capacity) {
    double floats = 0;
    double parameters = 0;
    for (int n = 1; n < layers.size(); n++) {
      double size = (double) layers.get(n) * (layers.get(n - 1) + 1);
      parameters += size;
      floats += size * (2 + settings.optimizer().slots().size()) + 2.0 * capacity * layers.get(n);
    }
    floats += settings.optimizer().signals(1).isEmpty() ? 0 : Signals.VECTORS * parameters;
    floats += settings.curvatureEvery() != 0 ? CURVATURE_VECTORS * parameters : 0;
    double gigabytes = floats * Float.BYTES / (1 << 30);
    double available = (double) Runtime.getRuntime().maxMemory() / (1 << 30);
    Checks.that(gigabytes < available, "--hidden", settings.spelled().get("hidden"),
        String.format(Locale.ROOT, "a model that fits: this one needs %.1f GiB, the JVM has %.1f (-Xmx)%s", gigabytes, available,
            settings.curvatureEvery() != 0 ? ", and less is needed with --curvature-every none" : ""));
  }

  /** Labels are sampled from the softmax, which is the model's distribution under cross-entropy alone. */
  private void requireDistribution(Rule<?> rule) {
    boolean sampled = rule != null && rule.signals(1).contains("ghat");
    Checks.that(!sampled || settings.loss() == OutputLoss.SOFTMAX_CROSS_ENTROPY, "--loss", settings.loss(),
        OutputLoss.SOFTMAX_CROSS_ENTROPY + (sampled ? " for rule " + rule.name() + ", which samples labels" : ""));
  }

  /** A matrix rule takes the hidden matrices; the last layer and the biases go to the rule of the rest. */
  private Optimizer build(Device device) {
    Optimizer.Builder builder = Optimizer.builder().schedule(settings.schedule().over(settings.steps())).device(device);
    if (onDevice != null) {
      builder.deviceGradients(onDevice);
    }
    if (settings.rest() == null) {
      builder.group("all", settings.optimizer(), model.parameters());
    } else {
      String last = "layer" + (model.layers().length - 2) + ".";
      List<Parameter> hidden = new ArrayList<>();
      List<Parameter> rest = new ArrayList<>();
      for (Parameter p : model.parameters()) {
        (settings.optimizer().accepts(p.shape()) && !p.name().startsWith(last) ? hidden : rest).add(p);
      }
      builder.group("hidden", settings.optimizer(), hidden).group("rest", settings.rest(), rest);
    }
    settings.transforms().forEach(builder::transform);
    return builder.build();
  }

  /** The model, its arrays up to date. */
  public Mlp model() {
    if (ahead) {
      optimizer.sync();
      ahead = false;
    }
    return model;
  }

  /** The optimizer, which knows how many steps were taken. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** What it trains on. */
  public Problem problem() {
    return problem;
  }

  /**
   * Takes one step, unless the loss is no longer a number; a device takes it all the same.
   *
   * @return the mean loss over the step's rows before it; where it is not finite, parameters are left as they were, on the CPU
   */
  public double step() {
    long step = optimizer.steps();
    if (onDevice != null) {
      return stepOnDevice(step);
    }
    int rows = batches.load(step);
    double loss = model.gradient(batches.inputs(), batches.labels(), 0, rows, model.gradient());
    if (Double.isFinite(loss)) {
      signals.supply(optimizer, rows);
      optimizer.step();
    }
    return loss;
  }

  /** One execution of the device: gradients and update. Signals that a rule asks for are the CPU's, of the parameters as they are. */
  private double stepOnDevice(long step) {
    int rows;
    if (optimizer.needs().isEmpty()) {
      rows = batches.pick(step);
    } else {
      model();
      rows = batches.load(step);
      signals.supply(optimizer, rows);
    }
    onDevice.load(batches.picked(), rows);
    optimizer.step();
    ahead = true;
    return onDevice.meanLoss(rows);
  }

  /** Looks at all training and all held-out rows. */
  public Row evaluate(double seconds) {
    long step = optimizer.steps();
    Mlp.Score train = model().score(problem.training());
    Mlp.Score heldOut = model().score(problem.heldOut());
    double epoch = (double) step / settings.stepsPerEpoch(problem.training().rows());
    return new Row(step, epoch, rate(), train.loss(), train.accuracy(), heldOut.loss(), heldOut.accuracy(), seconds);
  }

  /** The first group's rate in the last step, at the start in the first. */
  double rate() {
    double factor = optimizer.schedule().at(Math.max(0, optimizer.steps() - 1));
    return optimizer.lr(optimizer.rules().keySet().iterator().next()) * factor;
  }

  /** The parameters of every group, by the group's name, in order. */
  public Map<String, List<Parameter>> groups() {
    Map<String, List<Parameter>> groups = new LinkedHashMap<>();
    for (Parameter p : optimizer.parameters()) {
      groups.computeIfAbsent(optimizer.group(p.name()), g -> new ArrayList<>()).add(p);
    }
    return groups;
  }

  @Override
  public void close() {
    optimizer.close();
  }
}
