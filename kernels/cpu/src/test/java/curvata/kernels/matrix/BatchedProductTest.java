package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchedProductTest {
  @Test
  void eachMatrixHasTheBitsOfAProductAlone() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      compare(seed, random, random.nextInt(6), random.nextInt(35), random.nextInt(35), random.nextInt(35));
    }
  }

  @ParameterizedTest
  @CsvSource({"1000,8,8,8", "300,16,16,16", "70,33,31,29", "20,64,64,64", "5,128,128,128", "3,130,20,600", "40,90,2,50", "7,1,200,64"})
  void sharedAmongThreads(int count, int m, int n, int k) {
    compare(count, new SplittableRandom(count), count, m, n, k);
  }

  private static void compare(int seed, SplittableRandom random, int count, int m, int n, int k) {
    boolean transA = random.nextBoolean();
    boolean transB = random.nextBoolean();
    int lda = (transA ? m : k) + random.nextInt(3);
    int ldb = (transB ? k : n) + random.nextInt(3);
    int ldc = n + random.nextInt(3);
    int aDistance = random.nextInt(4) == 0 ? 0 : (transA ? k : m) * lda + random.nextInt(5);
    int bDistance = random.nextInt(4) == 0 ? 0 : (transB ? n : k) * ldb + random.nextInt(5);
    int cDistance = m * ldc + random.nextInt(5);
    float beta = Problem.FACTORS[random.nextInt(4)];
    float[] a = Problem.values(random, 3 + Math.max(0, count - 1) * aDistance + (transA ? k : m) * lda);
    float[] b = Problem.values(random, 2 + Math.max(0, count - 1) * bDistance + (transB ? n : k) * ldb);
    float[] c = Problem.values(random, 5 + count * cDistance);
    float[] expected = c.clone();
    var ws = new Workspace();
    ws.reserve(Math.max(Product.required(m, n, k), BatchedProduct.required(count, m, n, k)), 0);
    for (int i = 0; i < count; i++) {
      Product.multiply(
          transA, transB, m, n, k, 0.7f, a, 3 + i * aDistance, lda, b, 2 + i * bDistance, ldb, beta, expected, 5 + i * cDistance, ldc, ws);
    }
    BatchedProduct.multiply(
        transA, transB, count, m, n, k, 0.7f, a, 3, lda, aDistance, b, 2, ldb, bDistance, beta, c, 5, ldc, cDistance, ws);
    assertThat(Arrays.mismatch(c, expected)).as("seed %d: %d of %d x %d x %d, beta %s", seed, count, m, n, k, beta).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"0,5,5", "1,1,1", "9,20,33", "50,40,16", "400,12,20", "3,140,70"})
  void gramsHaveTheBitsOfProductsAlone(int count, int n, int k) {
    for (boolean transposed : new boolean[] {false, true}) {
      float[] a = Problem.values(new SplittableRandom(n), count * n * k);
      float[] expected = new float[count * n * n];
      float[] out = Problem.garbage(count * n * n);
      var ws = new Workspace();
      ws.reserve(Math.max(Product.required(n, n, k), BatchedProduct.required(count, n, n, k)), 0);
      int stride = transposed ? n : k;
      for (int i = 0; i < count; i++) {
        Product.gram(transposed, n, k, 0.7f, a, i * n * k, stride, 0, expected, i * n * n, n, ws);
      }
      BatchedProduct.gram(transposed, count, n, k, 0.7f, a, 0, stride, n * k, 0, out, 0, n, n * n, ws);
      assertThat(out).as("%d of %d x %d", count, n, k).isEqualTo(expected);
    }
  }

  @Test
  void warmCallsAllocateNothing() {
    var random = new SplittableRandom(4);
    float[] a = Problem.values(random, 20 * 24 * 24);
    float[] b = Problem.values(random, 20 * 24 * 24);
    float[] c = new float[20 * 24 * 24];
    var ws = new Workspace();
    ws.reserve(BatchedProduct.required(20, 24, 24, 24), 0);
    Runnable calls = () -> {
      for (int i = 0; i < 20; i++) {
        BatchedProduct.multiply(false, false, 20, 24, 24, 24, 1, a, 0, 24, 576, b, 0, 24, 576, 0, c, 0, 24, 576, ws);
        BatchedProduct.gram(false, 20, 24, 24, 1, a, 0, 24, 576, 0, c, 0, 24, 576, ws);
      }
    };
    assertThat(Allocation.ofWarm(calls)).isZero();
  }

  @Test
  void badArgumentsAreNamed() {
    float[] x = new float[100];
    float[] y = new float[100];
    var ws = new Workspace();
    ws.reserve(BatchedProduct.required(20, 2, 2, 2), 0);
    refused("count = -1, expected >= 0", -1, x, 4, y, 0, 4, ws);
    refused("distance of a = -1, expected >= 0", 2, x, -1, y, 0, 4, ws);
    refused("distance of c = 3, expected >= 4 (elements that one spans)", 2, x, 4, y, 0, 3, ws);
    refused("26 matrices a hold [0, 104), expected within [0, 100)", 26, x, 4, y, 0, 0, ws);
    refused("2 matrices c hold [0, 2147483651), expected within [0, 100)", 2, x, 4, y, 0, Integer.MAX_VALUE, ws);
    refused("c overlaps a: [4, 12) and [0, 8) of one array, expected disjoint ranges", 2, x, 4, x, 4, 4, ws);
    assertThatThrownBy(() -> call(1, null, 4, y, 0, 4, ws)).isInstanceOf(NullPointerException.class).hasMessage("a");
    assertThatThrownBy(() -> call(1, x, 4, y, 0, 4, null)).isInstanceOf(NullPointerException.class).hasMessage("ws");
    if (Problem.SIMD) { // the plain loops need no scratch
      assertThatThrownBy(() -> call(1, x, 4, y, 0, 4, new Workspace())).isInstanceOf(IllegalStateException.class);
    }
    assertThat(x).containsOnly(0);
  }

  /** Of an A without elements nothing can be overlapped: C_i ← β C_i, as a single product does. */
  @Test
  void withoutElementsOfAThereIsNothingToOverlap() {
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
    Workspace ws = new Workspace();
    ws.reserve(BatchedProduct.required(2, 2, 2, 0), 0);
    BatchedProduct.multiply(false, false, 2, 2, 2, 0, 1, x, 0, 2, 4, x, 0, 2, 4, 0.5f, x, 0, 2, 4, ws);
    assertThat(x).containsExactly(0.5f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4);
  }

  private static void refused(String message, int count, float[] a, int aDistance, float[] c, int cAt, int cDistance, Workspace ws) {
    assertThatThrownBy(() -> call(count, a, aDistance, c, cAt, cDistance, ws)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static void call(int count, float[] a, int aDistance, float[] c, int cAt, int cDistance, Workspace ws) {
    BatchedProduct.multiply(false, false, count, 2, 2, 2, 1, a, 0, 2, aDistance, new float[100], 0, 2, 0, 0, c, cAt, 2, cDistance, ws);
  }
}
