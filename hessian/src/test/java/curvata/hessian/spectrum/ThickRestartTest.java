package curvata.hessian.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.LinearOperator;
import curvata.hessian.Matrices;
import curvata.hessian.Near;
import curvata.hessian.StoppedBy;
import curvata.hessian.operator.DenseOperator;
import curvata.kernels.random.Gaussian;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends of spectra, easy and hard, against the eigenvalues they were made from. */
class ThickRestartTest {
  private static final int N = 120;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void endsOfIndefiniteSpectra(long seed) {
    double[] lambda = new SplittableRandom(seed).doubles(N, -1, 1).toArray();
    lambda[0] = 9;
    lambda[1] = 5;
    lambda[2] = -4;
    Arrays.sort(lambda);
    DenseOperator a = Matrices.withEigenvalues(lambda, seed);
    check(ThickRestart.top(4).withTolerance(1e-6).solve(a), a, lambda, 4, 0);
    check(ThickRestart.bottom(3).withTolerance(1e-6).solve(a), a, lambda, 0, 3);
    check(ThickRestart.ends(3, 2).withTolerance(1e-6).withSeed(seed).solve(a), a, lambda, 3, 2);
    check(ThickRestart.ends(1, 6).withTolerance(1e-6).withBasis(11).solve(a), a, lambda, 1, 6);
    Eigenpairs modulus = ThickRestart.modulus(3).withTolerance(1e-6).solve(a);
    assertThat(modulus.top().stream().mapToDouble(Eigenpair::value).toArray()).hasSize(3);
    Near.one("first by modulus", modulus.top().get(0).value(), 9, 1e-5);
    Near.one("second by modulus", modulus.top().get(1).value(), 5, 1e-5);
    Near.one("third by modulus", modulus.top().get(2).value(), -4, 1e-5);
  }

  @Test
  void clusteredSpectraNeedRestartsAndComeOut() {
    double[] lambda = new double[N];
    Arrays.setAll(lambda, i -> i < 60 ? i * 1e-3 : 1 + (i - 60) * 1e-3);
    DenseOperator a = Matrices.withEigenvalues(lambda, 4);
    Eigenpairs pairs = ThickRestart.ends(3, 3).withTolerance(1e-5).withMaxMatvecs(2000).solve(a);
    assertThat(pairs.matvecs()).isGreaterThan(22); // more than one basis
    check(pairs, a, lambda, 3, 3);
  }

  private static void check(Eigenpairs pairs, LinearOperator a, double[] sorted, int top, int bottom) {
    assertThat(pairs.converged()).isTrue();
    assertThat(pairs.top()).hasSize(top);
    assertThat(pairs.bottom()).hasSize(bottom);
    for (int i = 0; i < top; i++) {
      check("top " + i, pairs.top().get(i), a, sorted[N - 1 - i], pairs.norm());
    }
    for (int i = 0; i < bottom; i++) {
      check("bottom " + i, pairs.bottom().get(i), a, sorted[i], pairs.norm());
    }
  }

  private static void check(String what, Eigenpair pair, LinearOperator a, double lambda, double norm) {
    Near.one(what, pair.value(), lambda, pair.residual() + 1e-6 * norm);
    double square = 0;
    for (float x : pair.vector()) {
      square += (double) x * x;
    }
    Near.one(what + ", norm", square, 1, 1e-6);
    Near.one(what + ", residual", Matrices.residual(a, pair.vector(), pair.value()), pair.residual(), 2e-6 * norm);
  }

