package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.codec.BFloat16;
import curvata.kernels.reduce.Reductions;
import java.util.Arrays;
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
 * number of threads, and for Xᵀ transposed where the norms agree.
 *
 * <p>Special values: zeros give zeros; with a NaN or an infinity anywhere in the input the whole output is NaN.
 *
 * @see <a href="https://doi.org/10.1137/0708036">Björck, Bowie: An Iterative Algorithm for Computing the Best Estimate of an Orthogonal Matrix</a>
 * @see <a href="https://kellerjordan.github.io/posts/muon">Jordan et al.: Muon: An optimizer for hidden layers in neural networks</a>
 * @see <a href="https://arxiv.org/abs/2505.16932">Amsel, Persson, Musco, Gower: The Polar Express</a>
 */
public final class NewtonSchulz {
  /** How the norm becomes the number that the input is divided by. */
  public enum Guard {
    /** s ‖X‖: the result does not depend on the scale of the input, however small. */
    SCALE_INVARIANT {
      @Override
      double denominator(double norm, double scale, double eps) {
        return scale * norm;
      }
    },
    /** s ‖X‖ + ε, as Muon and most libraries: inputs below about ε come out small. */
    ADD {
      @Override
      double denominator(double norm, double scale, double eps) {
        return scale * norm + eps;
      }
    },
    /** s max(‖X‖, ε), as torch. */
    MAX {
      @Override
      double denominator(double norm, double scale, double eps) {
        return scale * Math.max(norm, eps);
      }
    };

    abstract double denominator(double norm, double scale, double eps);
  }

  /**
   * What stands for ‖X‖: a number that no singular value exceeds. All but the first come from A and A² of the first step and cost no product more.
   */
  public enum Norm {
    /** √Σ x²: safe, and far above the largest singular value where many are alike. */
    FROBENIUS,
    /** ‖A‖_F^(1/2) = (Σ σ⁴)^(1/4). */
    SCHATTEN_4,
    /** ‖A²‖_F^(1/4) = (Σ σ⁸)^(1/8): within 1.5 of the largest singular value of a Gaussian matrix of 256 rows. One product more for degree 3. */
    SCHATTEN_8,
    /** √max_i Σ_j |a_ij|: a bound on the spectral norm. */
    ROW_SUMS,
    /**
     * Each row (column of a tall X) divided by √Σ_j |a_ij|: singular values end at most 1, but this is not the polar factor of the input.
     *
     * @see <a href="https://arxiv.org/abs/2208.03160">Prach, Lampert: Almost-Orthogonal Layers for Efficient General-Purpose Lipschitz Networks</a>
     */
    ROW_RESCALED
  }

  /** Which matrices the steps run on. */
  public enum Form {
    /** By shape and polynomials: Gram where it needs fewer operations. */
    AUTO,
    /** X itself. */
    STANDARD,
    /** R = X Xᵀ, and X only at the end and at restarts, whose places the polynomials decide; none where ‖R‖_F says that they are not needed. */
    GRAM
  }

  /** What happened in a call; the caller's, to be reused. */
  public static final class Outcome {
    private double norm;
    private int steps;
    private double residual;
    private int restarts;

    /** Nothing yet. */
    public Outcome() {}

    /** ‖X‖ of the input; NaN or infinite where it holds a NaN or an infinity. */
    public double norm() {
      return norm;
    }

    /** Polynomials that were applied: fewer than the recipe has where it stopped early. */
    public int steps() {
      return steps;
    }

    /** ‖A − I‖_F / √m when it was last looked at, before the last step; NaN for recipes without tolerance. */
    public double residual() {
      return residual;
    }

    /** Restarts of the Gram form; −1 where the steps ran on X itself. */
    public int restarts() {
      return restarts;
    }

    private void set(double inputNorm, int stepsDone, double lastResidual, int restartsDone) {
      norm = inputNorm;
      steps = stepsDone;
      residual = lastResidual;
      restarts = restartsDone;
    }
  }

