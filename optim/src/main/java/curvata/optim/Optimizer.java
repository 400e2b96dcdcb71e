package curvata.optim;

import curvata.kernels.Checks;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Session;
import curvata.optim.schedule.Schedule;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.GradientTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Trains parameters in place: groups of them, each with a rule, under one schedule and a chain of gradient transforms.
 *
 * <pre>{@code
 * Optimizer opt = Optimizer.builder()
 *     .group("hidden", Muon.defaults().withLr(0.02), hidden)
 *     .group("rest", AdamW.defaults(), rest)
 *     .build();
 * …fill gradients…
 * opt.step();
 * }</pre>
 *
 * <p>A step is a fixed pipeline: transforms, measures, scalars, kernel. It runs on the caller's thread and the library's workers, gives the same bits
 * for any number of threads and any vector width, and allocates a small constant per group and tensor. NaN and infinite gradients propagate into the
 * parameters; nothing repairs them. Everything is checked before the first write. Not safe for use by two threads at once.
 */
public final class Optimizer implements AutoCloseable {
  /**
   * An input that the coming step needs besides the gradient.
   *
   * @param group the group whose rule asks for it
   * @param parameter the parameter it belongs to
   * @param signal its name
   */
  public record Need(String group, Parameter parameter, String signal) {}

  /** Sees every state array of an optimizer. */
  public interface StateVisitor {
    /**
     * One state array.
     *
     * @param array the live array: what is written here, the next step uses
     * @param offset where the parameter's state begins in it; it is as long as the parameter
     */
    void visit(Parameter parameter, String slot, float[] array, int offset);
  }

  private final List<Group> groups;
  private final Map<String, Integer> tensorOf = new LinkedHashMap<>();
  private final Map<String, Group> groupOf = new LinkedHashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final Schedule schedule;
  private final List<GradientTransform> transforms;
  private final Gradients gradients;
  private final boolean transformsHere; // else the device has them recorded
  private final Device device;
  private final DeviceStep onDevice; // null on the CPU
  private long steps;
  private boolean closed;

  private Optimizer(Builder builder) {
    groups = List.copyOf(builder.groups);
    schedule = builder.schedule;
    transforms = List.copyOf(builder.transforms);
    Checks.that(!groups.isEmpty(), "groups", 0, "at least one");
    for (Group group : groups) {
      for (int t = 0; t < group.parameters.size(); t++) {
        add(group, t);
      }
    }
    refuseOverlaps(parameters);
    gradients = transforms.isEmpty() ? null : new Gradients(parameters);
    device = builder.device;
    if (builder.deviceGradients != null && device == Device.cpu()) {
      throw new IllegalStateException("gradients are to be computed on a device, expected device(…) to name one");
    }
    onDevice = device == Device.cpu() ? null : new DeviceStep(device, groups, builder.deviceGradients, transforms);
    transformsHere = builder.deviceGradients == null;
  }

  private void add(Group group, int tensor) {
    Parameter p = group.parameters.get(tensor);
    Group other = groupOf.putIfAbsent(p.name(), group);
    if (other != null) {
      throw new IllegalArgumentException(
          "parameter \"" + p.name() + "\" is in groups \"" + other.name + "\" and \"" + group.name + "\", expected each name once");
    }
    tensorOf.put(p.name(), tensor);
    parameters.add(p);
  }

  /** Two parameters over the same elements would be updated twice, in an order that threads decide. */
  private static void refuseOverlaps(List<Parameter> parameters) {
    Map<float[], List<Parameter>> byArray = new java.util.IdentityHashMap<>();
    for (Parameter p : parameters) {
      byArray.computeIfAbsent(p.value(), a -> new ArrayList<>()).add(p);
    }
    for (List<Parameter> slices : byArray.values()) {
      slices.sort(java.util.Comparator.comparingInt(Parameter::offset));
      for (int i = 1; i < slices.size(); i++) {
        Parameter a = slices.get(i - 1);
        Parameter b = slices.get(i);
        if (a.offset() + a.size() > b.offset() && b.size() > 0) {
          throw new IllegalArgumentException("parameters \"" + a.name() + "\" and \"" + b.name() + "\" overlap, expected distinct elements");
        }
      }
    }
  }