  @Test
  void smallAndDegenerateOperators() {
    var one = Matrices.of(1, (x, y) -> y[0] = -2 * x[0]);
    assertThat(ThickRestart.top(1).solve(one).top().getFirst().value()).isEqualTo(-2);
    double[] lambda = {-1, 0, 2, 3};
    DenseOperator small = Matrices.withEigenvalues(lambda, 1);
    Eigenpairs all = ThickRestart.ends(2, 2).solve(small);
    Near.all("all four", new double[] {all.bottom().get(0).value(), all.bottom().get(1).value(), all.top().get(1).value(), all.top().get(0).value()},
        lambda, 1e-6);
    assertThat(all.matvecs()).isEqualTo(4);
    var identity = Matrices.of(N, (x, y) -> System.arraycopy(x, 0, y, 0, N));
    Eigenpairs copies = ThickRestart.top(3).solve(identity);
    assertThat(copies.converged()).isTrue();
    for (Eigenpair pair : copies.top()) {
      Near.one("copy of 1", pair.value(), 1, 1e-6);
    }
    var zero = Matrices.of(N, (x, y) -> Arrays.fill(y, 0f));
    assertThat(ThickRestart.top(1).solve(zero).top().getFirst().value()).isZero();
  }

  @Test
  void lowRankOperatorsShowTheirRange() {
    double[] lambda = new double[N];
    lambda[0] = 3;
    lambda[1] = 2;
    lambda[2] = -1;
    Arrays.sort(lambda);
    DenseOperator a = Matrices.withEigenvalues(lambda, 5);
    check(ThickRestart.ends(3, 1).solve(a), a, lambda, 3, 1);
  }

  @Test
  void budgetsEndIt() {
    DenseOperator a = Matrices.withEigenvalues(new SplittableRandom(6).doubles(N, -1, 1).toArray(), 7);
    Eigenpairs pairs = ThickRestart.top(3).withTolerance(1e-6).withMaxMatvecs(7).solve(a);
    assertThat(pairs.stoppedBy()).isEqualTo(StoppedBy.BUDGET);
    assertThat(pairs.matvecs()).isEqualTo(7);
    for (Eigenpair pair : pairs.top()) {
      Near.one("residual", Matrices.residual(a, pair.vector(), pair.value()), pair.residual(), 1e-5);
    }
    assertThat(ThickRestart.top(3).withTolerance(1e-6).withMaxMatvecs(33).solve(a).matvecs()).isLessThanOrEqualTo(33);
  }

  @Test
  void warmStartsTakeFewerProducts() {
    double[] lambda = new SplittableRandom(8).doubles(N, -1, 1).toArray();
    lambda[0] = 3;
    DenseOperator before = Matrices.withEigenvalues(lambda, 9);
    lambda[0] = 3.1;
    DenseOperator after = Matrices.withEigenvalues(lambda, 9);
    Eigenpair old = ThickRestart.top(1).solve(before).top().getFirst();
    float[] start = WarmStart.near(old.vector(), 1);
    Eigenpairs cold = ThickRestart.top(1).withTolerance(1e-2).solve(after);
    Eigenpairs warm = ThickRestart.top(1).withTolerance(1e-2).solve(after, start);
    assertThat(warm.matvecs()).isLessThanOrEqualTo(6).isLessThan(cold.matvecs());
    assertThat(WarmStart.overlap(warm.top().getFirst().vector(), old.vector())).isGreaterThan(0.99);
    Near.one("norm", WarmStart.overlap(start, old.vector()), 1 / Math.sqrt(1 + 0.0025), 0.01);
  }

  /** Eigenvalues have changed places since the start was made: one pair may be the wrong one, the first of three is not. */
  @Test
  void warmStartsNeedSparePairsWhereEigenvaluesChangePlaces() {
    double[] lambda = new SplittableRandom(12).doubles(N, -1, 1).toArray();
    lambda[0] = 3;
    lambda[1] = 2.9;
    Eigenpair old = ThickRestart.top(1).withTolerance(1e-6).solve(Matrices.withEigenvalues(lambda, 13)).top().getFirst();
    lambda[1] = 3.2;
    DenseOperator now = Matrices.withEigenvalues(lambda, 13);
    int wrong = 0;
    for (long seed = 0; seed < 20; seed++) {
      float[] start = WarmStart.near(old.vector(), seed);
      wrong += ThickRestart.top(1).withTolerance(1e-2).solve(now, start).top().getFirst().value() < 3.1 ? 1 : 0;
      Near.one("seed " + seed, ThickRestart.top(3).withTolerance(1e-2).solve(now, start).top().getFirst().value(), 3.2, 0.032);
    }
    assertThat(wrong).as("the limit that the documentation states").isEqualTo(20);
  }

