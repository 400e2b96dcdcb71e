package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import curvata.kernels.Backend;
import curvata.kernels.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** One product with random contents, strides and offsets, and what must come out of it. */
final class Problem {
  static final float[] FACTORS = {0, 1, -1, 0.5f};
  static final boolean SIMD = Backend.current() == Backend.SIMD;

  final boolean transA;
  final boolean transB;
  final int m;
  final int n;
  final int k;
  float alpha;
  float beta;
  final float[] a;
  final float[] b;
  final float[] c;
  final int aAt;
  final int bAt;
  final int cAt;
  final int lda;
  final int ldb;
  final int ldc;
  private final String name;

  Problem(long seed, int m, int n, int k) {
    var random = new SplittableRandom(seed);
    this.m = m;
    this.n = n;
    this.k = k;
    transA = random.nextBoolean();
    transB = random.nextBoolean();
    alpha = FACTORS[random.nextInt(FACTORS.length)];
    beta = FACTORS[random.nextInt(FACTORS.length)];
    lda = (transA ? m : k) + random.nextInt(5);
    ldb = (transB ? k : n) + random.nextInt(5);
    ldc = n + random.nextInt(5);
    aAt = random.nextInt(7);
    bAt = random.nextInt(7);
    cAt = random.nextInt(7);
    a = values(random, aAt + (transA ? k : m) * lda);
    b = values(random, bAt + (transB ? n : k) * ldb);
    c = values(random, cAt + m * ldc + 3);
    name = "seed " + seed + ", " + m + " x " + n + " x " + k + ", transposed " + transA + " " + transB + ", alpha " + alpha + ", beta " + beta
        + ", strides " + lda + " " + ldb + " " + ldc + ", offsets " + aAt + " " + bAt + " " + cAt;
  }

  static float[] values(SplittableRandom random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextInt(16) == 0 ? 0 : (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  double opA(int i, int p) {
    return a[transA ? aAt + p * lda + i : aAt + i * lda + p];
  }

  double opB(int p, int j) {
    return b[transB ? bAt + j * ldb + p : bAt + p * ldb + j];
  }

  /** What the door makes of C. */
  float[] door() {
    float[] out = c.clone();
    var ws = new Workspace();
    ws.reserve(Product.required(m, n, k), 0);
    Product.multiply(transA, transB, m, n, k, alpha, a, aAt, lda, b, bAt, ldb, beta, out, cAt, ldc, ws);
    return out;
  }

  /** What the scalar body makes of C. */
  float[] scalar() {
    float[] out = c.clone();
    Product.scalar(task(out, false), 0, m, 0, n);
    return out;
  }

  /** What the SIMD bodies make of C: the one chosen for few rows or columns, packing, and in place as small products; only where there are any. */
  List<float[]> simd() {
    List<float[]> results = new ArrayList<>();
    for (Packed body : Packed.values()) {
      float[] out = c.clone();
      body.run(task(out, false));
      results.add(out);
    }
    return results;
  }

  /** What this many shares, each with its own scratch, make of C. */
  float[] shared(int shares, boolean lower) {
    float[] out = c.clone();
    ProductTask t = task(out, lower);
    t.plan();
    int parts = t.small ? 1 : shares; // a small product is never shared
    t.scratchEach = SIMD ? Packed.required(m, Math.max(m, n), k) : 0;
    t.scratchAt = 5;
    t.scratch = garbage(t.scratchAt + parts * t.scratchEach);
    t.compute(parts);
    return out;
  }

  private ProductTask task(float[] out, boolean lower) {
    var t = new ProductTask();
    t.shape(m, n, k, alpha, beta, lower);
    t.a(a, aAt, lda, transA);
    t.b(b, bAt, ldb, transB);
    t.d(out, cAt, ldc);
    t.c(out, cAt, ldc);
    return t;
  }

  static float[] garbage(int count) {
    float[] x = new float[count];
    Arrays.fill(x, Float.NaN);
    return x;
  }

  /**
   * Requires |out − exact| ≤ γ (|α| Σ|ab| + |β C|) inside C, γ = n u / (1 − n u), n = min(k, 512) + ⌈k/512⌉ + 2 roundings on the longest path, and
   * the old bits outside C.
   */
  void check(float[] out) {
    double roundings = Math.min(k, 512) + (k + 511) / 512 + 2;
    double gamma = roundings * 0x1p-24 / (1 - roundings * 0x1p-24);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double term = opA(i, p) * opB(p, j);
          sum += term;
          magnitude += Math.abs(term);
        }
        int at = cAt + i * ldc + j;
        double exact = alpha * sum + beta * (double) c[at];
        double allowed = gamma * (Math.abs(alpha) * magnitude + Math.abs(beta * (double) c[at]));
        double error = Math.abs(out[at] - exact);
        if (!(error <= allowed)) {
          fail("(%d, %d) = %s, expected %s within %s; %s", i, j, out[at], exact, allowed, this);
        }
      }
    }
    checkOutside(out);
  }

  void checkOutside(float[] out) {
    for (int at = 0; at < c.length; at++) {
      boolean inside = n > 0 && at >= cAt && (at - cAt) / ldc < m && (at - cAt) % ldc < n;
      if (!inside && Float.floatToRawIntBits(out[at]) != Float.floatToRawIntBits(c[at])) {
        fail("c[%d] = %s outside C, expected %s untouched; %s", at, out[at], c[at], this);
      }
    }
  }

  void sameBits(String what, float[] actual, float[] expected) {
    int at = Arrays.mismatch(actual, expected); // compares bits, all NaN alike
    assertThat(at).as("%s: first difference%s; %s", what, at < 0 ? "" : " " + actual[at] + " for " + expected[at], this).isEqualTo(-1);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Own class: linked only where vectors are. */
  private enum Packed {
    CHOSEN {
      @Override
      void compute(ProductTask t, float[] scratch, int at) {
        if (PackedProduct.transposed(t)) {
          t.transpose();
        }
        PackedProduct.rectangle(t, 0, t.m, 0, t.n, scratch, at);
      }
    },
    PACKED {
      @Override
      void compute(ProductTask t, float[] scratch, int at) {
        if (t.k > 0) {
          PackedProduct.packed(t, 0, t.m, 0, t.n, scratch, at);
        } else {
          PackedProduct.rectangle(t, 0, t.m, 0, t.n, scratch, at);
        }
      }
    },
    IN_PLACE {
      @Override
      void compute(ProductTask t, float[] scratch, int at) {
        t.plan();
        t.computeAlone(scratch, at);
      }
    };

    abstract void compute(ProductTask t, float[] scratch, int at);

    void run(ProductTask t) {
      int count = PackedProduct.required(t.m, Math.max(t.m, t.n), t.k);
      float[] scratch = garbage(count + 6);
      compute(t, scratch, 3);
      for (int i = 0; i < 3; i++) {
        assertThat(scratch[i]).isNaN();
        assertThat(scratch[count + 3 + i]).isNaN();
      }
    }

    static int required(int rows, int cols, int k) {
      return PackedProduct.required(rows, cols, k);
    }
  }
}
