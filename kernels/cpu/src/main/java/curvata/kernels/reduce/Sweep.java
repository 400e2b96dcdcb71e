package curvata.kernels.reduce;

import curvata.kernels.Checks;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * Several measures over one range in one sweep of memory.
 *
 * <p>Names are resolved when a sweep is made; it then runs any number of times, by any thread, and allocates nothing. Arrays are of one layout:
 * element i of each belongs together. Each block of the fixed partition ({@link Blocks}) is read in chunks that stay in the first-level cache while
 * every measure takes its turn, so an array that several measures use comes from memory once. The bits of a result depend on the elements and their
 * number, not on threads, vector width or backend, nor on what else is measured.
 *
 * <p>{@link #run} does everything. {@link #block} and {@link #tree} are its halves, for callers that spread blocks of many tensors over threads
 * themselves.
 */
public final class Sweep {
  /** Elements of all arrays together in one chunk: 16 KB, which the first-level cache holds. */
  private static final int CHUNK = 4096;

  private final List<Measure> measures;
  private final List<String> operands;
  private final Operation[] operations;
  private final int[] left;
  private final int[] right;
  private final int chunk;

  private Sweep(List<Measure> measures, List<String> operands) {
    this.measures = measures;
    this.operands = operands;
    this.operations = measures.stream().map(Measure::operation).toArray(Operation[]::new);
    this.left = measures.stream().mapToInt(m -> operands.indexOf(m.left())).toArray();
    this.right = measures.stream().mapToInt(m -> operands.indexOf(m.operation().binary() ? m.right() : m.left())).toArray();
    this.chunk = Math.max(Blocks.LANES, CHUNK / Math.max(1, operands.size()) & -Blocks.LANES);
  }

  /**
   * A sweep that takes these measures.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static Sweep of(Measure... measures) {
    return of(List.of(measures));
  }

  /**
   * A sweep that takes these measures.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static Sweep of(List<Measure> measures) {
    SequencedSet<String> operands = new LinkedHashSet<>();
    SequencedSet<String> names = new LinkedHashSet<>();
    for (Measure m : measures) {
      Checks.that(names.add(m.name()), "measure", m.name(), "names that differ");
      operands.add(m.left());
      if (m.operation().binary()) {
        operands.add(m.right());
      }
    }
    return new Sweep(List.copyOf(measures), List.copyOf(operands));
  }

  /** The measures, in the order of the results. */
  public List<Measure> measures() {
    return measures;
  }

  /** The names of the arrays, each once, in the order {@link #run} takes them. */
  public List<String> operands() {
    return operands;
  }

  /** Doubles that {@link #block} writes: the lanes of every measure. */
  public int stride() {
    return operations.length * Blocks.LANES;
  }

  /** Doubles of a workspace that {@link #run} takes for ranges of up to n elements. */
  public int requiredDoubles(int n) {
    return Blocks.count(n) * stride();
  }

  /**
   * Takes every measure over the elements from (inclusive) to (exclusive); on all threads from {@link Threads#MIN_ELEMENTS} elements on, all arrays
   * counted.
   *
   * @param arrays the arrays in the order of {@link #operands()}, each at least {@code to} long; one may serve several names
   * @param values receives the result of measure j at {@code at + j}; no elements give 0
   * @param ws scratch of {@link #requiredDoubles requiredDoubles(to − from)} doubles
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the count of arrays, a length or the room for results is wrong; nothing is written then
   * @throws IllegalStateException if the scratch is too small
   */
  public void run(float[][] arrays, int from, int to, double[] values, int at, Workspace ws) {
    check(arrays, from, to, values, at);
    Job job = ws.task(Job.class, Job::new);
    int scratch = ws.takeDoubles(requiredDoubles(to - from));
    try {
      job.run(this, arrays, from, to, ws.doubles(), scratch);
      tree(ws.doubles(), scratch, Blocks.count(to - from), values, at);
    } finally {
      ws.releaseDoubles(scratch);
    }
  }

  private void check(float[][] arrays, int from, int to, double[] values, int at) {
    if (arrays.length != operands.size()) {
      throw new IllegalArgumentException("arrays = " + arrays.length + ", expected " + operands.size() + " " + operands);
    }
    for (int i = 0; i < arrays.length; i++) {
      Checks.range(operands.get(i), arrays[i], from, to);
    }
    if (at < 0 || at > values.length - operations.length) {
      throw new IllegalArgumentException("values.length = " + values.length + ", expected room for " + operations.length + " from " + at);
    }
  }

  /**
   * Takes every measure over one block on this thread.
   *
   * @param from first element of the block: the start of the range plus a multiple of {@link Blocks#length}
   * @param to end of the block
   * @param partials {@link #stride} doubles from {@code at}, overwritten; measure j of the block is then at {@code at + j · }{@value Blocks#LANES}
   */
  public void block(float[][] arrays, int from, int to, double[] partials, int at) {
    Arrays.fill(partials, at, at + stride(), 0.0);
    for (int i = from, end; i < to; i = end) {
      end = i + Math.min(chunk, to - i);
      for (int j = 0; j < operations.length; j++) {
        operations[j].accumulate(arrays[left[j]], arrays[right[j]], i, end, partials, at + j * Blocks.LANES);
      }
    }
    for (int j = 0; j < operations.length; j++) {
      operations[j].fold(partials, at + j * Blocks.LANES);
    }
  }

  /**
   * Brings the blocks of one range together.
   *
   * @param partials what {@link #block} left for block b at {@code at + b · stride()}; overwritten
   * @param blocks their number, {@link Blocks#count} of the range
   * @param values receives the result of measure j at {@code valuesAt + j}
   */
  public void tree(double[] partials, int at, int blocks, double[] values, int valuesAt) {
    for (int j = 0; j < operations.length; j++) {
      values[valuesAt + j] = operations[j].tree(partials, at + j * Blocks.LANES, blocks, stride());
    }
  }

  /** One call on its way to other threads; kept by the workspace. */
  static final class Job implements Threads.Task {
    /** For {@link Reductions}: one or two arrays and a result, so that a call needs no array of its own. */
    final float[][] single = new float[1][];
    final float[][] pair = new float[2][];
    final double[] value = new double[1];

    private Sweep sweep;
    private float[][] arrays;
    private int from;
    private int to;
    private int length;
    private double[] partials;
    private int at;

    private void run(Sweep sweep, float[][] arrays, int from, int to, double[] partials, int at) {
      this.sweep = sweep;
      this.arrays = arrays;
      this.from = from;
      this.to = to;
      this.length = Blocks.length(to - from);
      this.partials = partials;
      this.at = at;
      try {
        Threads.run(this, Blocks.count(to - from), (long) (to - from) * arrays.length);
      } finally {
        this.sweep = null;
        this.arrays = null; // a workspace must not keep a model alive
        this.partials = null;
      }
    }

    @Override
    public void run(int part, int worker) {
      int start = from + part * length;
      sweep.block(arrays, start, start + Math.min(length, to - start), partials, at + part * sweep.stride());
    }
  }
}