  @Test
  void theEndsOfASpectrumHaveTheirCopies() {
    double[] lambda = new double[N];
    Arrays.setAll(lambda, i -> i < 4 ? -2 : i < 7 ? -1 : i < N - 5 ? 0.01 * i : 4);
    DenseOperator a = Matrices.withEigenvalues(lambda, 14);
    double[] top = new SpectrumEnd(6, true, 1e-6, 40, 2000, 0).find(a).pairs().stream().mapToDouble(Eigenpair::value).toArray();
    double[] bottom = new SpectrumEnd(6, false, 1e-6, 40, 2000, 0).find(a).pairs().stream().mapToDouble(Eigenpair::value).toArray();
    Near.all("top", top, new double[] {4, 4, 4, 4, 4, lambda[N - 6]}, 1e-5);
    Near.all("bottom", bottom, new double[] {-2, -2, -2, -2, -1, -1}, 1e-5);
  }

  @Test
  void powerIterationIsTheSlowBaseline() {
    double[] lambda = new SplittableRandom(10).doubles(N, -1, 1).toArray();
    lambda[0] = -2;
    DenseOperator a = Matrices.withEigenvalues(lambda, 11);
    float[] start = new float[N];
    Gaussian.fill(1, 0, start, 0, N);
    Eigenpairs power = new PowerIteration(1e-3, 1000).solve(a, start);
    Eigenpairs thick = ThickRestart.modulus(1).withTolerance(1e-3).solve(a, start);
    assertThat(power.converged()).isTrue();
    Near.one("power", power.top().getFirst().value(), -2, 1e-3);
    Near.one("thick", thick.top().getFirst().value(), -2, 1e-3);
    assertThat(thick.matvecs()).isLessThan(power.matvecs());
    Near.one("residual", Matrices.residual(a, power.top().getFirst().vector(), power.top().getFirst().value()), power.top().getFirst().residual(),
        1e-5);
    assertThat(new PowerIteration(1e-6, 3).solve(a, start).stoppedBy()).isEqualTo(StoppedBy.BUDGET);
  }

  @Test
  void senselessRequestsAreRefused() {
    DenseOperator a = Matrices.withEigenvalues(new double[] {1, 2, 3}, 1);
    assertThatThrownBy(() -> ThickRestart.ends(2, 2).solve(a)).hasMessage("top + bottom = 4, expected <= 3 (operator dimension)");
    assertThatThrownBy(() -> ThickRestart.ends(0, 0)).hasMessage("top + bottom = 0, expected >= 1");
    assertThatThrownBy(() -> ThickRestart.top(-1)).hasMessage("top = -1, expected >= 0");
    assertThatThrownBy(() -> ThickRestart.top(3).withBasis(4)).hasMessage("basis = 4, expected >= 5 (top + bottom + 2), or 0 for the default");
    assertThatThrownBy(() -> ThickRestart.top(3).withMaxMatvecs(2)).hasMessage("maxMatvecs = 2, expected >= 3 (top + bottom)");
    assertThatThrownBy(() -> ThickRestart.top(3).withTolerance(0)).hasMessage("tolerance = 0.0, expected 0 < tolerance < 1");
    assertThatThrownBy(() -> ThickRestart.top(1).solve(a, new float[3])).hasMessage("norm of start = 0.0, expected positive and finite");
    assertThatThrownBy(() -> new PowerIteration(1e-3, 0)).hasMessage("maxMatvecs = 0, expected >= 1");
  }
}
