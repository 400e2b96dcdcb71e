package curvata.hessian.spectrum;

import curvata.hessian.CheckedOperator;
import curvata.hessian.OperatorException;
import curvata.hessian.internal.Basis;

/**
 * A Krylov basis with the operator's projection on it, grown by one product per step, fully reorthogonalized.
 *
 * <pre>
 *   w = A v_j − β_{j−1} v_{j−1};   α_j = v_jᵀw;   w ← w − α_j v_j, orthogonalized to all;   β_j = ‖w‖;   v_{j+1} = w / β_j
 * </pre>
 *
 * After a restart the first p vectors are Ritz vectors, coupled to vector p alone: the projection is diagonal there, with one full row and column.
 *
 * <p>In exact arithmetic orthogonalizing removes nothing. What it does remove betrays an operator that is not symmetric, or not the same at every
 * product.
 */
final class Krylov {
  private static final double ASYMMETRY = 1e-2; // of the largest coefficient so far, or 100 times the operator's error if that is more
  private static final double NOISE = 10 * 0x1p-24; // of the largest coefficient: a β below it is rounding, the space invariant

  final Basis basis;
  final double[] alpha; // before p: Ritz values
  final double[] beta; // from p on
  private final double[] sigma; // before p: coupling to vector p
  private final CheckedOperator a;
  private final float[] w;
  private final double asymmetry;
  private final long seed;
  private int p;
  private int steps; // size of the projection
  private double scale;
  private int breakdowns;

  /** Room for a projection of {@code capacity} rows; the seed is for vectors that replace what a breakdown leaves missing. */
  Krylov(CheckedOperator a, int capacity, long seed) {
    this.a = a;
    this.basis = new Basis(a.dimension(), capacity);
    this.alpha = new double[capacity];
    this.beta = new double[capacity];
    this.sigma = new double[capacity];
    this.w = new float[a.dimension()];
    this.asymmetry = Math.max(ASYMMETRY, 100 * a.relativeError());
    this.seed = seed;
  }

  /** Rows of the projection so far. */
  int steps() {
    return steps;
  }

  /** The largest coefficient so far: the size of the operator as far as it was seen. */
  double scale() {
    return scale;
  }

  /** How often the space closed. */
  int breakdowns() {
    return breakdowns;
  }

  /** Whether the basis spans everything there is. */
  boolean complete() {
    return steps == a.dimension();
  }

  /** Takes the first step from this vector, any but zero; it is only read. */
  void start(float[] start) {
    basis.append(start, basis.norm(start));
    extend();
  }

  /** Takes the next step; false if the space closed before and {@code anew} forbids a random vector. */
  boolean step(boolean anew) {
    if (beta[steps - 1] == 0) {
      if (!anew) {
        return false;
      }
      basis.appendRandom(w, seed + breakdowns);
    } else {
      basis.append(w, beta[steps - 1]);
    }
    extend();
    return true;
  }

  private void extend() {
    int j = steps;
    a.apply(basis.vector(j), w);
    if (j == p) {
      basis.subtract(w, sigma, p);
    } else {
      basis.subtract(w, beta[j - 1], j - 1);
    }
    alpha[j] = basis.dot(basis.vector(j), w);
    basis.subtract(w, alpha[j], j);
    beta[j] = basis.orthogonalize(w);
    steps++;
    scale = Math.max(scale, Math.max(Math.abs(alpha[j]), beta[j]));
    if (basis.largestRemoved() > asymmetry * scale) {
      throw new OperatorException(
          "product " + a.products() + ": the operator is not symmetric or changes between products: |v'Aw| = " + basis.largestRemoved()
              + " for vectors of a Krylov basis, expected <= " + asymmetry * scale);
    }
    if (beta[j] <= NOISE * scale || complete()) {
      beta[j] = 0;
      breakdowns++;
    }
  }

  /** The projection's eigenvalues and eigenvectors. */
  SymmetricEigen eigen() {
    double[][] t = new double[steps][steps];
    for (int i = 0; i < steps; i++) {
      t[i][i] = alpha[i];
      if (i < p && p < steps) {
        t[p][i] = sigma[i];
      } else if (i >= p && i + 1 < steps) {
        t[i + 1][i] = beta[i];
      }
    }
    return SymmetricEigen.of(t);
  }

  /** Turns the basis into these Ritz vectors and goes on from there with the next step. */
  void restart(SymmetricEigen eigen, int[] kept) {
    double last = beta[steps - 1];
    for (int q = 0; q < kept.length; q++) {
      sigma[q] = last * eigen.component(steps - 1, kept[q]);
    }
    double[] values = ritz(eigen, kept);
    System.arraycopy(values, 0, alpha, 0, values.length);
    p = kept.length;
    steps = p;
    beta[p - 1] = last; // the next vector is w / last, as without a restart
  }

  /** Turns the basis into these Ritz vectors and returns their values. */
  double[] ritz(SymmetricEigen eigen, int[] kept) {
    double[] s = new double[steps * kept.length];
    double[] values = new double[kept.length];
    for (int q = 0; q < kept.length; q++) {
      values[q] = eigen.value(kept[q]);
      for (int j = 0; j < steps; j++) {
        s[j * kept.length + q] = eigen.component(j, kept[q]);
      }
    }
    basis.rotate(s, kept.length);
    return values;
  }
}
