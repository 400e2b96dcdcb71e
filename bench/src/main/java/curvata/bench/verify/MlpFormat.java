package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Recorded curvature of a classifier at one or more points: weights and probes as inputs; loss, derivatives, spectra and estimates as truth. */
final class MlpFormat implements Format {
  private static final String NAME = "hessian-mlp-golden-1";
  private static final String WEIGHTS = ".weights";
  private static final int BATCHES = 4;

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors && file.format().equals(NAME);
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    try {
      RecordedNetwork network = RecordedNetwork.read(file);
      Map<String, float[]> points = new LinkedHashMap<>();
      int batches = Math.min(BATCHES, network.data().rows() / MlpReplay.BATCH);
      for (String name : file.tensors().names().stream().sorted().toList()) {
        if (name.endsWith(WEIGHTS)) {
          String prefix = name.substring(0, name.length() - WEIGHTS.length() + 1);
          points.put(prefix, network.floats(file, name, 1));
          batches = batches(file, prefix + MlpReplay.BATCHES, batches, network.data().rows());
        }
      }
      if (points.isEmpty()) {
        throw new MalformedFileException(file.path(), "no tensor X" + WEIGHTS + ", expected the weights of at least one point");
      }
      float[] signs = network.floats(file, "probes_rademacher", 2);
      float[] normals = network.floats(file, "probes_gauss", 2);
      return new Recording(new MlpReplay(network, points, signs, normals, batches), new MlpJudge(file, network.size(), points.keySet()));
    } catch (UnsupportedException e) {
      return Recording.unsupported(file, "mlp", e.getMessage());
    }
  }

  /** How many batches were recorded. */
  private static int batches(GoldenFile.Tensors file, String name, int otherwise, int rows) throws MalformedFileException {
    if (!file.tensors().contains(name)) {
      return otherwise;
    }
    long[] shape = file.tensors().info(name).shape();
    if (shape.length != 2 || shape[0] < 1 || shape[0] > rows / MlpReplay.BATCH) {
      throw new MalformedFileException(file.path(), name + ", expected 1 to " + rows / MlpReplay.BATCH + " rows (" + rows + " samples)");
    }
    return (int) shape[0];
  }
}
