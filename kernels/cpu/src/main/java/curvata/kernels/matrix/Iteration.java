package curvata.kernels.matrix;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.List;

/**
 * The Newton–Schulz iteration itself, written once for float and double: what to multiply with what. A subclass holds the arrays.
 *
 * <p>Two places for X ({@link #OUT}, where the caller wants it, and {@link #SPARE}) and up to five squares of m×m, by number. All squares are
 * symmetric bit for bit and commute but for rounding. Kept by a workspace, so that a call allocates nothing.
 */
abstract class Iteration implements Threads.Task {
  static final int OUT = 0;
  static final int SPARE = 1;

  // Squares. In the plain iteration A, its square and a factor; in the Gram form R, S, and three that take turns.
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final int Q = 3;
  private static final int P = 4;
  private static final int NONE = -1; // Q is the identity

  private static final double LARGEST = 1; // eigenvalue of A at most, whatever the norm: X has been divided by its Frobenius norm

  /** Elements of a square that one thread takes at a time in element-wise passes. */
  static final int PART = 1 << 14;

  /** Squares that the plain iteration needs, by degree; and the Gram form. */
  static final int GRAM_SQUARES = 5;

  int m; // the shorter side
  int n;
  boolean tall;
  Workspace ws;

  private int stepsDone;
  private int restartsDone;
  private double residual; // ‖A − I‖_F / √m when it was last looked at

  private NewtonSchulz recipe;
  private double norm;

  // The polynomial of the step.
  private int degree;
  private double a;
  private double b;
  private double c;
  private double d;
  private double e;
  private double stretched; // f: the step is p(x / f)
  private double center; // μ: of degree 7 and 9, whose coefficients are those of powers of A − μ I

  /** How many parts a square has. */
  final int parts() {
    return (m * m + PART - 1) / PART;
  }

  static int plainSquares(int degree) {
    return degree <= 3 ? 1 : degree == 5 ? 2 : 3;
  }

  /** S ← X Xᵀ, or XᵀX for a tall X. */
  abstract void gram(int x, int s);

  /** C ← α A B + β D on squares; D may be any square but an A or B that is C. */
  abstract void symmetric(double alpha, int a, int b, double beta, int d, int c);

  /** Y ← α S X + β X, or α X S + β X for a tall X. */
  abstract void apply(double alpha, int s, int x, double beta, int y);

  /** C ← α A + β B + γ I, element by element. */
  abstract void combine(double alpha, int a, double beta, int b, double gamma, int c);

  /** S ← S + γ I. */
  abstract void shift(int s, double gamma);

  /** To ← from. */
  abstract void copy(int from, int to);

  /** Y ← X. */
  abstract void move(int x, int y);

  /** Σ s_ij². */
  abstract double sumOfSquares(int s);

  /** Σ (s_ij − γ δ_ij)²: elements off the diagonal, and how far the diagonal is from γ. */
  abstract double sumOfSquaresFrom(int s, double gamma);

  /** max_i Σ_j |s_ij|. */
  abstract double largestRowSum(int s);

  /** s_ij ← t_i s_ij t_j and row i (column for a tall X) of X by t_i, t_i = 1/√Σ_j |s_ij|, 0 for a row of zeros. */
  abstract void rescaleRows(int s, int x);

  /**
   * Moves X, which has been divided by a norm, through the steps.
   *
   * @param start where X is
   * @param norm the Frobenius norm of the input, for normalizations that look at A
   * @param plan of the Gram form, or null for the plain iteration
   * @param outcome receives what happened; may be null
   */
  final void run(NewtonSchulz recipe, int start, double norm, GramPlan plan, Outcome outcome) {
    this.recipe = recipe;
    this.norm = norm;
    stepsDone = 0;
    restartsDone = 0;
    residual = Double.NaN;
    int end = plan == null ? plain(start) : viaGram(start, plan);
    if (end != OUT) {
      move(end, OUT);
    }
    this.recipe = null;
    Outcome.set(outcome, norm, stepsDone, residual, plan == null ? -1 : restartsDone);
  }

  /** Where X has to begin to end in {@link #OUT} without a last copy, if no step is left out. */
  static int start(NewtonSchulz recipe, GramPlan plan) {
    int moves = plan == null ? recipe.coefficients().steps().size() : plan.restarts() + 1;
    return moves % 2 == 1 ? SPARE : OUT;
  }

  /** What X is multiplied by before the first step; norms that A tells follow inside it. */
  static double factor(NewtonSchulz recipe, double norm) {
    return 1 / (recipe.norm() == Norm.FROBENIUS ? recipe.denominator(norm) : norm);
  }

  private int plain(int start) {
    List<OddPolynomial> steps = recipe.coefficients().steps();
    int x = start;
    for (int i = 0; i < steps.size(); i++) {
      gram(x, A);
      if (arrived(i)) {
        return x;
      }
      boolean squared = prepare(i, x);
      int y = OUT + SPARE - x;
      if (degree == 3) {
        apply(b, A, x, a, y);
      } else {
        apply(1, inner(squared), x, a, y);
      }
      x = y;
      stepsDone++;
    }
    return x;
  }

