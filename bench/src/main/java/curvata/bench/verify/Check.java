package curvata.bench.verify;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The outcome of one comparison.
 *
 * @param file the input, as the user named it
 * @param name the recorded tensor, or what could not be checked
 * @param error where it is worst: |ours − recorded|; NaN where nothing was compared
 * @param allowed the largest error allowed there; NaN where nothing was compared
 * @param status how it ended
 * @param at where in the tensor that is; may be empty
 * @param note why, where status alone does not say it; may be empty
 */
public record Check(String file, String name, double error, double allowed, Status status, String at, String note) {
  /** How a comparison ends. */
  public enum Status {
    /** Within what is allowed. */
    OK("ok"),
    /** Not within what is allowed, NaN, or nothing to compare with. */
    FAIL("FAIL"),
    /** The library does not compute this yet, or not with these hyperparameters. */
    UNSUPPORTED("unsupported");

    private final String spelling;

    Status(String spelling) {
      this.spelling = spelling;
    }

    @Override
    public String toString() {
      return spelling;
    }
  }

  /** A comparison that was made: ok if the error is at most what is allowed; NaN is not. */
  static Check compared(String file, String name, Worst worst, String at) {
    Status status = worst.within() ? Status.OK : Status.FAIL;
    return new Check(file, name, worst.error(), worst.allowed(), status, at, "");
  }

  /** The recorded tensor that belongs to a computed one is not in the file. */
  static Check missing(String file, String name) {
    return new Check(file, name, Double.NaN, Double.NaN, Status.FAIL, "", "missing in the file");
  }

  /** Something that should have been computed could not be, and why. */
  static Check failed(String file, String name, String why) {
    return new Check(file, name, Double.NaN, Double.NaN, Status.FAIL, "", why);
  }

  /** Something recorded that the library cannot reproduce, and why. */
  static Check unsupported(String file, String name, String why) {
    return new Check(file, name, Double.NaN, Double.NaN, Status.UNSUPPORTED, "", why);
  }

  /** The check as a JSON object: error and allowed are null where they are not finite; {@code at} and {@code note} only where there is one. */
  Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", file);
    object.put("name", name);
    object.put("error", Double.isFinite(error) ? error : null);
    object.put("allowed", Double.isFinite(allowed) ? allowed : null);
    object.put("status", status.toString());
    if (!at.isEmpty()) {
      object.put("at", at);
    }
    if (!note.isEmpty()) {
      object.put("note", note);
    }
    return object;
  }

  /** A number as the table shows it; empty where nothing was compared. */
  static String shown(double number, boolean compared) {
    return compared ? String.format(Locale.ROOT, "%.2e", number) : "";
  }
}
