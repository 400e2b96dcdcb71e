package curvata.optim.rule;

import curvata.kernels.Kernel;
import curvata.kernels.update.AdamWUpdate;
import curvata.kernels.update.AdamWUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * AdamW: Adam with decoupled weight decay; the equation is {@link AdamWUpdate}'s.
 *
 * <p>State m, v (and w with {@code amsgrad}): 8 (12) bytes per parameter; one pass, 28 (36) bytes per parameter and step. Any shape. Defaults are
 * torch's.
 *
 * @param lr η, the learning rate
 * @param beta1 β₁, the average's weight of the gradient
 * @param beta2 β₂, the average's weight of its square
 * @param eps ε, added to the corrected root
 * @param weightDecay λ
 * @param decay what the decay is coupled to
 * @param amsgrad whether to divide by the root of the largest v so far
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov, Hutter: Decoupled Weight Decay Regularization, Alg. 2</a>
 */
public record AdamW(double lr, double beta1, double beta2, double eps, double weightDecay, Decay decay, boolean amsgrad)
    implements ElementRule<AdamW, Scalars> {
  /** What decoupled weight decay is multiplied by. */
  public enum Decay {
    /** The rate of the step, η λ: torch and most codes. */
    RATE,
    /** The schedule alone, λ: the paper's own form, where η does not change the decay. */
    SCHEDULE
  }

  /** Checks the ranges. */
  public AdamW {
    Ranges.notNegative("lr", lr);
    Ranges.average("beta1", beta1);
    Ranges.average("beta2", beta2);
    Ranges.notNegative("eps", eps);
    Ranges.notNegative("weightDecay", weightDecay);
  }

  /** torch's defaults: η = 1e-3, β = (0.9, 0.999), ε = 1e-8, λ = 1e-2. */
  public static AdamW defaults() {
    return new AdamW(1e-3, 0.9, 0.999, 1e-8, 1e-2, Decay.RATE, false);
  }

  @Override
  public List<Slot> slots() {
    return amsgrad ? List.of(Slot.zero("m"), Slot.zero("v"), Slot.zero("w")) : List.of(Slot.zero("m"), Slot.zero("v"));
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return amsgrad ? AdamWUpdate.AMSGRAD : AdamWUpdate.KERNEL;
  }

  @Override
  public Scalars scalars(StepContext c) {
    double coupled = decay == Decay.RATE ? c.lr() : c.factor();
    return new Scalars(
        (float) (1 - coupled * weightDecay),
        (float) (-c.lr() / c.biasCorrection(beta1)),
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) (1 / Math.sqrt(c.biasCorrection(beta2))),
        (float) eps);
  }
}