  /** A new optimizer's parts. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects groups, schedule and transforms. */
  public static final class Builder {
    private final List<Group> groups = new ArrayList<>();
    private final List<GradientTransform> transforms = new ArrayList<>();
    private Schedule schedule = Schedules.constant();
    private Device device = Device.cpu();
    private DeviceGradients deviceGradients;

    private Builder() {}

    /**
     * Adds parameters that share a rule; the group's name is used in messages, checkpoints and {@link Optimizer#setLr}.
     *
     * @throws IllegalArgumentException if the name is taken, or a matrix rule gets a parameter with one axis
     */
    public Builder group(String name, Rule<?> rule, List<Parameter> parameters) {
      for (Group group : groups) {
        Checks.that(!group.name.equals(name), "group", "\"" + name + "\"", "a name not used before");
      }
      groups.add(Group.of(name, rule, parameters));
      return this;
    }

    /** Multiplies every group's rate by a schedule; constant by default. */
    public Builder schedule(Schedule newSchedule) {
      schedule = Objects.requireNonNull(newSchedule, "schedule");
      return this;
    }

    /** Adds a gradient transform after those already there. */
    public Builder transform(GradientTransform transform) {
      transforms.add(Objects.requireNonNull(transform, "transform"));
      return this;
    }

    /**
     * Runs the steps on a device; the CPU by default. Values and state then live there: gradients go up in every step, and {@link Optimizer#sync} brings
     * the values back when asked. The optimizer belongs to the thread that builds it. Results are the CPU's within the bounds of the kernels' twins.
     */
    public Builder device(Device newDevice) {
      device = Objects.requireNonNull(newDevice, "device");
      return this;
    }

    /**
     * Computes the gradients on the device, too, in the same execution; they then do not travel, and transforms are
     * recorded there, between gradients and update.
     */
    public Builder deviceGradients(DeviceGradients newGradients) {
      deviceGradients = Objects.requireNonNull(newGradients, "deviceGradients");
      return this;
    }

    /**
     * The optimizer, with its state at the start.
     *
     * @throws IllegalArgumentException if a parameter's name is used twice, parameters overlap, or there is no group
     * @throws DeviceException if the device cannot be opened, has no twin of a rule's kernel (the line names the rules that it has all of), or a
     *     transform cannot be recorded on it
     */
    public Optimizer build() {
      return new Optimizer(this);
    }
  }

  /**
   * Moves all parameters by one step from the gradients that are in their arrays now.
   *
   * @throws IllegalStateException if a signal that this step needs is missing (nothing is changed then), or the optimizer is closed
   * @throws DeviceException if the device has not enough memory or failed; the parameters' arrays are as before
   */
  public void step() {
    requireOpen();
    long next = steps + 1;
    for (Group group : groups) {
      String missing = group.missing(next);
      if (missing != null) {
        throw new IllegalStateException(missing);
      }
    }
    for (int i = 0; transformsHere && i < transforms.size(); i++) {
      transforms.get(i).apply(gradients);
    }
    double factor = schedule.at(steps);
    if (onDevice != null) {
      onDevice.step(next, factor);
    }
    for (int i = 0; i < groups.size(); i++) {
      if (onDevice == null) {
        groups.get(i).step(next, factor);
      }
      groups.get(i).forgetSignals();
    }
    steps = next;
  }

  /** The device that steps run on. */
  public Device device() {
    return device;
  }

  /**
   * The session on the device, for buffers and programs of one's own and for what it counts.
   *
   * @throws IllegalStateException on the CPU, which has none
   */
  public Session session() {
    if (onDevice == null) {
      throw new IllegalStateException("the optimizer runs on the CPU, expected a device: there are no sessions there");
    }
    return onDevice.session();
  }

  /** Brings the parameters' arrays up to date with the device; on the CPU they always are. */
  public void sync() {
    requireOpen();
    if (onDevice != null) {
      onDevice.fetchValues();
    }
  }

