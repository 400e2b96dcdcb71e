package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import java.util.Locale;
import java.util.Objects;

/**
 * Newton–Schulz orthogonalization: moves the singular values of a matrix towards 1 by odd polynomials, with products only.
 *
 * <pre>
 *   X ← X / (s ‖X‖ + ε)                      Frobenius norm; or another {@link Guard} or {@link Norm}
 *   for each (a, b, c, d, e):   A = X Xᵀ     wide or square; for a tall X: A = XᵀX
 *                               X ← a X + (b A + c A² + d A³ + e A⁴) X          tall: from the right
 * </pre>
 *
 * With X = U Σ Vᵀ the result is U p(Σ) Vᵀ, p the composition of the polynomials. Whether that is the polar factor U Vᵀ depends on them: for
 * {@link #muon5} singular values end in [0.68, 1.13], for {@link #polar(double)} as close to 1 as asked for. Zero singular values stay zero, small
 * ones may not have arrived.
 *
 * <p>A recipe says what is computed; how is chosen from the shape. Where one side is much longer, everything runs on m×m matrices ({@link
 * Form#GRAM}): R = X Xᵀ, Q = I; S = a I + b R + c R² + …, Q ← Q S, R ← S R S; at the end and at restarts X ← Q X.
 *
 * <p>Shapes: rows × cols, either may be longer; the input is row-major with any stride, the output may be the input itself, else it must not overlap.
 * With m the shorter and n the longer side: 3/2 m² n multiply-adds per step, and 1/2 m³ more for degree 5, m³ for 7 and 9; in the Gram form about
 * 3 m² n + 7 m³ for five steps of degree 5 or four of degree 9. Allocates nothing when warm; scratch of {@link #required} floats comes from the
 * workspace.
 *
 * <p>Accuracy: rounding of the input is amplified by about the slope of p at 0 ({@link Coefficients#slope}; {@code muon5}: 485) where singular values
 * vanish; on the recorded cases entries are within 4 times what plain float32 loops miss of double arithmetic, or 2e-6. All powers of A are
 * symmetric bit for bit. The norm is taken in double, so any finite scale works. The same bits for scalar and SIMD, any vector width, stride and
 * number of threads, and for Xᵀ transposed where the norms agree and X is not square (A = X Xᵀ for both, if it is).
 *
 * <p>Special values: zeros give zeros; with a NaN or an infinity anywhere in the input the whole output is NaN.
 *
 * @see <a href="https://doi.org/10.1137/0708036">Björck, Bowie: An Iterative Algorithm for Computing the Best Estimate of an Orthogonal Matrix</a>
 * @see <a href="https://kellerjordan.github.io/posts/muon">Jordan et al.: Muon: An optimizer for hidden layers in neural networks</a>
 * @see <a href="https://arxiv.org/abs/2505.16932">Amsel, Persson, Musco, Gower: The Polar Express</a>
 */
public final class NewtonSchulz {
  private static final double STEEP = 5e5; // slope at 0 from which float32 cannot bear the amplified rounding
  private static final int SMALL = 32; // rows up to which double is nearly as fast as float, being mostly overhead
  private static final int SMALL_SIZE = 1 << 14;

  private final Coefficients coefficients;
  private final Guard guard;
  private final double scale;
  private final double eps;
  private final Norm norm;
  private final Form form;
  private final double tolerance;
  private final GramPlan plan;

  /**
   * A recipe with the Frobenius norm, all steps, and the form chosen by shape.
   *
   * @param coefficients the polynomials
   * @param guard what the input is divided by
   * @param scale s: a margin on the norm, at least so large that singular values start where the polynomials want them
   * @param eps ε; not used by {@link Guard#SCALE_INVARIANT}
   * @throws NullPointerException if the coefficients or the guard are null
   * @throws IllegalArgumentException if {@code scale} is not positive or {@code eps} is negative, or one is not finite
   */
  public NewtonSchulz(Coefficients coefficients, Guard guard, double scale, double eps) {
    this(coefficients, guard, scale, eps, Norm.FROBENIUS, Form.AUTO, 0, null);
  }

  private NewtonSchulz(
      Coefficients coefficients, Guard guard, double scale, double eps, Norm norm, Form form, double tolerance, GramPlan plan) {
    this.coefficients = Objects.requireNonNull(coefficients, "coefficients");
    this.guard = Objects.requireNonNull(guard, "guard");
    this.norm = Objects.requireNonNull(norm, "norm");
    this.form = Objects.requireNonNull(form, "form");
    this.scale = scale;
    Checks.that(scale > 0 && scale < Double.POSITIVE_INFINITY, "scale", scale, "finite > 0");
    this.eps = notNegative("eps", eps);
    this.tolerance = notNegative("tolerance", tolerance);
    this.plan = plan == null ? new GramPlan(coefficients.steps()) : plan;
  }

