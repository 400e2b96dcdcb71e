package curvata.kernels;

import curvata.kernels.reduce.Blocks;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The first pass of a two-pass update: an element-wise kernel that also sums what the second pass needs, in one sweep of memory.
 *
 * <p>It works on one block of the reductions' fixed partition at a time ({@link Blocks}), in chunks that stay in the first-level cache, so the sums
 * have the same bits for any number of threads and any vector width. A chunk may use scratch of {@link #CHUNK} floats, for values that are summed but
 * not stored.
 *
 * @param <S> a record of floats, as in {@link Kernel}
 */
public final class MeasuringKernel<S extends Record> {
  /** Elements per chunk: a few arrays of this length fit the first-level cache together. */
  public static final int CHUNK = 1024;

  /** Updates one chunk and adds to the lanes of each sum. */
  public interface Body<S> {
    /**
     * Runs the elements from (inclusive) to (exclusive), at most {@link #CHUNK}.
     *
     * @param scratch {@link #CHUNK} floats of the caller's, content arbitrary
     * @param lanes sum j owns the {@link Blocks#LANES} lanes from {@code at + j * LANES}
     */
    void chunk(S scalars, float[][] operands, float[] scratch, int from, int to, double[] lanes, int at);
  }

  private final String name;
  private final Class<S> scalars;
  private final List<Kernel.Operand> operands;
  private final List<String> sums;
  private final Body<S> body;

  private MeasuringKernel(String name, Class<S> scalars, List<Kernel.Operand> operands, List<String> sums, Body<S> body) {
    Kernel.requireFloats(name, scalars);
    this.name = name;
    this.scalars = scalars;
    this.operands = operands;
    this.sums = sums;
    this.body = body;
  }

  /** A measuring kernel; its body chooses between plain and vector loops itself. */
  public static <S extends Record> MeasuringKernel<S> of(
      String name, Class<S> scalars, List<Kernel.Operand> operands, List<String> sums, Body<S> body) {
    return new MeasuringKernel<>(name, scalars, List.copyOf(operands), List.copyOf(sums), body);
  }

  /** The kernel's name. */
  public String name() {
    return name;
  }

  /** The record that carries a step's scalars. */
  public Class<S> scalars() {
    return scalars;
  }

  /** The operands in the order {@link #block} takes them. */
  public List<Kernel.Operand> operands() {
    return operands;
  }

  /** The names of the sums, in the order of {@link #block}'s results. */
  public List<String> sums() {
    return sums;
  }

  /** Doubles that {@link #block} writes at {@code at}: the lanes of every sum. */
  public int stride() {
    return sums.size() * Blocks.LANES;
  }

  /**
   * Runs one block on this thread; sum j of the block is then in {@code partials[at + j * LANES]}.
   *
   * @param from first element of the block
   * @param to end of the block
   * @param partials {@link #stride} doubles at {@code at}; overwritten
   */
  public void block(S scalars, float[][] arrays, float[] scratch, int from, int to, double[] partials, int at) {
    Objects.requireNonNull(scalars, "scalars");
    if (arrays.length != operands.size()) {
      throw new IllegalArgumentException(name + ": operands = " + arrays.length + ", expected " + operands.size() + " (" + operands + ")");
    }
    for (int i = 0; i < arrays.length; i++) {
      Checks.range(operands.get(i).name(), arrays[i], from, to);
    }
    Arrays.fill(partials, at, at + stride(), 0.0);
    for (int chunk = from; chunk < to; chunk += CHUNK) {
      body.chunk(scalars, arrays, scratch, chunk, Math.min(chunk + CHUNK, to), partials, at);
    }
    for (int j = 0; j < sums.size(); j++) {
      Blocks.foldSum(partials, at + j * Blocks.LANES);
    }
  }
}
