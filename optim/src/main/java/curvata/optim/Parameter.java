package curvata.optim;

import curvata.kernels.Checks;
import java.util.Arrays;
import java.util.Objects;

/**
 * One tensor to train: its name, shape, values and gradient.
 *
 * <p>Values and gradient are the caller's arrays, used in place, row-major and at one common offset: separate arrays at 0, or slices of a flat model
 * buffer and of a gradient buffer of the same layout.
 */
public final class Parameter {
  private final String name;
  private final int[] shape;
  private final float[] value;
  private final float[] grad;
  private final int offset;
  private final int size;

  private Parameter(String name, float[] value, float[] grad, int offset, int[] shape) {
    this.name = Objects.requireNonNull(name, "name");
    this.shape = shape.clone();
    this.size = Checks.size(name, shape);
    this.value = fits("value", value, offset);
    this.grad = fits("grad", grad, offset);
    this.offset = offset;
    if (value == grad) {
      throw new IllegalArgumentException("grad of parameter \"" + name + "\" is the same array as value, expected distinct");
    }
  }

  private float[] fits(String what, float[] array, int at) {
    Objects.requireNonNull(array, what + " of parameter \"" + name + "\"");
    Checks.that(at >= 0, "offset", at, ">= 0 for parameter \"" + name + "\"");
    if ((long) at + size > array.length) {
      throw new IllegalArgumentException(
          what + ".length = " + array.length + ", expected at least " + ((long) at + size) + " (offset + elements of shape " + Arrays.toString(shape)
              + ") for parameter \"" + name + "\"");
    }
    return array;
  }

  /**
   * A parameter in arrays of its own.
   *
   * @param shape the axes, outermost first; {@code value} and {@code grad} hold their product, row-major
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if an array's length is not the shape's size, or both are the same array
   */
  public static Parameter of(String name, float[] value, float[] grad, int... shape) {
    Parameter p = new Parameter(name, value, grad, 0, shape);
    Checks.that(value.length == p.size, "value.length", value.length,
        p.size + " (shape " + Arrays.toString(shape) + ") for parameter \"" + name + "\"");
    Checks.that(grad.length == p.size, "grad.length", grad.length, p.size + " (value.length) for parameter \"" + name + "\"");
    return p;
  }

  /**
   * A parameter that is a slice of larger arrays, from {@code offset} in both.
   *
   * @throws IllegalArgumentException if the slice does not fit
   */
  public static Parameter slice(String name, float[] value, float[] grad, int offset, int... shape) {
    return new Parameter(name, value, grad, offset, shape);
  }

  /** The name: unique in an optimizer, the key of state in checkpoints. */
  public String name() {
    return name;
  }

  /** The axes, outermost first. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of axes. */
  public int axes() {
    return shape.length;
  }

  /** First axis of the parameter seen as a matrix; 1 for a scalar. */
  public int rows() {
    return shape.length == 0 ? 1 : shape[0];
  }

  /** Product of the remaining axes. */
  public int cols() {
    return rows() == 0 ? 0 : size / rows();
  }

  /** Number of elements. */
  public int size() {
    return size;
  }

  /** The array of values, the parameter's part starting at {@link #offset}. */
  public float[] value() {
    return value;
  }

  /** The array of gradients, laid out as {@link #value}. */
  public float[] grad() {
    return grad;
  }

  /** Where the parameter starts in its arrays. */
  public int offset() {
    return offset;
  }

  @Override
  public String toString() {
    return name + Arrays.toString(shape);
  }
}
