package curvata.gpu.matrix;

import curvata.gpu.TornadoProgram;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.matrix.Product;

/**
 * A product that is known to be symmetric, added to a symmetric matrix: the twin of {@link Product#symmetric} and {@link Product#gram}.
 *
 * <pre>
 *   C(i, j) ← α Σ op(A)(i, ·) op(B)(·, j) + β D(i, j)     i ≥ j, in the order of {@link ProductGpu};     C(j, i) ← C(i, j)
 * </pre>
 *
 * <p>Tiles on and below the diagonal only: half the work of a general product, and C is symmetric bit for bit. Nothing above the diagonal of D is
 * used; D may be C, A or B, C neither A nor B. Bounds as for {@link ProductGpu}.
 */
public final class SymmetricProductGpu {
  private SymmetricProductGpu() {}

  /** C ← α X Xᵀ + β D for X m × k, or XᵀX for X stored k × m. */
  static void recordGram(
      TornadoProgram program, boolean transpose, int m, int k, float alpha, DeviceBuffer x, float beta, DeviceBuffer d, DeviceBuffer c) {
    record(program, transpose, !transpose, m, k, alpha, x, x, beta, d, c);
  }

  /** C ← α A B + β D for symmetric m × m matrices that commute. */
  static void record(TornadoProgram program, int m, float alpha, DeviceBuffer a, DeviceBuffer b, float beta, DeviceBuffer d, DeviceBuffer c) {
    record(program, false, false, m, m, alpha, a, b, beta, d, c);
  }

  private static void record(
      TornadoProgram program, boolean transposeA, boolean transposeB, int m, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta,
      DeviceBuffer d, DeviceBuffer c) {
    ProductGpu.checkShape(m, m, k);
    program.require("x", a, Kind.FLOAT, (long) m * k);
    program.require("b", b, Kind.FLOAT, (long) m * k);
    program.require("c", c, Kind.FLOAT, (long) m * m);
    program.requireApart("c", c.slice(0, m * m), "x", a.slice(0, m * k));
    program.requireApart("c", c.slice(0, m * m), "b", b.slice(0, m * k));
    DeviceBuffer addend = beta == 0 ? c : d;
    program.require("d", addend, Kind.FLOAT, (long) m * m);
    if (m == 0) {
      return;
    }
    long tiles = ProductGpu.tiles(m);
    ProductGpu.add(program, "symmetric", tiles * (tiles + 1) / 2, true, m, m, k, transposeA, transposeB, alpha, a, b, beta, addend, c);
  }
}
