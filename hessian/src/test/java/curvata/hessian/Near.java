package curvata.hessian;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparisons of arrays with one absolute tolerance. */
public final class Near {
  private static final boolean REPORT = Boolean.getBoolean("curvata.test.report");

  private Near() {}

  /** Requires that all numbers are within {@code allowed}. */
  public static void all(String what, double[] actual, double[] expected, double allowed) {
    assertThat(actual.length).as(what + ", length").isEqualTo(expected.length);
    double worst = 0;
    int at = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(actual[i] - expected[i]);
      if (!(error <= worst)) {
        worst = error;
        at = i;
      }
    }
    one(what + "[" + at + "]", actual[at], expected[at], allowed);
  }

  /** Requires that a number is within {@code allowed}. */
  public static void one(String what, double actual, double expected, double allowed) {
    if (REPORT) {
      System.out.printf("%-50s error %.1e of %.1e allowed%n", what, Math.abs(actual - expected), allowed);
    }
    assertThat(Math.abs(actual - expected)).as("%s = %s, expected %s", what, actual, expected).isLessThanOrEqualTo(allowed);
  }

  /** The same numbers, widened. */
  public static double[] doubles(float[] x) {
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    return wide;
  }
}
