package curvata.kernels.matrix;

import curvata.kernels.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * The generator of coefficient sets: odd polynomials that come closest to 1 on an interval, one after the other.
 *
 * <pre>
 *   p = argmin max |p(x) − 1|, x ∈ [l, u], p odd of degree 2q − 1         equioscillates at q + 1 points, l and u among them
 *   next interval: [p(l), 2 − p(l)]                                       step by step is optimal for the composition
 *
 *   cushion κ:  solve on [max(l, κ u), u], then scale p so that p(l) + p(u) = 2: keeps p(x)/x from dropping near zero inside
 *   safety f:   x ← x / f in every step but the last, so that rounding cannot leave the interval
 * </pre>
 *
 * <p>Exchange: solve for coefficients and error on q + 1 points, replace the inner ones by the roots of p', repeat until they stand still. Where
 * l/u > 1 − 10⁻⁴ the limit x Σ_k C(2k, k)/4ᵏ (1 − x²)ᵏ is taken, scaled by (l + u)/2. Everything in double; some microseconds per polynomial.
 *
 * <p>Accuracy: coefficients to about 10⁻¹³, where l/u nears 1 to 10⁻¹⁰, relative; the values p(x) on the interval to rounding.
 *
 * @see <a href="https://arxiv.org/abs/2505.16932">Amsel, Persson, Musco, Gower: The Polar Express, theorem 4.1</a>
 * @see <a href="https://arxiv.org/abs/2506.10935">Grishina, Smirnov, Rakhuba: Accelerating Newton-Schulz Iteration by Chebyshev-type Polynomials</a>
 */
public final class Minimax {
  private static final double NEARLY_ONE = 1 - 1e-4; // l/u beyond which the points of exchange cannot be told apart
  private static final int HALVINGS = 200; // of an interval of doubles: ends when none is left between the ends

  private Minimax() {}

  /**
   * The polynomial that comes closest to 1 on [lower, upper].
   *
   * @param degree 3, 5, 7 or 9
   * @throws IllegalArgumentException if the degree is another or not 0 &lt; lower ≤ upper, finite
   */
  public static OddPolynomial polynomial(int degree, double lower, double upper) {
    check(degree, lower);
    Checks.that(upper >= lower && upper < Double.POSITIVE_INFINITY, "upper", upper, "finite >= lower, " + lower);
    int q = (degree + 1) / 2;
    return lower / upper > NEARLY_ONE ? limit(q).stretched((lower + upper) / 2) : exchange(q, lower, upper);
  }

  /**
   * A composition for singular values in [lower, 1].
   *
   * @param cushion κ, below which share of the upper end no polynomial looks; 0 for none
   * @param safety f, 1 for none; the next step knows of it
   * @throws IllegalArgumentException if a number is out of range
   */
  public static Coefficients composition(String name, int degree, double lower, int steps, double cushion, double safety) {
    check(degree, lower);
    Checks.that(lower <= 1, "lower", lower, "<= 1");
    Checks.that(steps >= 1, "steps", steps, ">= 1");
    Checks.that(cushion >= 0 && cushion < 1, "cushion", cushion, "in [0, 1)");
    Checks.that(safety >= 1 && safety < 2, "safety", safety, "in [1, 2)");
    List<OddPolynomial> rows = new ArrayList<>();
    double l = lower;
    double u = 1;
    for (int i = 0; i < steps; i++) {
      double from = Math.max(l, cushion * u);
      OddPolynomial p = polynomial(degree, from, u);
      if (from > l) {
        p = p.times(2 / (p.at(l) + p.at(u)));
      }
      p = i < steps - 1 ? p.stretched(safety) : p;
      rows.add(p);
      l = p.at(l);
      u = 2 - l;
    }
    return new Coefficients(name, rows);
  }

  /** The same with the safety applied afterwards, to every step but the last: the steps do not know of it. */
  public static Coefficients stretched(Coefficients set, double safety) {
    Checks.that(safety >= 1 && safety < 2, "safety", safety, "in [1, 2)");
    List<OddPolynomial> rows = new ArrayList<>(set.steps());
    for (int i = 0; i < rows.size() - 1; i++) {
      rows.set(i, rows.get(i).stretched(safety));
    }
    return new Coefficients(set.name(), rows);
  }

  /**
   * δ-orthogonalization: the steepest composition at 0 whose error is δ from some l on.
   *
   * <p>l is found by bisection, so that after so many steps singular values from [l, 1] are within δ of 1; {@link #left} is that l.
   *
   * @throws IllegalArgumentException if δ is not in (0, 1) or another number is out of range
   */
  public static Coefficients delta(String name, int degree, int steps, double delta) {
    return composition(name, degree, left(degree, steps, delta), steps, 0, 1);
  }

