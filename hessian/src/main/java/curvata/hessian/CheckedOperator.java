package curvata.hessian;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import java.util.Arrays;
import java.util.Objects;

/**
 * An operator whose every product is checked: the door of all estimators.
 *
 * <p>The operator behind it sees only arrays of its own, of exactly the right length: it cannot write outside its output nor change what a caller
 * holds. After each product the output must be complete and finite, the input unchanged and the dimension as before, else an
 * {@link OperatorException} says which product and which element; the caller's output is untouched then. {@link #of} also checks symmetry once, with
 * two products. Estimators put it before any operator that comes without; who uses several on one operator wraps it once and saves those products.
 *
 * <p>Costs 28 bytes of memory traffic per element and product, and an input and an output of its own. Allocates nothing when warm; another block size
 * than before makes new ones. Not for use by two threads at once.
 */
public final class CheckedOperator implements LinearOperator {
  private static final int UNWRITTEN = 0x7fc0dead; // a NaN that no arithmetic makes

  private final LinearOperator operator;
  private final int n;
  private final Workspace ws = new Workspace();
  private final float[] in;
  private final float[] out;
  private float[] blockIn = new float[0];
  private float[] blockOut = new float[0];
  private long products;

  private CheckedOperator(LinearOperator operator) {
    this.operator = Objects.requireNonNull(operator, "operator");
    this.n = operator.dimension();
    Checks.that(n >= 1, "operator dimension", n, ">= 1");
    this.in = new float[n];
    this.out = new float[n];
  }

  /**
   * The operator behind checks, after a test of its symmetry ({@link SymmetryCheck}); the operator itself if it is checked already.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if its dimension is below 1
   * @throws OperatorException if it is not symmetric or one of the two products fails
   */
  public static CheckedOperator of(LinearOperator operator) {
    if (operator instanceof CheckedOperator checked) {
      return checked;
    }
    CheckedOperator checked = new CheckedOperator(operator);
    SymmetryCheck.of(checked, 0).require();
    checked.products = 0;
    return checked;
  }

  /** The operator behind checks, without the test of symmetry; throws as {@link #of}. */
  public static CheckedOperator trusting(LinearOperator operator) {
    return operator instanceof CheckedOperator checked ? checked : new CheckedOperator(operator);
  }

  /** Products so far, each vector of a block counted, those of the test of symmetry not. */
  public long products() {
    return products;
  }

  @Override
  public int dimension() {
    return n;
  }

  @Override
  public double relativeError() {
    return operator.relativeError();
  }

  /**
   * {@inheritDoc}
   *
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if an array is shorter than n or both are the same
   * @throws OperatorException if the product breaks the contract; y is untouched then
   */
  @Override
  public void apply(float[] x, float[] y) {
    check(x, y, 1);
    multiply(x, y, in, out, 0);
  }

  /**
   * {@inheritDoc}
   *
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if count &lt; 1, an array is shorter than count · n or both are the same
   * @throws OperatorException if the product breaks the contract; y is untouched then
   */
  @Override
  public void applyBlock(float[] x, float[] y, int count) {
    check(x, y, count);
    int length = Math.multiplyExact(count, n);
    if (blockIn.length != length) {
      blockIn = new float[length];
      blockOut = new float[length];
    }
    multiply(x, y, blockIn, blockOut, count);
  }

  private void check(float[] x, float[] y, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count = " + count + ", expected >= 1");
    }
    Objects.requireNonNull(x, "x");
    Objects.requireNonNull(y, "y");
    if (x.length < (long) count * n || y.length < (long) count * n) {
      throw new IllegalArgumentException(
          "x.length, y.length = " + x.length + ", " + y.length + ", expected at least " + count + " x " + n + " (operator dimension)");
    }
    if (x == y) {
      throw new IllegalArgumentException("y is the same array as x, expected another");
    }
  }

  /** One block of products; count 0 stands for a single product by {@link LinearOperator#apply}. */
  private void multiply(float[] x, float[] y, float[] in, float[] out, int count) {
    int length = in.length;
    System.arraycopy(x, 0, in, 0, length);
    Arrays.fill(out, Float.intBitsToFloat(UNWRITTEN));
    try {
      if (count == 0) {
        operator.apply(in, out);
      } else {
        operator.applyBlock(in, out, count);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new OperatorException(
          "product " + (products + 1) + ": the operator reached outside its arrays of " + Math.max(1, count) + " x " + n + " floats: "
              + e.getMessage(),
          e);
    }
    inspect(x, in, out);
    System.arraycopy(out, 0, y, 0, length);
    products += length / n;
  }

  private void inspect(float[] x, float[] in, float[] out) {
    if (operator.dimension() != n) {
      throw new OperatorException("operator dimension = " + operator.dimension() + ", expected " + n + " as before");
    }
    int changed = Arrays.mismatch(x, 0, in.length, in, 0, in.length);
    if (changed >= 0) {
      throw new OperatorException(where(changed) + "the operator changed x[" + changed % n + "], expected its input unchanged");
    }
    ws.reserve(0, Reductions.requiredDoubles(out.length));
    if (!(Reductions.maxAbs(out, 0, out.length, ws) <= Float.MAX_VALUE)) {
      refuse(out);
    }
  }

  private void refuse(float[] out) {
    int i = 0;
    while (Float.isFinite(out[i])) {
      i++;
    }
    boolean unwritten = Float.floatToRawIntBits(out[i]) == UNWRITTEN;
    throw new OperatorException(
        where(i) + "y[" + i % n + "] "
            + (unwritten ? "was not written, expected all " + n + " elements" : "= " + out[i] + ", expected a finite number"));
  }

  private String where(int element) {
    return "product " + (products + 1 + element / n) + ": ";
  }
}
