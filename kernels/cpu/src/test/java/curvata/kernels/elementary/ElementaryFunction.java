package curvata.kernels.elementary;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** One function of the package with its exact counterpart in double, written independently, and its promise. */
record ElementaryFunction(String name, Scalar scalar, Range range, DoubleUnaryOperator exact, double maxUlp) {
  interface Scalar {
    float apply(float x);
  }

  interface Range {
    void apply(float[] x, float[] y, int from, int to);
  }

  /** Every function of the package; {@link ElementaryTest} fails when one is missing. */
  static List<ElementaryFunction> all() {
    return List.of(
        new ElementaryFunction("Exp", Exp::exp, Exp::exp, StrictMath::exp, Exp.MAX_ULP),
        new ElementaryFunction("Log", Log::log, Log::log, StrictMath::log, Log.MAX_ULP),
        new ElementaryFunction("Tanh", Tanh::tanh, Tanh::tanh, StrictMath::tanh, Tanh.MAX_ULP),
        new ElementaryFunction("Sigmoid", Sigmoid::sigmoid, Sigmoid::sigmoid, ElementaryFunction::sigmoid, Sigmoid.MAX_ULP));
  }

  private static double sigmoid(double x) {
    return x < 0 ? StrictMath.exp(x) / (1 + StrictMath.exp(x)) : 1 / (1 + StrictMath.exp(-x));
  }

  /** Error in units in the last place of the exact result as a float; infinite where one overflows and the other should not. */
  double ulps(float x, float got) {
    double want = exact.applyAsDouble(x);
    if (Double.isNaN(want) || Float.isNaN(got)) {
      return Double.isNaN(want) && Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    }
    if (Float.isInfinite((float) want) || Float.isInfinite(got)) {
      return (float) want == got ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(got - want) / Math.scalb(1.0, Math.max(Math.getExponent(want) - 23, -149));
  }

  /** A difference between range and scalar method, or an error above the promise, in words; null where there is none. */
  String failure(float x, float got) {
    String at = name + " of " + x + " (bits " + Integer.toHexString(Float.floatToRawIntBits(x)) + ")";
    if (Float.floatToIntBits(got) != Float.floatToIntBits(scalar.apply(x))) {
      return at + ": range gives " + got + ", scalar method " + scalar.apply(x);
    }
    double error = ulps(x, got);
    return error <= maxUlp ? null : at + ": " + got + " is " + error + " ulp off, expected at most " + maxUlp;
  }

  @Override
  public String toString() {
    return name;
  }
}
