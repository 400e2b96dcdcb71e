package curvata.gpu.layer;

import curvata.gpu.TornadoProgram;
import curvata.gpu.reduce.ColumnsGpu;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.layer.Bias;
import curvata.kernels.layer.BiasRelu;
import curvata.kernels.layer.BiasTanh;
import curvata.kernels.reduce.Operation;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A bias added to every row, with what follows it, and back: the twin of {@link Bias}, {@link BiasTanh} and {@link BiasRelu}.
 *
 * <pre>
 *   x_ij ← f(x_ij + b_j)      f(s) = s, tanh s or max(s, 0)
 *   ∂x ← ∂y (1 − y²)          tanh;      ∂x ← 0 where y ≤ 0, ∂y elsewhere: max
 *   ∂b_j = Σ_i ∂y_ij          in double, rounded once ({@link ColumnsGpu})
 * </pre>
 *
 * <p>Matrices are row-major without gaps; in place. Sum, bias alone and max: the CPU's bits. tanh: the device's, at most {@value #TANH_ULP} ulp off
 * as OpenCL demands (CUDA 2), the CPU's at most 1.4. Back through tanh: 1 − y² is rounded once or, where the device does not fuse, twice, so the
 * result is off by at most 2⁻²³ |∂y| where that is the larger: {@code |error| ≤ 2⁻²⁴ (|∂y| + 2 |∂x|)}. NaN and infinity propagate; NaN lets a
 * gradient pass through max.
 */
public final class BiasGpu {
  /** What OpenCL allows tanh to be off, in units in the last place. */
  public static final int TANH_ULP = 5;

  /** What follows the bias. */
  public enum Activation {
    /** Nothing. */
    NONE,
    /** tanh. */
    TANH,
    /** max(·, 0). */
    RELU
  }

  private static final int GROUP = 256;

  private BiasGpu() {}

  /** {@link curvata.kernels.device.Program#bias} and its kin. */
  public static void record(TornadoProgram program, Activation activation, int rows, int cols, DeviceBuffer x, DeviceBuffer bias) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    int n = Checks.size("x", rows, cols);
    program.require("x", x, Kind.FLOAT, n);
    program.require("bias", bias, Kind.FLOAT, cols);
    program.requireApart("bias", bias.slice(0, cols), "x", x.slice(0, n));
    if (n == 0) {
      return;
    }
    program.record(r -> {
      switch (activation) {
        case NONE -> r.graph().task(
            r.task("bias", n, GROUP), BiasGpu::addBias, r.context(), r.floats(x), x.offset(), r.floats(bias), bias.offset(), cols, n);
        case TANH -> r.graph().task(
            r.task("biasTanh", n, GROUP), BiasGpu::addBiasTanh, r.context(), r.floats(x), x.offset(), r.floats(bias), bias.offset(), cols, n);
        case RELU -> r.graph().task(
            r.task("biasRelu", n, GROUP), BiasGpu::addBiasRelu, r.context(), r.floats(x), x.offset(), r.floats(bias), bias.offset(), cols, n);
      }
    });
  }

  /** {@link curvata.kernels.device.Program#tanhGradient} and its kin. */
  public static void recordBack(TornadoProgram program, Activation activation, int n, DeviceBuffer y, DeviceBuffer dy) {
    Checks.that(n >= 0, "n", n, ">= 0");
    program.require("y", y, Kind.FLOAT, n);
    program.require("dy", dy, Kind.FLOAT, n);
    program.requireApart("dy", dy.slice(0, n), "y", y.slice(0, n));
    if (n == 0) {
      return;
    }
    program.record(r -> {
      switch (activation) {
        case NONE -> throw new IllegalArgumentException("activation = NONE, expected one with a derivative");
        case TANH ->
            r.graph().task(r.task("tanhBack", n, GROUP), BiasGpu::tanhBack, r.context(), r.floats(y), y.offset(), r.floats(dy), dy.offset(), n);
        case RELU ->
            r.graph().task(r.task("reluBack", n, GROUP), BiasGpu::reluBack, r.context(), r.floats(y), y.offset(), r.floats(dy), dy.offset(), n);
      }
    });
  }

  /** {@link curvata.kernels.device.Program#biasGradient}. */
  public static void recordGradient(TornadoProgram program, int rows, int cols, DeviceBuffer dy, DeviceBuffer dBias) {
    program.require("dBias", dBias, Kind.FLOAT, cols);
    ColumnsGpu.record(program, Operation.SUM, rows, cols, dy, null, dBias);
  }

  static void addBias(KernelContext kc, FloatArray x, int xAt, FloatArray bias, int biasAt, int cols, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      x.set(xAt + i, x.get(xAt + i) + bias.get(biasAt + i % cols));
    }
  }

  static void addBiasTanh(KernelContext kc, FloatArray x, int xAt, FloatArray bias, int biasAt, int cols, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      x.set(xAt + i, TornadoMath.tanh(x.get(xAt + i) + bias.get(biasAt + i % cols)));
    }
  }

  static void addBiasRelu(KernelContext kc, FloatArray x, int xAt, FloatArray bias, int biasAt, int cols, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      float s = x.get(xAt + i) + bias.get(biasAt + i % cols);
      float positive = s > 0 ? s : 0; // with NaN either: TornadoVM may turn a comparison round
      x.set(xAt + i, Float.isNaN(s) ? s : positive);
    }
  }

  static void tanhBack(KernelContext kc, FloatArray y, int yAt, FloatArray dy, int dyAt, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      float v = y.get(yAt + i);
      dy.set(dyAt + i, dy.get(dyAt + i) * (1 - v * v));
    }
  }

  static void reluBack(KernelContext kc, FloatArray y, int yAt, FloatArray dy, int dyAt, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      float v = y.get(yAt + i);
      if (v <= 0 && !Float.isNaN(v)) { // TornadoVM may turn a comparison round
        dy.set(dyAt + i, 0);
      }
    }
  }
}
