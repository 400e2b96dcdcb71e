package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import java.util.Arrays;
import java.util.Objects;

/**
 * Newton–Schulz orthogonalization: moves the singular values of a matrix towards 1 by odd polynomials, with products only.
 *
 * <pre>
 *   X ← X / (s ‖X‖ + ε)                      Frobenius norm; or another {@link Guard}
 *   for each (a, b, c):   A = X Xᵀ           wide or square; for a tall X: A = XᵀX
 *                         X ← a X + (b A + c A²) X     tall: a X + X (b A + c A²)
 * </pre>
 *
 * With X = U Σ Vᵀ the result is U p(Σ) Vᵀ, p the composition of the polynomials. For {@link #muon5} that is not the polar factor U Vᵀ: singular
 * values end in [0.68, 1.13]. Zero singular values stay zero, small ones may not have arrived.
 *
 * <p>Shapes: rows × cols, either may be longer; the input is row-major with any stride, the output may be the input itself, else it must not overlap.
 * With m the shorter and n the longer side: 3/2 m² n multiply-adds per step, and 1/2 m³ more for degree 5. Allocates nothing when warm.
 *
 * <p>Accuracy: rounding of the input is amplified by about the slope of p at 0 ({@code muon5}: 485) where singular values vanish; on the recorded cases
 * entries of {@code muon5} are within 4e-6 of double arithmetic. A and its polynomial are symmetric bit for bit. The norm is taken in double, so any
 * finite scale works. The same bits for scalar and SIMD, any vector width, stride and number of threads, and for Xᵀ transposed where the norms agree.
 *
 * <p>Special values: zeros give zeros; with a NaN or an infinity anywhere in the input the whole output is NaN.
 *
 * @param coefficients the polynomials
 * @param guard what the input is divided by
 * @param scale s: a margin on the norm, at least so large that singular values start where the polynomials want them
 * @param eps ε; not used by {@link Guard#SCALE_INVARIANT}
 * @see <a href="https://doi.org/10.1137/0708036">Björck, Bowie: An Iterative Algorithm for Computing the Best Estimate of an Orthogonal Matrix</a>
 * @see <a href="https://kellerjordan.github.io/posts/muon">Jordan et al.: Muon: An optimizer for hidden layers in neural networks</a>
 */
public record NewtonSchulz(Coefficients coefficients, Guard guard, double scale, double eps) {
  /** How the norm becomes the number that the input is divided by. */
  public enum Guard {
    /** s ‖X‖: the result does not depend on the scale of the input, however small. */
    SCALE_INVARIANT {
      @Override
      double denominator(double norm, double scale, double eps) {
        return scale * norm;
      }
    },
    /** s ‖X‖ + ε, as Muon and most libraries: inputs below about ε come out small. */
    ADD {
      @Override
      double denominator(double norm, double scale, double eps) {
        return scale * norm + eps;
      }
    },
    /** s max(‖X‖, ε), as torch. */
    MAX {
      @Override
      double denominator(double norm, double scale, double eps) {
        return scale * Math.max(norm, eps);
      }
    };

    abstract double denominator(double norm, double scale, double eps);
  }

