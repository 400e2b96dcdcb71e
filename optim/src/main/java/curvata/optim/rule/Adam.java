package curvata.optim.rule;

import curvata.kernels.Kernel;
import curvata.kernels.update.AdamUpdate;
import curvata.kernels.update.AdamUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * Adam, with weight decay added to the gradient, and AMSGrad; the equation is {@link AdamUpdate}'s.
 *
 * <p>State m, v (and w with {@code amsgrad}): 8 (12) bytes per parameter; one pass, 28 (36) bytes per parameter and step. Any shape. Defaults are the
 * paper's and torch's. The maximum of AMSGrad is taken of v before the bias correction, as in torch.
 *
 * @param lr η, the learning rate
 * @param beta1 β₁, the average's weight of the gradient
 * @param beta2 β₂, the average's weight of its square
 * @param eps ε, added to the corrected root
 * @param weightDecay λ, coupled: added to the gradient (L2)
 * @param amsgrad whether to divide by the root of the largest v so far
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma, Ba: Adam, Alg. 1</a>
 */
public record Adam(double lr, double beta1, double beta2, double eps, double weightDecay, boolean amsgrad) implements ElementRule<Adam, Scalars> {
  /** Checks the ranges. */
  public Adam {
    Ranges.notNegative("lr", lr);
    Ranges.average("beta1", beta1);
    Ranges.average("beta2", beta2);
    Ranges.notNegative("eps", eps);
    Ranges.notNegative("weightDecay", weightDecay);
  }

  /** η = 1e-3, β = (0.9, 0.999), ε = 1e-8 and nothing else. */
  public static Adam defaults() {
    return new Adam(1e-3, 0.9, 0.999, 1e-8, 0, false);
  }

  @Override
  public List<Slot> slots() {
    return amsgrad ? List.of(Slot.zero("m"), Slot.zero("v"), Slot.zero("w")) : List.of(Slot.zero("m"), Slot.zero("v"));
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return amsgrad ? AdamUpdate.AMSGRAD : AdamUpdate.KERNEL;
  }

  @Override
  public Scalars scalars(StepContext c) {
    return new Scalars(
        (float) weightDecay,
        (float) (-c.lr() / c.biasCorrection(beta1)),
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) (1 / Math.sqrt(c.biasCorrection(beta2))),
        (float) eps);
  }
}