  private static double notNegative(String name, double value) {
    Checks.that(value >= 0 && value < Double.POSITIVE_INFINITY, name, value, "finite >= 0");
    return value;
  }

  /** Scale-invariant, without a margin. */
  public static NewtonSchulz of(Coefficients coefficients) {
    return new NewtonSchulz(coefficients, Guard.SCALE_INVARIANT, 1, 0);
  }

  /** The published recipe of Muon: {@link OddPolynomial#MUON} five times, X / (‖X‖ + 1e-7). */
  public static NewtonSchulz muon5() {
    return new NewtonSchulz(Coefficients.muon(5), Guard.ADD, 1, 1e-7);
  }

  /** {@link Coefficients#polar}: 5 steps reach 0.13, 8 float accuracy, for singular values from 10⁻³ of the norm on. Scale-invariant. */
  public static NewtonSchulz polar(int steps) {
    return named("polar" + steps);
  }

  /**
   * The polar factor as accurately as asked for: as many steps as it takes.
   *
   * <p>The root mean square of σ − 1 ends at about {@code accuracy} or below, if singular values are from 10⁻⁴ of the largest on; those below stay
   * too small, and then all steps are taken. From 0.02 on four steps of degree 9, else up to ten of {@link Coefficients#polar}, with the Schatten-8
   * bound for ‖X‖.
   *
   * @throws IllegalArgumentException if the accuracy is not in (0, 1)
   */
  public static NewtonSchulz polar(double accuracy) {
    Checks.that(accuracy > 0 && accuracy < 1, "accuracy", accuracy, "in (0, 1)");
    return named(accuracy >= 0.02 ? "degree9_4" : "polar10").with(Norm.SCHATTEN_8).withTolerance(2 * accuracy); // σ² − 1 ≈ 2 (σ − 1)
  }

  /** {@link Coefficients#degree9}: 4 steps reach 0.02 for singular values from 10⁻³ of the norm on. Scale-invariant. Best quality per operation. */
  public static NewtonSchulz degree9(int steps) {
    return named("degree9_" + steps);
  }

  /**
   * A set by its name ({@link Coefficients#named}) with the margin it was made for; scale-invariant.
   *
   * @throws NullPointerException if the name is null
   * @throws IllegalArgumentException if there is none of this name
   */
  public static NewtonSchulz named(String name) {
    NewtonSchulz recipe = new NewtonSchulz(Coefficients.named(name), Guard.SCALE_INVARIANT, Coefficients.margin(name), 0);
    return name.startsWith("aol") ? recipe.with(Norm.ROW_RESCALED) : recipe;
  }

  /** The polynomials. */
  public Coefficients coefficients() {
    return coefficients;
  }

  /** What the input is divided by. */
  public Guard guard() {
    return guard;
  }

  /** s: the margin on the norm. */
  public double scale() {
    return scale;
  }

  /** ε. */
  public double eps() {
    return eps;
  }

  /** What stands for ‖X‖. */
  public Norm norm() {
    return norm;
  }

  /** Which matrices the steps run on. */
  public Form form() {
    return form;
  }

  /** ‖A − I‖_F / √m at the start of a step from which it is left out, and all that follow; 0: never. */
  public double tolerance() {
    return tolerance;
  }

  /** The same polynomials and margin with another guard. */
  public NewtonSchulz with(Guard other, double otherEps) {
    return new NewtonSchulz(coefficients, other, scale, otherEps, norm, form, tolerance, plan);
  }

  /** The same with another margin on the norm. */
  public NewtonSchulz withScale(double other) {
    return new NewtonSchulz(coefficients, guard, other, eps, norm, form, tolerance, plan);
  }

  /** The same with another norm. */
  public NewtonSchulz with(Norm other) {
    return new NewtonSchulz(coefficients, guard, scale, eps, other, form, tolerance, plan);
  }

  /** The same in another form. */
  public NewtonSchulz with(Form other) {
    return new NewtonSchulz(coefficients, guard, scale, eps, norm, other, tolerance, plan);
  }

  /** The same, stopping before a step that finds ‖A − I‖_F / √m at or below a tolerance; looking costs a pass over A. */
  public NewtonSchulz withTolerance(double other) {
    return new NewtonSchulz(coefficients, guard, scale, eps, norm, form, other, plan);
  }

  /** Whether this recipe runs in the Gram form for such a matrix: a function of shape and polynomials alone. */
  public boolean usesGram(int rows, int cols) {
    return form == Form.GRAM || form == Form.AUTO && plan.pays(rows, cols);
  }

