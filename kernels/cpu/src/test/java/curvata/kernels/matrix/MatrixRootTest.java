package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Roots and sign against eigenvalues that are known, and against the published iterations. */
class MatrixRootTest {
  private static double value(MatrixRoot root, double lambda) {
    return switch (root) {
      case SQRT -> Math.sqrt(lambda);
      case INVERSE_SQRT -> 1 / Math.sqrt(lambda);
      case INVERSE_FOURTH -> 1 / Math.sqrt(Math.sqrt(lambda));
      case INVERSE -> 1 / lambda;
    };
  }

  /** Within 10⁻¹⁵ cond of the largest element, as recorded roots are judged; the matrix itself is only known to m · 2⁻⁵³ of its norm. */
  @ParameterizedTest
  @EnumSource
  void agreesWithEigenvalues(MatrixRoot root) {
    for (int m : new int[] {1, 2, 3, 8, 31, 64}) {
      for (double condition : new double[] {1, 1e2, 1e4, 1e6, 1e9}) {
        for (double scale : new double[] {1, 1e-30, 1e20}) {
          check(root, m, condition, scale);
        }
      }
    }
  }

  private static void check(MatrixRoot root, int m, double condition, double scale) {
    double[] q = Matrices.orthonormal(new SplittableRandom(m), m, m);
    double[] eigenvalues = new double[m];
    for (int i = 0; i < m; i++) {
      eigenvalues[i] = scale * StrictMath.pow(condition, m == 1 ? 0 : -i / (m - 1.0));
    }
    double[] a = Matrices.function(q, m, i -> eigenvalues[i], x -> x);
    double[] expected = Matrices.function(q, m, i -> eigenvalues[i], x -> value(root, x));
    double[] actual = new double[m * m];
    double error = root.apply(m, a, 0, actual, 0, workspace(m));
    String what = root + ", " + m + " rows, condition " + condition + ", scale " + scale;
    double relative = Math.max(condition, 8) * 1e-15 * Math.max(1, m / 8.0);
    assertThat(Matrices.difference(actual, expected)).as(what).isLessThanOrEqualTo(relative * Matrices.largest(expected));
    double rounding = m * condition * 0x1p-48; // of residuals, here and there
    assertThat(error).as(what + ", its error").isCloseTo(residual(root, actual, a, m), within(rounding));
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(actual[i * m + j]).isEqualTo(actual[j * m + i]);
      }
    }
  }

  private static double residual(MatrixRoot root, double[] z, double[] a, int m) {
    double[] square = Matrices.product(z, z, m, m, m);
    double[] x = switch (root) {
      case SQRT -> square;
      case INVERSE_SQRT -> Matrices.product(Matrices.product(z, a, m, m, m), z, m, m, m);
      case INVERSE_FOURTH -> Matrices.product(Matrices.product(square, a, m, m, m), square, m, m, m);
      case INVERSE -> Matrices.product(z, a, m, m, m);
    };
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double off = x[i] - (root == MatrixRoot.SQRT ? a[i] : i % (m + 1) == 0 ? 1 : 0);
      sum += off * off;
    }
    return Math.sqrt(sum) / (root == MatrixRoot.SQRT ? norm(a) : Math.sqrt(m));
  }

  @ParameterizedTest
  @EnumSource
  void floatsAreComputedWithInDouble(MatrixRoot root) {
    int m = 20;
    float[] a = Matrices.floats(spd(m, 1e3));
    float[] in = new float[m * m + 3];
    System.arraycopy(a, 0, in, 2, m * m);
    double[] wide = Matrices.doubles(a);
    double[] expected = new double[m * m];
    double error = root.apply(m, wide, 0, expected, 0, workspace(m));
    float[] out = new float[m * m + 1];
    assertThat(root.apply(m, in, 2, out, 1, workspace(m))).isEqualTo(error);
    for (int i = 0; i < m * m; i++) {
      assertThat(out[1 + i]).isEqualTo((float) expected[i]);
    }
  }

  @Test
  void onlyTheLowerTriangleIsRead() {
    int m = 9;
    double[] a = spd(m, 50);
    double[] upper = a.clone();
    for (int i = 0; i < m; i++) {
      for (int j = i + 1; j < m; j++) {
        upper[i * m + j] = Double.NaN;
      }
    }
    double[] expected = new double[m * m];
    MatrixRoot.INVERSE_SQRT.apply(m, a, 0, expected, 0, workspace(m));
    MatrixRoot.INVERSE_SQRT.apply(m, upper, 0, upper, 0, workspace(m)); // in place as well
    assertThat(upper).isEqualTo(expected);
  }

  /** What is not positive definite does not converge, and says so. */
  @ParameterizedTest
  @EnumSource
  void errorsAreHonest(MatrixRoot root) {
    int m = 6;
    double[] q = Matrices.orthonormal(new SplittableRandom(1), m, m);
    double[] indefinite = Matrices.function(q, m, i -> i - 2.5, x -> x);
    double[] out = new double[m * m];
    assertThat(root.apply(m, indefinite, 0, out, 0, workspace(m))).matches(e -> !(e < 0.1));
    double[] bad = indefinite.clone();
    bad[7] = Double.NaN;
    assertThat(root.apply(m, bad, 0, out, 0, workspace(m))).isNaN();
    assertThat(out).containsOnly(Double.NaN);
    assertThat(root.apply(m, new double[m * m], 0, out, 0, workspace(m))).isNaN();
    assertThat(root.apply(0, new double[0], 0, new double[0], 0, workspace(0))).isZero();
  }

  @Test
  void threadsDoNotChangeBits() {
    double[] a = spd(90, 1e4);
    double[][] inside = new double[2][];
    Threads.run((part, worker) -> {
      inside[part] = new double[a.length];
      MatrixRoot.INVERSE_FOURTH.apply(90, a, 0, inside[part], 0, workspace(90));
    }, 2);
    double[] expected = new double[a.length];
    MatrixRoot.INVERSE_FOURTH.apply(90, a, 0, expected, 0, workspace(90));
    assertThat(inside[0]).isEqualTo(expected);
    assertThat(inside[1]).isEqualTo(expected);
  }

  @Test
  void warmCallsAllocateNothing() {
    double[] a = spd(24, 1e3);
    double[] out = new double[a.length];
    Workspace ws = workspace(24);
    assertThat(Allocation.ofWarm(() -> {
      for (int i = 0; i < 20; i++) {
        for (MatrixRoot root : ROOTS) {
          root.apply(24, a, 0, out, 0, ws);
        }
        MatrixSign.apply(24, a, 0, out, 0, ws);
        CoupledNewton.inverseSqrt(5, 0, 24, a, 0, out, 0, ws);
        CoupledNewton.inverseRoot(4, 5, CoupledNewton.largest(10, 24, a, 0, ws), 24, a, 0, out, 0, ws);
      }
    })).isZero();
  }

  private static final MatrixRoot[] ROOTS = MatrixRoot.values();

  @Test
  void signSplitsTheSpectrum() {
    for (int m : new int[] {1, 2, 7, 40}) {
      double[] q = Matrices.orthonormal(new SplittableRandom(m), m, m);
      for (double smallest : new double[] {0.5, 1e-2, 1e-4}) {
        double[] a = Matrices.function(q, m, i -> (i % 2 == 0 ? 1 : -1) * smallest * (1 + i), x -> x);
        double[] expected = Matrices.function(q, m, i -> i % 2 == 0 ? 1 : -1, x -> x);
        double[] actual = new double[m * m];
        double error = MatrixSign.apply(m, a, 0, actual, 0, workspace(m));
        assertThat(Matrices.difference(actual, expected)).isLessThan(1e-13 * m);
        assertThat(error).isLessThan(1e-13 * m);
        double trace = 0;
        for (int i = 0; i < m; i++) {
          trace += actual[i * m + i];
        }
        assertThat((m - trace) / 2).isCloseTo(m / 2, within(1e-12));
      }
    }
  }

  /** What cannot be computed is NaN as a whole, not zeros in part. */
  @Test
  void beyondTheRangeOfSquaresIsNaN() {
    for (double bad : new double[] {1e155, Double.POSITIVE_INFINITY, Double.NaN}) {
      double[] out = new double[4];
      assertThat(MatrixSign.apply(2, new double[] {bad, 0, 0, -1}, 0, out, 0, workspace(2))).isNaN();
      assertThat(out).as("sign, %s", bad).containsOnly(Double.NaN);
      for (MatrixRoot root : MatrixRoot.values()) {
        Arrays.fill(out, 0);
        assertThat(root.apply(2, new double[] {bad, 0, 0, 1}, 0, out, 0, workspace(2))).isNaN();
        assertThat(out).as("%s, %s", root, bad).containsOnly(Double.NaN);
      }
    }
  }

  @Test
  void signOfWhatHasNone() {
    double[] out = new double[4];
    assertThat(MatrixSign.apply(2, new double[4], 0, out, 0, workspace(2))).isEqualTo(1);
    assertThat(out).containsOnly(0);
    assertThat(MatrixSign.apply(2, new double[] {3, 0, 0, 0}, 0, out, 0, workspace(2))).isGreaterThan(0.5);
    assertThat(out[0]).isCloseTo(1, within(1e-15));
    assertThat(Arrays.copyOfRange(out, 1, 4)).containsOnly(0);
    assertThat(MatrixSign.apply(2, new double[] {Double.NaN, 0, 1, 1}, 0, out, 0, workspace(2))).isNaN();
  }

  /** The published recurrences, written once more on whole matrices. */
  @Test
  void coupledIterationsAreThePublishedOnes() {
    int m = 12;
    double[] a = spd(m, 200);
    for (int steps : new int[] {0, 1, 5, 20}) {
      double[] actual = new double[m * m];
      double error = CoupledNewton.inverseSqrt(steps, 0, m, a, 0, actual, 0, workspace(m));
      double[] expected = coupled(a, m, steps, norm(a));
      assertThat(Matrices.difference(actual, expected)).isLessThan(1e-13 * Matrices.largest(expected));
      assertThat(error < 1e-10).isEqualTo(steps == 20);
      CoupledNewton.inverseSqrt(steps, 3, m, a, 0, actual, 0, workspace(m));
      assertThat(Matrices.difference(actual, coupled(a, m, steps, 3))).isLessThan(1e-12);
    }
    for (int p : new int[] {2, 4}) {
      double[] actual = new double[m * m];
      double[] exact = new double[m * m];
      double error = CoupledNewton.inverseRoot(p, 30, 1.1, m, a, 0, actual, 0, workspace(m));
      (p == 2 ? MatrixRoot.INVERSE_SQRT : MatrixRoot.INVERSE_FOURTH).apply(m, a, 0, exact, 0, workspace(m));
      assertThat(Matrices.difference(actual, exact)).isLessThan(200 * 1e-14 * Matrices.largest(exact));
      assertThat(error).isLessThan(1e-11);
    }
    assertThat(CoupledNewton.largest(200, m, a, 0, workspace(m))).isCloseTo(1.02, within(1e-6));
  }

  private static double[] coupled(double[] a, int m, int steps, double s) {
    double[] y = a.clone();
    double[] z = new double[m * m];
    for (int i = 0; i < a.length; i++) {
      y[i] /= s;
      z[i] = i % (m + 1) == 0 ? 1 : 0;
    }
    for (int step = 0; step < steps; step++) {
      double[] factor = Matrices.product(z, y, m, m, m);
      for (int i = 0; i < a.length; i++) {
        factor[i] = ((i % (m + 1) == 0 ? 3 : 0) - factor[i]) / 2;
      }
      y = Matrices.product(y, factor, m, m, m);
      z = Matrices.product(factor, z, m, m, m);
    }
    for (int i = 0; i < a.length; i++) {
      z[i] /= Math.sqrt(s);
    }
    return z;
  }

  private static double norm(double[] a) {
    return Math.sqrt(Arrays.stream(a).map(x -> x * x).sum());
  }

  @Test
  void badArgumentsAreNamed() {
    double[] a = new double[9];
    Workspace ws = workspace(3);
    assertThatThrownBy(() -> MatrixRoot.SQRT.apply(3, (double[]) null, 0, a, 0, ws)).isInstanceOf(NullPointerException.class).hasMessage("a");
    assertThatThrownBy(() -> MatrixRoot.SQRT.apply(3, a, 1, a, 0, ws)).hasMessage("a holds [1, 10) (3 x 3, stride 3), expected within [0, 9)");
    assertThatThrownBy(() -> MatrixRoot.SQRT.apply(-1, a, 0, a, 0, ws)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MatrixRoot.SQRT.apply(3, a, 0, a, 0, new Workspace())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> MatrixRoot.required(30_000)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MatrixSign.apply(3, a, 0, new double[8], 0, ws)).hasMessageContaining("out holds [0, 9)");
    assertThatThrownBy(() -> CoupledNewton.inverseRoot(3, 1, 1, 3, a, 0, a, 0, ws)).hasMessage("p = 3, expected 2 or 4");
    assertThatThrownBy(() -> CoupledNewton.inverseRoot(2, 1, 0, 3, a, 0, a, 0, ws)).hasMessage("lambda = 0.0, expected > 0");
    assertThatThrownBy(() -> CoupledNewton.inverseSqrt(-1, 1, 3, a, 0, a, 0, ws)).hasMessage("steps = -1, expected >= 0");
  }

  /** Eigenvalues from 1 down to 1 / condition. */
  private static double[] spd(int m, double condition) {
    double[] q = Matrices.orthonormal(new SplittableRandom(77), m, m);
    return Matrices.function(q, m, i -> StrictMath.pow(condition, -i / (m - 1.0)), x -> x);
  }

  private static Workspace workspace(int m) {
    var ws = new Workspace();
    ws.reserve(0, Math.max(MatrixRoot.required(m), Math.max(MatrixSign.required(m), CoupledNewton.required(m))));
    Arrays.fill(ws.doubles(), Double.NaN);
    return ws;
  }
}
