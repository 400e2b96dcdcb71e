package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProductTest {
  @Test
  void everyShapeUpTo40AgreesWithTheExactProduct() {
    long seed = 1;
    for (int m = 0; m <= 40; m++) {
      for (int n = 0; n <= 40; n++) {
        for (int k = 0; k <= 40; k++) {
          checkAll(new Problem(seed++, m, n, k));
        }
      }
    }
  }

  @Test
  void everyTranspositionAndFactorAgrees() {
    var random = new SplittableRandom(2);
    for (int seed = 0; seed < 3000; seed++) {
      checkAll(new Problem(seed, random.nextInt(41), random.nextInt(41), random.nextInt(41)));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "4,33", "5,31", "13,70", "37,129"})
  void chainsEndAtBlocksOfK(int m, int n) {
    for (int k : new int[] {511, 512, 513, 1023, 1024, 1025}) {
      for (long seed = 0; seed < 4; seed++) {
        checkAll(new Problem(seed, m, n, k));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1019,5,3", "1021,130,9", "2045,33,2", "3,127,17", "7,129,530", "5,300,20", "140,140,140", "2050,130,3", "2,300,7", "300,1,530",
    "1,40,1030"})
  void blocksOfRowsAndColumnsJoin(int m, int n, int k) {
    for (long seed = 0; seed < 4; seed++) {
      checkAll(new Problem(seed, m, n, k));
    }
  }

  private static void checkAll(Problem p) {
    float[] scalar = p.scalar();
    p.check(scalar);
    p.sameBits("door and scalar", p.door(), scalar);
    if (Problem.SIMD) {
      for (float[] simd : p.simd()) {
        p.sameBits("simd and scalar", simd, scalar);
      }
    }
  }

  /** The order of operations, literally. */
  @Test
  void eachBlockIsOneFmaChainFromZero() {
    var p = new Problem(11, 3, 5, 1100);
    p.alpha = 0.7f;
    p.beta = 0.3f;
    float[] out = p.door();
    for (int i = 0; i < p.m; i++) {
      for (int j = 0; j < p.n; j++) {
        float s0 = chain(p, i, j, 0, 512);
        float s1 = chain(p, i, j, 512, 1024);
        float s2 = chain(p, i, j, 1024, 1100);
        int at = p.cAt + i * p.ldc + j;
        assertThat(out[at]).isEqualTo(0.3f * p.c[at] + s0 * 0.7f + s1 * 0.7f + s2 * 0.7f);
      }
    }
  }

  private static float chain(Problem p, int i, int j, int from, int to) {
    float sum = 0;
    for (int q = from; q < to; q++) {
      sum = Math.fma((float) p.opA(i, q), (float) p.opB(q, j), sum);
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"97,101,113", "30,40,1000", "5,500,600", "300,17,513", "1100,31,40", "7,900,300", "250,1000,20", "800,2,700", "1,3000,513",
    "20,20,4096", "40,33,1000",
    "13,23,5000", "700,61,513"})
  void sharesDoNotChangeBits(int m, int n, int k) {
    for (long seed = 0; seed < 3; seed++) {
      var p = new Problem(seed, m, n, k);
      float[] one = p.shared(1, false);
      for (int shares : new int[] {2, 3, 7}) {
        p.sameBits(shares + " shares and 1", p.shared(shares, false), one);
      }
      p.sameBits("door and 1 share", p.door(), one);
    }
  }

  @Test
  void requiredIsNeverLessForALargerSize() {
    var random = new SplittableRandom(12);
    for (int i = 0; i < 20_000; i++) {
      int m = 1 + random.nextInt(600);
      int n = 1 + random.nextInt(600);
      int k = 1 + random.nextInt(600);
      int larger = Product.required(m + random.nextInt(40), n + random.nextInt(40), k + random.nextInt(40));
      assertThat(larger).as("%d x %d x %d", m, n, k).isGreaterThanOrEqualTo(Product.required(m, n, k));
    }
  }

  /** A separate addend gives the bits of one that lies in C. */
  @Test
  void anAddendElsewhereGivesTheSameBits() {
    var random = new SplittableRandom(6);
    for (int seed = 0; seed < 600; seed++) {
      int most = seed % 4 == 0 ? 150 : 40;
      int cols = seed < 400 ? random.nextInt(most) : 1; // with a stride of 1 both directions of C are contiguous, those of the addend are not
      var p = new Problem(seed, random.nextInt(most), cols, random.nextInt(seed % 5 == 0 ? 1100 : 40));
      float[] expected = p.door();
      int ldd = p.n + random.nextInt(4);
      int dAt = random.nextInt(5);
      float[] d = Problem.garbage(dAt + p.m * ldd);
      float[] out = Problem.garbage(p.c.length);
      for (int at = 0; at < out.length; at++) {
        boolean inside = p.n > 0 && at >= p.cAt && (at - p.cAt) / p.ldc < p.m && (at - p.cAt) % p.ldc < p.n;
        if (inside) {
          d[dAt + (at - p.cAt) / p.ldc * ldd + (at - p.cAt) % p.ldc] = p.c[at];
        } else {
          out[at] = p.c[at];
        }
      }
      float[] before = d.clone();
      var ws = new Workspace();
      ws.reserve(Product.required(p.m, p.n, p.k), 0);
      Product.multiply(
          p.transA, p.transB, p.m, p.n, p.k, p.alpha, p.a, p.aAt, p.lda, p.b, p.bAt, p.ldb, p.beta, d, dAt, ldd, out, p.cAt, p.ldc, ws);
      p.sameBits("addend elsewhere", out, expected);
      assertThat(d).isEqualTo(before);
    }
  }

  /** b A + c A² in one pass, where the addend is the operand. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33, 64, 150})
  void theAddendOfASymmetricProductMayBeItsOperand(int n) {
    float[] a = symmetricValues(n);
    var ws = new Workspace();
    ws.reserve(Product.required(n, n, n), 0);
    float[] expected = a.clone();
    Product.symmetric(false, false, n, n, 0.7f, a, 0, n, a, 0, n, 0.3f, expected, 0, n, ws);
    float[] out = Problem.garbage(n * n);
    Product.symmetric(false, false, n, n, 0.7f, a, 0, n, a, 0, n, 0.3f, a, 0, n, out, 0, n, ws);
    assertThat(out).isEqualTo(expected);
  }

  @Test
  void vectorIsMultiplyWithOneColumn() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      var p = new Problem(seed, random.nextInt(100), 1, random.nextInt(700));
      float[] x = Problem.values(random, p.k + 2);
      float[] y = Problem.values(random, p.m + 3);
      float[] expected = y.clone();
      var ws = new Workspace();
      ws.reserve(Product.required(p.m, 1, p.k), 0);
      Product.multiply(p.transA, false, p.m, 1, p.k, p.alpha, p.a, p.aAt, p.lda, x, 2, 1, p.beta, expected, 3, 1, ws);
      Product.vector(p.transA, p.m, p.k, p.alpha, p.a, p.aAt, p.lda, x, 2, p.beta, y, 3, ws);
      p.sameBits("vector", y, expected);
    }
  }

  /** Above the threshold the door uses all threads; inside a part of another call it runs on one. */
  @Test
  void threadsDoNotChangeBits() {
    var p = new Problem(3, 130, 131, 132);
    assertThat((long) p.m * p.n * p.k).isGreaterThan(1 << 20);
    float[][] inside = new float[2][];
    Threads.run((part, worker) -> inside[part] = p.door(), 2);
    p.sameBits("inside a part", inside[0], p.door());
    p.sameBits("inside a part", inside[1], p.door());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,3", "4,4", "7,30", "33,20", "64,64", "65,513", "130,5", "129,200", "300,70", "2050,3"})
  void gramHasTheBitsOfMultiply(int n, int k) {
    for (boolean transposed : new boolean[] {false, true}) {
      for (float beta : Problem.FACTORS) {
        checkGram(n, k, transposed, beta);
      }
    }
  }

  private static void checkGram(int n, int k, boolean transposed, float beta) {
    var random = new SplittableRandom(n * 1000L + k);
    int lda = (transposed ? n : k) + 3;
    int ldc = n + 2;
    float[] a = Problem.values(random, 5 + (transposed ? k : n) * lda);
    float[] c = Problem.values(random, 4 + n * ldc);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        c[4 + j * ldc + i] = c[4 + i * ldc + j];
      }
    }
    float[] expected = c.clone();
    var ws = new Workspace();
    ws.reserve(Product.required(n, n, k), 0);
    Product.multiply(transposed, !transposed, n, n, k, 0.7f, a, 5, lda, a, 5, lda, beta, expected, 4, ldc, ws);
    for (int i = 0; i < n; i++) { // nothing above the diagonal of C is used
      Arrays.fill(c, 4 + i * ldc + i + 1, 4 + i * ldc + n, Float.NaN);
    }
    Product.gram(transposed, n, k, 0.7f, a, 5, lda, beta, c, 4, ldc, ws);
    assertThat(c).as("n %d, k %d, transposed %s, beta %s", n, k, transposed, beta).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 31, 32, 33, 100, 131})
  void sharesDoNotChangeSymmetricBits(int n) {
    var p = new Problem(n, n, n, 90);
    float[] one = p.shared(1, true);
    for (int shares : new int[] {2, 3, 7}) {
      p.sameBits(shares + " shares and 1", p.shared(shares, true), one);
    }
    p.checkOutside(one);
  }

  /** Lower triangle as multiply, the rest mirrored, also where the operands commute only up to rounding. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 32, 47, 133})
  void commutingProductIsSymmetric(int n) {
    float[] a = symmetricValues(n);
    var ws = new Workspace();
    ws.reserve(Product.required(n, n, n), 0);
    MatrixView view = MatrixView.of(a, n, n);
    MatrixView square = MatrixView.of(new float[n * n], n, n);
    MatrixView cube = MatrixView.of(new float[n * n], n, n);
    MatrixView general = MatrixView.of(new float[n * n], n, n);
    Product.symmetric(1, view, view, 0, square, ws);
    Product.symmetric(1, square, view, 0, cube, ws);
    Product.multiply(1, square, view, 0, general, ws);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        assertThat(cube.data()[i * n + j]).isEqualTo(general.data()[i * n + j]).isEqualTo(cube.data()[j * n + i]);
      }
    }
  }

  private static float[] symmetricValues(int n) {
    float[] a = Problem.values(new SplittableRandom(n), n * n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        a[j * n + i] = a[i * n + j];
      }
    }
    return a;
  }

  @Test
  void viewsAgreeWithArraysForEveryTransposition() {
    var random = new SplittableRandom(8);
    float[] a = Problem.values(random, 11 * 9);
    float[] b = Problem.values(random, 11 * 9);
    var ws = new Workspace();
    ws.reserve(Product.required(9, 9, 11), 0);
    MatrixView tall = MatrixView.of(a, 11, 9);
    MatrixView other = MatrixView.of(b, 11, 9);
    float[] expected = new float[81];
    Product.multiply(true, false, 9, 9, 11, 2, a, 0, 9, b, 0, 9, 0, expected, 0, 9, ws);
    MatrixView c = MatrixView.of(new float[81], 9, 9);
    Product.multiply(2, tall.transpose(), other, 0, c, ws);
    assertThat(c.data()).isEqualTo(expected);
    Arrays.fill(c.data(), Float.NaN);
    Product.multiply(2, other.transpose(), tall, 0, c.transpose(), ws); // (BᵀA)ᵀ = AᵀB
    assertThat(c.data()).isEqualTo(expected);
  }

  @Test
  void cIsNotReadWithBetaZero() {
    for (int k : new int[] {0, 1, 600}) {
      var p = new Problem(21, 6, 40, k);
      p.beta = 0;
      float[] expected = p.door();
      for (int i = 0; i < p.m; i++) {
        Arrays.fill(p.c, p.cAt + i * p.ldc, p.cAt + i * p.ldc + p.n, Float.NaN);
      }
      p.sameBits("over NaN", p.door(), expected);
    }
  }

  @Test
  void nanAndInfinityPropagateAlsoThroughAlphaZero() {
    var p = new Problem(5, 9, 40, 20);
    p.alpha = 0;
    p.beta = 1;
    p.a[p.aAt + (p.transA ? 3 : 3 * p.lda)] = Float.NaN; // row 3 of op(A)
    float[] out = p.door();
    for (int i = 0; i < p.m; i++) {
      for (int j = 0; j < p.n; j++) {
        int at = p.cAt + i * p.ldc + j;
        assertThat(Float.isNaN(out[at])).isEqualTo(i == 3);
      }
    }
    p.sameBits("scalar", out, p.scalar());
  }

  @Test
  void scratchIsEnoughAndGrowsWithTheShape() {
    var random = new SplittableRandom(4);
    for (int i = 0; i < 2000; i++) {
      int m = random.nextInt(3000);
      int n = random.nextInt(3000);
      int k = random.nextInt(3000);
      int less = Product.required(random.nextInt(m + 1), random.nextInt(n + 1), random.nextInt(k + 1));
      assertThat(less).isLessThanOrEqualTo(Product.required(m, n, k));
    }
    var p = new Problem(6, 260, 90, 60); // several shares where there are several threads
    p.check(p.door());
  }

  @Test
  void aSmallWorkspaceIsRefusedBeforeAnythingIsWritten() {
    float[] c = {7};
    int required = Product.required(1, 1, 1);
    if (required > 0) {
      var ws = new Workspace();
      ws.reserve(required - 1, 0);
      assertThatThrownBy(() -> Product.multiply(false, false, 1, 1, 1, 1, c.clone(), 0, 1, c.clone(), 0, 1, 0, c, 0, 1, ws))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("floats");
    }
    assertThat(c).containsExactly(7);
  }

  @Test
  void warmCallsAllocateNothing() {
    var p = new Problem(9, 45, 70, 40);
    float[] out = p.c.clone();
    var ws = new Workspace();
    ws.reserve(Product.required(70, 70, 70), 0);
    float[] square = new float[70 * 70];
    Runnable calls = () -> {
      for (int i = 0; i < 100; i++) {
        Product.multiply(
            p.transA, p.transB, p.m, p.n, p.k, p.alpha, p.a, p.aAt, p.lda, p.b, p.bAt, p.ldb, p.beta, out, p.cAt, p.ldc, ws);
        Product.gram(false, 40, 45, 1, p.a, 0, 45, 0, square, 0, 70, ws);
      }
    };
    assertThat(Allocation.ofWarm(calls)).isZero();
  }

  @Test
  void warmLargeCallsAllocateNothing() {
    var p = new Problem(9, 110, 110, 110);
    float[] out = p.c.clone();
    var ws = new Workspace();
    ws.reserve(Product.required(110, 110, 110), 0);
    Runnable calls = () -> {
      for (int i = 0; i < 10; i++) {
        Product.multiply(
            p.transA, p.transB, p.m, p.n, p.k, p.alpha, p.a, p.aAt, p.lda, p.b, p.bAt, p.ldb, p.beta, out, p.cAt, p.ldc, ws);
      }
    };
    assertThat(Allocation.ofWarm(calls)).isZero();
  }

  @Test
  void badArgumentsAreNamed() {
    float[] x = new float[100];
    float[] y = new float[100];
    var ws = new Workspace();
    ws.reserve(Product.required(10, 10, 10), 0);
    refused("c overlaps a: [0, 4) and [3, 7) of one array, expected disjoint ranges", 2, 2, 2, x, 3, 2, y, 0, 2, x, 0, 2, ws);
    refused("c overlaps b: [3, 7) and [0, 4) of one array, expected disjoint ranges", 2, 2, 2, y, 0, 2, x, 0, 2, x, 3, 2, ws);
    refused("stride of a = 3, expected >= 4 (elements of a stored row)", 2, 2, 4, y, 0, 3, y, 0, 2, x, 0, 2, ws);
    refused("a holds [95, 103) (2 x 4, stride 4), expected within [0, 100)", 2, 2, 4, y, 95, 4, y, 0, 2, x, 0, 2, ws);
    refused("a holds [-1, 7) (2 x 4, stride 4), expected within [0, 100)", 2, 2, 4, y, -1, 4, y, 0, 2, x, 0, 2, ws);
    refused("m, n, k = -1, 2, 2, expected dimensions >= 0", -1, 2, 2, y, 0, 2, y, 0, 2, x, 0, 2, ws);
    refused("b holds [0, 3000000002) (3 x 2, stride 1500000000)", 2, 2, 3, y, 0, 3, y, 0, 1_500_000_000, x, 0, 2, ws);
    assertThatThrownBy(() -> call(1, 1, 1, null, 0, 1, y, 0, 1, x, 0, 1, ws)).isInstanceOf(NullPointerException.class).hasMessage("a");
    assertThatThrownBy(() -> call(1, 1, 1, y, 0, 1, null, 0, 1, x, 0, 1, ws)).isInstanceOf(NullPointerException.class).hasMessage("b");
    assertThatThrownBy(() -> call(1, 1, 1, y, 0, 1, y, 0, 1, null, 0, 1, ws)).isInstanceOf(NullPointerException.class).hasMessage("c");
    assertThatThrownBy(() -> call(1, 1, 1, y, 0, 1, y, 0, 1, x, 0, 1, null)).isInstanceOf(NullPointerException.class).hasMessage("ws");
    assertThatThrownBy(() -> Product.required(70_000, 70_000, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("c.shape");
    assertThat(x).containsOnly(0);
  }

  @Test
  void badShapesOfViewsAreNamed() {
    MatrixView two = MatrixView.of(new float[4], 2, 2);
    MatrixView wide = MatrixView.of(new float[6], 2, 3);
    var ws = new Workspace();
    assertThatThrownBy(() -> Product.multiply(1, wide, two, 0, two, ws)).hasMessage("b.rows = 2, expected 3 (a.cols)");
    assertThatThrownBy(() -> Product.multiply(1, two, wide, 0, two, ws)).hasMessage("shape of c = 2 x 2, expected 2 x 3 (a.rows x b.cols)");
    assertThatThrownBy(() -> Product.symmetric(1, two, wide, 0, wide, ws)).hasMessage("shape of c = 2 x 3, expected a square");
  }

  @Test
  void adjacentAndEmptyMatricesDoNotOverlap() {
    float[] x = {2, 3, 5};
    var ws = new Workspace();
    ws.reserve(Product.required(1, 1, 1), 0);
    call(1, 1, 1, x, 0, 1, x, 1, 1, x, 2, 1, ws);
    assertThat(x).containsExactly(2, 3, 6);
    call(0, 1, 1, x, 0, 1, x, 1, 1, x, 1, 1, ws);
    assertThat(x).containsExactly(2, 3, 6);
  }

  private static void refused(
      String message, int m, int n, int k, float[] a, int aAt, int lda, float[] b, int bAt, int ldb, float[] c, int cAt, int ldc, Workspace ws) {
    assertThatThrownBy(() -> call(m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, ws))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static void call(
      int m, int n, int k, float[] a, int aAt, int lda, float[] b, int bAt, int ldb, float[] c, int cAt, int ldc, Workspace ws) {
    Product.multiply(false, false, m, n, k, 1, a, aAt, lda, b, bAt, ldb, 0, c, cAt, ldc, ws);
  }
}