  /** The l of {@link #delta}. */
  public static double left(int degree, int steps, double delta) {
    Checks.that(delta > 0 && delta < 1, "delta", delta, "in (0, 1)");
    double low = 0x1p-60;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = Math.sqrt(low * high);
      if (middle <= low || middle >= high) {
        break;
      }
      if (1 - composition("trial", degree, middle, steps, 0, 1).at(middle) > delta) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static void check(int degree, double lower) {
    Checks.that(degree == 3 || degree == 5 || degree == 7 || degree == 9, "degree", degree, "3, 5, 7 or 9");
    Checks.that(lower > 0 && lower < Double.POSITIVE_INFINITY, "lower", lower, "finite > 0");
  }

  /** x Σ_k C(2k, k)/4ᵏ (1 − x²)ᵏ: all its weight at 1. */
  private static OddPolynomial limit(int q) {
    double[] sum = new double[q];
    double[] power = new double[q]; // (1 − y)ᵏ
    power[0] = 1;
    double weight = 1;
    for (int k = 0; k < q; k++) {
      for (int j = 0; j < q; j++) {
        sum[j] += weight * power[j];
      }
      for (int j = q - 1; j > 0; j--) {
        power[j] -= power[j - 1];
      }
      weight *= (2 * k + 1) / (2.0 * k + 2);
    }
    return OddPolynomial.of(sum);
  }

  private static OddPolynomial exchange(int q, double lower, double upper) {
    double[] points = new double[q + 1];
    for (int i = 0; i <= q; i++) {
      points[i] = (lower + upper) / 2 - (upper - lower) / 2 * StrictMath.cos(Math.PI * i / q);
    }
    points[0] = lower;
    points[q] = upper;
    double[] p = interpolate(points);
    for (double moved = upper, before = Double.POSITIVE_INFINITY; moved > 0 && moved < before;) { // until rounding alone moves them
      double[] extrema = roots(derivative(p), lower * lower, upper * upper);
      if (extrema.length != q - 1) {
        return OddPolynomial.of(p);
      }
      before = moved > 1e-8 * upper ? Double.POSITIVE_INFINITY : moved;
      moved = 0;
      for (int i = 1; i < q; i++) {
        double x = Math.sqrt(extrema[i - 1]);
        moved = Math.max(moved, Math.abs(x - points[i]));
        points[i] = x;
      }
      p = interpolate(points);
    }
    return OddPolynomial.of(p);
  }

  /** The coefficients of the polynomial whose values are 1 − E, 1 + E, 1 − E … on the points. */
  private static double[] interpolate(double[] points) {
    int n = points.length;
    double[][] m = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      double x = points[i];
      for (int j = 0; j < n - 1; j++, x *= points[i] * points[i]) {
        m[i][j] = x;
      }
      m[i][n - 1] = i % 2 == 0 ? 1 : -1;
      m[i][n] = 1;
    }
    eliminate(m);
    double[] p = new double[n - 1];
    for (int i = 0; i < n - 1; i++) {
      p[i] = m[i][n];
    }
    return p;
  }

  /** Solves the square system in place by elimination with the largest pivot; the solution ends in the last column. */
  private static void eliminate(double[][] m) {
    int n = m.length;
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(m[i][k]) > Math.abs(m[pivot][k]) ? i : pivot;
      }
      double[] row = m[pivot];
      m[pivot] = m[k];
      m[k] = row;
      for (int i = k + 1; i < n; i++) {
        subtract(m[i], m[i][k] / row[k], row, k);
      }
    }
    for (int k = n - 1; k >= 0; k--) {
      m[k][n] /= m[k][k];
      for (int i = 0; i < k; i++) {
        m[i][n] -= m[i][k] * m[k][n];
      }
    }
  }

  private static void subtract(double[] x, double times, double[] row, int from) {
    for (int j = from; j < row.length; j++) {
      x[j] -= times * row[j];
    }
  }

  /** p' as a polynomial in y = x². */
  private static double[] derivative(double[] p) {
    double[] d = p.clone();
    for (int j = 0; j < d.length; j++) {
      d[j] *= 2 * j + 1;
    }
    return d;
  }

  /** The roots in (from, to), ascending, where the sign changes: between the roots of the derivative there is at most one. */
  private static double[] roots(double[] f, double from, double to) {
    if (f.length <= 1) {
      return new double[0];
    }
    double[] slope = new double[f.length - 1];
    for (int j = 1; j < f.length; j++) {
      slope[j - 1] = j * f[j];
    }
    double[] turns = roots(slope, from, to);
    double[] found = new double[f.length - 1];
    int count = 0;
    double left = from;
    for (int i = 0; i <= turns.length; i++) {
      double right = i < turns.length ? turns[i] : to;
      if (value(f, left) * value(f, right) < 0) {
        found[count++] = bisect(f, left, right);
      }
      left = right;
    }
    return java.util.Arrays.copyOf(found, count);
  }

  private static double bisect(double[] f, double from, double to) {
    boolean rising = value(f, from) < 0;
    double low = from;
    double high = to;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (value(f, middle) < 0 == rising) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  private static double value(double[] f, double y) {
    double value = 0;
    for (int j = f.length - 1; j >= 0; j--) {
      value = value * y + f[j];
    }
    return value;
  }
}
