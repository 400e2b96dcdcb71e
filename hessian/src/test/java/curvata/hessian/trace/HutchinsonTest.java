package curvata.hessian.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.hessian.Allocation;
import curvata.hessian.CheckedOperator;
import curvata.hessian.Matrices;
import curvata.hessian.Probes;
import curvata.hessian.StoppedBy;
import curvata.hessian.operator.DenseOperator;
import curvata.hessian.operator.ScaledOperator;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The estimates are unbiased, their errors honest, the stop valid, and the by-products right. */
class HutchinsonTest {
  private static final int N = 60;
  private static final double[] LAMBDA = new SplittableRandom(1).doubles(N, -1, 3).toArray();
  private static final DenseOperator A = Matrices.withEigenvalues(LAMBDA, 2);
  private static final double TRACE = Arrays.stream(LAMBDA).sum();
  private static final double SQUARE = Arrays.stream(LAMBDA).map(x -> x * x).sum();

  static List<LongFunction<Probes>> kinds() {
    return List.of(Probes::rademacher, Probes::gaussian, Probes::sphere);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void estimatesAreUnbiasedAndTheirErrorsHonest(LongFunction<Probes> kind) {
    int seeds = 200;
    int covered = 0;
    double sum = 0;
    double variance = 0;
    double squares = 0;
    double squareVariance = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Hutchinson.Result r = Hutchinson.fixed(kind.apply(seed), 20).withBlock(20).estimate(CheckedOperator.trusting(A));
      covered += r.trace().interval(0.95).contains(TRACE) ? 1 : 0;
      sum += r.trace().value();
      variance += r.trace().standardError() * r.trace().standardError();
      squares += r.squaredFrobenius().value();
      squareVariance += r.squaredFrobenius().standardError() * r.squaredFrobenius().standardError();
    }
    assertThat(sum / seeds).as("mean trace").isCloseTo(TRACE, within(4 * Math.sqrt(variance) / seeds));
    assertThat(squares / seeds).as("mean squared Frobenius norm").isCloseTo(SQUARE, within(4 * Math.sqrt(squareVariance) / seeds));
    assertThat(covered).as("intervals that hold the trace, of %d", seeds).isBetween((int) (0.9 * seeds), seeds); // 95 % less 3 deviations
  }

  @Test
  void variancesAreTheKnownOnes() {
    int m = 4000;
    double diagonal = 0;
    for (int i = 0; i < N; i++) {
      float[] e = new float[N];
      float[] column = new float[N];
      e[i] = 1;
      A.apply(e, column);
      diagonal += column[i] * column[i];
    }
    double[] known = {2 * (SQUARE - diagonal), 2 * SQUARE, 2.0 * N / (N + 2) * (SQUARE - TRACE * TRACE / N)};
    for (int k = 0; k < 3; k++) {
      double error = Hutchinson.fixed(kinds().get(k).apply(5), m).withBlock(100).estimate(A).trace().standardError();
      double ratio = error * error * m / known[k];
      assertThat(ratio).as("variance of kind %d over the known one", k).isCloseTo(1, within(4 * Math.sqrt(4.0 / m))); // kurtosis of samples below 5
    }
  }

  @Test
  void theStopKeepsItsPromise() {
    int seeds = 100;
    int good = 0;
    for (int seed = 0; seed < seeds; seed++) {
      var trace = Hutchinson.adaptive(Probes.rademacher(seed), 0.05, 0, 5000).estimate(CheckedOperator.trusting(A)).trace();
      assertThat(trace.stoppedBy()).isEqualTo(StoppedBy.TOLERANCE);
      assertThat(trace.halfWidth(0.95)).isLessThanOrEqualTo(0.05 * Math.abs(trace.value()));
      assertThat(trace.matvecs()).isGreaterThanOrEqualTo(Hutchinson.MIN_PROBES);
      good += Math.abs(trace.value() - TRACE) <= 0.05 * TRACE ? 1 : 0;
    }
    assertThat(good).as("runs within the tolerance, of %d", seeds).isGreaterThanOrEqualTo(87); // 95 % less 3 deviations, less the optional stopping
  }

  @Test
  void budgetsEndWhatTolerancesCannot() {
    double[] balanced = LAMBDA.clone();
    for (int i = 0; i < N; i++) {
      balanced[i] -= TRACE / N;
    }
    DenseOperator zeroTrace = Matrices.withEigenvalues(balanced, 3);
    var relative = Hutchinson.adaptive(Probes.rademacher(1), 0.01, 0, 50).estimate(zeroTrace).trace();
    assertThat(relative.stoppedBy()).isEqualTo(StoppedBy.BUDGET);
    assertThat(relative.matvecs()).isEqualTo(50);
    var absolute = Hutchinson.adaptive(Probes.rademacher(1), 0.01, 8, 500).estimate(zeroTrace).trace();
    assertThat(absolute.stoppedBy()).isEqualTo(StoppedBy.TOLERANCE);
    assertThat(absolute.halfWidth(0.95)).isLessThanOrEqualTo(8);
  }

