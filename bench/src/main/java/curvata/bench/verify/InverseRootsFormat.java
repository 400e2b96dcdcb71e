package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Recorded roots, signs, whitenings and row/column normalizations: matrices, and what every method makes of them as truth. */
final class InverseRootsFormat implements Format {
  private static final int MOST_ROWS = 4096;

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors f && f.format().equals(OrthogonalizationFormat.NAME)
        && f.tensors().metadata().containsKey("coupled_ns");
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    List<InverseRootsReplay.Matrix> matrices = new ArrayList<>();
    for (String name : file.tensors().names()) {
      int dot = name.lastIndexOf('.');
      String kind = dot < 1 ? "" : name.substring(dot + 1);
      if (kind.equals("A") || kind.equals("G")) {
        matrices.add(read(file, name, name.substring(0, dot), kind.equals("A")));
      }
    }
    return new Recording(new InverseRootsReplay(matrices, file.tensors().names()), new InverseRootsJudge(file, matrices));
  }

  private static InverseRootsReplay.Matrix read(GoldenFile.Tensors file, String tensor, String name, boolean symmetric) throws IOException {
    CurvatureInputs in = new CurvatureInputs(file);
    int[] shape = in.shape(tensor, 2);
    if (shape[0] > MOST_ROWS || shape[1] > MOST_ROWS || symmetric && shape[0] != shape[1]) {
      throw new MalformedFileException(
          file.path(), Report.oneLine(file.tensors().info(tensor).toString()) + ", expected at most " + MOST_ROWS + " rows and columns"
              + (symmetric ? ", square" : ""));
    }
    double[] a = in.doubles(tensor, shape);
    double largest = Closeness.largest(a, 0, 1);
    for (int i = 0; symmetric && i < shape[0]; i++) {
      for (int j = 0; j < i; j++) {
        if (Math.abs(a[i * shape[0] + j] - a[j * shape[0] + i]) > 1e-12 * largest) {
          throw new MalformedFileException(file.path(),
              tensor + "[" + i + "][" + j + "] and [" + j + "][" + i + "] differ, expected a symmetric matrix");
        }
      }
    }
    return new InverseRootsReplay.Matrix(name, symmetric, shape[0], shape[1], a);
  }
}
