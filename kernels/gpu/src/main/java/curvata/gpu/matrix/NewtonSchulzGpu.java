package curvata.gpu.matrix;

import curvata.gpu.TornadoProgram;
import curvata.gpu.reduce.RowsGpu;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.matrix.Guard;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Norm;
import curvata.kernels.matrix.OddPolynomial;
import curvata.kernels.reduce.Operation;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Newton–Schulz orthogonalization, all of it on the device: the twin of {@link NewtonSchulz} in its standard form.
 *
 * <pre>
 *   ν = √Σ x²  (double),   X ← X / guard(s, ν, ε)   (in double, rounded once)
 *   each step, wide or square:   A ← X Xᵀ;   degree 3: X ← b A X + a X;   5: B ← c A A + b A, X ← B X + a X
 *                                7, 9: B ← A A, C ← e B + d A + c I, A ← C B + b A, X ← A X + a X
 *   tall: A ← XᵀX and products from the right
 * </pre>
 *
 * <p>The norm is measured and used on the device: nothing comes back. {@code out} may not be {@code in}. Squares are symmetric bit for bit.
 * Recipes with a tolerance, or another norm than {@link Norm#FROBENIUS}, are refused: their number of steps or factors depend on what the host would
 * have to read. A recipe that asks for the Gram form runs in the standard one, which rounds no worse.
 *
 * <p>Accuracy: each product is within the bound of {@link ProductGpu}, which is that of plain float32 loops whose operations each round; entries are
 * within 4 times what such loops miss of double arithmetic, or 2e-6, on the recorded cases. What the CPU computes in double ({@link
 * NewtonSchulz#usesDouble}) the device does, too, in {@link WideProductGpu}. Zeros give zeros; with a NaN or an infinity anywhere the whole output is
 * NaN.
 */
public final class NewtonSchulzGpu {
  private static final int GROUP = 256;

  private NewtonSchulzGpu() {}

  /** {@link curvata.kernels.device.Program#polar}. */
  public static void record(TornadoProgram program, NewtonSchulz method, int rows, int cols, DeviceBuffer in, DeviceBuffer out) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    int size = Checks.size("x", rows, cols);
    Checks.that(method.norm() == Norm.FROBENIUS, "norm of " + method.coefficients().name(), method.norm(), "FROBENIUS on a device");
    Checks.that(method.tolerance() == 0, "tolerance of " + method.coefficients().name(), method.tolerance(), "0 on a device");
    program.require("in", in, Kind.FLOAT, size);
    program.require("out", out, Kind.FLOAT, size);
    program.requireApart("out", out.slice(0, size), "in", in.slice(0, size));
    if (size > 0) {
      new Steps(program, method, rows, cols, out).record(in);
    }
  }

  /** The words of one matrix. */
  private static final class Steps {
    private final TornadoProgram program;
    private final NewtonSchulz method;
    private final int rows;
    private final int cols;
    private final int m;
    private final boolean tall;
    private final boolean wide;
    private final DeviceBuffer out;
    private final DeviceBuffer[] x; // where X is and where it goes
    private final DeviceBuffer a;
    private final DeviceBuffer b;
    private final DeviceBuffer c;

    Steps(TornadoProgram program, NewtonSchulz method, int rows, int cols, DeviceBuffer out) {
      this.program = program;
      this.method = method;
      this.rows = rows;
      this.cols = cols;
      this.out = out;
      tall = rows > cols;
      m = Math.min(rows, cols);
      wide = method.usesDouble(rows, cols);
      Kind kind = wide ? Kind.DOUBLE : Kind.FLOAT;
      int degree = method.coefficients().degree();
      x = new DeviceBuffer[] {wide ? program.shared("polar.y", kind, rows * cols) : out, program.shared("polar.x", kind, rows * cols)};
      int square = Checks.size("a", m, m);
      a = program.shared("polar.a", kind, square);
      b = degree >= 5 ? program.shared("polar.b", kind, square) : a;
      c = degree >= 7 ? program.shared("polar.c", kind, square) : a;
    }

    void record(DeviceBuffer in) {
      List<OddPolynomial> steps = method.coefficients().steps();
      int at = steps.size() % 2; // so that the last step ends in the first
      normalize(in, x[at]);
      for (OddPolynomial p : steps) {
        step(p, x[at], x[1 - at]);
        at = 1 - at;
      }
      if (wide) {
        int n = rows * cols;
        program.record(r -> r.graph().task(
            r.task("narrow", n, GROUP), NewtonSchulzGpu::narrow, r.context(), r.doubles(x[0]), r.floats(out), out.offset(), n));
      }
    }

    private void normalize(DeviceBuffer in, DeviceBuffer to) {
      int n = rows * cols;
      DeviceBuffer square = program.shared("polar.square", Kind.DOUBLE, 1);
      RowsGpu.record(program, Operation.SUM_OF_SQUARES, 1, n, in, null, square);
      int guard = method.guard() == Guard.SCALE_INVARIANT ? 0 : method.guard() == Guard.ADD ? 1 : 2;
      if (wide) {
        program.record(r -> r.graph().task(
            r.task("normalize", n, GROUP), NewtonSchulzGpu::widelyDivideByNorm, r.context(), r.doubles(square), guard, method.scale(), method.eps(),
            r.floats(in), in.offset(), r.doubles(to), n));
      } else {
        program.record(r -> r.graph().task(
            r.task("normalize", n, GROUP), NewtonSchulzGpu::divideByNorm, r.context(), r.doubles(square), guard, method.scale(), method.eps(),
            r.floats(in), in.offset(), r.floats(to), to.offset(), n));
      }
    }

    private void step(OddPolynomial p, DeviceBuffer from, DeviceBuffer to) {
      gram(from);
      switch (p.degree()) {
        case 3 -> apply(p.b(), a, p.a(), from, to);
        case 5 -> {
          symmetric(p.c(), a, a, p.b(), a, b);
          apply(1, b, p.a(), from, to);
        }
        default -> {
          symmetric(1, a, a, 0, b, b);
          combine(p);
          symmetric(1, c, b, p.b(), a, a);
          apply(1, a, p.a(), from, to);
        }
      }
    }

    private void gram(DeviceBuffer from) {
      int k = Math.max(rows, cols);
      if (wide) {
        WideProductGpu.record(program, true, tall, !tall, m, m, k, 1, from, from, 0, a, a);
      } else {
        SymmetricProductGpu.recordGram(program, tall, m, k, 1, from, 0, a, a);
      }
    }

    private void symmetric(double alpha, DeviceBuffer left, DeviceBuffer right, double beta, DeviceBuffer plus, DeviceBuffer to) {
      if (wide) {
        WideProductGpu.record(program, true, false, false, m, m, m, alpha, left, right, beta, plus, to);
      } else {
        SymmetricProductGpu.record(program, m, (float) alpha, left, right, (float) beta, plus, to);
      }
    }

    private void combine(OddPolynomial p) {
      if (wide) {
        program.record(r -> r.graph().task(
            r.task("combine", m * m, GROUP), NewtonSchulzGpu::widelyCombine, r.context(), p.e(), r.doubles(b), p.d(), r.doubles(a), p.c(),
            r.doubles(c),
            m));
      } else {
        program.record(r -> r.graph().task(
            r.task("combine", m * m, GROUP), NewtonSchulzGpu::combine, r.context(), p.e(), r.floats(b), p.d(), r.floats(a), p.c(), r.floats(c), m));
      }
    }

    private void apply(double by, DeviceBuffer s, double plus, DeviceBuffer from, DeviceBuffer to) {
      DeviceBuffer left = tall ? from : s;
      DeviceBuffer right = tall ? s : from;
      if (wide) {
        WideProductGpu.record(program, false, false, false, rows, cols, m, by, left, right, plus, from, to);
      } else {
        ProductGpu.record(program, false, false, rows, cols, m, (float) by, left, right, (float) plus, from, to);
      }
    }
  }

  /** What the input is multiplied by: 1 / guard(scale, √square, eps); see {@link #divideByNorm}. */
  private static double factor(double square, int guard, double scale, double eps) {
    double norm = Math.sqrt(square);
    double divisor = scale * norm;
    if (guard == 1) {
      divisor = divisor + eps;
    }
    if (guard == 2 && norm < eps) {
      divisor = scale * eps;
    }
    double factor = 0;
    if (norm != 0) {
      factor = 1 / divisor + (norm - norm); // ∞ − ∞ is NaN
    }
    return factor;
  }

  /**
   * y ← x / guard(scale, √square, eps).
   *
   * @param guard 0: scale · ν, zeros stay zeros; 1: scale · ν + eps; 2: scale · max(ν, eps)
   */
  static void divideByNorm(
      KernelContext kc, DoubleArray square, int guard, double scale, double eps, FloatArray x, int xAt, FloatArray y, int yAt, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      y.set(yAt + i, (float) (x.get(xAt + i) * factor(square.get(0), guard, scale, eps)));
    }
  }

  /** As {@link #divideByNorm}, to doubles. */
  static void widelyDivideByNorm(
      KernelContext kc, DoubleArray square, int guard, double scale, double eps, FloatArray x, int xAt, DoubleArray y, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      y.set(i, x.get(xAt + i) * factor(square.get(0), guard, scale, eps));
    }
  }

  /** C ← e B + d A + c I, for m × m matrices: in double, whose large terms cancel, and rounded once. */
  static void combine(KernelContext kc, double e, FloatArray b, double d, FloatArray a, double c, FloatArray to, int m) {
    int i = kc.globalIdx;
    if (i < m * m) {
      to.set(i, (float) (e * b.get(i) + d * a.get(i) + onDiagonal(c, i, m)));
    }
  }

  /** As {@link #combine}, of doubles. */
  static void widelyCombine(KernelContext kc, double e, DoubleArray b, double d, DoubleArray a, double c, DoubleArray to, int m) {
    int i = kc.globalIdx;
    if (i < m * m) {
      to.set(i, e * b.get(i) + d * a.get(i) + onDiagonal(c, i, m));
    }
  }

  private static double onDiagonal(double c, int i, int m) {
    return i % (m + 1) == 0 ? c : 0;
  }

  /** y ← x, rounded to float. */
  static void narrow(KernelContext kc, DoubleArray x, FloatArray y, int yAt, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      y.set(yAt + i, (float) x.get(i));
    }
  }
}
