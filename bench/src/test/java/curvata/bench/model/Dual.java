package curvata.bench.model;

/**
 * A number in double with its derivative along one direction: arithmetic that differentiates exactly, written without the R-operator.
 *
 * @param value the number
 * @param tangent its derivative
 */
record Dual(double value, double tangent) {
  static final Dual ZERO = of(0);

  static Dual of(double value) {
    return new Dual(value, 0);
  }

  Dual plus(Dual b) {
    return new Dual(value + b.value, tangent + b.tangent);
  }

  Dual minus(Dual b) {
    return new Dual(value - b.value, tangent - b.tangent);
  }

  Dual times(Dual b) {
    return new Dual(value * b.value, tangent * b.value + value * b.tangent);
  }

  Dual over(Dual b) {
    return new Dual(value / b.value, (tangent * b.value - value * b.tangent) / (b.value * b.value));
  }

  Dual exp() {
    double e = Math.exp(value);
    return new Dual(e, e * tangent);
  }

  Dual tanh() {
    double t = Math.tanh(value);
    return new Dual(t, (1 - t * t) * tangent);
  }

  /** The positive part; its derivative is 0 at 0. */
  Dual positive() {
    return value > 0 ? this : ZERO;
  }
}
