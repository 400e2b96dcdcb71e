package curvata.gpu.reduce;

import curvata.gpu.TornadoProgram;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Segments;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The blocks that tensors are reduced in, and the second stage that brings their partial results together.
 *
 * <pre>
 *   L = max(4096, ⌈n / 1024⌉ rounded up to 256) elements in a block, n those of all tensors; no block reaches beyond its tensor
 *   stage 2: a group takes one tensor: thread t its blocks t, t + 256, … (or all blocks, for a result over all tensors), then a tree in local memory
 * </pre>
 *
 * <p>The order depends on the lengths alone. For b blocks the error of a sum is at most {@code (b / 256 + 9) · 2⁻⁵³ · Σ|partials|}. A tensor without
 * elements gives 0.
 */
public final class BlocksGpu {
  /** Integers of the table for each block: its first element, its end, its tensor. */
  public static final int FIELDS = 3;

  private static final int SHORTEST = 4096;
  private static final int MOST = 1024;

  private final int count;
  private final int segments;
  private final DeviceBuffer table;

  /** The blocks of these tensors, for one program. */
  public BlocksGpu(TornadoProgram program, Segments segments) {
    int[] values = table(segments);
    this.segments = segments.count();
    count = (values.length - segments.count() - 1) / FIELDS;
    table = program.table("blocks", values);
  }

  /** Number of blocks. */
  public int count() {
    return count;
  }

  /** {@value #FIELDS} integers for each block; then the first block of each tensor, and the number of blocks. */
  public DeviceBuffer table() {
    return table;
  }

  private static int[] table(Segments segments) {
    long n = 0;
    for (int s = 0; s < segments.count(); s++) {
      n += segments.length(s);
    }
    int even = (int) ((n + MOST - 1) / MOST);
    int length = Math.max(SHORTEST, (even + Segments.ALIGNMENT - 1) & -Segments.ALIGNMENT);
    List<Integer> fields = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    for (int s = 0; s < segments.count(); s++) {
      first.add(fields.size() / FIELDS);
      int end = segments.offset(s) + segments.length(s);
      for (int from = segments.offset(s), to; from < end; from = to) {
        to = from + Math.min(length, end - from);
        fields.addAll(List.of(from, to, s));
      }
    }
    first.add(fields.size() / FIELDS);
    fields.addAll(first);
    return fields.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Sums for each tensor: {@code values[s · columns + column + j] ← Σ partials[block · sums + j]} over the blocks of tensor s.
   *
   * @param partials count · sums doubles
   */
  public void recordSums(TornadoProgram program, int sums, DeviceBuffer partials, DeviceBuffer values, int columns, int column) {
    program.require("partials", partials, Kind.DOUBLE, (long) count * sums);
    program.require("values", values, Kind.DOUBLE, (long) segments * columns);
    recordTotals(program, sums, 0, 0, partials, values, columns, column);
  }

  /**
   * The second stage.
   *
   * @param codes {@link Tree#BITS} bits for each measure, the operation in the lowest two
   * @param overAll bit j: measure j is over all tensors
   */
  void recordTotals(
      TornadoProgram program, int measures, int codes, int overAll, DeviceBuffer partials, DeviceBuffer values, int columns, int column) {
    if (segments == 0) {
      return;
    }
    program.record(r -> r.graph().task(
        r.task("totals", Math.multiplyExact(segments, Tree.THREADS), Tree.THREADS), BlocksGpu::totals, r.context(), r.ints(table), count, measures,
        codes,
        overAll, r.doubles(partials), partials.offset(), r.doubles(values), values.offset() + column, columns));
  }

  /** Group s brings the blocks of tensor s together. */
  static void totals(
      KernelContext kc, IntArray table, int count, int measures, int codes, int overAll, DoubleArray partials, int partialsAt, DoubleArray values,
      int valuesAt, int columns) {
    double[] local = kc.allocateDoubleLocalArray(Tree.THREADS);
    int t = kc.localIdx;
    int segment = kc.groupIdx;
    for (int j = 0; j < measures; j++) {
      int code = (codes >> (Tree.BITS * j)) & 3;
      int from = 0;
      int to = count;
      if (((overAll >> j) & 1) == 0) {
        from = table.get(FIELDS * count + segment);
        to = table.get(FIELDS * count + segment + 1);
      }
      double sum = 0;
      for (int i = from + t; i < to; i += Tree.THREADS) {
        sum = Tree.both(code, sum, partials.get(partialsAt + i * measures + j));
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
        values.set(valuesAt + segment * columns + j, local[0]);
      }
      kc.localBarrier();
    }
  }
}
