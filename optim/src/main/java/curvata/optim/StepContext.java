package curvata.optim;

import java.util.List;
import java.util.Map;

/**
 * What a rule may know when it forms a step's scalars: the step, its rate, this step's signals, the shape and the measured values.
 *
 * <p>One object per group, rewritten for each step and tensor: a rule must not keep it.
 */
public final class StepContext {
  private final List<String> measureNames;
  private final double[] measures;
  private long step;
  private double lr;
  private double factor = 1;
  private List<String> signals = List.of();
  private int[] shape = new int[0];
  private double newerBeta = Double.NaN; // the two bias corrections asked for last in this step
  private double newerCorrection;
  private double olderBeta = Double.NaN;
  private double olderCorrection;

  StepContext(List<String> measureNames) {
    this.measureNames = measureNames;
    this.measures = new double[measureNames.size()];
  }

  /** A context for trying a rule's scalars by hand: no signals, no measures. */
  public static StepContext of(long step, double lr, int... shape) {
    return of(step, lr, List.of(), Map.of(), shape);
  }

  /** A context for trying a rule's scalars by hand, with these signals and measured values. */
  public static StepContext of(long step, double lr, List<String> signals, Map<String, Double> measures, int... shape) {
    StepContext c = new StepContext(List.copyOf(measures.keySet()));
    c.begin(step, lr, 1, List.copyOf(signals));
    c.shape = shape.clone();
    measures.forEach((name, value) -> c.measures[c.measureNames.indexOf(name)] = value);
    return c;
  }

  void begin(long newStep, double newLr, double newFactor, List<String> newSignals) {
    step = newStep;
    lr = newLr;
    factor = newFactor;
    signals = newSignals;
    newerBeta = Double.NaN;
    olderBeta = Double.NaN;
  }

  void shape(int[] newShape) {
    shape = newShape;
  }

  void measure(int index, double value) {
    measures[index] = value;
  }

  /** The step, counted from 1. */
  public long step() {
    return step;
  }

  /** The learning rate of this step, schedule included. */
  public double lr() {
    return lr;
  }

  /** What the schedule multiplied the rate by. */
  public double factor() {
    return factor;
  }

  /** Whether this step brings the signal. */
  public boolean has(String signal) {
    return signals.contains(signal);
  }

  /** First axis of the tensor seen as a matrix. */
  public int rows() {
    return shape.length == 0 ? 1 : shape[0];
  }

  /** Product of the remaining axes. */
  public int cols() {
    int cols = 1;
    for (int i = 1; i < shape.length; i++) {
      cols *= shape[i];
    }
    return cols;
  }

  /** Length of an axis counted from the last: 0 is the last one. */
  public int lastAxis(int fromLast) {
    return shape[shape.length - 1 - fromLast];
  }

  /**
   * A measured value.
   *
   * @throws IllegalArgumentException if the rule did not ask for it
   */
  public double measure(String name) {
    int index = measureNames.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("measure " + name + ", expected one of " + measureNames);
    }
    return measures[index];
  }

  /** 1 − βᵗ at this step, in double. */
  public double biasCorrection(double beta) {
    if (beta == olderBeta) {
      return olderCorrection;
    }
    if (beta != newerBeta) { // StrictMath.pow allocates, and a rule asks again for every tensor
      olderBeta = newerBeta;
      olderCorrection = newerCorrection;
      newerBeta = beta;
      newerCorrection = 1 - StrictMath.pow(beta, step);
    }
    return newerCorrection;
  }
}
