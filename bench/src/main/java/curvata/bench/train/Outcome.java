package curvata.bench.train;

import java.util.List;

/**
 * How a run ended.
 *
 * @param steps steps taken
 * @param diverged whether it ended early, at a loss that is not a number
 * @param loss the loss of the last step's rows
 * @param rows the evaluations; the last is that of the end, or the last before it diverged
 * @param seconds of training and evaluating, interruptions left out
 * @param weightsSha256 SHA-256 of all parameters' little-endian bytes, layer by layer, weight before bias
 */
public record Outcome(long steps, boolean diverged, double loss, List<Row> rows, double seconds, String weightsSha256) {
  /** The last evaluation. */
  public Row last() {
    return rows.getLast();
  }
}
