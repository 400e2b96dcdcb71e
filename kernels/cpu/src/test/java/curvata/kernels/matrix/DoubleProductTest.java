package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every backend against the definition, bit for bit: one fma chain per block of k, blocks added in ascending order. */
class DoubleProductTest {
  private static final double[] FACTORS = {0, 1, -1, 0.7};

  @Test
  void everyShapeHasTheBitsOfTheDefinition() {
    var random = new SplittableRandom(3);
    for (int trial = 0; trial < 400; trial++) {
      check(trial, random.nextInt(0, 40), random.nextInt(0, 40), random.nextInt(0, 40));
    }
    check(1000, 5, 7, 512);
    check(1001, 9, 33, 513);
    check(1002, 3, 3, 1100);
    check(1003, 120, 100, 90);
  }

  @Test
  void threadsDoNotChangeBits() {
    double[][] inside = new double[2][];
    Threads.run((part, worker) -> inside[part] = run(7, 101, 99, 130, false), 2);
    double[] expected = run(7, 101, 99, 130, false);
    assertThat(inside[0]).isEqualTo(expected);
    assertThat(inside[1]).isEqualTo(expected);
  }

  private static void check(long seed, int m, int n, int k) {
    run(seed, m, n, k, false);
    run(seed, n, n, k, true);
  }

  private static double[] run(long seed, int m, int n, int k, boolean lower) {
    var random = new SplittableRandom(seed);
    boolean transA = random.nextBoolean();
    boolean transB = lower ? !transA : random.nextBoolean();
    double alpha = FACTORS[random.nextInt(4)];
    double beta = FACTORS[random.nextInt(4)];
    int lda = (transA ? m : k) + random.nextInt(4);
    int ldb = lower ? lda : (transB ? k : n) + random.nextInt(4);
    int ldc = n + random.nextInt(4);
    double[] a = values(random, 3 + (transA ? k : m) * lda);
    double[] b = lower ? a : values(random, 3 + (transB ? n : k) * ldb);
    double[] c = values(random, 2 + m * ldc);
    if (lower) { // D symmetric as well
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < i; j++) {
          c[1 + j * ldc + i] = c[1 + i * ldc + j];
        }
      }
    }
    double[] expected = c.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k || p == 0; p += 512) {
          double chain = 0;
          for (int q = p; q < Math.min(k, p + 512); q++) {
            chain = Math.fma(a[3 + (transA ? q * lda + i : i * lda + q)], b[3 + (transB ? j * ldb + q : q * ldb + j)], chain);
          }
          double old = beta == 0 ? 0 : beta * c[1 + i * ldc + j];
          sum = p > 0 ? sum + chain * alpha : beta == 0 ? chain * alpha : k == 0 ? old : old + chain * alpha;
        }
        expected[1 + i * ldc + j] = sum + 0.0; // either zero
      }
    }
    Workspace ws = new Workspace();
    ws.reserve(0, DoubleProduct.required());
    Arrays.fill(ws.doubles(), Double.NaN);
    DoubleProduct.multiply(transA, transB, m, n, k, alpha, a, 3, lda, b, 3, ldb, beta, c, 1, ldc, c, 1, ldc, lower, ws);
    for (int i = 0; i < c.length; i++) {
      if (Double.doubleToLongBits(c[i] + 0.0) != Double.doubleToLongBits(expected[i] + 0.0)) {
        throw new AssertionError("seed " + seed + ", " + m + " x " + n + " x " + k + ", lower " + lower + ", c[" + i + "] = " + c[i] + ", expected "
            + expected[i]);
      }
    }
    return c;
  }

  private static double[] values(SplittableRandom random, int count) {
    return random.doubles(count, -1, 1).toArray();
  }
}
