package curvata.hessian.spectrum;

import curvata.kernels.Checks;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Gauss quadrature of the spectral measure of one vector.
 *
 * <pre>
 *   Σ_i (vᵀu_i)² f(λ_i) ≈ Σ_i τ_i f(θ_i)      ‖v‖ = 1, exact for polynomials of degree 2k − 1
 * </pre>
 *
 * @param nodes θ, ascending
 * @param weights τ, squared first components of the projection's eigenvectors; they add up to 1
 */
public record Quadrature(double[] nodes, double[] weights) {
  /** Checks the lengths; the arrays are not copied. */
  public Quadrature {
    Checks.that(nodes.length >= 1, "nodes.length", nodes.length, ">= 1");
    Checks.that(weights.length == nodes.length, "weights.length", weights.length, nodes.length + " (nodes.length)");
  }

  /** The quadrature of a projection whose eigenvectors' first components are at hand. */
  static Quadrature of(TridiagonalEigen eigen) {
    double[] weights = new double[eigen.size()];
    Arrays.setAll(weights, i -> eigen.first(i) * eigen.first(i));
    return new Quadrature(eigen.values(), weights);
  }

  /** Σ τ f(θ). */
  public double sum(DoubleUnaryOperator f) {
    double sum = 0;
    for (int i = 0; i < nodes.length; i++) {
      sum += weights[i] * f.applyAsDouble(nodes[i]);
    }
    return sum;
  }

  /** Weight of the nodes at or below x: the staircase that the true distribution crosses at every step. */
  public double cumulative(double x) {
    double sum = 0;
    for (int i = 0; i < nodes.length && nodes[i] <= x; i++) {
      sum += weights[i];
    }
    return sum;
  }

  /** Lower bound of the measure of (−∞, x], by Chebyshev, Markov and Stieltjes: the staircase less the step at or before x. */
  public double lower(double x) {
    double sum = 0;
    for (int i = 0; i < nodes.length - 1 && nodes[i + 1] <= x; i++) {
      sum += weights[i];
    }
    return sum;
  }

  /** Upper bound of the measure of (−∞, x]: the staircase and the step behind x. */
  public double upper(double x) {
    double sum = 0;
    for (int i = 0; i < nodes.length && (i == 0 || nodes[i - 1] <= x); i++) {
      sum += weights[i];
    }
    return Math.min(1, sum);
  }
}
