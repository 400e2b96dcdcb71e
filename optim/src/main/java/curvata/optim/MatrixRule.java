package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.matrix.NewtonSchulz;

/**
 * A rule for matrices: an element-wise pass writes a direction, the direction is orthogonalized, a second element-wise pass applies it.
 *
 * <p>Kernels with more than two axes count as matrices of first axis × rest. Parameters with one axis are refused by name: they belong in a group with
 * an element-wise rule.
 *
 * @param <R> the record itself
 * @param <S> the scalars that both passes share
 */
public non-sealed interface MatrixRule<R extends MatrixRule<R, S>, S extends Record> extends Rule<R> {
  @Override
  default boolean accepts(int... shape) {
    return shape.length >= 2;
  }

  /** The pass that updates state and writes the direction to its operand {@code u}. */
  Kernel<S> direction();

  /** How the direction is orthogonalized: asked for once, when the group is built. */
  NewtonSchulz orthogonalization();

  /** The pass that moves {@code theta} along its operand {@code o}. */
  Kernel<S> apply();

  /** The scalars for one parameter's shape; a pure function of the context. */
  S scalars(StepContext c);
}
