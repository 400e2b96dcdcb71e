package curvata.bench.spectrum;

import curvata.hessian.operator.DenseOperator;
import curvata.kernels.Checks;
import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A symmetric matrix of a file: its products in float, and what can be said of it exactly.
 *
 * <p>Elements that mirror each other may differ by {@value #ASYMMETRY} of the largest element, which is rounding; their mean is taken then.
 */
public final class SymmetricMatrix {
  /** Difference of mirrored elements that counts as rounding, of the largest element. */
  public static final double ASYMMETRY = 1e-6;

  private final int n;
  private final double[] a;
  private final DenseOperator operator;

  /**
   * A matrix row after row.
   *
   * @param a n² numbers; those above the diagonal are overwritten by their means with those below
   * @throws IllegalArgumentException if a number is not finite as a float or the matrix is not symmetric
   */
  public SymmetricMatrix(double[] a, int n) {
    Checks.that(n >= 1 && a.length == (long) n * n, "a.length", a.length, "n * n, n = " + n);
    this.a = a;
    this.n = n;
    symmetrize();
    float[] rounded = new float[a.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) a[i];
    }
    this.operator = new DenseOperator(rounded, n);
  }

  /**
   * Reads a tensor of a safetensors file.
   *
   * @throws MalformedFileException if the file is not well-formed, or the tensor is no finite symmetric square matrix of F32 or F64
   * @throws IllegalArgumentException if there is no such tensor, or it exceeds an array
   * @throws IOException if it cannot be read
   */
  public static SymmetricMatrix read(Path file, String tensor) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.read(file)) {
      TensorInfo info = tensors.info(tensor);
      long[] shape = info.shape();
      boolean floats = info.dtype() == DType.F32 || info.dtype() == DType.F64;
      if (!floats || shape.length != 2 || shape[0] != shape[1] || shape[0] < 1) {
        throw new MalformedFileException(
            file, tensor + " is " + info.dtype() + " " + Arrays.toString(shape) + ", expected a square matrix of F32 or F64");
      }
      return of(file, tensors.doubles(tensor), Math.toIntExact(shape[0]));
    }
  }

  private static SymmetricMatrix of(Path file, double[] a, int n) throws MalformedFileException {
    try {
      return new SymmetricMatrix(a, n);
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(file, e.getMessage());
    }
  }

  private void symmetrize() {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      if (!Float.isFinite((float) a[i])) {
        throw new IllegalArgumentException("element [" + i / n + "][" + i % n + "] is " + a[i] + ", expected a finite number in the range of floats");
      }
      largest = Math.max(largest, Math.abs(a[i]));
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double lower = a[i * n + j];
        double upper = a[j * n + i];
        if (Math.abs(lower - upper) > ASYMMETRY * largest) {
          throw new IllegalArgumentException(
              "not symmetric: element [" + i + "][" + j + "] is " + lower + ", [" + j + "][" + i + "] is " + upper + ", expected equal");
        }
        a[i * n + j] = lower == upper ? lower : lower / 2 + upper / 2;
        a[j * n + i] = a[i * n + j];
      }
    }
  }

  /** n. */
  public int dimension() {
    return n;
  }

  /** Products with the matrix rounded to floats. */
  public DenseOperator operator() {
    return operator;
  }

  /** Σ a_ii. */
  public double trace() {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[i * n + i];
    }
    return sum;
  }

  /** A bound of the rounding error of {@link #trace}: n · 2⁻⁵³ Σ|a_ii|. */
  public double traceError() {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.abs(a[i * n + i]);
    }
    return n * 0x1p-53 * sum;
  }

  /** √(Σ a_ij²). */
  public double frobenius() {
    double sum = 0;
    for (double v : a) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  /** θ = xᵀAx / xᵀx and ‖A x − θ x‖ / ‖x‖, in double: some eigenvalue lies within the residual of θ. */
  public Ritz ritz(float[] x) {
    double[] y = new double[n];
    double dot = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        y[i] += a[i * n + j] * x[j];
      }
      dot += y[i] * x[i];
      square += (double) x[i] * x[i];
    }
    double theta = dot / square;
    double rest = 0;
    for (int i = 0; i < n; i++) {
      double r = y[i] - theta * x[i];
      rest += r * r;
    }
    return new Ritz(theta, Math.sqrt(rest / square));
  }

  /**
   * An approximate eigenvalue.
   *
   * @param value θ
   * @param residual some eigenvalue lies within it of θ
   */
  public record Ritz(double value, double residual) {}
}
