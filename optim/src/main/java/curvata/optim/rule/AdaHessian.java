package curvata.optim.rule;

import curvata.kernels.Checks;
import curvata.kernels.Kernel;
import curvata.kernels.update.AdaHessianUpdate;
import curvata.kernels.update.AdaHessianUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * AdaHessian: Adam with an estimate of the Hessian's diagonal in place of the squared gradient's root; the equation is {@link AdaHessianUpdate}'s.
 *
 * <p>Every step needs the signal {@code diagonal}: Hutchinson's z ⊙ (H z) for random signs z, or a mean of several; signs do not matter, so one probe's
 * H z will do as well. For parameters with four axes, the filters of convolutions, its magnitude is averaged over the last two: h is one number for
 * each filter's window. State m, v: 8 bytes per parameter; one pass, 32 bytes per parameter and step, 12 more for four axes. Any shape. Defaults are the
 * authors'.
 *
 * @param lr η, the learning rate
 * @param beta1 β₁, the average's weight of the gradient
 * @param beta2 β₂, the average's weight of the squared diagonal
 * @param eps ε, added to the corrected root's power
 * @param weightDecay λ, decoupled: η λ
 * @param hessianPower k, above 0 and at most 1: how much of the diagonal divides
 * @see <a href="https://arxiv.org/abs/2006.00719">Yao et al.: AdaHessian, Alg. 1</a>
 */
public record AdaHessian(double lr, double beta1, double beta2, double eps, double weightDecay, double hessianPower)
    implements ElementRule<AdaHessian, Scalars> {
  private static final List<String> SIGNALS = List.of("diagonal");

  /** Checks the ranges. */
  public AdaHessian {
    Ranges.notNegative("lr", lr);
    Ranges.average("beta1", beta1);
    Ranges.average("beta2", beta2);
    Ranges.notNegative("eps", eps);
    Ranges.notNegative("weightDecay", weightDecay);
    Checks.that(hessianPower > 0 && hessianPower <= 1, "hessianPower", hessianPower, "0 < hessianPower <= 1");
  }

  /** η = 0.15, β = (0.9, 0.999), ε = 1e-4, no decay, k = 1. */
  public static AdaHessian defaults() {
    return new AdaHessian(0.15, 0.9, 0.999, 1e-4, 0, 1);
  }

  @Override
  public List<Slot> slots() {
    return List.of(Slot.zero("m"), Slot.zero("v"));
  }

  @Override
  public List<String> signals(long step) {
    return SIGNALS;
  }

  @Override
  public int averagedOver(String signal, int... shape) {
    return shape.length == 4 ? shape[2] * shape[3] : 1;
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return hessianPower == 1 ? AdaHessianUpdate.KERNEL : AdaHessianUpdate.POWER;
  }

  @Override
  public Scalars scalars(StepContext c) {
    double root = Math.sqrt(c.biasCorrection(beta2));
    return new Scalars(
        (float) (1 - c.lr() * weightDecay),
        (float) (-c.lr() / c.biasCorrection(beta1)),
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) hessianPower,
        (float) (1 / (hessianPower == 1 ? root : StrictMath.pow(root, hessianPower))),
        (float) eps);
  }
}
