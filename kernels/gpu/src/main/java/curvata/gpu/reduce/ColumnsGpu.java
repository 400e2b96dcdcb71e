package curvata.gpu.reduce;

import curvata.gpu.TornadoProgram;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.reduce.Operation;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * One reduction of each column of a matrix.
 *
 * <pre>
 *   stage 1: a group reduces 32 columns of one band of rows: thread (t, u) rows u, u + 8, … of column t; then a tree over u in local memory
 *   stage 2: a thread reduces the bands of one column in ascending order
 * </pre>
 *
 * <p>Everything is {@code double}, elements are widened before they are multiplied, and the order depends on the shape alone. With B ≤ max(256, rows
 * / 64) rows in a band the error of a sum is at most {@code (B / 8 + 3 + 64 + 2) · 2⁻⁵³ · Σ|terms|}. Maxima are exact. NaN and infinity propagate. No
 * rows give 0.
 */
public final class ColumnsGpu {
  private static final int SHORTEST = 256;
  private static final int MOST = 64;
  private static final int WIDTH = 32;
  private static final int HEIGHT = Tree.THREADS / WIDTH;

  private ColumnsGpu() {}

  /**
   * Records the reduction of each column.
   *
   * @param y for the dot product, of the shape of x; else null
   * @param values receives cols doubles, or floats rounded once
   */
  public static void record(
      TornadoProgram program, Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values) {
    RowsGpu.check(program, operation, rows, cols, x, y);
    program.require("values", values, values.kind() == Kind.FLOAT ? Kind.FLOAT : Kind.DOUBLE, cols);
    if (cols == 0) {
      return;
    }
    DeviceBuffer second = y == null ? x : y;
    int height = Math.max(SHORTEST, (rows + MOST - 1) / MOST);
    int count = Math.max(1, (rows + height - 1) / height);
    int tiles = (cols + WIDTH - 1) / WIDTH;
    int code = Tree.code(operation);
    DeviceBuffer partials = program.shared("columns.bands", Kind.DOUBLE, Math.multiplyExact(count, cols));
    // In a table, so that one code serves all shapes: what is compiled in may fold to conditions that TornadoVM cannot express.
    DeviceBuffer shape = program.table("columns.shape", rows, cols, height, tiles, count);
    program.record(r -> r.graph().task(
        r.task("columns", Math.multiplyExact(tiles * count, Tree.THREADS), Tree.THREADS), ColumnsGpu::bands, r.context(), code, r.ints(shape),
        r.floats(x),
        x.offset(), r.floats(second), second.offset(), r.doubles(partials), partials.offset()));
    if (values.kind() == Kind.FLOAT) {
      program.record(r -> r.graph().task(
          r.task("columnTotals", cols, Tree.THREADS), ColumnsGpu::roundedTotals, r.context(), code, r.ints(shape), r.doubles(partials),
          partials.offset(),
          r.floats(values), values.offset()));
    } else {
      program.record(r -> r.graph().task(
          r.task("columnTotals", cols, Tree.THREADS), ColumnsGpu::totals, r.context(), code, r.ints(shape), r.doubles(partials), partials.offset(),
          r.doubles(values), values.offset()));
    }
  }

  /**
   * Group g takes columns from 32 (g % tiles) on of band g / tiles.
   *
   * @param shape rows, columns, rows in a band, tiles of 32 columns, bands
   */
  static void bands(
      KernelContext kc, int code, IntArray shape, FloatArray x, int xAt, FloatArray y, int yAt, DoubleArray partials, int at) {
    double[] local = kc.allocateDoubleLocalArray(Tree.THREADS);
    int rows = shape.get(0);
    int cols = shape.get(1);
    int height = shape.get(2);
    int tiles = shape.get(3);
    int t = kc.localIdx;
    int band = kc.groupIdx / tiles;
    int col = (kc.groupIdx - band * tiles) * WIDTH + (t & (WIDTH - 1));
    int end = Math.min(rows, (band + 1) * height);
    double sum = 0;
    if (col < cols) {
      for (int i = band * height + (t >> 5); i < end; i += HEIGHT) {
        sum = Tree.with(code, sum, x.get(xAt + i * cols + col), y.get(yAt + i * cols + col));
      }
    }
    local[t] = sum;
    for (int half = Tree.THREADS >> 1; half >= WIDTH; half >>= 1) {
      kc.localBarrier();
      if (t < half) {
        local[t] = Tree.both(code, local[t], local[t + half]);
      }
    }
    kc.localBarrier();
    if (t < WIDTH && col < cols) {
      partials.set(at + band * cols + col, local[t]);
    }
  }

  static void totals(KernelContext kc, int code, IntArray shape, DoubleArray partials, int at, DoubleArray values, int valuesAt) {
    int j = kc.globalIdx;
    if (j < shape.get(1)) {
      values.set(valuesAt + j, total(code, partials, at + j, shape.get(4), shape.get(1)));
    }
  }

  static void roundedTotals(KernelContext kc, int code, IntArray shape, DoubleArray partials, int at, FloatArray values, int valuesAt) {
    int j = kc.globalIdx;
    if (j < shape.get(1)) {
      values.set(valuesAt + j, (float) total(code, partials, at + j, shape.get(4), shape.get(1)));
    }
  }

  private static double total(int code, DoubleArray partials, int at, int count, int cols) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum = Tree.both(code, sum, partials.get(at + i * cols));
    }
    return sum;
  }
}
