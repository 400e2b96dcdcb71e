package curvata.optim.rule;

import curvata.kernels.Kernel;
import curvata.kernels.update.LionUpdate;
import curvata.kernels.update.LionUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * Lion: the sign of an average of gradients; the equation is {@link LionUpdate}'s.
 *
 * <p>State m: 4 bytes per parameter; one pass, 20 bytes per parameter and step. Any shape. Defaults are the authors'; the rate is a tenth to a third
 * of what Adam takes, because every element moves by all of it.
 *
 * @param lr η, the learning rate
 * @param beta1 β₁, the average's weight of the gradient in the direction
 * @param beta2 β₂, the average's weight of the gradient in the state
 * @param weightDecay λ, decoupled: η λ
 * @see <a href="https://arxiv.org/abs/2302.06675">Chen et al.: Symbolic Discovery of Optimization Algorithms, Alg. 2</a>
 */
public record Lion(double lr, double beta1, double beta2, double weightDecay) implements ElementRule<Lion, Scalars> {
  /** Checks the ranges. */
  public Lion {
    Ranges.notNegative("lr", lr);
    Ranges.average("beta1", beta1);
    Ranges.average("beta2", beta2);
    Ranges.notNegative("weightDecay", weightDecay);
  }

  /** η = 1e-4, β = (0.9, 0.99) and no decay. */
  public static Lion defaults() {
    return new Lion(1e-4, 0.9, 0.99, 0);
  }

  @Override
  public List<Slot> slots() {
    return List.of(Slot.zero("m"));
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return LionUpdate.KERNEL;
  }

  @Override
  public Scalars scalars(StepContext c) {
    return new Scalars(
        (float) (1 - c.lr() * weightDecay), (float) c.lr(), (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2));
  }
}
