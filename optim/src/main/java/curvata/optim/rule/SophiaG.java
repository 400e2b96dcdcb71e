package curvata.optim.rule;

import curvata.kernels.Checks;
import curvata.kernels.Kernel;
import curvata.kernels.update.SophiaGUpdate;
import curvata.kernels.update.SophiaGUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * Sophia-G: momentum divided by a Gauss–Newton diagonal and clipped; the equation is {@link SophiaGUpdate}'s.
 *
 * <p>In steps 1, 1 + every, … it needs the signal {@code ghat}: the gradient of the loss with labels sampled from the model's own output. State m, h: 8
 * bytes per parameter; one pass, 24 bytes per parameter and step, 32 with the signal. Any shape. Defaults are the authors'.
 *
 * @param lr η, the learning rate
 * @param beta1 β₁
 * @param beta2 β₂, the average's weight of the squared estimate
 * @param rho ρ, the clipping threshold's scale
 * @param weightDecay λ, decoupled: η λ
 * @param every steps from one estimate to the next
 * @param batch B, the batch size in tokens (samples) that the estimate was taken over
 * @see <a href="https://arxiv.org/abs/2305.14342">Liu et al.: Sophia, Alg. 3</a>
 */
public record SophiaG(double lr, double beta1, double beta2, double rho, double weightDecay, int every, double batch)
    implements ElementRule<SophiaG, Scalars> {
  private static final List<String> ESTIMATE = List.of("ghat");

  /** Checks the ranges. */
  public SophiaG {
    Ranges.notNegative("lr", lr);
    Ranges.average("beta1", beta1);
    Ranges.average("beta2", beta2);
    Ranges.notNegative("rho", rho);
    Ranges.notNegative("weightDecay", weightDecay);
    Checks.that(every >= 1, "every", every, "every >= 1");
    Ranges.positive("batch", batch);
  }

  /** η = 1e-4, β = (0.965, 0.99), ρ = 0.04, λ = 0.1, an estimate every 10 steps, B = 5120. */
  public static SophiaG defaults() {
    return new SophiaG(1e-4, 0.965, 0.99, 0.04, 0.1, 10, 5120);
  }

  @Override
  public List<Slot> slots() {
    return List.of(Slot.zero("m"), Slot.zero("h"));
  }

  @Override
  public List<String> signals(long step) {
    return (step - 1) % every == 0 ? ESTIMATE : List.of();
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return c.has("ghat") ? SophiaGUpdate.WITH_ESTIMATE : SophiaGUpdate.KERNEL;
  }

  @Override
  public Scalars scalars(StepContext c) {
    return new Scalars(
        (float) (1 - c.lr() * weightDecay),
        (float) -c.lr(),
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) (rho * batch));
  }
}
