package curvata.bench.verify;

import curvata.hessian.OperatorException;
import java.util.List;

/** Computes a recording of curvature part by part; a part that breaks off leaves the others as they are, and says why. */
final class CurvatureReplay implements Recording.Replay {
  /** Some tensors that are computed together. */
  interface Part {
    /** The names that {@link #compute} adds. */
    List<String> names();

    /** Adds them. */
    void compute(Results results);
  }

  private final List<Part> parts;

  CurvatureReplay(List<Part> parts) {
    this.parts = parts;
  }

  @Override
  public Results run() {
    Results results = new Results();
    for (Part part : parts) {
      try {
        part.compute(results);
      } catch (OperatorException | IllegalArgumentException | IllegalStateException e) {
        part.names().stream().filter(name -> results.get(name) == null).forEach(name -> results.fail(name, e.getMessage()));
      }
    }
    return results;
  }

  /** Row after row. */
  static double[] flat(double[][] rows) {
    double[] all = new double[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return all;
  }

  /** The same numbers as doubles. */
  static double[] wide(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }
}
