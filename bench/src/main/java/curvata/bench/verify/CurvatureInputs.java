package curvata.bench.verify;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Reads what recordings of curvature are computed from: tensors of finite floats, by name and shape; sizes from the shapes of what was recorded. */
final class CurvatureInputs {
  private static final Set<DType> FLOATS = EnumSet.of(DType.F32, DType.F64);

  private final GoldenFile.Tensors golden;

  CurvatureInputs(GoldenFile.Tensors golden) {
    this.golden = golden;
  }

  /**
   * The shape of an input.
   *
   * @throws MalformedFileException if it is not there, has another number of axes, or is empty
   */
  int[] shape(String name, int axes) throws MalformedFileException {
    if (!golden.tensors().contains(name)) {
      throw new MalformedFileException(golden.path(), "no tensor " + name + ", expected one with " + axes + (axes == 1 ? " axis" : " axes"));
    }
    TensorInfo info = golden.tensors().info(name);
    long[] shape = info.shape();
    if (!FLOATS.contains(info.dtype()) || shape.length != axes || info.elements() < 1 || info.elements() > Integer.MAX_VALUE - 64L) {
      String wanted = axes + (axes == 1 ? " axis" : " axes");
      throw new MalformedFileException(golden.path(), text(info) + ", expected F32 or F64 with " + wanted + ", not empty");
    }
    return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
  }

  /**
   * An input as floats, rounded where it is wider.
   *
   * @throws MalformedFileException if it is not there, has another shape, or holds a number that is not finite as a float
   */
  float[] floats(String name, int... shape) throws IOException {
    requireShape(name, shape);
    float[] x = golden.tensors().roundedFloats(name);
    for (int i = 0; i < x.length; i++) {
      if (!Float.isFinite(x[i])) {
        throw new MalformedFileException(golden.path(), name + ", element " + i + " is " + x[i] + " as float, expected a finite number");
      }
    }
    return x;
  }

  /** An input as doubles; throws as {@link #floats}. */
  double[] doubles(String name, int... shape) throws IOException {
    requireShape(name, shape);
    double[] x = golden.tensors().doubles(name);
    for (int i = 0; i < x.length; i++) {
      if (!Double.isFinite(x[i])) {
        throw new MalformedFileException(golden.path(), name + ", element " + i + " is " + x[i] + ", expected a finite number");
      }
    }
    return x;
  }

  /**
   * How long an axis of what was recorded is: of the first of these names that is there; {@code standard} where none is.
   *
   * @throws MalformedFileException if the tensor has another number of axes or is shorter than {@code least} or longer than {@code most}
   */
  int recorded(int standard, int least, int most, int axes, int axis, String... names) throws MalformedFileException {
    for (String name : names) {
      if (golden.tensors().contains(name)) {
        TensorInfo info = golden.tensors().info(name);
        if (info.shape().length != axes || info.shape()[axis] < least || info.shape()[axis] > most) {
          throw new MalformedFileException(
              golden.path(), text(info) + ", expected " + axes + (axes == 1 ? " axis" : " axes") + ", axis " + axis + " of " + least + " to " + most);
        }
        return (int) info.shape()[axis];
      }
    }
    return Math.min(standard, most);
  }

  /**
   * Requires the form of something recorded; that it may be missing is the judge's concern.
   *
   * @throws MalformedFileException if it is there with another shape
   */
  void requireIfThere(String name, int... shape) throws MalformedFileException {
    if (golden.tensors().contains(name) && !golden.tensors().info(name).hasShape(shape)) {
      throw new MalformedFileException(golden.path(), text(golden.tensors().info(name)) + ", expected " + Arrays.toString(shape));
    }
  }

  private void requireShape(String name, int... shape) throws MalformedFileException {
    shape(name, shape.length);
    requireIfThere(name, shape);
  }

  private static String text(TensorInfo info) {
    return info.name() + " is " + info.dtype() + " " + Arrays.toString(info.shape());
  }
}