  /**
   * Whether the Gram form forms X and R anew before a step: by the plan, a function of the polynomials alone, for who runs it elsewhere.
   *
   * <p>Before the first step there is nothing to form anew: false. A device goes by this. The CPU looks at R before the first step, too, and leaves
   * all restarts out for a matrix that needs none ({@link Outcome#restarts} tells); a device would have to read R for that.
   *
   * @param step from 0
   * @throws IllegalArgumentException if there is no such step
   */
  public boolean restartsBefore(int step) {
    Checks.that(step >= 0 && step < coefficients.steps().size(), "step", step, "0 <= step < " + coefficients.steps().size());
    return plan.restartBefore(step);
  }

  /**
   * Multiply-adds of one call on such a matrix that takes all steps and all restarts, symmetric products by half.
   *
   * @throws IllegalArgumentException if a dimension is negative
   */
  public double multiplyAdds(int rows, int cols) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    return cost(rows, cols);
  }

  /**
   * Multiply-adds of the call that had this outcome: less than of {@link #multiplyAdds(int, int)} where it stopped early, or where the Gram form did
   * without restarts.
   *
   * @param outcome of a call of this recipe on a matrix of that shape
   * @throws NullPointerException if {@code outcome} is null
   * @throws IllegalArgumentException if a dimension is negative, or the outcome has more steps than this recipe
   */
  public double multiplyAdds(int rows, int cols, Outcome outcome) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    int steps = outcome.steps();
    Checks.that(steps <= coefficients.steps().size(), "steps of the outcome", steps, "at most " + coefficients.steps().size());
    if (steps == 0) { // a zero matrix, or one with a NaN
      return 0;
    }
    return outcome.restarts() < 0 ? plan.plainCost(rows, cols, steps) : plan.cost(rows, cols, steps, outcome.restarts());
  }

  /** {@link #multiplyAdds} of a shape that has been checked. */
  double cost(int rows, int cols) {
    return usesGram(rows, cols) ? plan.cost(rows, cols) : plan.plainCost(rows, cols);
  }

  /**
   * Whether floats are computed with in double between: for sets so steep at 0 (half a million) that float32 rounding would show, and for degrees 7
   * and 9, whose coefficients are large, on matrices of up to 32 rows and 16 K elements, where double costs little more.
   */
  public boolean usesDouble(int rows, int cols) {
    boolean small = Math.min(rows, cols) <= SMALL && (long) rows * cols <= SMALL_SIZE;
    return coefficients.slope() >= STEEP || small && coefficients.degree() > 5;
  }

  /** Where the Gram form restarts; null for the standard form. */
  GramPlan planFor(int rows, int cols) {
    return usesGram(rows, cols) ? plan : null;
  }

  /** What stands for s ‖X‖ + ε. */
  double denominator(double inputNorm) {
    return guard.denominator(inputNorm, scale, eps);
  }

  /**
   * Floats of scratch that {@link #apply} takes from its workspace (and {@link #requiredDoubles} doubles).
   *
   * @throws IllegalArgumentException if a dimension is negative or the scratch exceeds an array's size
   */
  public int required(int rows, int cols) {
    Checks.size("x", rows, cols);
    return Scratch.floats(this, rows, cols);
  }

  /** Floats of scratch for the iteration on bfloat16: both X are scratch then. Throws as {@link #required}. */
  public int requiredBFloat16(int rows, int cols) {
    Checks.size("x", rows, cols);
    return Scratch.iteration(this, rows, cols, 2);
  }

  /** Doubles of scratch that {@link #apply} on floats takes from its workspace. Throws as {@link #required}. */
  public int requiredDoubles(int rows, int cols) {
    Checks.size("x", rows, cols);
    return Scratch.doubles(this, rows, cols);
  }

  /** Doubles of scratch that {@link #apply} on doubles takes from its workspace; it takes no floats. Throws as {@link #required}. */
  public int requiredWide(int rows, int cols) {
    Checks.size("x", rows, cols);
    return Scratch.wide(this, rows, cols);
  }

  /** {@link #apply(int, int, float[], int, int, float[], int, int, Outcome, Workspace)} of matrices whose rows lie one after the other. */
  public double apply(int rows, int cols, float[] in, int inOffset, float[] out, int outOffset, Workspace ws) {
    return apply(rows, cols, in, inOffset, cols, out, outOffset, cols, null, ws);
  }

  /** {@link #apply(int, int, float[], int, int, float[], int, int, Outcome, Workspace)} without telling how it went. */
  public double apply(
      int rows, int cols, float[] in, int inOffset, int inStride, float[] out, int outOffset, int outStride, Workspace ws) {
    return apply(rows, cols, in, inOffset, inStride, out, outOffset, outStride, null, ws);
  }

  /**
   * Orthogonalizes a matrix and tells how it went.
   *
   * @param inStride distance between stored rows of the input, at least {@code cols}; likewise {@code outStride}
   * @param outcome receives what happened; may be null
   * @return ‖X‖ of the input; NaN or infinite where it holds a NaN or an infinity, and the output then is all NaN
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(
      int rows, int cols, float[] in, int inOffset, int inStride, float[] out, int outOffset, int outStride, Outcome outcome, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("in", in, inOffset, rows, cols, inStride);
    Strided.check("out", out, outOffset, rows, cols, outStride);
    Strided.checkSameOrApart(rows, cols, in, inOffset, inStride, out, outOffset, outStride);
    if (rows == 0 || cols == 0) {
      return Outcome.none(outcome, 0);
    }
    return usesDouble(rows, cols)
        ? DoublePath.apply(this, rows, cols, in, inOffset, inStride, out, outOffset, outStride, outcome, ws)
        : FloatPath.apply(this, rows, cols, in, inOffset, inStride, out, outOffset, outStride, outcome, ws);
  }

  /**
   * Orthogonalizes a matrix on views; both stored alike, or both transposed.
   *
   * @return ‖X‖ of the input, as for arrays
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the shapes differ, only one is transposed, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(MatrixView in, MatrixView out, Workspace ws) {
    Objects.requireNonNull(in, "in");
    Objects.requireNonNull(out, "out");
    if (in.rows() != out.rows() || in.cols() != out.cols() || in.transposed() != out.transposed()) {
      throw new IllegalArgumentException("out is " + out.shape() + ", expected " + in.shape() + " (as in)");
    }
    int rows = in.transposed() ? in.cols() : in.rows();
    int cols = in.transposed() ? in.rows() : in.cols();
    return apply(rows, cols, in.data(), in.offset(), in.stride(), out.data(), out.offset(), out.stride(), ws);
  }

  /**
   * Orthogonalizes a matrix of bfloat16 numbers, with float32 arithmetic between; the result is rounded to nearest, ties to even.
   *
   * @param ws scratch of {@link #requiredBFloat16} floats and {@link #requiredDoubles} doubles
   * @return ‖X‖ of the input, as for floats
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(
      int rows, int cols, short[] in, int inOffset, int inStride, short[] out, int outOffset, int outStride, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("in", in, inOffset, rows, cols, inStride);
    Strided.check("out", out, outOffset, rows, cols, outStride);
    Strided.checkSameOrApart(rows, cols, in, inOffset, inStride, out, outOffset, outStride);
    return rows == 0 || cols == 0 ? 0 : BFloat16Path.apply(this, rows, cols, in, inOffset, inStride, out, outOffset, outStride, ws);
  }

  /**
   * Orthogonalizes a matrix in double: the reference, and for sets whose slope float32 cannot bear. About three times slower than on floats.
   *
   * @param ws scratch of {@link #requiredWide} doubles
   * @param outcome receives what happened; may be null
   * @return ‖X‖ of the input, as for floats; its square must be in the range of doubles
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(int rows, int cols, double[] in, int inOffset, double[] out, int outOffset, Outcome outcome, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("in", in, inOffset, rows, cols, cols);
    Strided.check("out", out, outOffset, rows, cols, cols);
    return DoublePath.apply(this, rows, cols, in, inOffset, out, outOffset, outcome, ws);
  }

  /**
   * Orthogonalizes many matrices of one shape that lie one after the other: each by itself, with its own norm and the bits of {@link #apply}.
   *
   * <p>Small ones are shared among threads whole, so that each stays in one core's cache.
   *
   * @param count how many
   * @param ws keeps the scratch of every thread, made on first use
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative, the matrices do not lie inside their array, or input and output overlap without being
   *     the same
   * @throws IllegalStateException if the workspace is too small for one matrix
   */
  public void applyAll(int count, int rows, int cols, float[] in, int inOffset, float[] out, int outOffset, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    int size = BatchTask.size(count, rows, cols);
    Strided.check("in", in, inOffset, count, size, size);
    Strided.check("out", out, outOffset, count, size, size);
    Strided.checkSameOrApart(count, size, in, inOffset, size, out, outOffset, size);
    if (count > 0) { // also where each thread has a workspace of its own
      ws.releaseFloats(ws.takeFloats(Scratch.floats(this, rows, cols)));
      ws.releaseDoubles(ws.takeDoubles(Scratch.doubles(this, rows, cols)));
    }
    BatchTask.apply(this, count, rows, cols, in, inOffset, out, outOffset, ws);
  }

  /** The name of the polynomials, and what is not usual. */
  @Override
  public String toString() {
    String usual = coefficients.name() + ", " + guard.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return usual + ", norm " + norm.name().toLowerCase(Locale.ROOT).replace('_', '-') + ", margin " + scale + ", eps " + eps
        + (form == Form.AUTO ? "" : ", form " + form.name().toLowerCase(Locale.ROOT)) + (tolerance > 0 ? ", tolerance " + tolerance : "");
  }
}
