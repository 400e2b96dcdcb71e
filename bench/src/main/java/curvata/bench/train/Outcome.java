package curvata.bench.train;

import java.util.List;

/**
 * How a run ended.
 *
 * @param steps steps taken
 * @param diverged whether it ended early, at a loss that is not a number
 * @param loss the loss of the last step's rows
 * @param rows the evaluations; the last is that of the end, or the last before it diverged
 * @param curvature what was seen of the loss's curvature
 * @param curvatureProblem why some of it is missing; null where none is
 * @param seconds of training and evaluating, interruptions and looks at the curvature left out
 * @param weightsSha256 SHA-256 of all parameters' little-endian bytes, layer by layer, weight before bias
 */
public record Outcome(
    long steps, boolean diverged, double loss, List<Row> rows, List<Curvature> curvature, String curvatureProblem, double seconds,
    String weightsSha256) {
  /** The last evaluation. */
  public Row last() {
    return rows.getLast();
  }

  /** Seconds that looks at the curvature took. */
  public double curvatureSeconds() {
    return curvature.stream().mapToDouble(Curvature::seconds).sum();
  }

  /** Their share of the run's time. */
  public double curvatureShare() {
    return curvatureSeconds() / (seconds + curvatureSeconds());
  }
}
