package curvata.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The bounds, and how the worst element is found. */
class VerifyToleranceTest {
  @Test
  void ulpIsThatOfFloats() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 10_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        assertThat(TrajectoryTolerance.ulp(value)).as("%s, seed 3", value).isEqualTo(Math.ulp(value));
      }
    }
    assertThat(TrajectoryTolerance.ulp(0)).isEqualTo(Float.MIN_VALUE);
    assertThat(TrajectoryTolerance.ulp(1e300)).isLessThan(1e300 * 0x1p-22);
  }

  @Test
  void theLargerOfBothBoundsHolds() {
    assertThat(new TrajectoryTolerance(1e-3).parameters(1)).isEqualTo(4e-3);
    assertThat(new TrajectoryTolerance(1e-9).parameters(1)).isEqualTo(0x1p-20);
    assertThat(new TrajectoryTolerance(Double.NaN).parameters(1)).isEqualTo(0x1p-20);
    assertThat(new TrajectoryTolerance(1e-3).bothFloat32(1)).isEqualTo(5e-3);
  }

  /** An average in float32 stays within its bound, also where it runs into subnormals. */
  @Test
  void stateBoundHoldsForAverages() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int steps = 1 + random.nextInt(300);
      double beta = random.nextDouble();
      boolean squared = random.nextBoolean();
      double exact = 0;
      float rounded = 0;
      double sum = 0;
      for (int t = 0; t < steps; t++) {
        float g = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(4) - (seed % 3 == 0 ? 20 : 0)));
        exact = beta * exact + (1 - beta) * (squared ? (double) g * g : g);
        rounded = rounded * (float) beta + (squared ? g * g : g) * (float) (1 - beta);
        sum += Math.abs(rounded);
      }
      double allowed = TrajectoryTolerance.state(steps, sum, 0, squared);
      assertThat(Math.abs(rounded - exact)).as("seed %d", seed).isLessThanOrEqualTo(allowed);
    }
  }

  @Test
  void worstIsInProportionToWhatIsAllowed() {
    Worst worst = new Worst();
    worst.add(1, 10, 0);
    worst.add(0.5, 1, 1);
    worst.add(0, 0, 2);
    assertThat(worst.index()).isEqualTo(1);
    assertThat(worst.error()).isEqualTo(0.5);
    assertThat(worst.within()).isTrue();
  }

  @Test
  void nothingHidesBehindNanAndInfinity() {
    double[][] bad = {{Double.NaN, 1}, {1, Double.NaN}, {1, Double.POSITIVE_INFINITY}, {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY},
      {Double.POSITIVE_INFINITY, 1}, {1e-300, 0}, {0, Double.POSITIVE_INFINITY}};
    for (double[] pair : bad) {
      Worst worst = new Worst();
      worst.add(0.5, 1, 0);
      worst.add(pair[0], pair[1], 1);
      worst.add(0.5, 1, 2);
      assertThat(worst.within()).as("error %s, allowed %s", pair[0], pair[1]).isFalse();
      assertThat(worst.index()).isEqualTo(1);
    }
    assertThat(new Worst().within()).isTrue();
  }
}
