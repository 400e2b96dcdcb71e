package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import java.util.Objects;

/**
 * A diagonal block of an operator: the curvature of one layer, all others fixed.
 *
 * <pre>
 *   y ← (A x̃)[from, to),   x̃ = x inside the range, 0 outside
 * </pre>
 *
 * <p>Each product costs one of the whole operator. Keeps two vectors of its dimension per vector of a block.
 */
public final class BlockOperator implements LinearOperator {
  private final LinearOperator a;
  private final int from;
  private final int to;
  private float[] in = new float[0];
  private float[] out = new float[0];

  /**
   * The block of rows and columns from (inclusive) to (exclusive).
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if the range is empty or does not fit
   */
  public BlockOperator(LinearOperator a, int from, int to) {
    this.a = Objects.requireNonNull(a, "a");
    if (from < 0 || from >= to || to > a.dimension()) {
      throw new IllegalArgumentException("range [" + from + ", " + to + "), expected a part of [0, " + a.dimension() + ")");
    }
    this.from = from;
    this.to = to;
  }

  @Override
  public int dimension() {
    return to - from;
  }

  @Override
  public double relativeError() {
    return a.relativeError();
  }

  @Override
  public void apply(float[] x, float[] y) {
    embed(x, 1);
    a.apply(in, out);
    restrict(y, 1);
  }

  @Override
  public void applyBlock(float[] x, float[] y, int count) {
    embed(x, count);
    a.applyBlock(in, out, count);
    restrict(y, count);
  }

  private void embed(float[] x, int count) {
    int length = Math.multiplyExact(count, a.dimension());
    if (in.length != length) {
      in = new float[length]; // zero outside the range, and stays so
      out = new float[length];
    }
    Checks.range("x", x, 0, count * dimension());
    for (int j = 0; j < count; j++) {
      System.arraycopy(x, j * dimension(), in, j * a.dimension() + from, dimension());
    }
  }

  private void restrict(float[] y, int count) {
    Checks.range("y", y, 0, count * dimension());
    for (int j = 0; j < count; j++) {
      System.arraycopy(out, j * a.dimension() + from, y, j * dimension(), dimension());
    }
  }
}
