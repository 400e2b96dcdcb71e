package curvata.optim;

import java.util.List;

/**
 * How parameters move: the hyperparameters of one method, as an immutable record whose components are the only declaration of names, defaults and
 * ranges.
 *
 * <p>A rule holds no state and does no arithmetic over elements. It names the state it needs and turns hyperparameters, step and measured norms into
 * the few floats a kernel takes. Hyperparameters are doubles; floats first appear in the kernel's scalars.
 *
 * @param <R> the record itself
 */
public sealed interface Rule<R extends Rule<R>> permits ElementRule, MatrixRule {
  /** The learning rate before any schedule. */
  double lr();

  /** The state arrays of one parameter. */
  List<Slot> slots();

  /** Inputs besides the gradient that this step needs, by name; step counts from 1. */
  default List<String> signals(long step) {
    return List.of();
  }

  /** Whether a parameter of this shape can be in a group with this rule. */
  default boolean accepts(int... shape) {
    return true;
  }

  /** The rule's name on the command line and in checkpoints. */
  default String name() {
    return Catalog.name(this);
  }

  /**
   * A copy with one hyperparameter changed.
   *
   * @param hyperparameter a component's name; case, hyphens and underscores do not matter
   * @param value of the component's type, or text
   * @throws IllegalArgumentException if there is no such hyperparameter or the value is out of range
   */
  @SuppressWarnings("unchecked") // R is the implementing record, as its declaration says
  default R with(String hyperparameter, Object value) {
    return (R) Catalog.set(this, hyperparameter, value);
  }

  /** A copy with another learning rate. */
  default R withLr(double lr) {
    return with("lr", lr);
  }
}
