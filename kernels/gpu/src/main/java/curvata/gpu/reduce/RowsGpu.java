package curvata.gpu.reduce;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.reduce.Operation;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * One reduction of each row of a matrix; of a single row, of a whole array.
 *
 * <pre>
 *   stage 1: a group reduces one stretch of one row: thread t its elements t, t + 256, …; then a tree in local memory
 *   stage 2: a group reduces the stretches of one row, likewise; left out where a row is one stretch
 * </pre>
 *
 * <p>Everything is {@code double}, elements are widened before they are multiplied, and the order depends on the shape alone: the same bits in every
 * run on one device. With L ≤ max(4096, cols / 1024) elements in a stretch the error of a sum is at most {@code (L / 256 + 4 + 16) · 2⁻⁵³ ·
 * Σ|terms|}, fused or not, since products are exact. Maxima are exact. NaN and infinity propagate. No elements give 0.
 */
public final class RowsGpu {
  private static final int SHORTEST = 4096;
  private static final int MOST = 1024;

  private RowsGpu() {}

  /**
   * Records the reduction of each row.
   *
   * @param y for the dot product, of the shape of x; else null
   * @param values receives rows doubles
   */
  public static void record(
      TornadoProgram program, Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values) {
    check(program, operation, rows, cols, x, y);
    program.require("values", values, Kind.DOUBLE, rows);
    if (rows == 0) {
      return;
    }
    DeviceBuffer second = y == null ? x : y;
    int stretch = stretch(cols);
    int count = Math.max(1, (cols + stretch - 1) / stretch);
    int parts = Math.multiplyExact(rows, count);
    DeviceBuffer partials = count == 1 ? values : program.shared("rows.partials", Kind.DOUBLE, parts);
    int code = Tree.code(operation);
    int groups = Math.min(parts, Tree.MOST_GROUPS);
    // In a table, so that one code serves all shapes: what is compiled in may fold to conditions that TornadoVM cannot express.
    DeviceBuffer shape = program.table("rows.shape", rows, cols, stretch, count, groups);
    program.record(r -> r.graph().task(
        r.task("rows", groups * Tree.THREADS, Tree.THREADS), RowsGpu::stretches, r.context(), code, r.ints(shape), r.floats(x), x.offset(),
        r.floats(second), second.offset(), r.doubles(partials), partials.offset()));
    if (count > 1) {
      int threads = Math.min(rows, Tree.MOST_GROUPS) * Tree.THREADS;
      program.record(r -> r.graph().task(
          r.task("rowTotals", threads, Tree.THREADS), RowsGpu::totals, r.context(), code, r.ints(shape), r.doubles(partials), partials.offset(),
          r.doubles(values), values.offset()));
    }
  }

  /** The door of the reductions of rows and columns. */
  static void check(TornadoProgram program, Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    int size = Checks.size("x", rows, cols);
    program.require("x", x, Kind.FLOAT, size);
    Checks.that(operation.binary() == (y != null), "y", y == null ? null : y.name(), operation.binary() ? "a buffer" : "null for " + operation);
    if (y != null) {
      program.require("y", y, Kind.FLOAT, size);
    }
  }

  /** Elements that one group takes of one row: a multiple of the threads of a group. */
  static int stretch(int cols) {
    int even = (int) (((long) cols + MOST - 1) / MOST);
    return Math.max(SHORTEST, (even + Tree.THREADS - 1) & -Tree.THREADS);
  }

  /**
   * Group g takes stretches g, g + groups, …; stretch p is part p % count of row p / count.
   *
   * @param shape rows, columns, elements in a stretch, stretches in a row, groups
   */
  static void stretches(
      KernelContext kc, int code, IntArray shape, FloatArray x, int xAt, FloatArray y, int yAt, DoubleArray partials, int at) {
    double[] local = kc.allocateDoubleLocalArray(Tree.THREADS);
    int cols = shape.get(1);
    int stretch = shape.get(2);
    int count = shape.get(3);
    int parts = shape.get(0) * count;
    int groups = shape.get(4);
    int t = kc.localIdx;
    for (int p = kc.groupIdx; p < parts; p += groups) {
      int row = p / count;
      int from = (p - row * count) * stretch;
      int end = row * cols + Math.min(cols, from + stretch);
      double sum = 0;
      for (int i = row * cols + from + t; i < end; i += Tree.THREADS) {
        sum = Tree.with(code, sum, x.get(xAt + i), y.get(yAt + i));
      }
      local[t] = sum;
      for (int half = Tree.THREADS >> 1; half > 0; half >>= 1) {
        kc.localBarrier();
        if (t < half) {
          local[t] = Tree.both(code, local[t], local[t + half]);
        }
      }
      kc.localBarrier();
      if (t == 0) {
        partials.set(at + p, local[0]);
      }
      kc.localBarrier();
    }
  }

  /** Group g brings rows g, g + groups, … together. */
  static void totals(KernelContext kc, int code, IntArray shape, DoubleArray partials, int at, DoubleArray values, int valuesAt) {
    double[] local = kc.allocateDoubleLocalArray(Tree.THREADS);
    int rows = shape.get(0);
    int count = shape.get(3);
    int groups = Math.min(rows, Tree.MOST_GROUPS);
    int t = kc.localIdx;
    for (int row = kc.groupIdx; row < rows; row += groups) {
      double sum = 0;
      for (int i = t; i < count; i += Tree.THREADS) {
        sum = Tree.both(code, sum, partials.get(at + row * count + i));
      }
      local[t] = sum;
      for (int half = Tree.THREADS >> 1; half > 0; half >>= 1) {
        kc.localBarrier();
        if (t < half) {
          local[t] = Tree.both(code, local[t], local[t + half]);
        }
      }
      kc.localBarrier();
      if (t == 0) {
        values.set(valuesAt + row, local[0]);
      }
      kc.localBarrier();
    }
  }
}
