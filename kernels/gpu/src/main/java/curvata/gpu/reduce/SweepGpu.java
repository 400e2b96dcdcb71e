package curvata.gpu.reduce;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Segments;
import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Operation;
import curvata.kernels.reduce.Sweep;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Several measures of several tensors in one sweep of memory: the twin of {@link Sweep}.
 *
 * <pre>
 *   stage 1: a group takes one block of one tensor: thread t its elements t, t + 256, … for up to four measures of up to three arrays at once; then a
 *            tree in local memory for each measure
 *   stage 2: {@link BlocksGpu}
 * </pre>
 *
 * <p>Everything is {@code double}, elements are widened before they are multiplied, and the order depends on the lengths alone: the same bits in
 * every run on one device. With L ≤ max(4096, n / 1024) elements in a block, n in all, the error of a sum is at most {@code (L / 256 + 8 + b / 256 +
 * 8 + 2) · 2⁻⁵³ · Σ|terms|} for b blocks, fused or not, since products are exact. Maxima are exact. NaN and infinity propagate. A tensor without
 * elements gives 0. Gaps between tensors are not read.
 */
public final class SweepGpu {
  private static final int AT_ONCE = 4;
  private static final int ARRAYS = 3;

  private SweepGpu() {}

  /** {@link curvata.kernels.device.Program#measure}. */
  public static void record(
      TornadoProgram program, List<Measure> measures, boolean[] overAll, Map<String, DeviceBuffer> operands, Segments segments, DeviceBuffer values,
      int columns) {
    check(program, measures, overAll, operands, segments, values, columns);
    if (segments.count() == 0 || measures.isEmpty()) {
      return;
    }
    BlocksGpu blocks = new BlocksGpu(program, segments);
    for (int from = 0, to; from < measures.size(); from = to) {
      to = together(measures, from);
      launch(program, measures.subList(from, to), packed(overAll, from, to), operands, blocks, values, columns, from);
    }
  }

  private static void check(
      TornadoProgram program, List<Measure> measures, boolean[] overAll, Map<String, DeviceBuffer> operands, Segments segments, DeviceBuffer values,
      int columns) {
    Checks.that(overAll.length == measures.size(), "overAll.length", overAll.length, measures.size() + " (measures)");
    Checks.that(columns >= measures.size(), "columns", columns, "at least " + measures.size() + " (measures)");
    program.require("values", values, Kind.DOUBLE, (long) segments.count() * columns);
    int last = segments.count() - 1;
    int end = last < 0 ? 0 : segments.offset(last) + segments.length(last);
    for (Measure m : measures) {
      for (String name : m.operation().binary() ? List.of(m.left(), m.right()) : List.of(m.left())) {
        program.require(name, operands.get(name), Kind.FLOAT, end);
      }
    }
  }

  /** The end of the measures from {@code from} on that one launch takes. */
  private static int together(List<Measure> measures, int from) {
    int to = from;
    while (to < measures.size() && to - from < AT_ONCE && arrays(measures.subList(from, to + 1)).size() <= ARRAYS) {
      to++;
    }
    return to;
  }

  private static SequencedSet<String> arrays(List<Measure> measures) {
    SequencedSet<String> names = new LinkedHashSet<>();
    for (Measure m : measures) {
      names.add(m.left());
      if (m.operation().binary()) {
        names.add(m.right());
      }
    }
    return names;
  }

  private static int packed(boolean[] flags, int from, int to) {
    int bits = 0;
    for (int j = from; j < to; j++) {
      bits |= flags[j] ? 1 << (j - from) : 0;
    }
    return bits;
  }

  private static int packed(List<Measure> measures, List<String> arrays) {
    int codes = 0;
    for (int j = 0; j < measures.size(); j++) {
      Measure m = measures.get(j);
      int left = arrays.indexOf(m.left());
      int right = m.operation().binary() ? arrays.indexOf(m.right()) : left;
      codes |= (Tree.code(m.operation()) | left << 2 | right << 4) << (Tree.BITS * j);
    }
    return codes;
  }

