package curvata.bench.cli;

import curvata.kernels.Workspace;
import curvata.kernels.codec.BFloat16;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Outcome;
import curvata.kernels.reduce.Reductions;
import curvata.optim.io.DType;

/** A recipe on one matrix, by the path of the library that fits: floats, bfloat16 numbers, or a device. */
final class Orthogonalizer {
  private final Device device;
  private long deviceTasks;

  /**
   * How it went.
   *
   * @param norm the input's Frobenius norm
   * @param steps polynomials that were applied
   * @param gram whether they ran on the Gram matrix
   */
  record Told(double norm, int steps, boolean gram) {}

  /** On the processor or a device. */
  Orthogonalizer(Device device) {
    this.device = device;
  }

  /** Kernels that ran on the device. */
  long deviceTasks() {
    return deviceTasks;
  }

  /**
   * Orthogonalizes the matrix {@code x}, which holds values of the type {@code from}; {@code y} then holds values of the type {@code to}, the nearest to
   * the result in float.
   */
  Told apply(NewtonSchulz recipe, int rows, int cols, float[] x, DType from, float[] y, DType to) {
    if (device != Device.cpu() && x.length > 0) {
      return rounded(onDevice(recipe, rows, cols, x, y), y, to);
    }
    // The path for bfloat16 does not tell where a tolerance stopped it; what it computes is the same.
    if (from == DType.BF16 && to == DType.BF16 && recipe.tolerance() == 0) {
      return onBFloat16(recipe, rows, cols, x, y);
    }
    return rounded(onFloats(recipe, rows, cols, x, y), y, to);
  }

  private static Told rounded(Told told, float[] y, DType to) {
    for (int i = 0; i < y.length; i++) {
      y[i] = to.nearest(y[i]);
    }
    return told;
  }

  private static Told onFloats(NewtonSchulz recipe, int rows, int cols, float[] x, float[] y) {
    Workspace ws = new Workspace();
    ws.reserve(recipe.required(rows, cols), recipe.requiredDoubles(rows, cols));
    Outcome outcome = new Outcome();
    recipe.apply(rows, cols, x, 0, cols, y, 0, cols, outcome, ws);
    return new Told(outcome.norm(), outcome.steps(), outcome.restarts() >= 0);
  }

  private static Told onBFloat16(NewtonSchulz recipe, int rows, int cols, float[] x, float[] y) {
    Workspace ws = new Workspace();
    ws.reserve(recipe.requiredBFloat16(rows, cols), recipe.requiredDoubles(rows, cols));
    short[] bits = new short[x.length];
    BFloat16.encode(x, 0, bits, 0, x.length); // as they were stored
    double norm = recipe.apply(rows, cols, bits, 0, cols, bits, 0, cols, ws);
    BFloat16.decode(bits, 0, y, 0, y.length);
    return norm == 0 ? new Told(0, 0, false) : new Told(norm, recipe.coefficients().steps().size(), recipe.usesGram(rows, cols));
  }

  /** In a session of its own: matrices may differ in shape, and the largest may need all of the device's memory. */
  private Told onDevice(NewtonSchulz recipe, int rows, int cols, float[] x, float[] y) {
    try (Session session = device.open()) {
      DeviceBuffer in = session.buffer("in", DeviceBuffer.Kind.FLOAT, x.length);
      DeviceBuffer out = session.buffer("out", DeviceBuffer.Kind.FLOAT, y.length);
      Program program = session.program("polar");
      program.polar(recipe, rows, cols, in, out);
      in.write(x, 0);
      program.run();
      out.read(y, 0);
      deviceTasks += session.tasks();
    }
    // It takes all steps: what it would stop by is not read back.
    return new Told(norm(x), recipe.coefficients().steps().size(), recipe.usesGram(rows, cols));
  }

  private static double norm(float[] x) {
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(x.length));
    return Math.sqrt(Reductions.sumOfSquares(x, 0, x.length, ws));
  }
}
