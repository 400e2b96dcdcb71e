package curvata.gpu.matrix;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.matrix.Product;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Product of two float32 matrices, added to a third: the twin of {@link Product}.
 *
 * <pre>
 *   C ← α op(A) op(B) + β D        op(A): m×k, op(B): k×n, C and D: m×n, op(M) = M or Mᵀ
 *
 *   s_p = sum from 0 over the p-th block of 512 indices of k, ascending
 *   C(i, j) ← (α s₀ + α s₁ + …) + β D(i, j)
 * </pre>
 *
 * <p>Row-major without gaps; C must not overlap A or B, D may be C. With β = 0 D is not read. m n k multiply-adds in tiles; each operand is read n/64
 * or m/64 times.
 *
 * <p>The order is the CPU's, but for β D, which it adds after the first block. Whether a product and a sum are rounded once or twice is the device's
 * choice (without relaxed mathematics no more than that); where it fuses both, the bits are the CPU's if α = 1 and β = 0. In any case, with K =
 * min(k, 512) + ⌈k/512⌉ + 3 and S = |α| Σ|a||b| + |β D|, an element is off by at most K u S to first order in u = 2⁻²⁴ (a product rounded by itself
 * costs one u more than a fused one), and so differs from the CPU's by at most 2 K u S. NaN and infinity propagate.
 */
public final class ProductGpu {
  private static final int SIDE = 64; // of a tile
  private static final int THREADS = 256;
  private static final int DEEP = 16; // indices of k in local memory at a time
  private static final int LOCAL = DEEP * (SIDE + 1);
  private static final int REGISTERS = 16;
  private static final int CHAIN = 512; // as on the CPU: longer sums lose accuracy

  private ProductGpu() {}

  /** {@link curvata.kernels.device.Program#product}. */
  public static void record(
      TornadoProgram program, boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta,
      DeviceBuffer c) {
    record(program, transposeA, transposeB, m, n, k, alpha, a, b, beta, c, c);
  }

  /**
   * C ← α op(A) op(B) + β D.
   *
   * @param d not read where β is 0; C itself, or apart from it
   */
  static void record(
      TornadoProgram program, boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta,
      DeviceBuffer d, DeviceBuffer c) {
    checkShape(m, n, k);
    program.require("a", a, Kind.FLOAT, (long) m * k);
    program.require("b", b, Kind.FLOAT, (long) k * n);
    program.require("c", c, Kind.FLOAT, (long) m * n);
    program.require("d", beta == 0 ? c : d, Kind.FLOAT, (long) m * n);
    program.requireApart("c", c.slice(0, m * n), "a", a.slice(0, m * k));
    program.requireApart("c", c.slice(0, m * n), "b", b.slice(0, k * n));
    if (m == 0 || n == 0) {
      return;
    }
    add(program, "product", (long) tiles(m) * tiles(n), false, m, n, k, transposeA, transposeB, alpha, a, b, beta, d, c);
  }

  /** Leaves the task behind; D is not looked at where β is 0. */
  static void add(
      TornadoProgram program, String name, long tiles, boolean lower, int m, int n, int k, boolean transposeA, boolean transposeB, float alpha,
      DeviceBuffer a, DeviceBuffer b, float beta, DeviceBuffer d, DeviceBuffer c) {
    int threads = Math.toIntExact(tiles * THREADS);
    DeviceBuffer addend = beta == 0 ? c : d;
    // In a table, so that one code serves all shapes: what is compiled in may fold to conditions that TornadoVM cannot express.
    DeviceBuffer shape = program.table("product.shape", m, n, k, a.offset(), b.offset(), addend.offset(), c.offset());
    DeviceBuffer factors = program.constants("product.factors", alpha, beta);
    program.record(r -> r.graph().task(
        r.task(name, threads, THREADS), ProductGpu::multiply, r.context(), lower ? 1 : 0, transposeA ? 1 : 0, transposeB ? 1 : 0, r.ints(shape),
        r.floats(factors), r.floats(a), r.floats(b), r.floats(addend), r.floats(c)));
  }

  /** Tiles along a side of so many elements. */
  static int tiles(int elements) {
    return (elements + SIDE - 1) / SIDE;
  }

  /** {@link curvata.kernels.device.Program#gram}. */
  public static void recordGram(
      TornadoProgram program, boolean transpose, int m, int k, float alpha, DeviceBuffer x, float beta, DeviceBuffer d, DeviceBuffer c) {
    SymmetricProductGpu.recordGram(program, transpose, m, k, alpha, x, beta, d, c);
  }

  static void checkShape(int m, int n, int k) {
    Checks.that(m >= 0 && n >= 0 && k >= 0, "m, n, k", m + ", " + n + ", " + k, "dimensions >= 0");
    Checks.size("a", m, k);
    Checks.size("b", k, n);
    Checks.size("c", m, n);
  }

