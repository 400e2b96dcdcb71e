package curvata.optim.transform;

import curvata.kernels.Checks;
import curvata.kernels.update.Scale;

/**
 * Clipping by the global norm.
 *
 * <pre>
 *   g ← g min(1, norm / (‖g‖ + 1e-6)),   ‖g‖ over all parameters, in double
 * </pre>
 *
 * <p>Reads every gradient once, and reads and writes it a second time only where the norm is exceeded. A NaN or infinite gradient makes all gradients
 * NaN or 0, as in torch: look at the loss, not at the clip, to find it.
 *
 * @param norm the largest norm that passes unchanged
 * @see <a href="https://arxiv.org/abs/1211.5063">Pascanu, Mikolov, Bengio: On the difficulty of training recurrent networks, Alg. 1</a>; the 1e-6 is
 *     torch's
 */
public record Clip(double norm) implements GradientTransform {
  /** Checks the range. */
  public Clip {
    Checks.that(norm > 0, "norm", norm, "norm > 0");
  }

  @Override
  public void apply(Gradients gradients) {
    double factor = Scale.clip(gradients.sumOfSquares(), norm);
    if (factor != 1) { // NaN is not, either
      gradients.scale(factor);
    }
  }

  @Override
  public void record(OnDevice gradients) {
    gradients.clip(norm);
  }
}
