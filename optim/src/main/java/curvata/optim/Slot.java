package curvata.optim;

/**
 * One state array of a rule, as long as the parameter.
 *
 * @param name what the kernel's operand and the checkpoint call it
 * @param initial its value before the first step
 */
public record Slot(String name, float initial) {
  /** A slot that starts at zero. */
  public static Slot zero(String name) {
    return new Slot(name, 0f);
  }
}