  @Test
  void diagonalMatricesAreExactAtOnceWithSigns() {
    var diagonal = Matrices.of(N, (x, y) -> {
      for (int i = 0; i < N; i++) {
        y[i] = i * x[i];
      }
    });
    var r = Hutchinson.adaptive(Probes.rademacher(1), 1e-12, 0, 100).withDiagonal().estimate(diagonal);
    assertThat(r.trace().value()).isEqualTo(N * (N - 1) / 2.0);
    assertThat(r.trace().standardError()).isZero();
    assertThat(r.trace().matvecs()).isEqualTo(Hutchinson.MIN_PROBES);
    assertThat(r.diagonal().orElseThrow().value()[17]).isEqualTo(17f);
    assertThat(r.diagonal().orElseThrow().standardError()).containsOnly(0f);
    assertThat(r.frobenius().value()).isCloseTo(Math.sqrt((N - 1) * N * (2 * N - 1) / 6.0), within(1e-9));
    assertThat(r.effectiveDirections()).isCloseTo(Math.pow(N * (N - 1) / 2.0, 2) / ((N - 1) * N * (2 * N - 1) / 6.0), within(1e-9));
  }

  @Test
  void rangesAndDiagonalAreWithinTheirErrors() {
    double[] exact = new double[N];
    for (int i = 0; i < N; i++) {
      float[] e = new float[N];
      float[] column = new float[N];
      e[i] = 1;
      A.apply(e, column);
      exact[i] = column[i];
    }
    var ranges = List.of(new IndexRange("first", 0, 7), new IndexRange("middle", 7, 40), new IndexRange("last", 40, N));
    var r = Hutchinson.fixed(Probes.rademacher(3), 300).withBlock(7).withDiagonal().withRanges(ranges).estimate(A);
    double sum = 0;
    for (int b = 0; b < 3; b++) {
      IndexRange range = ranges.get(b);
      double truth = Arrays.stream(exact, range.from(), range.to()).sum();
      assertThat(r.ranges().get(b).value()).as(range.name()).isCloseTo(truth, within(4 * r.ranges().get(b).standardError()));
      sum += r.ranges().get(b).value();
    }
    assertThat(sum).isCloseTo(r.trace().value(), within(1e-9 * Math.abs(TRACE)));
    Diagonal d = r.diagonal().orElseThrow();
    double total = 0;
    for (int i = 0; i < N; i++) {
      assertThat((double) d.value()[i]).as("element %d", i).isCloseTo(exact[i], within(4.5 * d.standardError()[i])); // the largest of 60
      total += d.value()[i];
    }
    assertThat(total).isCloseTo(r.trace().value(), within(1e-4 * Math.abs(TRACE)));
    assertThat(d.samples()).isEqualTo(300);
  }

  @Test
  void scaleAndShiftGoThrough() {
    Hutchinson h = Hutchinson.fixed(Probes.rademacher(9), 25);
    double plain = h.estimate(A).trace().value();
    assertThat(h.estimate(new ScaledOperator(-3, A, 0)).trace().value()).isCloseTo(-3 * plain, within(1e-5 * Math.abs(plain)));
    assertThat(h.estimate(new ScaledOperator(1, A, 2)).trace().value()).isCloseTo(plain + 2 * N, within(1e-5 * Math.abs(plain)));
  }

  @Test
  void probesOfOneBlockAreTheProbesOfAnother() {
    double[] single = Hutchinson.fixed(Probes.gaussian(4), 11).estimate(A).trace().samples();
    double[] blocks = Hutchinson.fixed(Probes.gaussian(4), 11).withBlock(4).estimate(A).trace().samples();
    for (int j = 0; j < 11; j++) {
      assertThat(blocks[j]).as("sample %d", j).isCloseTo(single[j], within(1e-5 * Math.sqrt(SQUARE * N)));
    }
  }

  @Test
  void senselessBudgetsAreRefused() {
    Probes p = Probes.rademacher(1);
    assertThatThrownBy(() -> Hutchinson.fixed(p, 0)).isInstanceOf(IllegalArgumentException.class).hasMessage("maxProbes = 0, expected >= 1");
    assertThatThrownBy(() -> Hutchinson.adaptive(p, 0.1, 0, 9)).hasMessage("maxProbes = 9, expected >= 10 (minProbes)");
    assertThatThrownBy(() -> Hutchinson.adaptive(p, -0.1, 0, 90)).hasMessage("rtol = -0.1, expected >= 0 and finite");
    assertThatThrownBy(() -> Hutchinson.adaptive(p, 0, Double.NaN, 90)).hasMessage("atol = NaN, expected >= 0 and finite");
    assertThatThrownBy(() -> Hutchinson.fixed(p, 5).withBlock(0)).hasMessage("block = 0, expected >= 1");
    assertThatThrownBy(() -> Hutchinson.fixed(Probes.gaussian(1), 5).withDiagonal()).hasMessage("probes = not signs, expected signs for a diagonal");
    assertThatThrownBy(() -> Hutchinson.fixed(p, 5).withRanges(List.of(new IndexRange("w", 0, N + 1))).estimate(A))
        .hasMessage("end of range w = 61, expected <= 60 (operator dimension)");
    assertThatThrownBy(() -> new IndexRange("w", 4, 4)).hasMessage("range w = [4, 4), expected 0 <= from < to");
  }

  @Test
  void probesCostNoMemoryButTheirNumbers() {
    CheckedOperator a = CheckedOperator.of(A);
    long grown = 2 * (16 + 8 * 128); // two samples per probe: kept in arrays that double,
    long copied = 2 * 2 * 8 * 64; // copied out, and copied by the record
    long allowed = grown + copied + 512; // a vector more per probe would be 64 * 4 * N
    long more = Allocation.difference(
        () -> Hutchinson.fixed(Probes.rademacher(1), 64).estimate(a), () -> Hutchinson.fixed(Probes.rademacher(1), 128).estimate(a), allowed);
    assertThat(more).as("bytes of 64 probes more").isLessThanOrEqualTo(allowed);
  }
}
