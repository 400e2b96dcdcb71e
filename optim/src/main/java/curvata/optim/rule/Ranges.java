package curvata.optim.rule;

import curvata.kernels.Checks;

/** The ranges that hyperparameters of several rules share; each check names the value and what is expected. */
final class Ranges {
  private Ranges() {}

  static void notNegative(String name, double value) {
    Checks.that(value >= 0 && value < Double.POSITIVE_INFINITY, name, value, name + " >= 0 and finite");
  }

  static void positive(String name, double value) {
    Checks.that(value > 0 && value < Double.POSITIVE_INFINITY, name, value, name + " > 0 and finite");
  }

  /** An averaging weight: 0 ≤ β < 1. */
  static void average(String name, double value) {
    Checks.that(value >= 0 && value < 1, name, value, "0 <= " + name + " < 1");
  }
}
