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
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Newton–Schulz orthogonalization, all of it on the device: the twin of {@link NewtonSchulz}.
 *
 * <pre>
 *   ν = √Σ x²  (double),   X ← X / guard(s, ν, ε)   (in double, rounded once)
 *   each step, wide or square:   A ← X Xᵀ;   degree 3: X ← b A X + a X;   5: B ← c A A + b A, X ← B X + a X
 *                                7, 9: W ← A − μ I, B ← W W, C ← e' B + d' W + c' I, W ← C B + b' W, X ← W X + a' X    ({@link Centered})
 *   tall: A ← XᵀX and products from the right
 * </pre>
 *
 * <p>Where one side is much longer the steps run on squares of the shorter side: {@link GramFormGpu}, chosen by {@link NewtonSchulz#usesGram} as on
 * the CPU, with a restart wherever {@link NewtonSchulz#restartsBefore} has one; the CPU leaves out those that a matrix turns out not to need.
 *
 * <p>The norm is measured and used on the device: nothing comes back. {@code out} may not be {@code in}. Squares are symmetric bit for bit.
 * Recipes with a tolerance, or another norm than {@link Norm#FROBENIUS}, are refused: their number of steps or factors depend on what the host would
 * have to read.
 *
 * <p>Accuracy: each product is within the bound of {@link ProductGpu}, which is that of plain float32 loops whose operations each round: without
 * relaxed mathematics, which is how sessions compile, each product and sum is rounded once or fused. So a device's iteration is one of those that the
 * error analysis of plain loops covers, differing in order and fusing alone, and is held to a multiple of what they miss. (A bound from the products
 * alone would grow by the slope of every step, 485 for {@code muon5}, and say nothing.) On X itself entries are within 4 times what such loops miss of
 * double arithmetic, or 2e-6, on the recorded cases. In the Gram form they are within 4 times what
 * the CPU's Gram form misses, or 2e-6: the products round alike, and restarts keep the growth of a rounding of R to 2000 on both. By the plan's
 * estimate that is 2000 u = 1.2e-4 (u = 2⁻²⁴), where a sum of products is taken to be rounded once. Without {@link Centered} degree 9 would miss
 * several times as much there. What the CPU computes in double ({@link NewtonSchulz#usesDouble}) the device does, too, in {@link WideProductGpu}.
 * Zeros give zeros; with a NaN or an infinity anywhere the whole output is NaN.
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
    private final int n;
    private final boolean wide;
    private final boolean gram;
    private final DeviceBuffer out;
    private final DeviceBuffer[] x; // where X is and where it goes
    private final Squares squares;

    Steps(TornadoProgram program, NewtonSchulz method, int rows, int cols, DeviceBuffer out) {
      this.program = program;
      this.method = method;
      this.out = out;
      n = rows * cols;
      gram = method.usesGram(rows, cols);
      wide = method.usesDouble(rows, cols);
      Kind kind = wide ? Kind.DOUBLE : Kind.FLOAT;
      x = new DeviceBuffer[] {wide ? program.shared("polar.y", kind, n) : out, program.shared("polar.x", kind, n)};
      squares = new Squares(program, rows, cols, wide);
    }

    void record(DeviceBuffer in) {
      int at = (gram ? GramFormGpu.moves(method) : method.coefficients().steps().size()) % 2; // so that X ends in the first
      normalize(in, x[at]);
      if (gram) {
        new GramFormGpu(squares, method, x, at).record();
      } else {
        plain(at);
      }
      if (wide) {
        program.record(r -> r.graph().task(
            r.task("narrow", n, GROUP), NewtonSchulzGpu::narrow, r.context(), r.doubles(x[0]), r.floats(out), out.offset(), n));
      }
    }

    private void normalize(DeviceBuffer in, DeviceBuffer to) {
      DeviceBuffer square = program.shared("polar.norm", Kind.DOUBLE, 1);
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

    private void plain(int start) {
      DeviceBuffer a = squares.take();
      DeviceBuffer b = method.coefficients().degree() >= 5 ? squares.take() : a;
      DeviceBuffer c = method.coefficients().degree() >= 7 ? squares.take() : a;
      int at = start;
      for (OddPolynomial step : method.coefficients().steps()) {
        squares.gram(x[at], a);
        Centered p = Centered.of(step);
        switch (step.degree()) {
          case 3 -> squares.apply(p.b(), a, p.a(), x[at], x[1 - at]);
          case 5 -> {
            squares.product(p.c(), a, a, p.b(), a, b);
            squares.apply(1, b, p.a(), x[at], x[1 - at]);
          }
          default -> {
            squares.combine(1, a, 0, a, -p.center(), a);
            squares.product(1, a, a, 0, b, b);
            squares.combine(p.e(), b, p.d(), a, p.c(), c);
            squares.product(1, c, b, p.b(), a, a);
            squares.apply(1, a, p.a(), x[at], x[1 - at]);
          }
        }
        at = 1 - at;
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

  /**
   * C ← α A + β B + γ I, for m × m matrices: in double, whose large terms cancel, and rounded once.
   *
   * @param factors α, β, γ
   */
  static void combine(KernelContext kc, DoubleArray factors, FloatArray a, FloatArray b, FloatArray c, int m) {
    int i = kc.globalIdx;
    if (i < m * m) {
      c.set(i, (float) (factors.get(0) * a.get(i) + factors.get(1) * b.get(i) + onDiagonal(factors.get(2), i, m)));
    }
  }

  /** As {@link #combine}, of doubles. */
  static void widelyCombine(KernelContext kc, DoubleArray factors, DoubleArray a, DoubleArray b, DoubleArray c, int m) {
    int i = kc.globalIdx;
    if (i < m * m) {
      c.set(i, factors.get(0) * a.get(i) + factors.get(1) * b.get(i) + onDiagonal(factors.get(2), i, m));
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
