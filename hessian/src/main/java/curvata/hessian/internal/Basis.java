package curvata.hessian.internal;

import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.reduce.Sweep;
import curvata.kernels.vector.Axpby;
import curvata.kernels.vector.Combination;
import curvata.kernels.vector.Scaled;
import java.util.ArrayList;
import java.util.List;

/**
 * Orthonormal float vectors, kept so by classical Gram–Schmidt taken twice where needed, with coefficients in double.
 *
 * <pre>
 *   c ← Vᵀw,  w ← w − V c;   again where ‖w‖ fell below 0.7 of what it was
 * </pre>
 *
 * <p>Orthogonal to about 10⁻⁷. Vectors are made when needed and reused. A projection reads the basis twice; nothing is allocated once the basis has
 * its size.
 *
 * @see <a href="https://doi.org/10.1007/s00211-005-0615-4">Giraud, Langou, Rozložník, van den Eshof: Rounding error analysis of the classical
 *     Gram–Schmidt orthogonalization process</a>
 */
public final class Basis {
  private static final double AGAIN = 0.7;
  private static final int GROUP = 8;
  private static final Sweep DOTS = dots(); // eight dot products with one reading of w; each has the bits of a dot product alone

  private final int n;
  private final float[][] v;
  private final double[] removed; // coefficients of the last orthogonalization
  private final double[] again;
  private final double[] negative;
  private final float[][] group = new float[DOTS.operands().size()][];
  private final Workspace ws = new Workspace();
  private int size;

  /** No vectors yet, of length n, at most {@code capacity}. */
  public Basis(int n, int capacity) {
    this.n = n;
    this.v = new float[capacity][];
    this.removed = new double[capacity];
    this.again = new double[capacity];
    this.negative = new double[capacity];
    ws.reserve(0, Math.max(DOTS.requiredDoubles(n), Combination.requiredDoubles()));
  }

  private static Sweep dots() {
    List<Measure> measures = new ArrayList<>();
    for (int j = 0; j < GROUP; j++) {
      measures.add(Measure.dot("c" + j, "v" + j, "w"));
    }
    return Sweep.of(measures);
  }

  /** How many vectors there are. */
  public int size() {
    return size;
  }

  /** Vector j. */
  public float[] vector(int j) {
    return v[j];
  }

  /** The vectors themselves, in order. */
  public List<float[]> vectors() {
    List<float[]> all = new ArrayList<>();
    for (int j = 0; j < size; j++) {
      all.add(v[j]);
    }
    return all;
  }

  /** x·y. */
  public double dot(float[] x, float[] y) {
    return Reductions.dot(x, y, 0, n, ws);
  }

  /** ‖x‖. */
  public double norm(float[] x) {
    return Math.sqrt(Reductions.sumOfSquares(x, 0, n, ws));
  }

  /** c[j] ← v_j·w for all j. */
  public void project(float[] w, double[] c) {
    int j = 0;
    for (; j + GROUP <= size; j += GROUP) {
      group[0] = v[j];
      group[1] = w; // operands in the order of their first use: v0, w, v1, …
      System.arraycopy(v, j + 1, group, 2, GROUP - 1);
      DOTS.run(group, 0, n, c, j, ws);
    }
    for (; j < size; j++) {
      c[j] = dot(v[j], w);
    }
  }

  /** w ← w − Σ_{j &lt; count} c[j] v_j. */
  public void subtract(float[] w, double[] c, int count) {
    for (int j = 0; j < count; j++) {
      negative[j] = -c[j];
    }
    Combination.add(v, count, negative, 0, w, n, ws);
  }

  /** w ← w − c v_j. */
  public void subtract(float[] w, double c, int j) {
    Axpby.into(-c, v[j], 1, w, w, 0, n, ws);
  }

  /** Removes from w what lies in the span of the basis and returns the norm of what is left. */
  public double orthogonalize(float[] w) {
    double before = norm(w);
    project(w, removed);
    subtract(w, removed, size);
    double after = norm(w);
    if (after < AGAIN * before) {
      project(w, again);
      subtract(w, again, size);
      for (int j = 0; j < size; j++) {
        removed[j] += again[j];
      }
      after = norm(w);
    }
    return after;
  }

  /** v_j·w of the w that {@link #orthogonalize} was given last. */
  public double removed(int j) {
    return removed[j];
  }

  /** The largest |v_j·w| of the w that {@link #orthogonalize} was given last; 0 for an empty basis. */
  public double largestRemoved() {
    double largest = 0;
    for (int j = 0; j < size; j++) {
      largest = Math.max(largest, Math.abs(removed[j]));
    }
    return largest;
  }

  /** Appends w / norm. */
  public void append(float[] w, double norm) {
    if (v[size] == null) {
      v[size] = new float[n];
    }
    Scaled.into(1 / norm, w, v[size], 0, n, ws);
    size++;
  }

  /** Appends a random direction orthogonal to all others; w is scratch. Needs fewer than n vectors. */
  public void appendRandom(float[] w, long seed) {
    for (long stream = 0;; stream++) {
      Gaussian.fill(seed, stream, w, 0, n);
      double norm = orthogonalize(w);
      if (norm > 1e-3) { // of about √(n − size); less is mostly rounding
        append(w, norm);
        return;
      }
    }
  }

  /** V ← V S: vector q becomes Σ_j s[j p + q] v_j; keeps p vectors, the arrays of the others wait for later. */
  public void rotate(double[] s, int p) {
    ws.reserve(Combination.requiredFloats(p), 0);
    Combination.rotate(v, size, s, p, n, ws);
    size = p;
  }
}
