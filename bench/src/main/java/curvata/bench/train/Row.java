package curvata.bench.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One evaluation; one line of metrics.jsonl.
 *
 * @param step steps taken before it
 * @param epoch the same in passes over the training rows
 * @param lr the first group's rate in the last of these steps (at the start: in the first)
 * @param trainLoss mean loss over all training rows
 * @param trainAccuracy share of training rows that are right
 * @param heldOutLoss mean loss over the held-out rows
 * @param heldOutAccuracy share of held-out rows that are right
 * @param seconds of training and evaluating so far, interruptions and looks at the curvature left out
 */
public record Row(
    long step, double epoch, double lr, double trainLoss, double trainAccuracy, double heldOutLoss, double heldOutAccuracy, double seconds) {
  /** By the names that files use; the held-out rows' begin with what they are called. */
  Map<String, Object> named(String heldOut) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("step", step);
    fields.put("epoch", epoch);
    fields.put("lr", lr);
    fields.put("trainLoss", trainLoss);
    fields.put("trainAccuracy", trainAccuracy);
    fields.put(heldOut + "Loss", heldOutLoss);
    fields.put(heldOut + "Accuracy", heldOutAccuracy);
    fields.put("seconds", seconds);
    return fields;
  }

  /**
   * From the fields that {@link #named} gives.
   *
   * @throws IllegalArgumentException if one is missing or no number
   */
  static Row of(Map<?, ?> fields, String heldOut) {
    return new Row(
        (long) number(fields, "step"), number(fields, "epoch"), number(fields, "lr"), number(fields, "trainLoss"), number(fields, "trainAccuracy"),
        number(fields, heldOut + "Loss"), number(fields, heldOut + "Accuracy"), number(fields, "seconds"));
  }

  private static double number(Map<?, ?> fields, String name) {
    if (fields.get(name) instanceof Number n) {
      return n.doubleValue();
    }
    throw new IllegalArgumentException(name + " = " + fields.get(name) + ", expected a number");
  }
}
