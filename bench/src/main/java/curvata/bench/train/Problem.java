package curvata.bench.train;

import curvata.bench.model.Dataset;
import curvata.bench.model.Digits;

/**
 * What a run trains on and is judged by.
 *
 * @param name of the data
 * @param training rows that gradients are taken of
 * @param heldOut rows that nothing but the reported numbers depends on
 * @param heldOutName what those are called: test or validation
 */
public record Problem(String name, Dataset training, Dataset heldOut, String heldOutName) {
  /** The digits with their test rows; or, to choose settings by, with validation rows out of the training rows, the test rows untouched. */
  public static Problem digits(boolean validate) {
    Digits digits = Digits.load();
    return validate
        ? new Problem("digits", digits.reducedTraining(), digits.validation(), "validation")
        : new Problem("digits", digits.training(), digits.test(), "test");
  }
}