  /**
   * A group computes one tile of {@value #SIDE} × {@value #SIDE} elements, each of its threads 4 × 4 of them, 16 apart, in registers.
   *
   * <p>Tiles of op(A) and op(B), {@value #DEEP} deep, pass through local memory, from which a thread reads 8 floats for 16 multiply-adds. Threads run
   * along whichever direction is contiguous in memory; rows in local memory are one float longer than a tile so that they do not fall on one bank.
   *
   * @param lower 0: group g has the tile in row g / ⌈n/64⌉; 1: g = r (r + 1) / 2 + s that in row r and column s ≤ r, of which it computes what is on
   *     and below the diagonal and mirrors it
   * @param transA 1 where A is stored k × m; likewise {@code transB}: n × k
   * @param shape m, n, k, and where A, B, D and C begin
   * @param factors α and β
   */
  static void multiply(
      KernelContext kc, int lower, int transA, int transB, IntArray shape, FloatArray factors, FloatArray a, FloatArray b, FloatArray d,
      FloatArray c) {
    // All in one method: TornadoVM addresses local arrays wrongly where a method is handed them.
    float[] localA = kc.allocateFloatLocalArray(LOCAL);
    float[] localB = kc.allocateFloatLocalArray(LOCAL);
    float[] total = new float[REGISTERS];
    float[] sum = new float[REGISTERS];
    int m = shape.get(0);
    int n = shape.get(1);
    int k = shape.get(2);
    int aAt = shape.get(3);
    int bAt = shape.get(4);
    int dAt = shape.get(5);
    int cAt = shape.get(6);
    float alpha = factors.get(0);
    float beta = factors.get(1);
    int t = kc.localIdx;
    int tileRow = lower != 0 ? triangularRow(kc.groupIdx) : kc.groupIdx / ((n + SIDE - 1) / SIDE);
    int tileCol = lower != 0 ? kc.groupIdx - ((tileRow * (tileRow + 1)) >> 1) : kc.groupIdx - tileRow * ((n + SIDE - 1) / SIDE);
    int fromRow = tileRow * SIDE;
    int fromCol = tileCol * SIDE;
    int row = t >> 4;
    int col = t & 15;
    for (int e = 0; e < REGISTERS; e++) {
      total[e] = 0;
    }
    for (int chain = 0; chain < k; chain += CHAIN) {
      for (int e = 0; e < REGISTERS; e++) {
        sum[e] = 0;
      }
      int end = Math.min(k, chain + CHAIN);
      for (int p = chain; p < end; p += DEEP) {
        int deep = Math.min(DEEP, end - p);
        for (int s = t; s < SIDE * DEEP; s += THREADS) {
          int q = transA != 0 ? s >> 6 : s & 15;
          int r = transA != 0 ? s & 63 : s >> 4;
          float value = 0;
          if (fromRow + r < m && q < deep) {
            value = transA != 0 ? a.get(aAt + (p + q) * m + fromRow + r) : a.get(aAt + (fromRow + r) * k + p + q);
          }
          localA[q * (SIDE + 1) + r] = value;
        }
        for (int s = t; s < SIDE * DEEP; s += THREADS) {
          int q = transB != 0 ? s & 15 : s >> 6;
          int r = transB != 0 ? s >> 4 : s & 63;
          float value = 0;
          if (fromCol + r < n && q < deep) {
            value = transB != 0 ? b.get(bAt + (fromCol + r) * k + p + q) : b.get(bAt + (p + q) * n + fromCol + r);
          }
          localB[q * (SIDE + 1) + r] = value;
        }
        kc.localBarrier();
        for (int q = 0; q < deep; q++) {
          for (int u = 0; u < 4; u++) {
            float x = localA[q * (SIDE + 1) + row + 16 * u];
            for (int v = 0; v < 4; v++) {
              sum[4 * u + v] += x * localB[q * (SIDE + 1) + col + 16 * v];
            }
          }
        }
        kc.localBarrier();
      }
      for (int e = 0; e < REGISTERS; e++) {
        total[e] = total[e] + alpha * sum[e];
      }
    }
    for (int e = 0; e < REGISTERS; e++) {
      int i = fromRow + row + 16 * (e >> 2);
      int j = fromCol + col + 16 * (e & 3);
      if (i < m && j < n && (lower == 0 || j <= i)) {
        float value = total[e];
        if (beta != 0) {
          value = value + beta * d.get(dAt + i * n + j);
        }
        c.set(cAt + i * n + j, value);
        if (lower != 0) {
          c.set(cAt + j * n + i, value);
        }
      }
    }
  }

  /** The largest r with r (r + 1) / 2 ≤ g: the root in float is off by one at most. */
  private static int triangularRow(int g) {
    int r = (int) ((TornadoMath.sqrt(8f * g + 1) - 1) * 0.5f);
    if ((r * (r + 1)) >> 1 > g) {
      r = r - 1;
    }
    if (((r + 1) * (r + 2)) >> 1 <= g) {
      r = r + 1;
    }
    return r;
  }
}