  private static final double STEEP = 5e5; // slope at 0 from which float32 cannot bear the amplified rounding
  private static final int SMALL = 32; // rows up to which double is nearly as fast as float, being mostly overhead
  private static final int SMALL_SIZE = 1 << 14;
  private static final int GRAM_FROM = 192; // rows of A from which the Gram form pays: below it products are too small to be worth more passes
  private static final double GRAM_GAIN = 0.9; // of the operations, at most
  private static final int MOST_SIZE = Integer.MAX_VALUE - 64;

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
    this.scale = positive("scale", scale);
    this.eps = notNegative("eps", eps);
    this.tolerance = notNegative("tolerance", tolerance);
    this.plan = plan == null ? new GramPlan(coefficients.steps()) : plan;
  }

  private static double positive(String name, double value) {
    Checks.that(value > 0 && value < Double.POSITIVE_INFINITY, name, value, "finite > 0");
    return value;
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
   * @throws IllegalArgumentException if there is none of this name
   */
  public static NewtonSchulz named(String name) {
    NewtonSchulz recipe = new NewtonSchulz(Coefficients.named(name), Guard.SCALE_INVARIANT, margin(name), 0);
    return name.startsWith("aol") ? recipe.with(Norm.ROW_RESCALED) : recipe;
  }

  private static double margin(String name) {
    if (name.startsWith("polar_speedrun")) {
      return 1.02;
    }
    if (name.startsWith("polar_l1e-6_")) {
      return 1.001;
    }
    boolean plain = name.startsWith("polar105_") || !(name.startsWith("polar") || name.startsWith("degree9"));
    return plain ? 1 : 1.01;
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
    double m = Math.min(rows, cols);
    double n = Math.max(rows, cols);
    return switch (form) {
      case GRAM -> true;
      case STANDARD -> false;
      case AUTO -> m >= GRAM_FROM && plan.cost(coefficients.steps(), m, n) <= GRAM_GAIN * GramPlan.plainCost(coefficients.steps(), m, n);
    };
  }

  /**
   * Multiply-adds of one call on such a matrix, symmetric products by half: what to count operations by.
   *
   * @throws IllegalArgumentException if a dimension is negative
   */
  public double multiplyAdds(int rows, int cols) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    return cost(rows, cols);
  }

  /** {@link #multiplyAdds} of a shape that has been checked. */
  double cost(int rows, int cols) {
    double m = Math.min(rows, cols);
    double n = Math.max(rows, cols);
    return usesGram(rows, cols) ? plan.cost(coefficients.steps(), m, n) : GramPlan.plainCost(coefficients.steps(), m, n);
  }

  /**
   * Whether floats are computed with in double between: for sets so steep at 0 (half a million) that float32 rounding would show, and for degrees 7
   * and 9, whose coefficients are large, on matrices of up to 32 rows and 16 K elements, where double costs little more.
   */
  public boolean usesDouble(int rows, int cols) {
    boolean small = Math.min(rows, cols) <= SMALL && (long) rows * cols <= SMALL_SIZE;
    return coefficients.slope() >= STEEP || small && coefficients.degree() > 5;
  }

  private GramPlan planFor(int rows, int cols) {
    return usesGram(rows, cols) ? plan : null;
  }

  private int squares(int rows, int cols) {
    boolean spare = norm == Norm.SCHATTEN_8;
    return usesGram(rows, cols) ? Iteration.GRAM_SQUARES : Math.max(spare ? 2 : 1, Iteration.plainSquares(coefficients.degree()));
  }

  /**
   * Floats of scratch that {@link #apply} takes from its workspace (and {@link #requiredDoubles} doubles).
   *
   * @throws IllegalArgumentException if a dimension is negative or the scratch exceeds an array's size
   */
  public int required(int rows, int cols) {
    Checks.size("x", rows, cols);
    return scratch(rows, cols);
  }

  private int scratch(int rows, int cols) {
    return usesDouble(rows, cols) ? 0 : floats(rows, cols, 1, products(rows, cols));
  }

  /** Floats of scratch for the iteration on bfloat16: both X are scratch then. Throws as {@link #required}. */
  public int requiredBFloat16(int rows, int cols) {
    Checks.size("x", rows, cols);
    return floats(rows, cols, 2, products(rows, cols));
  }

  private static int products(int rows, int cols) {
    int m = Math.min(rows, cols);
    int n = Math.max(rows, cols);
    return Math.max(Product.scratch(m, m, n), Product.scratch(rows, cols, m));
  }

  /** So many X besides the caller's, the squares, and what products take. */
  private int floats(int rows, int cols, int xs, int products) {
    long m = Math.min(rows, cols);
    return size(rows, cols, (long) xs * rows * cols + squares(rows, cols) * m * m + products);
  }

  private static int size(int rows, int cols, long count) {
    if (count > MOST_SIZE) {
      throw new IllegalArgumentException("scratch for " + rows + " x " + cols + " = " + count + " numbers, expected at most 2^31 - 65");
    }
    return (int) count;
  }

  /**
   * Doubles of scratch that {@link #apply} on floats takes from its workspace.
   *
   * @throws IllegalArgumentException if a dimension is negative or the matrix exceeds an array's size
   */
  public int requiredDoubles(int rows, int cols) {
    Checks.size("x", rows, cols);
    return scratchDoubles(rows, cols);
  }

  private int scratchDoubles(int rows, int cols) {
    return usesDouble(rows, cols) ? wideScratch(rows, cols) : Reductions.requiredDoubles(rows * cols) + Math.min(rows, cols);
  }

  /** Makes room for one call; the shape has been checked. */
  void reserve(int rows, int cols, Workspace ws) {
    ws.reserve(scratch(rows, cols), scratchDoubles(rows, cols));
  }

  /**
   * Doubles of scratch that {@link #apply} on doubles takes from its workspace; it takes no floats.
   *
   * @throws IllegalArgumentException if a dimension is negative or the scratch exceeds an array's size
   */
  public int requiredWide(int rows, int cols) {
    Checks.size("x", rows, cols);
    return wideScratch(rows, cols);
  }

  private int wideScratch(int rows, int cols) {
    long m = Math.min(rows, cols);
    return size(rows, cols, 2L * rows * cols + squares(rows, cols) * m * m + m + DoubleProduct.required());
  }

  /**
   * Orthogonalizes a matrix whose rows lie one after the other: {@link #apply(int, int, float[], int, int, float[], int, int, Workspace)}.
   *
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(int rows, int cols, float[] in, int inOffset, float[] out, int outOffset, Workspace ws) {
    return apply(rows, cols, in, inOffset, cols, out, outOffset, cols, ws);
  }

  /**
   * Orthogonalizes a matrix.
   *
   * @param inStride distance between stored rows of the input, at least {@code cols}; likewise {@code outStride}
   * @return ‖X‖ of the input; NaN or infinite where it holds a NaN or an infinity, and the output then is all NaN
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
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
    MatrixView.check("in", in, inOffset, rows, cols, inStride);
    MatrixView.check("out", out, outOffset, rows, cols, outStride);
    checkSameOrDisjoint(rows, cols, in, inOffset, inStride, out, outOffset, outStride);
    if (rows == 0 || cols == 0) {
      return nothing(0, outcome);
    }
    if (usesDouble(rows, cols)) {
      return widened(rows, cols, in, inOffset, inStride, out, outOffset, outStride, outcome, ws);
    }
    ws.releaseFloats(ws.takeFloats(floats(rows, cols, 1, products(rows, cols)))); // all that will be needed is there, before anything is written
    int spareAt = ws.takeFloats(floats(rows, cols, 1, 0));
    try {
      double inputNorm = norm(rows, cols, in, inOffset, inStride, spareAt, ws);
      if (inputNorm == 0 || !Double.isFinite(inputNorm)) {
        fill(rows, cols, out, outOffset, outStride, inputNorm == 0 ? 0 : Float.NaN);
        return nothing(inputNorm, outcome);
      }
      if (rows == 1 || cols == 1) {
        scale(rows, cols, vector(inputNorm, outcome), in, inOffset, inStride, out, outOffset, outStride);
        return inputNorm;
      }
      iterate(rows, cols, in, inOffset, inStride, inputNorm, out, outOffset, outStride, spareAt, outcome, ws);
      return inputNorm;
    } finally {
      ws.releaseFloats(spareAt);
    }
  }

  private static double nothing(double norm, Outcome outcome) {
    if (outcome != null) {
      outcome.set(norm, 0, Double.NaN, -1);
    }
    return norm;
  }

  private void iterate(
      int rows, int cols, float[] in, int inAt, int inStride, double inputNorm, float[] out, int outAt, int outStride, int spareAt, Outcome outcome,
      Workspace ws) {
    float[] spare = ws.floats();
    GramPlan gram = planFor(rows, cols);
    boolean inSpare = Iteration.beginsInSpare(coefficients.steps().size(), gram);
    if (inSpare) {
      scale(rows, cols, factor(inputNorm), in, inAt, inStride, spare, spareAt, cols);
    } else {
      scale(rows, cols, factor(inputNorm), in, inAt, inStride, out, outAt, outStride);
    }
    FloatIteration iteration = ws.task(FloatIteration.class, FloatIteration::new);
    iteration.bind(rows, cols, out, outAt, outStride, spare, spareAt, cols, spareAt + rows * cols, ws);
    finish(iteration, inSpare ? Iteration.SPARE : Iteration.OUT, inputNorm, gram, outcome);
    iteration.clear();
  }

  private void finish(Iteration iteration, int start, double inputNorm, GramPlan gram, Outcome outcome) {
    iteration.run(this, start, inputNorm, gram);
    if (outcome != null) {
      outcome.set(inputNorm, iteration.stepsDone, iteration.residual, gram == null ? -1 : iteration.restartsDone);
    }
  }

  /** What X is multiplied by before the first step; norms that A tells follow inside it. */
  private double factor(double inputNorm) {
    return norm == Norm.FROBENIUS ? 1 / guard.denominator(inputNorm, scale, eps) : 1 / inputNorm;
  }

  /**
   * Orthogonalizes a matrix on views; both stored alike, or both transposed.
   *
   * @return as {@link #apply(int, int, float[], int, int, float[], int, int, Workspace)}
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the shapes differ, only one is transposed, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(MatrixView in, MatrixView out, Workspace ws) {
    Objects.requireNonNull(in, "in");
    Objects.requireNonNull(out, "out");
    if (in.rows() != out.rows() || in.cols() != out.cols() || in.transposed() != out.transposed()) {
      throw new IllegalArgumentException(
          "out is " + out.rows() + " x " + out.cols() + (out.transposed() ? " transposed" : "") + ", expected " + in.rows() + " x " + in.cols()
              + (in.transposed() ? " transposed" : "") + " (as in)");
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
    checkInside("in", Objects.requireNonNull(in, "in").length, inOffset, rows, cols, inStride);
    checkInside("out", Objects.requireNonNull(out, "out").length, outOffset, rows, cols, outStride);
    if (in == out && (inOffset != outOffset || inStride != outStride)) {
      checkDisjoint(rows, cols, inOffset, inStride, outOffset, outStride);
    }
    if (rows == 0 || cols == 0) {
      return 0;
    }
    ws.releaseFloats(ws.takeFloats(floats(rows, cols, 2, products(rows, cols))));
    int at = ws.takeFloats(rows * cols);
    try {
      for (int i = 0; i < rows; i++) {
        BFloat16.decode(in, inOffset + i * inStride, ws.floats(), at + i * cols, cols);
      }
      double inputNorm = apply(rows, cols, ws.floats(), at, ws.floats(), at, ws);
      for (int i = 0; i < rows; i++) {
        BFloat16.encode(ws.floats(), at + i * cols, out, outOffset + i * outStride, cols);
      }
      return inputNorm;
    } finally {
      ws.releaseFloats(at);
    }
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
    checkInside("in", Objects.requireNonNull(in, "in").length, inOffset, rows, cols, cols);
    checkInside("out", Objects.requireNonNull(out, "out").length, outOffset, rows, cols, cols);
    int count = rows * cols;
    int at = takeWide(rows, cols, ws);
    try {
      System.arraycopy(in, inOffset, ws.doubles(), at, count);
      double inputNorm = wide(rows, cols, at, outcome, ws);
      System.arraycopy(ws.doubles(), at, out, outOffset, count);
      return inputNorm;
    } finally {
      ws.releaseDoubles(at);
    }
  }

  /** Floats, with double arithmetic between. */
  private double widened(
      int rows, int cols, float[] in, int inAt, int inStride, float[] out, int outAt, int outStride, Outcome outcome, Workspace ws) {
    int at = takeWide(rows, cols, ws);
    try {
      double[] x = ws.doubles();
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          x[at + i * cols + j] = in[inAt + i * inStride + j];
        }
      }
      double inputNorm = wide(rows, cols, at, outcome, ws);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          out[outAt + i * outStride + j] = (float) x[at + i * cols + j];
        }
      }
      return inputNorm;
    } finally {
      ws.releaseDoubles(at);
    }
  }

  private int takeWide(int rows, int cols, Workspace ws) {
    ws.releaseDoubles(ws.takeDoubles(wideScratch(rows, cols))); // all that will be needed is there, before anything is written
    return ws.takeDoubles(wideScratch(rows, cols) - Math.min(rows, cols) - DoubleProduct.required());
  }

  /** The first of two matrices at {@code at} becomes its result. */
  private double wide(int rows, int cols, int at, Outcome outcome, Workspace ws) {
    int count = rows * cols;
    double[] x = ws.doubles();
    double square = 0;
    for (int i = at; i < at + count; i++) {
      square += x[i] * x[i];
    }
    double inputNorm = Math.sqrt(square);
    if (inputNorm == 0 || !Double.isFinite(inputNorm)) {
      Arrays.fill(x, at, at + count, inputNorm == 0 ? 0 : Double.NaN);
      return nothing(inputNorm, outcome);
    }
    if (rows == 1 || cols == 1) {
      double by = vector(inputNorm, outcome);
      for (int i = at; i < at + count; i++) {
        x[i] *= by;
      }
      return inputNorm;
    }
    GramPlan gram = planFor(rows, cols);
    DoubleIteration iteration = ws.task(DoubleIteration.class, DoubleIteration::new);
    iteration.bind(rows, cols, at, ws);
    int start = Iteration.beginsInSpare(coefficients.steps().size(), gram) ? Iteration.SPARE : Iteration.OUT;
    double factor = factor(inputNorm);
    for (int i = 0; i < count; i++) {
      x[iteration.x(start) + i] = x[at + i] * factor;
    }
    finish(iteration, start, inputNorm, gram, outcome);
    iteration.clear();
    return inputNorm;
  }

  /** What a vector is multiplied by: its one singular value is its norm, and is moved in double. */
  private double vector(double inputNorm, Outcome outcome) {
    double start = norm == Norm.ROW_RESCALED ? 1 : inputNorm / guard.denominator(inputNorm, scale, eps);
    double sigma = start;
    double residual = Double.NaN;
    int done = 0;
    for (; done < coefficients.steps().size(); done++) {
      if (done > 0 && tolerance > 0) {
        residual = Math.abs(sigma * sigma - 1);
        if (residual <= tolerance) {
          break;
        }
      }
      sigma = coefficients.steps().get(done).at(sigma);
    }
    if (outcome != null) {
      outcome.set(inputNorm, done, residual, -1);
    }
    return sigma / inputNorm;
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
    if (count < 0 || rows < 0 || cols < 0 || (long) rows * cols > MOST_SIZE || (long) rows * cols * count > MOST_SIZE) {
      throw new IllegalArgumentException(
          "x = " + count + " matrices of " + rows + " x " + cols + ", expected dimensions >= 0 and at most 2^31 - 65 elements");
    }
    int size = rows * cols;
    MatrixView.check("in", in, inOffset, count, size, size);
    MatrixView.check("out", out, outOffset, count, size, size);
    checkSameOrDisjoint(count, size, in, inOffset, size, out, outOffset, size);
    BatchTask.apply(this, count, rows, cols, in, inOffset, out, outOffset, ws);
  }

  /**
   * Floats of scratch that {@link #residual} takes from its workspace, and doubles of {@link Reductions#requiredDoubles} for the shorter side.
   *
   * @throws IllegalArgumentException if a dimension is negative or the matrix exceeds an array's size
   */
  public static int requiredResidual(int rows, int cols) {
    Checks.size("x", rows, cols);
    int m = Math.min(rows, cols);
    return Math.addExact(Math.multiplyExact(m, m), Product.scratch(m, m, Math.max(rows, cols)));
  }

  /**
   * How far a matrix is from orthogonal rows (columns of a tall one): ‖XXᵀ − I‖_F / √m, about twice the root mean square of σ − 1.
   *
   * @param ws scratch of {@link #requiredResidual} floats, and some doubles
   * @return 0 for an empty matrix
   * @throws NullPointerException if the array or the workspace is null
   * @throws IllegalArgumentException if the matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double residual(int rows, int cols, float[] x, int offset, int stride, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    MatrixView.check("x", x, offset, rows, cols, stride);
    int m = Math.min(rows, cols);
    if (m == 0) {
      return 0;
    }
    int at = ws.takeFloats(m * m);
    try {
      FloatIteration iteration = ws.task(FloatIteration.class, FloatIteration::new);
      iteration.bind(rows, cols, x, offset, stride, x, offset, stride, at, ws);
      iteration.gram(Iteration.OUT, 0);
      double sum = iteration.sumOfSquaresFrom(0, 1);
      iteration.clear();
      return Math.sqrt(sum / m);
    } finally {
      ws.releaseFloats(at);
    }
  }

  private static double norm(int rows, int cols, float[] in, int at, int stride, int spareAt, Workspace ws) {
    if (stride == cols) {
      return Math.sqrt(Reductions.sumOfSquares(in, at, at + rows * cols, ws));
    }
    copy(rows, cols, in, at, stride, ws.floats(), spareAt, cols); // so that the order of the sum does not depend on the stride
    return Math.sqrt(Reductions.sumOfSquares(ws.floats(), spareAt, spareAt + rows * cols, ws));
  }

  /** Multiplies in double: one rounding, and the factor of a tiny or huge matrix is in range. */
  private static void scale(
      int rows, int cols, double factor, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      int from = xAt + i * xStride;
      int to = yAt + i * yStride;
      for (int j = 0; j < cols; j++) {
        y[to + j] = (float) (x[from + j] * factor);
      }
    }
  }

  private static void copy(int rows, int cols, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, xAt + i * xStride, y, yAt + i * yStride, cols);
    }
  }

  private static void fill(int rows, int cols, float[] y, int at, int stride, float value) {
    for (int i = 0; i < rows; i++) {
      Arrays.fill(y, at + i * stride, at + i * stride + cols, value);
    }
  }

  /** As {@link MatrixView}, for arrays of other types. */
  static void checkInside(String name, int length, int offset, int rows, int cols, int stride) {
    if (rows < 0 || cols < 0 || stride < cols) {
      throw new IllegalArgumentException(
          "shape of " + name + " = " + rows + " x " + cols + ", stride " + stride + ", expected dimensions >= 0 and stride >= columns");
    }
    long end = MatrixView.end(offset, rows, cols, stride);
    if (offset < 0 || end > length) {
      throw new IllegalArgumentException(name + " holds [" + offset + ", " + end + "), expected within [0, " + length + ")");
    }
  }

  private static void checkSameOrDisjoint(
      int rows, int cols, float[] in, int inAt, int inStride, float[] out, int outAt, int outStride) {
    if (in == out && (inAt != outAt || inStride != outStride)) {
      checkDisjoint(rows, cols, inAt, inStride, outAt, outStride);
    }
  }

  private static void checkDisjoint(int rows, int cols, int inAt, int inStride, int outAt, int outStride) {
    long inEnd = MatrixView.end(inAt, rows, cols, inStride);
    long outEnd = MatrixView.end(outAt, rows, cols, outStride);
    if (Math.max(inAt, outAt) < Math.min(inEnd, outEnd)) {
      throw new IllegalArgumentException(
          "out overlaps in: [" + outAt + ", " + outEnd + ") and [" + inAt + ", " + inEnd + ") of one array, expected the same or disjoint");
    }
  }

  /** The name of the polynomials, and what is not usual. */
  @Override
  public String toString() {
    String usual = coefficients.name() + ", " + guard.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    return usual + ", norm " + norm.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ", margin " + scale + ", eps " + eps
        + (tolerance > 0 ? ", tolerance " + tolerance : "");
  }
}