  /** What {@link #step} will need besides the gradients; ask before the backward pass. */
  public List<Need> needs() {
    List<Need> needs = new ArrayList<>();
    for (Group group : groups) {
      for (String signal : group.rule.signals(steps + 1)) {
        for (Parameter p : group.parameters) {
          needs.add(new Need(group.name, p, signal));
        }
      }
    }
    return needs;
  }

  /**
   * Hands in a signal for the next step.
   *
   * @param parameter the parameter's name
   * @param signal the signal's name, from {@link #needs}
   * @param values laid out as the parameter: element i of the parameter at its offset + i; read in the next step, not kept after it
   * @throws IllegalArgumentException if there is no such parameter or the array is too short
   */
  public void supply(String parameter, String signal, float[] values) {
    Group group = groupOf(parameter);
    int tensor = tensorOf.get(parameter);
    Parameter p = group.parameters.get(tensor);
    Objects.requireNonNull(values, signal);
    if (values.length < p.offset() + p.size()) { // Checks would make its texts in every step
      throw new IllegalArgumentException(
          signal + ".length = " + values.length + ", expected at least " + (p.offset() + p.size()) + " (offset + size) for parameter \"" + parameter
              + "\"");
    }
    group.supply(tensor, signal, values);
  }

  private Group groupOf(String parameter) {
    Group group = groupOf.get(parameter);
    if (group == null) {
      throw new IllegalArgumentException("parameter = \"" + parameter + "\", expected one of " + groupOf.keySet());
    }
    return group;
  }

  /** Sets all gradients to zero. */
  public void zeroGrad() {
    for (Parameter p : parameters) {
      Arrays.fill(p.grad(), p.offset(), p.offset() + p.size(), 0f);
    }
  }

  /** Number of steps taken. */
  public long steps() {
    return steps;
  }

  /** All parameters, group by group. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** The rule of every group, by the group's name, in order. */
  public Map<String, Rule<?>> rules() {
    Map<String, Rule<?>> rules = new LinkedHashMap<>();
    groups.forEach(g -> rules.put(g.name, g.rule));
    return rules;
  }

  /** The name of the group that a parameter is in. */
  public String group(String parameter) {
    return groupOf(parameter).name;
  }

  /** The schedule. */
  public Schedule schedule() {
    return schedule;
  }

  /** The gradient transforms, in order. */
  public List<GradientTransform> transforms() {
    return transforms;
  }

  /** A group's rate before the schedule. */
  public double lr(String group) {
    return groupNamed(group).lr;
  }

  /**
   * Sets a group's rate before the schedule, from the next step on.
   *
   * @throws IllegalArgumentException if there is no such group or the rate is negative or not finite
   */
  public void setLr(String group, double lr) {
    Checks.that(lr >= 0 && lr < Double.POSITIVE_INFINITY, "lr", lr, "lr >= 0 and finite for group \"" + group + "\"");
    groupNamed(group).lr = lr;
  }

  private Group groupNamed(String name) {
    for (Group group : groups) {
      if (group.name.equals(name)) {
        return group;
      }
    }
    throw new IllegalArgumentException("group = \"" + name + "\", expected one of " + rules().keySet());
  }

  /** Shows every state array, parameter by parameter. With a device, what is written to them counts after {@link #resumeAt}. */
  public void state(StateVisitor visitor) {
    if (onDevice != null && !closed) {
      onDevice.fetchState();
    }
    for (Group group : groups) {
      for (int t = 0; t < group.parameters.size(); t++) {
        Parameter p = group.parameters.get(t);
        for (int s = 0; s < group.state.slots.size(); s++) {
          visitor.visit(p, group.state.slots.get(s).name(), group.state.array(t, s), p.offset());
        }
      }
    }
  }

  /**
   * Continues from a step, after parameters and state were put back.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void resumeAt(long step) {
    Checks.that(step >= 0, "step", step, "step >= 0");
    steps = step;
    if (onDevice != null) {
      onDevice.upload();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the optimizer is closed, expected open");
    }
  }

  /**
   * Ends the use of this optimizer. On the CPU there is nothing to free; a device's memory is freed, and what {@link #sync} did not bring back is lost.
   * Closing twice does nothing.
   */
  @Override
  public void close() {
    if (onDevice != null && !closed) {
      onDevice.close();
    }
    closed = true;
  }
}
