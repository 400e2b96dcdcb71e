package curvata.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import curvata.kernels.Backend;
import curvata.kernels.Workspace;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both bodies give the same bits, large vectors the bits of their parts, and every element is the equation rounded once. */
class VectorTest {
  private static final int[] SIZES = {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 1000, 1021, 4097};
  private static final int[] OFFSETS = {0, 1, 3};
  private static final int CANARIES = 5;
  private static final float[] SPECIAL =
      {0f, -0f, 1e-45f, Float.MIN_NORMAL, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};

  @Test
  void scalarAndSimdAgreeBitForBit() {
    assumeTrue(Backend.current() == Backend.SIMD, "SIMD bodies are linked only where they were chosen");
    for (int n : SIZES) {
      for (int offset : OFFSETS) {
        agree(n, offset, new SplittableRandom(31L * n + offset));
      }
    }
  }

  private static void agree(int n, int from, SplittableRandom random) {
    float[] x = floats(from + n + CANARIES, random);
    float[] y = floats(from + n + CANARIES, random);
    double a = random.nextDouble(-2, 2) * Math.scalb(1.0, random.nextInt(-140, 141));
    double b = random.nextDouble(-2, 2);
    float[] plain = floats(from + n + CANARIES, random);
    float[] vector = plain.clone();
    String where = "n " + n + ", from " + from;

    Scaled.scalar(a, x, plain, from, from + n);
    Scaled.Simd.range(a, x, vector, from, from + n);
    same(plain, vector, "scaled " + where);

    Axpby.scalar(a, x, b, y, plain, from, from + n);
    Axpby.Simd.range(a, x, b, y, vector, from, from + n);
    same(plain, vector, "axpby " + where);

    float[] mean = floats(n + CANARIES, random);
    float[] m2 = floats(n + CANARIES, random);
    float[] mean2 = mean.clone();
    float[] m22 = m2.clone();
    ProductMoments.scalar(x, y, from, 1 / 3f, mean, m2, 0, n);
    ProductMoments.Simd.range(x, y, from, 1 / 3f, mean2, m22, 0, n);
    same(mean, mean2, "mean " + where);
    same(m2, m22, "m2 " + where);

    double[] sum = random.doubles(n + CANARIES, -1, 1).toArray();
    double[] sum2 = sum.clone();
    double[] sum3 = sum.clone();
    WideAxpy.scalar(a, x, from, 0, n, sum, 0);
    WideAxpy.scalar(b, y, from, 0, n, sum, 0);
    WideAxpy.scalar(b, x, from, 0, n, sum, 0);
    WideAxpy.scalar(a, y, from, 0, n, sum, 0);
    WideAxpy.scalar(a, b, b, a, x, y, x, y, from, 0, n, sum2, 0);
    WideAxpy.Simd.four(a, b, b, a, x, y, x, y, from, n, sum3, 0);
    assertThat(sum2).as("four at a time, " + where).isEqualTo(sum);
    assertThat(sum3).as("four at a time, SIMD, " + where).isEqualTo(sum);
    WideAxpy.scalar(a, x, from, 0, n, sum, 0);
    WideAxpy.Simd.one(a, x, from, n, sum3, 0);
    assertThat(sum3).as("one, SIMD, " + where).isEqualTo(sum);
  }

  @Test
  void everyElementIsTheEquationRoundedOnce() {
    SplittableRandom random = new SplittableRandom(7);
    int n = 1021;
    float[] x = plain(n, random);
    float[] y = plain(n, random);
    float[] z = new float[n];
    Workspace ws = new Workspace();
    Scaled.into(1e-42, x, z, 0, n, ws);
    Axpby.into(3.7, x, -1e-3, y, x, 1, n - 1, ws);
    SplittableRandom again = new SplittableRandom(7);
    float[] before = plain(n, again);
    for (int i = 0; i < n; i++) {
      assertThat(z[i]).as("scaled, i = %d", i).isEqualTo((float) (1e-42 * before[i]));
      double exact = i == 0 || i == n - 1 ? before[i] : 3.7 * before[i] - 1e-3 * y[i];
      assertThat(Math.abs(x[i] - exact)).as("axpby in place, i = %d", i).isLessThanOrEqualTo(0x1p-24 * 1.0001 * Math.abs(exact));
    }
  }

  @Test
  void combinationsAddTheirTermsInOrderForAnyNumberOfParts() {
    for (int n : new int[] {0, 1, 255, 1025, 40_000}) {
      for (int m : new int[] {0, 1, 3, 4, 9}) {
        SplittableRandom random = new SplittableRandom(100L * n + m);
        float[][] v = new float[m + 1][];
        Arrays.setAll(v, j -> plain(n + CANARIES, random));
        double[] c = random.doubles(m + 2, -1, 1).toArray();
        float[] w = plain(n + CANARIES, random);
        float[] expected = w.clone();
        for (int i = 0; i < n; i++) {
          double sum = w[i];
          for (int j = 0; j < m; j++) {
            sum = Math.fma(c[2 + j], v[j][i], sum);
          }
          expected[i] = (float) sum;
        }
        Combination.add(v, m, c, 2, w, n, workspace(m));
        same(expected, w, "n " + n + ", m " + m);
      }
    }
  }

