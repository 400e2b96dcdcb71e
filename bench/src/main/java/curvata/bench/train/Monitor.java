package curvata.bench.train;

import curvata.bench.model.Dataset;
import curvata.bench.model.Mlp;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.Probes;
import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.hessian.spectrum.ThickRestart;
import curvata.hessian.spectrum.WarmStart;
import curvata.hessian.trace.Hutchinson;
import curvata.hessian.trace.IndexRange;
import curvata.kernels.random.Permutation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks at the Hessian of the mean training loss while a run goes on.
 *
 * <pre>
 *   sharpness   thick restart from the last eigenvectors, residual ≤ {@value #TOLERANCE} λ, at most {@value #MAX_TOP} products
 *   trace       Hutchinson with signs, {@value Hutchinson#MIN_PROBES} to {@value #MAX_PROBES} probes, until the 95 % interval is within 10 %
 *   density     a quadrature of {@value #DENSITY_STEPS} steps after the largest eigenvalues, two more than classes where they converge, are taken out
 * </pre>
 *
 * <p>Always of the same rows and with the same probes, so that what changes is the network. Keeps a copy of the network and only reads the weights it is
 * shown: it cannot change what training computes.
 */
final class Monitor {
  private static final double TOLERANCE = 1e-2;
  private static final int PAIRS = 3;
  private static final int MAX_TOP = 40;
  private static final int BEYOND_CLASSES = 2;
  private static final double TRACE_RTOL = 0.1;
  private static final int MAX_PROBES = 20;
  private static final int DENSITY_PROBES = 1;
  private static final int DENSITY_STEPS = 28;
  private static final long SUBSET = -1; // no epoch's permutation

  private final long seed;
  private final MlpPoint point;
  private CheckedOperator hessian; // its symmetry tested once, where the network stands at first
  private final List<IndexRange> layers = new ArrayList<>();
  private float[] last; // sum of eigenvectors

  /** A monitor of a network like this one, on so many of these rows. */
  Monitor(Mlp like, Dataset training, int rows, long seed) {
    this.seed = seed;
    this.point = new MlpPoint(
        Arrays.stream(like.layers()).boxed().toList(), like.activation(), like.loss(), subset(training, rows, seed));
    int[] sizes = like.layers();
    for (int n = 0, at = 0, to; n < sizes.length - 1; n++, at = to) {
      to = at + sizes[n + 1] * (sizes[n] + 1);
      layers.add(new IndexRange("layer" + n, at, to));
    }
  }

  private static Dataset subset(Dataset training, int rows, long seed) {
    if (rows >= training.rows()) {
      return training;
    }
    int[] order = new int[training.rows()];
    Permutation.shuffle(seed, SUBSET, order);
    boolean[] chosen = new boolean[order.length];
    IntStream.range(0, rows).forEach(i -> chosen[order[i]] = true);
    return training.where(i -> chosen[i]);
  }

  /**
   * The leading pairs: from the sum of the last ones' vectors, so that they may change places; for a density from a random vector, so that it does not
   * depend on what was seen before, which a resumed run does not know.
   */
  private Eigenpairs top(long step, boolean density) {
    int k = Math.min(density ? Math.max(PAIRS, point.classes() + BEYOND_CLASSES) : PAIRS, point.size());
    ThickRestart solver = ThickRestart.top(k).withTolerance(TOLERANCE).withMaxMatvecs(Math.max(k, MAX_TOP)).withSeed(seed);
    Eigenpairs pairs = last == null || density ? solver.solve(hessian) : solver.solve(hessian, WarmStart.near(last, seed + step));
    last = new float[point.size()];
    for (Eigenpair pair : pairs.top().subList(0, Math.min(PAIRS, k))) {
      for (int i = 0; i < last.length; i++) {
        last[i] += pair.vector()[i];
      }
    }
    return pairs;
  }

  /** What is beyond the pairs that are known well enough. */
  private SpectralDensity density(Eigenpairs pairs) {
    List<Eigenpair> known = pairs.top().stream().filter(pair -> pair.residual() <= TOLERANCE * Math.abs(pair.value())).toList();
    int size = hessian.dimension();
    return LanczosQuadrature.of(seed).withSize(DENSITY_PROBES, Math.min(DENSITY_STEPS, size)).estimate(hessian,
        known.size() < size ? known : List.of());
  }

  /**
   * Measures.
   *
   * @param theta the weights, only read
   * @param density whether the spectral density is taken too
   * @throws curvata.hessian.OperatorException if a product is not finite
   */
  Curvature measure(long step, double lr, float[] theta, boolean density) {
    long start = System.nanoTime();
    point.move(theta);
    if (hessian == null) {
      hessian = CheckedOperator.of(new MlpHessian(point));
    }
    Eigenpairs pairs = top(step, density);
    Eigenpair top = pairs.top().getFirst();
    Hutchinson.Result traces = Hutchinson.adaptive(Probes.rademacher(seed), TRACE_RTOL, 0, MAX_PROBES).withRanges(layers).estimate(hessian);
    SpectralDensity spectrum = density ? density(pairs) : null;
    Estimate trace = traces.trace();
    Estimate frobenius = traces.frobenius();
    List<Curvature.Layer> blocks = new ArrayList<>();
    for (int n = 0; n < layers.size(); n++) {
      blocks.add(new Curvature.Layer(layers.get(n).name(), traces.ranges().get(n).value(), traces.ranges().get(n).standardError()));
    }
    int products = pairs.matvecs() + trace.matvecs() + (density ? spectrum.matvecs() : 0);
    return new Curvature(
        step, lr, point.rows(), top.value(), top.residual(), trace.value(), trace.standardError(), frobenius.value(), frobenius.standardError(),
        trace.samples().length, blocks, products, (System.nanoTime() - start) * 1e-9, spectrum);
  }
}
