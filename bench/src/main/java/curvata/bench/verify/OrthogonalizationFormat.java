package curvata.bench.verify;

import curvata.kernels.matrix.NewtonSchulz;
import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recorded orthogonalizations: matrices, or stacks of them, and what every method makes of them as truth; coefficient sets. */
final class OrthogonalizationFormat implements Format {
  /** What files of Newton-Schulz say they are. */
  static final String NAME = "newton-schulz-golden-1";

  static final String INPUT = ".input";
  static final String SET = "coef.";
  static final String LEFT = "_left";

  private static final int MOST_ELEMENTS = 1 << 24; // of an input: everything is computed several times, in double as well

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors f && f.format().equals(NAME) && f.tensors().metadata().containsKey("methods");
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    Map<String, Optional<NewtonSchulz>> methods = NewtonSchulzMethods.read(file);
    List<OrthogonalizationReplay.Case> cases = new ArrayList<>();
    Map<String, OrthogonalizationReplay.Rows> sets = new LinkedHashMap<>();
    for (String name : file.tensors().names()) {
      if (name.endsWith(INPUT)) {
        cases.add(read(file, name.substring(0, name.length() - INPUT.length())));
      } else if (name.startsWith(SET) && !name.endsWith(LEFT)) {
        sets.put(name.substring(SET.length()), rows(file, name));
      }
    }
    return new Recording(new OrthogonalizationReplay(cases, methods, sets), new OrthogonalizationJudge(file, cases, methods));
  }

  private static OrthogonalizationReplay.Case read(GoldenFile.Tensors file, String name) throws IOException {
    TensorInfo info = file.tensors().info(name + INPUT);
    int axes = info.shape().length;
    if (info.dtype() != DType.F32 || axes != 2 && axes != 3) {
      throw new MalformedFileException(file.path(), Report.oneLine(info.toString()) + ", expected F32 with two or three axes");
    }
    int[] shape = shape(file, name + INPUT, axes);
    float[] x = file.tensors().floats(name + INPUT);
    for (int i = 0; i < x.length; i++) {
      if (!Float.isFinite(x[i])) {
        throw new MalformedFileException(file.path(), name + INPUT + ", element " + i + " is " + x[i] + ", expected a finite number");
      }
    }
    List<String> recorded = file.tensors().names().stream().filter(n -> n.startsWith(name + ".")).map(n -> n.substring(name.length() + 1)).toList();
    return new OrthogonalizationReplay.Case(name, shape, x, recorded);
  }

  /** A coefficient set is an input as well: the double results were computed with its digits. */
  private static OrthogonalizationReplay.Rows rows(GoldenFile.Tensors file, String name) throws IOException {
    int[] shape = shape(file, name, 2);
    if (shape[1] < 2 || shape[1] > 5) {
      throw new MalformedFileException(file.path(), Report.oneLine(file.tensors().info(name).toString()) + ", expected 2 to 5 columns");
    }
    return new OrthogonalizationReplay.Rows(shape, new CurvatureInputs(file).doubles(name, shape));
  }

  private static int[] shape(GoldenFile.Tensors file, String name, int axes) throws MalformedFileException {
    TensorInfo info = file.tensors().info(name);
    if (info.shape().length != axes || info.elements() < 1 || info.elements() > MOST_ELEMENTS) {
      throw new MalformedFileException(
          file.path(), Report.oneLine(info.toString()) + ", expected " + axes + " axes and 1 to " + MOST_ELEMENTS + " elements");
    }
    int[] shape = new int[axes];
    for (int i = 0; i < axes; i++) {
      shape[i] = (int) info.shape()[i];
    }
    return shape;
  }
}
