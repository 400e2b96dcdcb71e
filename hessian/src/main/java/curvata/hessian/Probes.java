package curvata.hessian;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import curvata.kernels.random.Rademacher;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Scaled;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Test vectors v with E[v vᵀ] = I, numbered from 0.
 *
 * <p>A generated value depends on seed, probe number and coordinate alone, never on blocks, threads or order.
 */
public final class Probes {
  private enum Kind {
    RADEMACHER, GAUSSIAN, SPHERE, ROWS
  }

  private final Kind kind;
  private final long seed;
  private final float[] rows;
  private final int count;
  private final boolean signs;

  private Probes(Kind kind, long seed, float[] rows, int count, boolean signs) {
    this.kind = kind;
    this.seed = seed;
    this.rows = rows;
    this.count = count;
    this.signs = signs;
  }

  /** Signs, ±1 with probability ½ each: the default choice, never worse than normal numbers for a trace. */
  public static Probes rademacher(long seed) {
    return new Probes(Kind.RADEMACHER, seed, null, Integer.MAX_VALUE, true);
  }

  /** Standard normal numbers. */
  public static Probes gaussian(long seed) {
    return new Probes(Kind.GAUSSIAN, seed, null, Integer.MAX_VALUE, false);
  }

  /** Normal numbers scaled to norm √n: uniform on the sphere. */
  public static Probes sphere(long seed) {
    return new Probes(Kind.SPHERE, seed, null, Integer.MAX_VALUE, false);
  }

  /**
   * The caller's own vectors.
   *
   * @param rows count vectors of one length, one after the other; not copied
   * @throws NullPointerException if rows is null
   * @throws IllegalArgumentException if count does not divide the length or a number is not finite
   */
  public static Probes of(float[] rows, int count) {
    Objects.requireNonNull(rows, "rows");
    Checks.that(count >= 1, "count", count, "count >= 1");
    Checks.that(rows.length >= count && rows.length % count == 0, "rows.length", rows.length, "a positive multiple of " + count + " (count)");
    boolean signs = true;
    for (int i = 0; i < rows.length; i++) {
      if (!Float.isFinite(rows[i])) {
        throw new IllegalArgumentException("rows[" + i + "] = " + rows[i] + ", expected a finite number");
      }
      signs &= Math.abs(rows[i]) == 1;
    }
    return new Probes(Kind.ROWS, 0, rows, count, signs);
  }

  /** How many there are; 2³¹ − 1 where they are generated. */
  public int count() {
    return count;
  }

  /** The seed; none where the caller gave the vectors. */
  public OptionalLong seed() {
    return kind == Kind.ROWS ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  /** Whether all values are ±1. */
  public boolean signs() {
    return signs;
  }

  /**
   * Requires that there are this many probes of this length.
   *
   * @throws IllegalArgumentException if not
   */
  public void require(int probes, int n) {
    Checks.that(probes <= count, "probes", probes, "at most " + count + " (as many as were given)");
    if (kind == Kind.ROWS && rows.length / count != n) {
      throw new IllegalArgumentException("length of a probe = " + rows.length / count + ", expected " + n + " (operator dimension)");
    }
  }

  /** Doubles of a workspace that {@link #fill} takes. */
  public static int requiredDoubles(int n) {
    return Reductions.requiredDoubles(n);
  }

  /**
   * Writes one probe.
   *
   * @param probe its number, from 0
   * @param x receives n floats from {@code at} on
   * @param ws scratch of {@link #requiredDoubles} doubles
   */
  public void fill(int probe, float[] x, int at, int n, Workspace ws) {
    switch (kind) {
      case RADEMACHER -> Rademacher.fill(seed, probe, x, at, at + n, 0);
      case GAUSSIAN -> Gaussian.fill(seed, probe, x, at, at + n, 0);
      case SPHERE -> {
        Gaussian.fill(seed, probe, x, at, at + n, 0);
        double norm = Math.sqrt(Reductions.sumOfSquares(x, at, at + n, ws));
        Scaled.into(Math.sqrt(n) / norm, x, x, at, at + n, ws);
      }
      case ROWS -> System.arraycopy(rows, Math.multiplyExact(probe, n), x, at, n);
    }
  }
}
