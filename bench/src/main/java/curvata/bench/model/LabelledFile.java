package curvata.bench.model;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Rows and labels of a safetensors file: {@code images}, F32 or U8 with one row per label and any further axes, and {@code labels}, integers from 0.
 *
 * <pre>
 *   inputs = images / 255                                        of U8
 *   inputs = images / s, s the largest |image| if that is above 1, else 1        of F32
 *   classes = largest label + 1
 * </pre>
 *
 * <p>The file is validated whole before anything is returned. s is taken over all rows but every fifth, which are test rows; so the digits' own file
 * gives the digits as they come with the program.
 */
public final class LabelledFile {
  /** The most classes that are taken: more is a mistake, such as labels that are no classes. */
  public static final int MOST_CLASSES = 10_000;

  private static final Set<DType> INTEGERS =
      EnumSet.of(DType.I64, DType.I32, DType.I16, DType.I8, DType.U64, DType.U32, DType.U16, DType.U8);
  private static final float BYTE = 255;
  private static final int SPLIT = 5;

  private LabelledFile() {}

  /**
   * Reads a file.
   *
   * @throws MalformedFileException if it is no safetensors file, or its tensors are not as they must be; the message names file, tensor and element
   * @throws IOException if it cannot be read
   */
  public static Dataset read(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      TensorInfo images = info(file, "images", "F32 or U8 with a row for each label");
      TensorInfo labels = info(file, "labels", "an integer for each row of images");
      int cols = columns(path, images);
      boolean column = labels.shape().length == 1;
      if (!column || !INTEGERS.contains(labels.dtype())) {
        throw new MalformedFileException(path, text(labels) + ", expected integers with one axis");
      }
      if (labels.shape()[0] != images.shape()[0]) {
        throw new MalformedFileException(
            path, "labels has " + labels.shape()[0] + " rows, images has " + images.shape()[0] + ", expected as many of one as of the other");
      }
      long[] read = file.longs("labels");
      int[] y = labels(path, read);
      float[] x = images.dtype() == DType.U8 ? bytes(file) : floats(file, path, cols);
      return new Dataset(x, y, cols, Arrays.stream(y).max().orElseThrow() + 1);
    }
  }

  private static TensorInfo info(SafetensorsFile file, String name, String expected) throws MalformedFileException {
    if (!file.contains(name)) {
      throw new MalformedFileException(file.path(), "no tensor \"" + name + "\", expected " + expected);
    }
    return file.info(name);
  }

  private static String text(TensorInfo info) {
    return info.name() + " is " + info.dtype() + " " + Arrays.toString(info.shape());
  }

  private static int columns(Path path, TensorInfo images) throws MalformedFileException {
    boolean type = images.dtype() == DType.F32 || images.dtype() == DType.U8;
    long[] shape = images.shape();
    if (!type || shape.length < 2 || images.elements() < 1 || images.elements() > Integer.MAX_VALUE - 64L) {
      throw new MalformedFileException(
          path, text(images) + ", expected F32 or U8 with two axes or more, rows first, none empty, fewer than 2^31 elements");
    }
    return Math.toIntExact(images.elements() / shape[0]);
  }

  private static int[] labels(Path path, long[] labels) throws MalformedFileException {
    int[] y = new int[labels.length];
    int largest = 0;
    boolean several = false;
    for (int i = 0; i < y.length; i++) {
      if (labels[i] < 0 || labels[i] >= MOST_CLASSES) {
        throw new MalformedFileException(
            path, "labels, row " + i + " is " + labels[i] + ", expected a class from 0 to at most " + (MOST_CLASSES - 1));
      }
      y[i] = (int) labels[i];
      several |= y[i] != y[0];
      largest = Math.max(largest, y[i]);
    }
    if (largest >= y.length) {
      throw new MalformedFileException(path, "labels go up to " + largest + " in " + y.length + " rows, expected no more classes than rows");
    }
    if (!several) {
      throw new MalformedFileException(path, "labels are all " + y[0] + ", expected at least two classes");
    }
    return y;
  }

  private static float[] bytes(SafetensorsFile file) throws IOException {
    int[] read = file.ints("images");
    float[] x = new float[read.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = read[i] / BYTE;
    }
    return x;
  }

  private static float[] floats(SafetensorsFile file, Path path, int cols) throws IOException {
    float[] x = file.floats("images");
    float largest = 1;
    for (int i = 0; i < x.length; i++) {
      if (!Float.isFinite(x[i])) {
        throw new MalformedFileException(path, "images, row " + i / cols + ", element " + i % cols + " is " + x[i] + ", expected a finite number");
      }
      largest = i / cols % SPLIT == 0 ? largest : Math.max(largest, Math.abs(x[i]));
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] / largest;
    }
    return x;
  }
}
