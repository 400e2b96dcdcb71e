package curvata.gpu.matrix;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import java.util.ArrayDeque;

/**
 * What the forms of {@link NewtonSchulzGpu} are written in: words on X (rows × cols) and on symmetric squares of the shorter side, in float or
 * double.
 *
 * <p>Squares are lent under fixed names, so that all matrices of one shape share them. Those that hold results are symmetric bit for bit.
 */
final class Squares {
  private static final int GROUP = 256;

  private final TornadoProgram program;
  private final int rows;
  private final int cols;
  private final int m;
  private final boolean tall;
  private final boolean wide;
  private final ArrayDeque<DeviceBuffer> idle = new ArrayDeque<>();
  private int lent;

  Squares(TornadoProgram program, int rows, int cols, boolean wide) {
    this.program = program;
    this.rows = rows;
    this.cols = cols;
    this.wide = wide;
    tall = rows > cols;
    m = Math.min(rows, cols);
  }

  /** A square of arbitrary content. */
  DeviceBuffer take() {
    return idle.isEmpty() ? program.shared("polar.square" + lent++, wide ? Kind.DOUBLE : Kind.FLOAT, Checks.size("square", m, m)) : idle.pop();
  }

  /** A square that is not used any more. */
  void give(DeviceBuffer square) {
    idle.push(square);
  }

  /** S ← X Xᵀ, or XᵀX for a tall X. */
  void gram(DeviceBuffer x, DeviceBuffer s) {
    int k = Math.max(rows, cols);
    if (wide) {
      WideProductGpu.record(program, true, tall, !tall, m, m, k, 1, x, x, 0, s, s);
    } else {
      SymmetricProductGpu.recordGram(program, tall, m, k, 1, x, 0, s, s);
    }
  }

  /** C ← α A B + β D; D may be any of them, C neither A nor B. */
  void product(double alpha, DeviceBuffer a, DeviceBuffer b, double beta, DeviceBuffer d, DeviceBuffer c) {
    if (wide) {
      WideProductGpu.record(program, true, false, false, m, m, m, alpha, a, b, beta, d, c);
    } else {
      SymmetricProductGpu.record(program, m, (float) alpha, a, b, (float) beta, d, c);
    }
  }

  /** C ← α A + β B + γ I: in double, whose large terms cancel, and rounded once; all may be the same. */
  void combine(double alpha, DeviceBuffer a, double beta, DeviceBuffer b, double gamma, DeviceBuffer c) {
    DeviceBuffer factors = program.constants("combine.factors", alpha, beta, gamma);
    if (wide) {
      program.record(r -> r.graph().task(
          r.task("combine", m * m, GROUP), NewtonSchulzGpu::widelyCombine, r.context(), r.doubles(factors), r.doubles(a), r.doubles(b), r.doubles(c),
          m));
    } else {
      program.record(r -> r.graph().task(
          r.task("combine", m * m, GROUP), NewtonSchulzGpu::combine, r.context(), r.doubles(factors), r.floats(a), r.floats(b), r.floats(c), m));
    }
  }

  /** Y ← α S X + β X, or α X S + β X for a tall X; X is not Y. */
  void apply(double alpha, DeviceBuffer s, double beta, DeviceBuffer x, DeviceBuffer y) {
    DeviceBuffer left = tall ? x : s;
    DeviceBuffer right = tall ? s : x;
    if (wide) {
      WideProductGpu.record(program, false, false, false, rows, cols, m, alpha, left, right, beta, x, y);
    } else {
      ProductGpu.record(program, false, false, rows, cols, m, (float) alpha, left, right, (float) beta, x, y);
    }
  }
}
