package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import java.util.List;

/**
 * A rule whose kernel treats every element alike, whatever the parameter's shape.
 *
 * <p>One step: the measures of {@link #measures} are taken, {@link #scalars} turns them and the step into floats, {@link #first} runs if there is one
 * and {@link #scalars} is asked again with its sums at hand, then {@link #kernel} runs.
 *
 * @param <R> the record itself
 * @param <S> the scalars of its kernel
 */
public non-sealed interface ElementRule<R extends ElementRule<R, S>, S extends Record> extends Rule<R> {
  /** The kernel of this step; its operands are bound by name: {@code theta}, {@code g}, the slots, this step's signals. */
  Kernel<S> kernel(StepContext c);

  /** The step's scalars; a pure function of the context. */
  S scalars(StepContext c);

  /**
   * How many neighbours share the mean of a signal's magnitudes: consecutive elements of a tensor, its first ones first. 1, the default, leaves the
   * signal as it is; else the kernel sees the mean in place of every element.
   *
   * @param shape of the tensor; the number divides its size
   */
  default int averagedOver(String signal, int... shape) {
    return 1;
  }

  /** Reductions to take before the step. */
  default List<ScopedMeasure> measures() {
    return List.of();
  }

  /** The first pass of a two-pass update, or null: its sums are then measures of each tensor. */
  default MeasuringKernel<S> first() {
    return null;
  }
}
