package curvata.bench.verify;

import curvata.hessian.spectrum.Cumulative;
import curvata.hessian.spectrum.Quadrature;
import curvata.hessian.spectrum.SpectralDensity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What can be said of a cumulative distribution's bounds where steps went on after the Krylov space had closed.
 *
 * <p>Such steps split nodes into copies. How many and with which weights rounding decides, and each copy brings the bounds closer, so that two correct
 * iterations disagree by whole weights. But with the copies merged the recorded nodes give bounds that no iteration may leave, and the staircase itself
 * does not depend on the copies.
 */
final class MatrixCopies {
  private static final double SAME = 1e-4; // of the largest node: closer ones are copies
  private static final double NOTHING = 1e-7; // a weight that rounding alone makes

  private final Cumulative bounds;

  /** From recorded nodes and weights, {@code steps} per probe, where the distribution is wanted at x. */
  MatrixCopies(int n, double[] nodes, double[] weights, int steps, double[] x) {
    List<Quadrature> merged = new ArrayList<>();
    double same = SAME * CurvatureJudge.largest(nodes);
    for (int from = 0; from + steps <= nodes.length; from += steps) {
      merged.add(merged(Arrays.copyOfRange(nodes, from, from + steps), Arrays.copyOfRange(weights, from, from + steps), same));
    }
    bounds = new SpectralDensity(n, merged, List.of(), 0, OptionalLong.empty()).cumulative(x);
  }

  private static Quadrature merged(double[] nodes, double[] weights, double same) {
    double[] theta = new double[nodes.length];
    double[] tau = new double[nodes.length];
    int count = 0;
    for (int i = 0; i < nodes.length; i++) {
      if (weights[i] > NOTHING) {
        boolean copy = count > 0 && nodes[i] - theta[count - 1] <= same;
        count += copy ? 0 : 1;
        theta[count - 1] = copy ? theta[count - 1] : nodes[i];
        tau[count - 1] += weights[i];
      }
    }
    return count == 0 ? new Quadrature(nodes, weights) : new Quadrature(Arrays.copyOf(theta, count), Arrays.copyOf(tau, count));
  }

  /** Three rows, lower, middle, upper: how far the bounds are outside those of the merged nodes or beyond the staircase, and how far that is off. */
  double[] errors(double[] ours, double[] truth) {
    int length = truth.length / 3;
    double[] errors = new double[truth.length];
    for (int i = 0; i < length; i++) {
      double middle = truth[length + i];
      errors[i] = outside(ours[i], bounds.lower()[i], middle);
      errors[length + i] = Math.abs(ours[length + i] - middle);
      errors[2 * length + i] = outside(ours[2 * length + i], middle, bounds.upper()[i]);
    }
    return errors;
  }

  private static double outside(double v, double low, double high) {
    return v < low ? low - v : v <= high ? 0 : v - high; // NaN stays
  }
}
