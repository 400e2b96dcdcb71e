package curvata.optim.rule;

import curvata.kernels.Checks;
import curvata.kernels.Kernel;
import curvata.kernels.update.SgdUpdate;
import curvata.kernels.update.SgdUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * Stochastic gradient descent, plain, with momentum or with Nesterov's look-ahead; the equation is {@link SgdUpdate}'s.
 *
 * <p>State b with momentum: 4 bytes per parameter; one pass, 12 or 20 bytes per parameter and step. Any shape.
 *
 * @param lr η, the learning rate
 * @param momentum μ; 0 keeps no buffer
 * @param dampening the gradient enters the buffer with 1 − dampening, but whole in the first step
 * @param weightDecay λ, coupled: added to the gradient (L2)
 * @param nesterov whether to look ahead; needs momentum and no dampening
 * @see <a href="https://proceedings.mlr.press/v28/sutskever13.html">Sutskever et al.: On the importance of initialization and momentum</a>
 */
public record Sgd(double lr, double momentum, double dampening, double weightDecay, boolean nesterov) implements ElementRule<Sgd, Scalars> {
  /** Checks the ranges. */
  public Sgd {
    Ranges.notNegative("lr", lr);
    Ranges.notNegative("momentum", momentum);
    Checks.that(Double.isFinite(dampening), "dampening", dampening, "a finite number");
    Ranges.notNegative("weightDecay", weightDecay);
    Checks.that(!nesterov || (momentum > 0 && dampening == 0), "nesterov", nesterov, "false, or momentum > 0 and dampening = 0");
  }

  /** η = 0.01 and nothing else: torch leaves the rate to the caller. */
  public static Sgd defaults() {
    return new Sgd(1e-2, 0, 0, 0, false);
  }

  @Override
  public List<Slot> slots() {
    return momentum == 0 ? List.of() : List.of(Slot.zero("b"));
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return momentum == 0 ? SgdUpdate.PLAIN : SgdUpdate.MOMENTUM;
  }

  @Override
  public Scalars scalars(StepContext c) {
    boolean first = c.step() == 1;
    return new Scalars(
        (float) c.lr(),
        (float) weightDecay,
        first ? 0f : (float) momentum,
        first ? 1f : (float) (1 - dampening),
        nesterov ? 1f : 0f,
        nesterov ? (float) momentum : 1f);
  }
}
