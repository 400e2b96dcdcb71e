package curvata.optim;

import curvata.kernels.reduce.Measure;

/**
 * A named reduction and what it runs over.
 *
 * @param measure the reduction; its operands are {@code theta}, {@code g} or a slot
 * @param group true: one value over all tensors of the group; false: one value per tensor
 */
public record ScopedMeasure(Measure measure, boolean group) {
  /** One value per tensor. */
  public static ScopedMeasure perTensor(Measure measure) {
    return new ScopedMeasure(measure, false);
  }

  /** One value over all tensors of the group. */
  public static ScopedMeasure perGroup(Measure measure) {
    return new ScopedMeasure(measure, true);
  }
}