  @Test
  void rotationsTakeEveryResultFromTheOldVectors() {
    for (int n : new int[] {1, 255, 257, 40_000}) {
      for (int p : new int[] {0, 1, 3, 6}) {
        int m = 6;
        SplittableRandom random = new SplittableRandom(100L * n + p);
        float[][] v = new float[m + 1][];
        Arrays.setAll(v, j -> plain(n + CANARIES, random));
        float[][] old = Arrays.stream(v).map(float[]::clone).toArray(float[][]::new);
        double[] s = random.doubles(m * p, -1, 1).toArray();
        Combination.rotate(v, m, s, p, n, workspace(p));
        for (int q = 0; q <= m; q++) {
          float[] expected = old[q].clone();
          for (int i = 0; i < n && q < p; i++) {
            double sum = 0;
            for (int j = 0; j < m; j++) {
              sum = Math.fma(s[j * p + q], old[j][i], sum);
            }
            expected[i] = (float) sum;
          }
          same(expected, v[q], "n " + n + ", p " + p + ", q " + q);
        }
      }
    }
  }

  @Test
  void runningMomentsAreThoseOfTheSamples() {
    int n = 33;
    int samples = 50;
    SplittableRandom random = new SplittableRandom(5);
    float[] mean = new float[n];
    float[] m2 = new float[n];
    double[] sum = new double[n];
    double[] squares = new double[n];
    for (int j = 1; j <= samples; j++) {
      float[] x = plain(n + 2, random);
      float[] y = plain(n + 2, random);
      ProductMoments.add(x, y, 2, j, mean, m2, n);
      for (int i = 0; i < n; i++) {
        double p = (double) x[2 + i] * y[2 + i];
        sum[i] += p;
        squares[i] += p * p;
      }
    }
    for (int i = 0; i < n; i++) {
      double exact = squares[i] - sum[i] * sum[i] / samples;
      assertThat(Math.abs(mean[i] - sum[i] / samples)).as("mean, i = %d", i).isLessThanOrEqualTo((samples + 2) * 0x1p-24);
      assertThat(Math.abs(m2[i] - exact)).as("m2, i = %d", i).isLessThanOrEqualTo(8 * samples * 0x1p-24 * squares[i]);
    }
  }

  @Test
  void badArgumentsAreRefusedAndNothingIsWritten() {
    Workspace ws = workspace(2);
    float[] x = {1, 2, 3};
    assertThatThrownBy(() -> Scaled.into(2, x, new float[2], 0, 3, ws)).hasMessage("range [0, 3) of z, expected within [0, 2)");
    assertThatThrownBy(() -> Axpby.into(2, x, 1, new float[2], x, 0, 3, ws)).hasMessage("range [0, 3) of y, expected within [0, 2)");
    assertThatThrownBy(() -> Combination.add(new float[][] {x}, 2, new double[2], 0, x, 3, ws)).hasMessage("m = 2, expected 0 <= m <= 1 (v.length)");
    assertThatThrownBy(() -> Combination.add(new float[][] {x}, 1, new double[1], 1, x, 3, ws))
        .hasMessage("c.length = 1, expected room for 1 coefficients from 1");
    assertThatThrownBy(() -> Combination.rotate(new float[][] {x}, 1, new double[1], 2, 3, ws)).hasMessage("p = 2, expected 0 <= p <= 1");
    assertThatThrownBy(() -> ProductMoments.add(x, x, 0, 0, new float[3], new float[3], 3)).hasMessage("j, at = 0, 0, expected j >= 1 and at >= 0");
    assertThat(x).containsExactly(1, 2, 3);
  }

  @Test
  void warmCallsAllocateNothing() {
    int n = 3000;
    float[][] v = new float[6][n];
    double[] c = new double[36];
    float[] w = new float[n];
    Workspace ws = workspace(4);
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (long start = System.nanoTime(); least > 0 && System.nanoTime() - start < 60_000_000_000L;) { // compiled code arrives in the background
      long before = bean.getCurrentThreadAllocatedBytes();
      for (int call = 0; call < 1000; call++) {
        Scaled.into(2, v[0], w, 0, n, ws);
        Axpby.into(2, v[0], 3, v[1], w, 0, n, ws);
        ProductMoments.add(v[0], v[1], 0, 1, v[2], v[3], n);
        Combination.add(v, 6, c, 0, w, n, ws);
        Combination.rotate(v, 6, c, 4, n, ws);
      }
      least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isZero();
  }

  private static Workspace workspace(int p) {
    Workspace ws = new Workspace();
    ws.reserve(Combination.requiredFloats(p), Combination.requiredDoubles());
    return ws;
  }

  private static void same(float[] expected, float[] actual, String where) {
    for (int i = 0; i < expected.length; i++) { // all NaNs are one: which payload survives an operation is the processor's choice
      assertThat(Float.floatToIntBits(actual[i])).as("%s, i = %d", where, i).isEqualTo(Float.floatToIntBits(expected[i]));
    }
  }

  private static float[] plain(int n, SplittableRandom random) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  private static float[] floats(int n, SplittableRandom random) {
    float[] x = plain(n, random);
    for (int i = 0; i < n; i++) {
      if (random.nextInt(8) == 0) {
        x[i] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
    }
    return x;
  }
}