  /** b A + c A² + …, or the same in W = A − μ I, which then takes A's place; returns where it is. */
  private int inner(boolean squared) {
    if (degree == 5) {
      if (squared) {
        combine(c, B, b, A, 0, B);
      } else {
        symmetric(c, A, A, b, A, B);
      }
      return B;
    }
    if (squared) {
      combine(1, B, -2 * center, A, center * center, B);
      shift(A, -center);
    } else {
      shift(A, -center);
      symmetric(1, A, A, 0, B, B);
    }
    combine(e, B, d, A, c, C);
    symmetric(1, C, B, b, A, A);
    return A;
  }

  private int viaGram(int start, GramPlan plan) {
    int count = recipe.coefficients().steps().size();
    int x = start;
    int q = NONE;
    gram(x, A);
    boolean restarts = true;
    for (int i = 0; i < count && !arrived(i); i++) {
      int free = q == Q ? P : Q;
      boolean squared = prepare(i, x);
      if (i == 0) {
        double bound = Math.sqrt(sumOfSquares(A)) / (stretched * stretched); // of the largest eigenvalue of R as the polynomials see it
        restarts = !plan.needsNone(bound);
      }
      polynomial(squared, free);
      if (q == NONE) {
        copy(B, free);
      } else {
        symmetric(1, q, B, 0, free, free);
      }
      q = free;
      stepsDone++;
      if (i < count - 1 && restarts && plan.restartBefore(i + 1)) {
        x = applied(q, x);
        gram(x, A);
        q = NONE;
        restartsDone++;
      } else if (i < count - 1) {
        symmetric(1, A, B, 0, C, C);
        symmetric(1, C, B, 0, A, A);
      }
    }
    return q == NONE ? x : applied(q, x);
  }

  /** X ← Q X; returns where it is. */
  private int applied(int q, int x) {
    int y = OUT + SPARE - x;
    apply(1, q, x, 0, y);
    return y;
  }

  /** B ← a I + b A + c A² + …, or the same in W; A is kept, C and {@code free} are scratch. */
  private void polynomial(boolean squared, int free) {
    switch (degree) {
      case 3 -> combine(b, A, 0, A, a, B);
      case 5 -> {
        if (squared) {
          combine(c, B, b, A, a, B);
        } else {
          symmetric(c, A, A, b, A, B);
          shift(B, a);
        }
      }
      default -> {
        if (squared) {
          combine(1, B, -2 * center, A, center * center, C);
        }
        copy(A, B);
        shift(B, -center);
        if (!squared) {
          symmetric(1, B, B, 0, C, C);
        }
        combine(e, C, d, B, c, free);
        symmetric(1, free, C, b, B, B);
        shift(B, a);
      }
    }
  }

  /** Whether ‖A − I‖_F / √m is small enough to stop before step i; not looked at before the first, where A may still have to be scaled. */
  private boolean arrived(int i) {
    if (i == 0 || recipe.tolerance() == 0) {
      return false;
    }
    residual = Math.sqrt(sumOfSquaresFrom(A, 1) / m);
    return residual <= recipe.tolerance();
  }

  /** Takes the coefficients of step i, the first stretched by what A says of the norm: X / s inside the step costs nothing. True if B is A². */
  private boolean prepare(int i, int x) {
    OddPolynomial p = recipe.coefficients().steps().get(i);
    degree = p.degree();
    double f = i == 0 ? stretch(x) : 1;
    stretched = f;
    double f2 = f * f;
    double f3 = f2 * f;
    double f5 = f3 * f2;
    a = p.a() / f;
    b = p.b() / f3;
    c = p.c() / f5;
    d = p.d() / (f5 * f2);
    e = p.e() / (f5 * f2 * f2);
    if (degree > 5) {
      recenter();
    }
    return i == 0 && recipe.norm() == Norm.SCHATTEN_8;
  }

  /**
   * From powers of A to powers of W = A − μ I: the coefficients of degree 7 and 9 reach 400 and cancel, which would amplify rounding as much. μ is
   * where the second highest power vanishes, the middle of what the polynomial is made for. Where X is tiny beside ε, that is beyond all of A: there
   * only low powers count, and powers of μ would leave the range of a float.
   */
  private void recenter() {
    double mu = degree == 9 ? -d / (4 * e) : -c / (3 * d);
    center = mu > 0 && mu <= LARGEST ? mu : 0;
    a = a + center * (b + center * (c + center * (d + center * e)));
    b = b + center * (2 * c + center * (3 * d + center * 4 * e));
    c = degree == 7 && center > 0 ? 0 : c + center * (3 * d + center * 6 * e);
    d = degree == 9 && center > 0 ? 0 : d + 4 * center * e;
  }

  /** By how much X is still too large. */
  private double stretch(int x) {
    return switch (recipe.norm()) {
      case FROBENIUS -> 1;
      case SCHATTEN_4 -> stretch(Math.sqrt(Math.sqrt(sumOfSquares(A))));
      case SCHATTEN_8 -> {
        symmetric(1, A, A, 0, B, B);
        yield stretch(Math.sqrt(Math.sqrt(Math.sqrt(sumOfSquares(B)))));
      }
      case ROW_SUMS -> stretch(Math.sqrt(largestRowSum(A)));
      case ROW_RESCALED -> {
        rescaleRows(A, x);
        yield 1;
      }
    };
  }

  private double stretch(double bound) {
    return recipe.denominator(norm * bound) / norm;
  }
}
