package curvata.gpu.matrix;

import curvata.gpu.TornadoProgram;
import curvata.kernels.device.DeviceBuffer;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Products of small matrices in double, for iterations that float32 would spoil: {@link ProductGpu} and {@link SymmetricProductGpu} with doubles.
 *
 * <pre>
 *   C(i, j) ← β D(i, j) + α Σ op(A)(i, p) op(B)(p, j)      p ascending
 * </pre>
 *
 * <p>Row-major from the start of each buffer, without gaps. A thread computes one element from tiles of {@value #SIDE} × {@value #SIDE} in local
 * memory.
 */
final class WideProductGpu {
  private static final int SIDE = 16;
  private static final int THREADS = SIDE * SIDE;

  private WideProductGpu() {}

  /**
   * Records C ← α op(A) op(B) + β D.
   *
   * @param lower whether C and D are symmetric: computes what is on and below the diagonal and mirrors it
   * @param d not read where β is 0; may be C
   */
  static void record(
      TornadoProgram program, boolean lower, boolean transposeA, boolean transposeB, int m, int n, int k, double alpha, DeviceBuffer a,
      DeviceBuffer b,
      double beta, DeviceBuffer d, DeviceBuffer c) {
    int groups = Math.multiplyExact(tiles(m), tiles(n));
    DeviceBuffer shape = program.table("wide.shape", m, n, k);
    DeviceBuffer factors = program.constants("wide.factors", alpha, beta);
    program.record(r -> r.graph().task(
        r.task("wideProduct", Math.multiplyExact(groups, THREADS), THREADS), WideProductGpu::multiply, r.context(), lower ? 1 : 0, transposeA ? 1 : 0,
        transposeB ? 1 : 0, r.ints(shape), r.doubles(factors), r.doubles(a), r.doubles(b), r.doubles(d), r.doubles(c)));
  }

  private static int tiles(int elements) {
    return (elements + SIDE - 1) / SIDE;
  }

  /** Group g computes the tile in row g / ⌈n/16⌉; above the diagonal of a symmetric result nothing is written. */
  static void multiply(
      KernelContext kc, int lower, int transA, int transB, IntArray shape, DoubleArray factors, DoubleArray a, DoubleArray b, DoubleArray d,
      DoubleArray c) {
    double[] localA = kc.allocateDoubleLocalArray(THREADS);
    double[] localB = kc.allocateDoubleLocalArray(THREADS);
    int m = shape.get(0);
    int n = shape.get(1);
    int k = shape.get(2);
    int tiles = (n + SIDE - 1) / SIDE;
    int tileRow = kc.groupIdx / tiles;
    int row = kc.localIdx >> 4;
    int col = kc.localIdx & 15;
    int i = tileRow * SIDE + row;
    int j = (kc.groupIdx - tileRow * tiles) * SIDE + col;
    double sum = 0;
    for (int p = 0; p < k; p += SIDE) {
      double left = 0;
      double right = 0;
      if (i < m && p + col < k) {
        left = transA != 0 ? a.get((p + col) * m + i) : a.get(i * k + p + col);
      }
      if (j < n && p + row < k) {
        right = transB != 0 ? b.get(j * k + p + row) : b.get((p + row) * n + j);
      }
      localA[row * SIDE + col] = left;
      localB[row * SIDE + col] = right;
      kc.localBarrier();
      for (int q = 0; q < SIDE; q++) {
        sum += localA[row * SIDE + q] * localB[q * SIDE + col];
      }
      kc.localBarrier();
    }
    if (i < m && j < n && (lower == 0 || j <= i)) {
      double total = factors.get(0) * sum;
      if (factors.get(1) != 0) {
        total = total + factors.get(1) * d.get(i * n + j);
      }
      c.set(i * n + j, total);
      if (lower != 0) {
        c.set(j * n + i, total);
      }
    }
  }
}