  /**
   * Checks the numbers.
   *
   * @throws NullPointerException if the coefficients or the guard are null
   * @throws IllegalArgumentException if {@code scale} is not positive or {@code eps} is negative, or one is not finite
   */
  public NewtonSchulz {
    Objects.requireNonNull(coefficients, "coefficients");
    Objects.requireNonNull(guard, "guard");
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("scale = " + scale + ", expected finite > 0");
    }
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("eps = " + eps + ", expected finite >= 0");
    }
  }

  /** Scale-invariant, without a margin. */
  public static NewtonSchulz of(Coefficients coefficients) {
    return new NewtonSchulz(coefficients, Guard.SCALE_INVARIANT, 1, 0);
  }

  /** The published recipe of Muon: {@link OddPolynomial#MUON} five times, X / (‖X‖ + 1e-7). */
  public static NewtonSchulz muon5() {
    return new NewtonSchulz(Coefficients.muon(5), Guard.ADD, 1, 1e-7);
  }

  /** The same polynomials and margin with another guard. */
  public NewtonSchulz with(Guard other, double otherEps) {
    return new NewtonSchulz(coefficients, other, scale, otherEps);
  }

  /**
   * Floats of scratch that {@link #apply} takes from its workspace (and {@link #requiredDoubles} doubles); never less for a larger shape.
   *
   * @throws IllegalArgumentException if a dimension is negative or the scratch exceeds an array's size
   */
  public static int required(int rows, int cols) {
    Checks.size("x", rows, cols);
    return scratch(rows, cols);
  }

  private static int scratch(int rows, int cols) {
    int m = Math.min(rows, cols);
    int n = Math.max(rows, cols);
    return floats(rows, cols, Math.max(Product.scratch(m, m, n), Product.scratch(rows, cols, m)));
  }

  /** A second X, A and its polynomial, and what products take. */
  private static int floats(int rows, int cols, int products) {
    long m = Math.min(rows, cols);
    long floats = (long) rows * cols + 2 * m * m + products;
    if (floats > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException("scratch for " + rows + " x " + cols + " = " + floats + " floats, expected at most 2^31 - 65");
    }
    return (int) floats;
  }

  /**
   * Doubles of scratch that {@link #apply} takes from its workspace.
   *
   * @throws IllegalArgumentException if a dimension is negative or the matrix exceeds an array's size
   */
  public static int requiredDoubles(int rows, int cols) {
    return Reductions.requiredDoubles(Checks.size("x", rows, cols));
  }

  /**
   * Orthogonalizes a matrix whose rows lie one after the other: {@link #apply(int, int, float[], int, int, float[], int, int, Workspace)}.
   *
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(int rows, int cols, float[] in, int inOffset, float[] out, int outOffset, Workspace ws) {
    return apply(rows, cols, in, inOffset, cols, out, outOffset, cols, ws);
  }

  /**
   * Orthogonalizes a matrix.
   *
   * @param inStride distance between stored rows of the input, at least {@code cols}; likewise {@code outStride}
   * @return ‖X‖ of the input; NaN or infinite where it holds a NaN or an infinity, and the output then is all NaN
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(
      int rows, int cols, float[] in, int inOffset, int inStride, float[] out, int outOffset, int outStride, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    MatrixView.check("in", in, inOffset, rows, cols, inStride);
    MatrixView.check("out", out, outOffset, rows, cols, outStride);
    checkSameOrDisjoint(rows, cols, in, inOffset, inStride, out, outOffset, outStride);
    if (rows == 0 || cols == 0) {
      return 0;
    }
    ws.releaseFloats(ws.takeFloats(scratch(rows, cols))); // all that will be needed is there, before anything is written
    int spareAt = ws.takeFloats(floats(rows, cols, 0));
    try {
      double norm = norm(rows, cols, in, inOffset, inStride, spareAt, ws);
      if (norm == 0 || !Double.isFinite(norm)) {
        fill(rows, cols, out, outOffset, outStride, norm == 0 ? 0 : Float.NaN);
      } else {
        iterate(rows, cols, 1 / guard.denominator(norm, scale, eps), in, inOffset, inStride, out, outOffset, outStride, spareAt, ws);
      }
      return norm;
    } finally {
      ws.releaseFloats(spareAt);
    }
  }

  /** X moves between out and spare at every step and ends in out. */
  private void iterate(
      int rows, int cols, double factor, float[] in, int inAt, int inStride, float[] out, int outAt, int outStride, int spareAt, Workspace ws) {
    float[] spare = ws.floats();
    int squares = spareAt + rows * cols;
    int count = coefficients.steps().size();
    boolean inSpare = count % 2 == 1;
    if (inSpare) {
      scale(rows, cols, factor, in, inAt, inStride, spare, spareAt, cols);
    } else {
      scale(rows, cols, factor, in, inAt, inStride, out, outAt, outStride);
    }
    for (int i = 0; i < count; i++, inSpare = !inSpare) {
      OddPolynomial p = coefficients.steps().get(i);
      if (inSpare) {
        step(p, rows, cols, spare, spareAt, cols, out, outAt, outStride, squares, ws);
      } else {
        step(p, rows, cols, out, outAt, outStride, spare, spareAt, cols, squares, ws);
      }
    }
  }

  /** y ← p(x) with room for two squares at {@code squares} of the workspace. */
  private static void step(
      OddPolynomial p, int rows, int cols, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride, int squares, Workspace ws) {
    boolean tall = rows > cols;
    int m = Math.min(rows, cols);
    int n = Math.max(rows, cols);
    Product.gram(tall, m, n, 1, x, xAt, xStride, 0, ws.floats(), squares, m, ws);
    int inner = p.c() == 0 ? squares : quadratic(p, m, squares, ws);
    float alpha = p.c() == 0 ? (float) p.b() : 1;
    copy(rows, cols, x, xAt, xStride, y, yAt, yStride);
    if (tall) {
      Product.multiply(
          false, false, rows, cols, cols, alpha, x, xAt, xStride, ws.floats(), inner, cols, (float) p.a(), y, yAt, yStride, ws);
    } else {
      Product.multiply(
          false, false, rows, cols, rows, alpha, ws.floats(), inner, rows, x, xAt, xStride, (float) p.a(), y, yAt, yStride, ws);
    }
  }

  /** B ← b A + c A², behind A; degrees 7 and 9 would continue from A and A² here. */
  private static int quadratic(OddPolynomial p, int m, int gram, Workspace ws) {
    int inner = gram + m * m;
    float[] squares = ws.floats();
    System.arraycopy(squares, gram, squares, inner, m * m);
    Product.symmetric(
        false, false, m, m, (float) p.c(), squares, gram, m, squares, gram, m, (float) p.b(), squares, inner, m, ws);
    return inner;
  }

  private static double norm(int rows, int cols, float[] in, int at, int stride, int spareAt, Workspace ws) {
    if (stride == cols) {
      return Math.sqrt(Reductions.sumOfSquares(in, at, at + rows * cols, ws));
    }
    copy(rows, cols, in, at, stride, ws.floats(), spareAt, cols); // so that the order of the sum does not depend on the stride
    return Math.sqrt(Reductions.sumOfSquares(ws.floats(), spareAt, spareAt + rows * cols, ws));
  }

  /** Multiplies in double: one rounding, and the factor of a tiny or huge matrix is in range. */
  private static void scale(
      int rows, int cols, double factor, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      int from = xAt + i * xStride;
      int to = yAt + i * yStride;
      for (int j = 0; j < cols; j++) {
        y[to + j] = (float) (x[from + j] * factor);
      }
    }
  }

  private static void copy(int rows, int cols, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, xAt + i * xStride, y, yAt + i * yStride, cols);
    }
  }

  private static void fill(int rows, int cols, float[] y, int at, int stride, float value) {
    for (int i = 0; i < rows; i++) {
      Arrays.fill(y, at + i * stride, at + i * stride + cols, value);
    }
  }

  private static void checkSameOrDisjoint(
      int rows, int cols, float[] in, int inAt, int inStride, float[] out, int outAt, int outStride) {
    if (in != out || inAt == outAt && inStride == outStride) {
      return;
    }
    long inEnd = MatrixView.end(inAt, rows, cols, inStride);
    long outEnd = MatrixView.end(outAt, rows, cols, outStride);
    if (Math.max(inAt, outAt) < Math.min(inEnd, outEnd)) {
      throw new IllegalArgumentException(
          "out overlaps in: [" + outAt + ", " + outEnd + ") and [" + inAt + ", " + inEnd + ") of one array, expected the same or disjoint");
    }
  }
}