  private static void launch(
      TornadoProgram program, List<Measure> measures, int overAll, Map<String, DeviceBuffer> operands, BlocksGpu blocks, DeviceBuffer values,
      int columns,
      int column) {
    List<String> arrays = List.copyOf(arrays(measures));
    DeviceBuffer x = operands.get(arrays.get(0));
    DeviceBuffer y = operands.get(arrays.get(Math.min(1, arrays.size() - 1)));
    DeviceBuffer z = operands.get(arrays.get(arrays.size() - 1));
    int codes = packed(measures, arrays);
    int size = measures.size();
    int count = blocks.count();
    DeviceBuffer partials = program.shared("sweep.partials", Kind.DOUBLE, Math.multiplyExact(size, count));
    if (count > 0) {
      program.record(r -> r.graph().task(
          r.task("sweep", count * Tree.THREADS, Tree.THREADS), SweepGpu::blocks, r.context(), r.ints(blocks.table()), size, codes, arrays.size(),
          r.floats(x),
          x.offset(), r.floats(y), y.offset(), r.floats(z), z.offset(), r.doubles(partials)));
    }
    blocks.recordTotals(program, size, codes, overAll, partials, values, columns, column);
  }

  /** Group b takes block b of every array; measure j of it goes to {@code partials[b · measures + j]}. */
  static void blocks(
      KernelContext kc, IntArray table, int measures, int codes, int arrays, FloatArray x, int xAt, FloatArray y, int yAt, FloatArray z, int zAt,
      DoubleArray partials) {
    double[] local = kc.allocateDoubleLocalArray(AT_ONCE * Tree.THREADS);
    int t = kc.localIdx;
    int block = kc.groupIdx;
    int end = table.get(BlocksGpu.FIELDS * block + 1);
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = table.get(BlocksGpu.FIELDS * block) + t; i < end; i += Tree.THREADS) {
      float xi = x.get(xAt + i);
      float yi = 0;
      float zi = 0;
      if (arrays > 1) {
        yi = y.get(yAt + i);
      }
      if (arrays > 2) {
        zi = z.get(zAt + i);
      }
      a = with(codes, a, xi, yi, zi);
      if (measures > 1) {
        b = with(codes >> Tree.BITS, b, xi, yi, zi);
      }
      if (measures > 2) {
        c = with(codes >> (2 * Tree.BITS), c, xi, yi, zi);
      }
      if (measures > 3) {
        d = with(codes >> (3 * Tree.BITS), d, xi, yi, zi);
      }
    }
    local[t] = a;
    local[Tree.THREADS + t] = b;
    local[2 * Tree.THREADS + t] = c;
    local[3 * Tree.THREADS + t] = d;
    for (int j = 0; j < measures; j++) {
      int code = (codes >> (Tree.BITS * j)) & 3;
      int at = j * Tree.THREADS;
      for (int half = Tree.THREADS >> 1; half > 0; half >>= 1) {
        kc.localBarrier();
        if (t < half) {
          local[at + t] = Tree.both(code, local[at + t], local[at + t + half]);
        }
      }
      kc.localBarrier();
      if (t == 0) {
        partials.set(block * measures + j, local[j * Tree.THREADS]);
      }
    }
  }

  private static double with(int code, double sum, float x, float y, float z) {
    return Tree.with(code & 3, sum, pick((code >> 2) & 3, x, y, z), pick((code >> 4) & 3, x, y, z));
  }

  private static float pick(int which, float x, float y, float z) {
    if (which == 0) {
      return x;
    }
    return which == 1 ? y : z;
  }

  /** {@link curvata.kernels.device.Program#rows}. */
  public static void recordRows(TornadoProgram program, Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y,
      DeviceBuffer values) {
    RowsGpu.record(program, operation, rows, cols, x, y, values);
  }

  /** {@link curvata.kernels.device.Program#columns}. */
  public static void recordColumns(
      TornadoProgram program, Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values) {
    ColumnsGpu.record(program, operation, rows, cols, x, y, values);
  }
}
