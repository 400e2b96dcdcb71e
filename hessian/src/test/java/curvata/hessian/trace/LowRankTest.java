package curvata.hessian.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.Matrices;
import curvata.hessian.OperatorException;
import curvata.hessian.Probes;
import curvata.hessian.operator.DenseOperator;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Estimators with a low-rank part: exact where the rank is low, unbiased and honest where it is not. */
class LowRankTest {
  private static final int N = 60;

  @Test
  void operatorsOfLowerRankComeOutExact() {
    double[] lambda = new double[N];
    for (int i = 0; i < 6; i++) {
      lambda[i] = i - 2.5;
    }
    DenseOperator a = Matrices.withEigenvalues(lambda, 1);
    double trace = Arrays.stream(lambda).sum();
    double square = Arrays.stream(lambda).map(x -> x * x).sum();
    HutchPlusPlus.Result h = new HutchPlusPlus(Probes.rademacher(1), 10, 5).estimate(a);
    assertThat(h.trace().value()).isCloseTo(trace, within(1e-5));
    assertThat(h.squaredFrobenius().value()).isCloseTo(square, within(1e-5));
    XTrace.Result x = XTrace.withDiagonal(1, 24).estimate(a);
    assertThat(x.trace().value()).isCloseTo(trace, within(1e-5));
    assertThat(x.trace().standardError()).isZero();
    double sum = 0;
    for (float d : x.diagonal().orElseThrow()) {
      sum += d;
    }
    assertThat(sum).isCloseTo(trace, within(1e-4));
    double[] positive = Arrays.stream(lambda).map(Math::abs).toArray();
    Estimate nys = XNysTrace.budget(1, 15).estimate(Matrices.withEigenvalues(positive, 2));
    assertThat(nys.value()).isCloseTo(Arrays.stream(positive).sum(), within(1e-4));
  }

  @Test
  void nothingComesOutAsNothing() {
    LinearOperator zero = Matrices.of(N, (x, y) -> Arrays.fill(y, 0f));
    assertThat(new HutchPlusPlus(Probes.rademacher(1), 5, 5).estimate(zero).trace().value()).isZero();
    assertThat(XTrace.budget(1, 10).estimate(zero).trace().value()).isZero();
    assertThat(XNysTrace.budget(1, 10).estimate(zero).value()).isZero();
  }

  @Test
  void estimatesAreUnbiasedAndNineOfTenIntervalsHold() {
    double[] lambda = new double[N];
    Arrays.setAll(lambda, i -> 1.0 / (i + 1));
    DenseOperator a = Matrices.withEigenvalues(lambda, 3);
    honest("Hutch++", lambda, seed -> HutchPlusPlus.budget(seed, 30).estimate(CheckedOperator.trusting(a)).trace());
    honest("XTrace", lambda, seed -> XTrace.budget(seed, 30).estimate(CheckedOperator.trusting(a)).trace());
    honest("XNysTrace", lambda, seed -> XNysTrace.budget(seed, 15).estimate(CheckedOperator.trusting(a)));
    double[] indefinite = new SplittableRandom(4).doubles(N, -1, 2).toArray();
    DenseOperator b = Matrices.withEigenvalues(indefinite, 5);
    honest("Hutch++, indefinite", indefinite, seed -> HutchPlusPlus.budget(seed, 30).estimate(CheckedOperator.trusting(b)).trace());
    honest("XTrace, indefinite", indefinite, seed -> XTrace.budget(seed, 30).estimate(CheckedOperator.trusting(b)).trace());
  }

  private static void honest(String name, double[] lambda, LongFunction<Estimate> estimator) {
    double trace = Arrays.stream(lambda).sum();
    int seeds = 100;
    int covered = 0;
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Estimate e = estimator.apply(seed);
      covered += e.interval(0.95).contains(trace) ? 1 : 0;
      sum += e.value() - trace;
      squares += (e.value() - trace) * (e.value() - trace);
    }
    assertThat(Math.abs(sum / seeds)).as(name + ", bias").isLessThanOrEqualTo(4 * Math.sqrt(squares) / seeds);
    assertThat(covered).as(name + ", intervals that hold the trace, of %d", seeds).isGreaterThanOrEqualTo(90);
  }

  @Test
  void aDominantRangeIsWorthMoreThanProbes() {
    double[] lambda = new SplittableRandom(6).doubles(N, -0.01, 0.01).toArray();
    for (int i = 0; i < 5; i++) {
      lambda[i] = 10 + i;
    }
    DenseOperator a = Matrices.withEigenvalues(lambda, 7);
    double plain = Hutchinson.fixed(Probes.rademacher(1), 30).estimate(a).trace().standardError();
    assertThat(HutchPlusPlus.budget(1, 30).estimate(a).trace().standardError()).isLessThan(plain / 20);
    assertThat(XTrace.budget(1, 30).estimate(a).trace().standardError()).isLessThan(plain / 20);
  }

  @Test
  void indefiniteOperatorsAreNotForNystroem() {
    double[] lambda = new SplittableRandom(8).doubles(N, -1, 1).toArray();
    assertThatThrownBy(() -> XNysTrace.budget(1, 20).estimate(Matrices.withEigenvalues(lambda, 9))).isInstanceOf(OperatorException.class)
        .hasMessageContaining("not positive semidefinite");
  }

  @Test
  void senselessBudgetsAreRefused() {
    DenseOperator a = Matrices.withEigenvalues(new double[] {1, 2, 3}, 1);
    assertThatThrownBy(() -> HutchPlusPlus.budget(1, 5)).hasMessage("matvecs = 5, expected >= 6");
    assertThatThrownBy(() -> new HutchPlusPlus(Probes.rademacher(1), 0, 5)).hasMessage("rank = 0, expected >= 1");
    assertThatThrownBy(() -> new HutchPlusPlus(Probes.rademacher(1), 4, 5).estimate(a)).hasMessage("rank = 4, expected <= 3 (operator dimension)");
    assertThatThrownBy(() -> XTrace.budget(1, 2)).hasMessage("matvecs = 2, expected >= 4");
    assertThatThrownBy(() -> XTrace.budget(1, 8).estimate(a)).hasMessage("count = 4, expected <= 3 (operator dimension)");
    assertThatThrownBy(() -> XNysTrace.budget(1, 4).estimate(a)).hasMessage("count = 4, expected <= 3 (operator dimension)");
  }
}
