package curvata.optim.rule;

import curvata.kernels.Kernel;
import curvata.kernels.matrix.Coefficients;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.update.MuonUpdate;
import curvata.kernels.update.MuonUpdate.Scalars;
import curvata.optim.MatrixRule;
import curvata.optim.Slot;
import curvata.optim.StepContext;
import java.util.List;
import java.util.Objects;

/**
 * Muon: momentum, orthogonalized by Newton–Schulz steps; the element-wise equations are {@link MuonUpdate}'s.
 *
 * <p>For matrices (kernels with more axes count as first axis × rest); biases, embeddings and heads belong in a group with AdamW. State b: 4 bytes per
 * parameter. The orthogonalized direction has singular values in about [0.7, 1.2] for {@code muon5}, not exactly 1; other methods come closer.
 *
 * @param lr η, the learning rate
 * @param momentum μ, of the running average
 * @param weightDecay λ, decoupled: η λ, without the shape factor
 * @param nesterov whether the direction looks ahead
 * @param scaling the factor s by which the step depends on the shape
 * @param guard how a vanishing direction is normalized
 * @param method the polynomials that orthogonalize, with the margin that they were made for: {@link NewtonSchulz#named}
 * @see <a href="https://kellerjordan.github.io/posts/muon/">Jordan et al.: Muon</a>
 * @see <a href="https://arxiv.org/abs/2502.16982">Liu et al.: Muon is Scalable for LLM Training, eq. 4 (match-rms-adamw)</a>
 */
public record Muon(double lr, double momentum, double weightDecay, boolean nesterov, Scaling scaling, Guard guard, String method)
    implements MatrixRule<Muon, Scalars> {
  /** How the step depends on the shape. */
  public enum Scaling {
    /** √max(1, rows / cols). */
    ORIGINAL,
    /** √max(1, rows / cols) of the last two axes, as the first published code has it for kernels of four axes. */
    ORIGINAL_LAST_AXES,
    /** 0.2 √max(rows, cols): the update's root mean square is AdamW's, so that its rate and decay carry over. */
    MATCH_RMS_ADAMW;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** How the direction is normalized before the iteration; margin is the method's, 1 for {@code muon5}. */
  public enum Guard {
    /** Divided by margin · norm, zero stays zero: tiny gradients count like any other. */
    SCALE_INVARIANT(curvata.kernels.matrix.Guard.SCALE_INVARIANT, 0),
    /** Divided by margin · norm + 1e-7; with {@code muon5} as the first published code. */
    ADD(curvata.kernels.matrix.Guard.ADD, 1e-7),
    /** Divided by margin · max(norm, 1e-7); with {@code muon5} as torch. */
    MAX(curvata.kernels.matrix.Guard.MAX, 1e-7);

    private final curvata.kernels.matrix.Guard guard;
    private final double eps;

    Guard(curvata.kernels.matrix.Guard guard, double eps) {
      this.guard = guard;
      this.eps = eps;
    }

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** Checks the ranges, and that there is such a method. */
  public Muon {
    Ranges.notNegative("lr", lr);
    Ranges.average("momentum", momentum);
    Ranges.notNegative("weightDecay", weightDecay);
    Coefficients.named(Objects.requireNonNull(method, "method"));
  }

  /** η = 0.02, μ = 0.95, λ = 0, Nesterov, {@code muon5}: the first published code's, with the scale-invariant guard. */
  public static Muon defaults() {
    return new Muon(0.02, 0.95, 0, true, Scaling.ORIGINAL, Guard.SCALE_INVARIANT, "muon5");
  }

  @Override
  public List<Slot> slots() {
    return List.of(Slot.zero("b"));
  }

  @Override
  public Kernel<Scalars> direction() {
    return MuonUpdate.DIRECTION;
  }

  @Override
  public NewtonSchulz orthogonalization() {
    return NewtonSchulz.named(method).with(guard.guard, guard.eps);
  }

  @Override
  public Kernel<Scalars> apply() {
    return MuonUpdate.APPLY;
  }

  @Override
  public Scalars scalars(StepContext c) {
    return new Scalars(
        (float) momentum,
        (float) (1 - momentum),
        nesterov ? (float) (1 - momentum) : 0f,
        nesterov ? (float) momentum : 1f,
        (float) (1 - c.lr() * weightDecay),
        (float) (c.lr() * shapeFactor(c)));
  }

  private double shapeFactor(StepContext c) {
    return switch (scaling) {
      case ORIGINAL -> Math.sqrt(Math.max(1, (double) c.rows() / c.cols()));
      case ORIGINAL_LAST_AXES -> Math.sqrt(Math.max(1, (double) c.lastAxis(1) / c.lastAxis(0)));
      case MATCH_RMS_ADAMW -> 0.2 * Math.sqrt(Math.max(c.rows(), c.cols()));
    };
  }
}
