package curvata.hessian.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.LinearOperator;
import curvata.hessian.Matrices;
import curvata.hessian.Near;
import curvata.hessian.OperatorException;
import curvata.hessian.operator.DenseOperator;
import curvata.hessian.operator.ScaledOperator;
import curvata.kernels.random.Gaussian;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Systems with known solutions: A x is formed from a chosen x, so that errors of x itself are seen. */
class SolversTest {
  private static final int N = 130;

  private static double[] spectrum(long seed, double low, double high) {
    return new SplittableRandom(seed).doubles(N, low, high).toArray();
  }

  private static float[] random(int n, int stream) {
    float[] x = new float[n];
    Gaussian.fill(77, stream, x, 0, n);
    return x;
  }

  private static float[] times(LinearOperator a, float[] x) {
    float[] y = new float[x.length];
    a.apply(x, y);
    return y;
  }

  private static double norm(float[] x) {
    return Math.sqrt(Arrays.stream(Near.doubles(x)).map(v -> v * v).sum());
  }

  private static float[] minus(float[] x, float[] y) {
    float[] d = new float[x.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = x[i] - y[i];
    }
    return d;
  }

  /** ‖x − x₀‖ ≤ ‖A⁻¹‖ ‖residual‖, and rounding of the right-hand side and the products. */
  private static void solves(String what, Solution s, LinearOperator a, float[] x, double smallest) {
    assertThat(s.converged()).as("%s: %s", what, s.ending()).isTrue();
    float[] b = times(a, x);
    double explicit = norm(minus(b, times(a, s.x())));
    double rounding = 4 * 0x1p-24 * norm(b) + 0x1p-24 * 4 * norm(s.x()); // of b, of two products, and of x itself where ‖A‖ = 4
    Near.one(what + ", residual", s.residual(), explicit, rounding);
    Near.one(what + ", relative residual", s.relativeResidual(), s.residual() / norm(b), 1e-12);
    Near.one(what + ", error", norm(minus(s.x(), x)), 0, (s.residual() + rounding) / smallest);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void positiveSystems(long seed) {
    DenseOperator a = Matrices.withEigenvalues(spectrum(seed, 0.01, 4), seed);
    float[] x = random(N, (int) seed);
    float[] b = times(a, x);
    float[] before = b.clone();
    Solution cg = new ConjugateGradients(1e-6, 2000).solve(a, b);
    solves("cg", cg, a, x, 0.01);
    Solution plain = new Minres(1e-6, 2000, 0).solve(a, b);
    solves("minres", plain, a, x, 0.01);
    Solution kept = new Minres(1e-6, 2000, N).solve(a, b);
    solves("minres, basis", kept, a, x, 0.01);
    assertThat(kept.matvecs()).isLessThanOrEqualTo(plain.matvecs());
    assertThat(b).containsExactly(before);
    assertThat(cg.negativeCurvature()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void indefiniteSystems(long seed) {
    double[] lambda = spectrum(seed, -1, 4);
    for (int i = 0; i < N; i++) {
      lambda[i] = Math.abs(lambda[i]) < 0.02 ? 0.02 : lambda[i];
    }
    DenseOperator a = Matrices.withEigenvalues(lambda, seed);
    float[] x = random(N, (int) seed);
    float[] b = times(a, x);
    solves("minres", new Minres(1e-6, 5000, 0).solve(a, b), a, x, 0.02);
    solves("minres, basis", new Minres(1e-6, 5000, N).solve(a, b), a, x, 0.02);
    solves("minres, short basis", new Minres(1e-6, 5000, 20).solve(a, b), a, x, 0.02);
  }

  /** One round in floats would leave an error of κ 2⁻²⁴ = 6 % here; rounds upon true residuals leave what the products do. */
  @Test
  void nearlySingularSystemsAreSolvedToTheLastPlaces() {
    double[] lambda = spectrum(7, 0.5, 4);
    lambda[0] = 4e-6;
    lambda[1] = -1;
    DenseOperator a = Matrices.withEigenvalues(lambda, 8);
    float[] b = random(N, 7);
    Solution s = new Minres(1e-6, 5000, N).solve(a, b);
    assertThat(s.ending()).as(s.ending() + " at " + s.relativeResidual()).isIn(Ending.TOLERANCE, Ending.PRECISION);
    assertThat(s.relativeResidual()).isLessThan(1e-5);
    float[] direction = s.x(); // nearly the eigenvector of the smallest eigenvalue
    double rayleigh = 0;
    float[] y = times(a, direction);
    for (int i = 0; i < N; i++) {
      rayleigh += (double) y[i] * direction[i] / (norm(direction) * norm(direction));
    }
    assertThat(Math.abs(rayleigh)).as("x lies along the smallest eigenvalue").isLessThan(1e-4);
  }

  @Test
  void dampingMakesAnIndefiniteOperatorPositive() {
    DenseOperator a = Matrices.withEigenvalues(spectrum(9, -1, 2), 9);
    LinearOperator damped = new ScaledOperator(1, a, 1.5);
    float[] x = random(N, 9);
    solves("damped", new ConjugateGradients(1e-6, 1000).solve(damped, times(damped, x)), damped, x, 0.5);
  }

  @Test
  void negativeCurvatureIsReturned() {
    DenseOperator a = Matrices.withEigenvalues(spectrum(10, -1, 2), 10);
    Solution s = new ConjugateGradients(1e-6, 1000).solve(a, random(N, 10));
    assertThat(s.ending()).isEqualTo(Ending.NEGATIVE_CURVATURE);
    NegativeCurvature found = s.negativeCurvature().orElseThrow();
    double square = norm(found.direction()) * norm(found.direction());
    double curvature = 0;
    float[] y = times(a, found.direction());
    for (int i = 0; i < N; i++) {
      curvature += (double) y[i] * found.direction()[i] / square;
    }
    assertThat(found.curvature()).isLessThanOrEqualTo(0);
    Near.one("curvature", found.curvature(), curvature, 1e-6);
    assertThat(s.relativeResidual()).isPositive();
  }

  /** b = part in the range + part in the kernel: the first is reached, the second is left. */
  @Test
  void singularSystemsEndAtLeastSquares() {
    double[] lambda = spectrum(11, 0.5, 4);
    Arrays.fill(lambda, 0, 30, 0);
    lambda[40] = -2;
    DenseOperator a = Matrices.withEigenvalues(lambda, 11);
    float[] inside = times(a, random(N, 11));
    Solution consistent = new Minres(1e-6, 1000, N).solve(a, inside);
    assertThat(consistent.converged()).as("%s", consistent.ending()).isTrue();
    float[] b = random(N, 12);
    Solution s = new Minres(1e-6, 1000, N).solve(a, b);
    assertThat(s.ending()).as("at " + s.relativeResidual()).isEqualTo(Ending.LEAST_SQUARES);
    float[] r = minus(b, times(a, s.x()));
    assertThat(norm(times(a, r)) / norm(b)).as("A r").isLessThan(1e-4);
    assertThat(s.matvecs()).isLessThan(300);
    Solution nothing = new Minres(1e-6, 30, 0).solve(Matrices.of(N, (x, y) -> Arrays.fill(y, 0f)), b);
    assertThat(nothing.ending()).isEqualTo(Ending.LEAST_SQUARES);
    assertThat(nothing.x()).containsOnly(0f);
  }

  /** A random start of a Krylov space of k vectors solves an operator of k distinct eigenvalues. */
  @Test
  void fewEigenvaluesTakeFewProducts() {
    double[] lambda = new double[N];
    Arrays.setAll(lambda, i -> 1 + i % 3);
    DenseOperator a = Matrices.withEigenvalues(lambda, 13);
    float[] b = random(N, 13);
    assertThat(new ConjugateGradients(1e-5, 50).solve(a, b).matvecs()).isLessThanOrEqualTo(3 + 2);
    assertThat(new Minres(1e-5, 50, 5).solve(a, b).matvecs()).isLessThanOrEqualTo(2 * (3 + 4));
  }

  @Test
  void unreachableTolerancesEndByPrecisionAndBudgetsAreKept() {
    DenseOperator a = Matrices.withEigenvalues(spectrum(14, 1e-3, 4), 14);
    float[] b = random(N, 14);
    for (long seed = 0; seed < 5; seed++) {
      DenseOperator other = Matrices.withEigenvalues(spectrum(seed, 1e-3, 4), seed);
      Solution exact = new ConjugateGradients(1e-12, 100_000).solve(other, b);
      assertThat(exact.ending()).as("cg, seed %d, %s", seed, exact.relativeResidual()).isEqualTo(Ending.PRECISION);
      assertThat(exact.relativeResidual()).isLessThan(1e-5);
      Solution minres = new Minres(1e-12, 100_000, N).solve(other, b);
      assertThat(minres.ending()).as("minres, seed %d, %s", seed, minres.relativeResidual()).isEqualTo(Ending.PRECISION);
      assertThat(minres.relativeResidual()).isLessThan(1e-5);
    }
    for (int budget : new int[] {3, 4, 10, 11}) {
      Solution cg = new ConjugateGradients(1e-6, budget).solve(a, b);
      assertThat(cg.ending()).isEqualTo(Ending.BUDGET);
      assertThat(cg.matvecs()).isLessThanOrEqualTo(budget);
    }
    for (int budget : new int[] {9, 10, 17, 60}) {
      Solution minres = new Minres(1e-6, budget, 0).solve(a, b);
      assertThat(minres.ending()).isEqualTo(Ending.BUDGET);
      assertThat(minres.matvecs()).isLessThanOrEqualTo(budget);
      assertThat(minres.relativeResidual()).as("never worse than x = 0").isLessThanOrEqualTo(1);
    }
  }

  @Test
  void noisyOperatorsAreSolvedToTenTimesTheirNoise() {
    DenseOperator a = Matrices.withEigenvalues(spectrum(15, 0.5, 4), 15);
    LinearOperator noisy = new LinearOperator() {
      @Override
      public int dimension() {
        return N;
      }

      @Override
      public double relativeError() {
        return 1e-3;
      }

      @Override
      public void apply(float[] x, float[] y) {
        a.apply(x, y);
      }
    };
    float[] b = random(N, 15);
    for (Solution s : new Solution[] {new ConjugateGradients(1e-6, 500).solve(noisy, b), new Minres(1e-6, 500, 0).solve(noisy, b)}) {
      assertThat(s.converged()).isTrue();
      assertThat(s.relativeResidual()).isBetween(1e-5, 1e-2);
    }
  }

  @Test
  void smallAndTrivialSystems() {
    var one = Matrices.of(1, (x, y) -> y[0] = -2 * x[0]);
    assertThat(new Minres(1e-6, 10, 0).solve(one, new float[] {3}).x()).containsExactly(-1.5f);
    assertThat(new Minres(1e-6, 10, 1).solve(one, new float[] {3}).x()).containsExactly(-1.5f);
    Solution zero = new ConjugateGradients(1e-6, 10).solve(one, new float[1]);
    assertThat(zero.converged()).isTrue();
    assertThat(zero.matvecs()).isZero();
    assertThat(zero.relativeResidual()).isZero();
    assertThat(new Minres(1e-6, 10, 0).solve(one, new float[1]).x()).containsExactly(0f);
  }

  @Test
  void liarsAndSenselessRequestsAreRefused() {
    var nan = Matrices.of(3, (x, y) -> Arrays.fill(y, Float.NaN));
    var skew = Matrices.of(2, (x, y) -> {
      y[0] = x[1];
      y[1] = -x[0];
    });
    float[] b = {1, 2, 3};
    assertThatThrownBy(() -> new ConjugateGradients(1e-6, 10).solve(nan, b)).isInstanceOf(OperatorException.class);
    assertThatThrownBy(() -> new Minres(1e-6, 10, 0).solve(nan, b)).isInstanceOf(OperatorException.class);
    assertThatThrownBy(() -> new Minres(1e-6, 10, 0).solve(skew, new float[] {1, 2})).isInstanceOf(OperatorException.class)
        .hasMessageContaining("not symmetric");
    DenseOperator a = Matrices.withEigenvalues(new double[] {1, 2, 3}, 1);
    assertThat(b).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> new Minres(1e-6, 10, 0).solve(a, null)).isInstanceOf(NullPointerException.class).hasMessage("b");
    assertThatThrownBy(() -> new Minres(1e-6, 10, 0).solve(a, new float[2])).hasMessage("b.length = 2, expected 3 (operator dimension)");
    assertThatThrownBy(() -> new ConjugateGradients(1e-6, 10).solve(a, new float[] {1, Float.NaN, 0}))
        .hasMessage("norm of b = NaN, expected a finite number");
    assertThatThrownBy(() -> new ConjugateGradients(0, 10)).hasMessage("tolerance = 0.0, expected 0 < tolerance < 1");
    assertThatThrownBy(() -> new ConjugateGradients(1e-6, 2)).hasMessage("maxMatvecs = 2, expected >= 3");
    assertThatThrownBy(() -> new Minres(1, 10, 0)).hasMessage("tolerance = 1.0, expected 0 < tolerance < 1");
    assertThatThrownBy(() -> new Minres(1e-6, 0, 0)).hasMessage("maxMatvecs = 0, expected >= 9");
    assertThatThrownBy(() -> new Minres(1e-6, 10, -1)).hasMessage("basis = -1, expected >= 0");
  }
}
