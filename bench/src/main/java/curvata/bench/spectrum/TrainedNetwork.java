package curvata.bench.spectrum;

import curvata.bench.model.Dataset;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.bench.model.StoredModel;
import curvata.bench.train.Problem;
import curvata.hessian.LinearOperator;
import curvata.kernels.random.Permutation;
import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * A network that {@code train} wrote, on training rows: the Hessian of their mean loss.
 *
 * @param model what the file holds
 * @param data name of the data
 * @param sha256 of the data
 * @param same whether that is what the network was trained on; true where the file does not say
 * @param trainingRows how many there are
 * @param point the network on the rows that were asked for
 */
public record TrainedNetwork(StoredModel model, String data, String sha256, boolean same, int trainingRows, MlpPoint point) {
  private static final long SUBSET = -1; // the stream by which train's monitor chooses rows too

  /**
   * Reads a network and its rows.
   *
   * @param file the model
   * @param data a file of images and labels; null for what the model says it was trained on, the digits where it says nothing
   * @param rows how many training rows, chosen by the seed; 0 for all
   * @throws IllegalArgumentException if there are fewer rows, or they do not fit the network
   * @throws MalformedFileException if a file is not as it must be
   * @throws IOException if a file cannot be read
   */
  public static TrainedNetwork read(Path file, String data, int rows, long seed) throws IOException {
    StoredModel model = StoredModel.read(file);
    boolean validate = Boolean.parseBoolean(model.metadata().get("validate"));
    String name = data != null ? data : model.metadata().getOrDefault("data", Problem.DIGITS);
    boolean center = Boolean.parseBoolean(model.metadata().get("center"));
    Problem problem = Problem.named(name, validate, center);
    Dataset training = problem.training();
    int classes = model.layers().getLast();
    if (training.cols() != model.layers().getFirst() || training.classes() > classes) {
      throw new IllegalArgumentException(
          "--data " + name + ": " + training.cols() + " inputs and " + training.classes() + " classes, expected " + model.layers().getFirst()
              + " inputs and at most " + classes + " classes (" + file + ")");
    }
    if (rows < 0 || rows > training.rows()) {
      throw new IllegalArgumentException("--rows " + rows + ": expected 1 to " + training.rows() + " (training rows of " + name + ")");
    }
    Dataset chosen = rows == 0 || rows == training.rows() ? training : subset(training, rows, seed);
    MlpPoint point = new MlpPoint(model.layers(), model.activation(), model.loss(), chosen);
    point.move(model.theta());
    String trainedOn = model.metadata().get("data-sha256");
    boolean same = trainedOn == null || trainedOn.equals(problem.sha256());
    return new TrainedNetwork(model, name, problem.sha256(), same, training.rows(), point);
  }

  private static Dataset subset(Dataset training, int rows, long seed) {
    int[] order = new int[training.rows()];
    Permutation.shuffle(seed, SUBSET, order);
    boolean[] chosen = new boolean[order.length];
    IntStream.range(0, rows).forEach(i -> chosen[order[i]] = true);
    return training.where(i -> chosen[i]);
  }

  /** The exact Hessian of the mean loss. */
  public LinearOperator hessian() {
    return new MlpHessian(point);
  }

  /** How many classes it tells apart. */
  public int classes() {
    return model.layers().getLast();
  }
}
