package curvata.hessian.trace;

import curvata.kernels.Checks;
import java.util.Objects;

/**
 * A named range of coordinates, such as the weights of one layer.
 *
 * @param name of what lies there
 * @param from first index
 * @param to end, not included
 */
public record IndexRange(String name, int from, int to) {
  /**
   * Checks the bounds.
   *
   * @throws NullPointerException if the name is null
   * @throws IllegalArgumentException if the range is empty or begins below 0
   */
  public IndexRange {
    Objects.requireNonNull(name, "name");
    Checks.that(from >= 0 && from < to, "range " + name, "[" + from + ", " + to + ")", "0 <= from < to");
  }
}
