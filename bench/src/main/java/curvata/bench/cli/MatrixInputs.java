package curvata.bench.cli;

import curvata.optim.io.DType;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Matrices in safetensors files, named as {@code FILE:TENSOR}: found by their headers, read and checked whole. */
final class MatrixInputs {
  private static final Set<DType> FLOATS = EnumSet.of(DType.F32, DType.F16, DType.BF16);

  private MatrixInputs() {}

  /** One tensor to read. */
  record Source(Path file, String tensor) {}

  /** One matrix in memory. */
  record Matrix(Source source, DType type, int[] shape, float[] x) {
    int rows() {
      return shape[0];
    }

    int cols() {
      return Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
    }
  }

  /** The tensors that arguments FILE:TENSOR name, {@code *} for any characters; each is a matrix by its header. */
  static List<Source> sources(List<String> inputs) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (String input : inputs) {
      int colon = input.lastIndexOf(':');
      if (colon < 1 || colon == input.length() - 1) {
        throw new UserException("--input " + input + ": expected FILE:TENSOR");
      }
      Path file = Path.of(input.substring(0, colon));
      String tensor = input.substring(colon + 1);
      try (SafetensorsFile tensors = SafetensorsFile.read(file)) {
        if (tensor.indexOf('*') < 0) {
          check(tensors.info(tensor), file);
          sources.add(new Source(file, tensor));
        } else {
          for (String name : matching(tensors, tensor, input)) {
            check(tensors.info(name), file);
            sources.add(new Source(file, name));
          }
        }
      }
    }
    return sources;
  }

  private static List<String> matching(SafetensorsFile tensors, String pattern, String input) {
    Pattern names = Pattern.compile(Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")), Pattern.DOTALL);
    List<String> found = tensors.names().stream()
        .filter(name -> names.matcher(name).matches() && FLOATS.contains(tensors.info(name).dtype()) && tensors.info(name).shape().length >= 2)
        .toList();
    if (found.isEmpty()) {
      throw new UserException("--input " + input + ": no matrix of F32, F16 or BF16 among " + tensors.names().size() + " tensors has such a name");
    }
    return found;
  }

  private static void check(TensorInfo info, Path file) {
    if (!FLOATS.contains(info.dtype()) || info.shape().length < 2) {
      throw new UserException("--input " + file + ": " + info + ", expected F32, F16 or BF16 with two axes or more");
    }
    double cols = Arrays.stream(info.shape()).skip(1).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (Math.max(info.shape()[0], cols) > Integer.MAX_VALUE) { // an empty tensor may have any
      throw new UserException("--input " + file + ": " + info + ", expected at most 2147483647 rows and columns");
    }
  }

  /** A matrix, of finite numbers. */
  static Matrix read(Source source) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.read(source.file)) {
      TensorInfo info = tensors.info(source.tensor);
      float[] x = tensors.floats(source.tensor);
      int[] shape = Arrays.stream(info.shape()).mapToInt(Math::toIntExact).toArray();
      for (int i = 0; i < x.length; i++) {
        if (!Float.isFinite(x[i])) {
          throw new UserException(
              "--input " + source.file + ":" + source.tensor + ": element " + i + " is " + x[i] + ", expected finite numbers");
        }
      }
      return new Matrix(source, info.dtype(), shape, x);
    }
  }
}
