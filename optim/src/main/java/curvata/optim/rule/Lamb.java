package curvata.optim.rule;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.reduce.Measure;
import curvata.kernels.update.LambUpdate;
import curvata.kernels.update.LambUpdate.Scalars;
import curvata.optim.ElementRule;
import curvata.optim.ScopedMeasure;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;

/**
 * LAMB: Adam's direction with a trust ratio per tensor; the equation is {@link LambUpdate}'s.
 *
 * <p>State m, v: 8 bytes per parameter; two passes (a third over the gradients for the global clip), 40 (44) bytes per parameter and step. Any shape.
 * Defaults are those of timm's Lamb.
 *
 * @param lr η, the learning rate
 * @param beta1 β₁
 * @param beta2 β₂
 * @param eps ε, added to the corrected root
 * @param weightDecay λ, inside the trust ratio
 * @param maxGradNorm the norm that all gradients of the group together are clipped to; 0: no clipping
 * @param gradAveraging whether the gradient enters m with 1 − β₁ or whole
 * @param biasCorrection whether m and v are corrected for their start at zero
 * @param alwaysAdapt whether the trust ratio applies even where λ = 0
 * @param trustClip whether the trust ratio is at most 1
 * @see <a href="https://arxiv.org/abs/1904.00962">You et al.: Large Batch Optimization for Deep Learning, Alg. 2</a>
 */
public record Lamb(
    double lr, double beta1, double beta2, double eps, double weightDecay, double maxGradNorm, boolean gradAveraging, boolean biasCorrection,
    boolean alwaysAdapt, boolean trustClip) implements ElementRule<Lamb, Scalars> {
  /** Checks the ranges. */
  public Lamb {
    Ranges.notNegative("lr", lr);
    Ranges.average("beta1", beta1);
    Ranges.average("beta2", beta2);
    Ranges.notNegative("eps", eps);
    Ranges.notNegative("weightDecay", weightDecay);
    Ranges.notNegative("maxGradNorm", maxGradNorm);
  }

  /** η = 1e-3, β = (0.9, 0.999), ε = 1e-6, λ = 0.01, clipping at 1. */
  public static Lamb defaults() {
    return new Lamb(1e-3, 0.9, 0.999, 1e-6, 0.01, 1.0, true, true, false, false);
  }

  @Override
  public List<Slot> slots() {
    return List.of(Slot.zero("m"), Slot.zero("v"));
  }

  @Override
  public List<ScopedMeasure> measures() {
    return maxGradNorm == 0 ? List.of() : List.of(ScopedMeasure.perGroup(Measure.sumOfSquares("gradSquared", "g")));
  }

  @Override
  public MeasuringKernel<Scalars> first() {
    return LambUpdate.MOMENTS;
  }

  @Override
  public Kernel<Scalars> kernel(StepContext c) {
    return LambUpdate.APPLY;
  }

  @Override
  public Scalars scalars(StepContext c) {
    return new Scalars(
        (float) gradientScale(c),
        (float) beta1,
        gradAveraging ? (float) (1 - beta1) : 1f,
        (float) beta2,
        (float) (1 - beta2),
        biasCorrection ? (float) (1 / c.biasCorrection(beta1)) : 1f,
        biasCorrection ? (float) (1 / Math.sqrt(c.biasCorrection(beta2))) : 1f,
        (float) eps,
        (float) weightDecay,
        (float) (-c.lr() * trust(c)),
        (float) maxGradNorm,
        adapts() ? trustClip ? 1f : Float.POSITIVE_INFINITY : 0f);
  }

  private boolean adapts() {
    return weightDecay != 0 || alwaysAdapt;
  }

  private double gradientScale(StepContext c) {
    return maxGradNorm == 0 ? 1 : 1 / Math.max(Math.sqrt(c.measure("gradSquared")) / maxGradNorm, 1);
  }

  private double trust(StepContext c) {
    return adapts() ? LambUpdate.trust(c.measure("thetaSquared"), c.measure("uSquared"), trustClip) : 1;
  }
}
