package curvata.optim.rule;

import curvata.kernels.Kernel;
import curvata.kernels.update.AdaGradUpdate;
import curvata.kernels.update.AdaGradUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * AdaGrad: each coordinate's rate falls with the root of its summed squares; the equation is {@link AdaGradUpdate}'s.
 *
 * <p>State a: 4 bytes per parameter; one pass, 20 bytes per parameter and step. Any shape. Defaults are torch's.
 *
 * @param lr η, the learning rate
 * @param lrDecay η is divided by 1 + (t − 1) lrDecay
 * @param weightDecay λ, coupled: added to the gradient (L2)
 * @param initialAccumulator what a starts at
 * @param eps ε, added to the root
 * @see <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi, Hazan, Singer: Adaptive Subgradient Methods, fig. 1</a>
 */
public record AdaGrad(double lr, double lrDecay, double weightDecay, double initialAccumulator, double eps) implements ElementRule<AdaGrad, Scalars> {
  /** Checks the ranges. */
  public AdaGrad {
    Ranges.notNegative("lr", lr);
    Ranges.notNegative("lrDecay", lrDecay);
    Ranges.notNegative("weightDecay", weightDecay);
    Ranges.notNegative("initialAccumulator", initialAccumulator);
    Ranges.notNegative("eps", eps);
  }

  /** η = 0.01, ε = 1e-10 and nothing else. */
  public static AdaGrad defaults() {
    return new AdaGrad(1e-2, 0, 0, 0, 1e-10);
  }

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("a", (float) initialAccumulator));
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return AdaGradUpdate.KERNEL;
  }

  @Override
  public Scalars scalars(StepContext c) {
    return new Scalars((float) (c.lr() / (1 + (c.step() - 1) * lrDecay)), (float) weightDecay, (float) eps);
  }
}
