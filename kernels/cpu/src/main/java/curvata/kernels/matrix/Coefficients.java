package curvata.kernels.matrix;

import java.util.Collections;
import java.util.List;

/**
 * A named sequence of polynomials, applied one after the other.
 *
 * @param name how it is called on a command line and in a report
 * @param steps the polynomials, first applied first
 */
public record Coefficients(String name, List<OddPolynomial> steps) {
  /**
   * Copies the list.
   *
   * @throws NullPointerException if the list or an element is null
   * @throws IllegalArgumentException if there is no name or no step
   */
  public Coefficients {
    steps = List.copyOf(steps);
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("name = " + name + ", expected one");
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("steps of " + name + " = 0, expected at least one");
    }
  }

  /** {@link OddPolynomial#CUBIC}, repeated. */
  public static Coefficients cubic(int steps) {
    return repeated("cubic" + steps, OddPolynomial.CUBIC, steps);
  }

  /** {@link OddPolynomial#QUINTIC}, repeated. */
  public static Coefficients quintic(int steps) {
    return repeated("quintic" + steps, OddPolynomial.QUINTIC, steps);
  }

  /** {@link OddPolynomial#MUON}, repeated; 5 steps are what its authors train with. */
  public static Coefficients muon(int steps) {
    return repeated("muon" + steps, OddPolynomial.MUON, steps);
  }

  /**
   * One polynomial several times.
   *
   * @throws IllegalArgumentException if {@code steps < 1}
   */
  public static Coefficients repeated(String name, OddPolynomial step, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps of " + name + " = " + steps + ", expected at least one");
    }
    return new Coefficients(name, Collections.nCopies(steps, step));
  }

  /** What the sequence makes of one singular value. */
  public double at(double sigma) {
    double x = sigma;
    for (OddPolynomial step : steps) {
      x = step.at(x);
    }
    return x;
  }
}
