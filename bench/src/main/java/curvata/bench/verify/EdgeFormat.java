package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import java.io.IOException;

/**
 * Recorded full-batch gradient descent beyond the edge of stability: start and rate as inputs; losses, sharpness and a later point as truth.
 *
 * <p>The number of steps and how often sharpness was taken follow from the recorded shapes.
 */
final class EdgeFormat implements Format {
  private static final String NAME = "hessian-eos-golden-1";

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors && file.format().equals(NAME);
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    double eta = number(file, "eta");
    double threshold = number(file, "threshold_2_over_eta");
    if (Math.abs(threshold * eta - 2) > 1e-6) {
      throw new MalformedFileException(file.path(), "threshold_2_over_eta = " + threshold + ", expected 2 / " + eta + " (eta)");
    }
    try {
      RecordedNetwork network = RecordedNetwork.read(file);
      String optimizer = file.metadata("optimizer");
      if (!optimizer.startsWith("full-batch gradient descent")) {
        throw new UnsupportedException("optimizer = " + Report.oneLine(optimizer) + ", expected full-batch gradient descent");
      }
      int steps = length(file, EdgeReplay.LOSS, 601) - 1;
      int points = length(file, EdgeReplay.SHARPNESS, 31) - 1;
      if (steps < 1 || points < 1 || steps % points != 0) {
        throw new MalformedFileException(
            file.path(), EdgeReplay.SHARPNESS + " has " + (points + 1) + " rows, expected one more than a divisor of " + steps + " steps");
      }
      float[] start = network.floats(file, "weights_init", 1);
      EdgeReplay replay = new EdgeReplay(network, eta, start, steps, steps / points);
      return new Recording(replay, new EdgeJudge(file, threshold, steps / points, start.length));
    } catch (UnsupportedException e) {
      return Recording.unsupported(file, "edge_of_stability", e.getMessage());
    }
  }

  private static int length(GoldenFile.Tensors file, String name, int otherwise) throws MalformedFileException {
    if (!file.tensors().contains(name)) {
      return otherwise;
    }
    long[] shape = file.tensors().info(name).shape();
    if (shape.length == 0 || shape[0] < 2 || shape[0] > 1_000_000) {
      throw new MalformedFileException(file.path(), name + ", expected 2 to 1000000 rows");
    }
    return (int) shape[0];
  }

  private static double number(GoldenFile.Tensors file, String key) throws MalformedFileException {
    String text = file.metadata(key);
    try {
      double number = Double.parseDouble(text);
      if (number > 0 && number < Float.MAX_VALUE) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new MalformedFileException(file.path(), key + " = " + Report.oneLine(text) + ", expected a finite number > 0");
  }
}
