package curvata.kernels.matrix;

import java.util.List;

/**
 * Where the Gram form starts anew: the fewest restarts that keep rounding errors small, at the best places.
 *
 * <pre>
 *   stretch of steps i … j − 1:   amplification = Σ_t ρ_t Π_{k = t … j − 2} a_k²,   t = i … j − 1
 *   ρ_t = the largest eigenvalue of R before step t,   a_k = slope of step k at 0
 * </pre>
 *
 * <p>R is rounded by u ρ whenever it is formed. In a direction where X is small its eigenvalue r then grows by a² per step with that error in it,
 * until it is used for the last time, in the last step of the stretch; Q, and so X, is off by as much. A restart forms R from X again. The sum is a
 * bound up to a small factor: measured errors are 0.1 to 2 times u · amplification. A stretch may amplify by {@value #LIMIT}: one restart for sets
 * of five quintics or four of degree 9, two for eight quintics, where errors then are those of the plain iteration but for a factor of 1 to 5.
 *
 * @see <a href="https://arxiv.org/abs/2505.16932">Amsel, Persson, Musco, Gower: The Polar Express, appendix F</a>
 */
final class GramPlan {
  static final double LIMIT = 2000; // u · LIMIT = 10⁻⁴

  private static final double LARGEST = 0.25; // σ₁² of a matrix divided by its norm, of gradients; at most 1, for which places measure worse
  private static final int POINTS = 1000; // of [0, 1], to find the largest value of a composition

  private static final int FROM = 192; // rows of A from which the Gram form pays: below it products are too small to be worth more passes
  private static final double GAIN = 0.9; // of the operations, at most

  private final List<OddPolynomial> steps;
  private final double[] slopes; // a² of each step
  private final double[] largest; // ρ of each step
  private final boolean[] restart;
  private final int restarts;

  GramPlan(List<OddPolynomial> steps) {
    this.steps = steps;
    int count = steps.size();
    slopes = new double[count];
    largest = new double[count];
    double[] x = new double[POINTS + 1];
    for (int i = 0; i <= POINTS; i++) {
      x[i] = (double) i / POINTS;
    }
    for (int t = 0; t < count; t++) {
      slopes[t] = steps.get(t).a() * steps.get(t).a();
      for (int i = 0; i <= POINTS; i++) {
        largest[t] = Math.max(largest[t], x[i] * x[i]);
        x[i] = steps.get(t).at(x[i]);
      }
    }
    largest[0] = LARGEST;
    restart = new boolean[count + 1];
    restarts = place(count);
  }

  /** Fewest stretches that amplify by no more than the limit (a single step always may); among those the least sum. */
  private int place(int count) {
    int[] stretches = new int[count + 1];
    double[] sum = new double[count + 1];
    int[] start = new int[count + 1];
    for (int end = 1; end <= count; end++) {
      stretches[end] = Integer.MAX_VALUE;
      for (int i = end - 1; i >= 0; i--) {
        double amplification = amplification(i, end, largest[i]);
        double total = sum[i] + amplification;
        boolean allowed = i == end - 1 || amplification <= LIMIT;
        boolean better = stretches[i] + 1 < stretches[end] || stretches[i] + 1 == stretches[end] && total < sum[end];
        if (allowed && better) {
          stretches[end] = stretches[i] + 1;
          sum[end] = total;
          start[end] = i;
        }
      }
    }
    for (int at = start[count]; at > 0; at = start[at]) {
      restart[at] = true;
    }
    return stretches[count] - 1;
  }

  /** Of the steps from (inclusive) to (exclusive), when R begins with this largest eigenvalue, which grows by a² at most. */
  private double amplification(int from, int to, double first) {
    double sum = 0;
    double rho = first;
    for (int t = from; t < to; t++) {
      sum += rho;
      sum *= t < to - 1 ? slopes[t] : 1;
      rho = t < to - 1 ? Math.min(largest[t + 1], rho * slopes[t]) : rho;
    }
    return sum;
  }

  /** Whether X and R are formed anew before this step, by the plan. */
  boolean restartBefore(int step) {
    return restart[step];
  }

  /**
   * Whether this matrix needs no restart at all: singular values that are alike are small after division by the norm, and with them the rounding of
   * R.
   *
   * @param bound of the largest eigenvalue of the first R
   */
  boolean needsNone(double bound) {
    return amplification(0, slopes.length, Math.min(bound, 1)) <= LIMIT;
  }

  /** How many restarts there are. */
  int restarts() {
    return restarts;
  }

  /** Whether the Gram form is the faster for such a matrix. */
  boolean pays(int rows, int cols) {
    return Math.min(rows, cols) >= FROM && cost(rows, cols) <= GAIN * plainCost(rows, cols);
  }

  /** Multiply-adds of the Gram form with its restarts, symmetric products by half. */
  double cost(int rows, int cols) {
    return cost(rows, cols, steps.size(), restarts);
  }

  /** The same where it stopped after so many steps, of which so many were restarts. */
  double cost(int rows, int cols, int count, int restarted) {
    double m = Math.min(rows, cols);
    double n = Math.max(rows, cols);
    double squares = 0;
    for (int i = 0; i < count; i++) {
      boolean first = i == 0 || restarted > 0 && restart[i];
      boolean last = i == steps.size() - 1 || restarted > 0 && restart[i + 1];
      squares += squares(steps.get(i)) + (first ? 0 : 1) + (last ? 0 : 2);
    }
    boolean formed = count == 0 || count < steps.size() && restarted > 0 && restart[count]; // X is, when it stops
    return m * m * ((0.5 + 1.5 * restarted + (formed ? 0 : 1)) * n + 0.5 * squares * m);
  }

  /** Multiply-adds of the plain iteration, likewise. */
  double plainCost(int rows, int cols) {
    return plainCost(rows, cols, steps.size());
  }

  /** The same where it stopped after so many steps, by a look at one more A. */
  double plainCost(int rows, int cols, int count) {
    double m = Math.min(rows, cols);
    double n = Math.max(rows, cols);
    double sum = count < steps.size() ? 0.5 * m * m * n : 0;
    for (int i = 0; i < count; i++) {
      sum += m * m * (1.5 * n + 0.5 * squares(steps.get(i)) * m);
    }
    return sum;
  }

  /** Symmetric products that make the polynomial in A from A. */
  private static int squares(OddPolynomial p) {
    return switch (p.degree()) {
      case 3 -> 0;
      case 5 -> 1;
      default -> 2;
    };
  }
}
