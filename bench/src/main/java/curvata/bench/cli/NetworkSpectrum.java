package curvata.bench.cli;

import static curvata.bench.cli.SpectrumTable.line;

import curvata.bench.Progress;
import curvata.bench.spectrum.Outliers;
import curvata.bench.spectrum.SymmetricMatrix.Ritz;
import curvata.bench.spectrum.TrainedNetwork;
import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.hessian.spectrum.ThickRestart;
import curvata.hessian.trace.HutchPlusPlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code spectrum --model}: the Hessian of a trained network, by products alone. */
final class NetworkSpectrum {
  private static final int TRACE_MATVECS = 120;
  private static final double TOLERANCE = 1e-3;
  private static final int TOP_MATVECS = 400;
  private static final int BOTTOM_MATVECS = 250;
  private static final int BOTTOM = 5;

  private final TrainedNetwork network;
  private final long seed;
  private final int top;
  private final int bottom;
  private final int steps;
  private final Path svg;
  private final String title;

  /**
   * What is to be shown.
   *
   * @param k eigenvalues at each end; null for twice as many as there are classes at the top and {@value #BOTTOM} at the bottom
   * @param svg file for the picture, or null
   * @param title of it
   * @throws UserException if k is not possible
   */
  NetworkSpectrum(TrainedNetwork network, Integer k, long seed, Path svg, String title) {
    this.network = network;
    this.seed = seed;
    this.svg = svg;
    this.title = title;
    int n = network.point().size();
    if (k != null && (k < 1 || k > n)) {
      throw new UserException("--k " + k + ": expected 1 to " + n + " (parameters of the network)");
    }
    top = k != null ? k : Math.min(n, 2 * network.classes());
    bottom = k != null ? k : Math.min(n, BOTTOM);
    steps = Math.min(LanczosQuadrature.STEPS, n);
  }

  /** Computes and prints; the fields for JSON by name. */
  Map<String, Object> show() throws IOException {
    int n = network.point().size();
    Progress progress = new Progress(System.err, "product");
    CheckedOperator hessian = CheckedOperator.of(new Counted(network.hessian(), progress, expected()));
    HutchPlusPlus.Result traces;
    Eigenpairs largest;
    Eigenpairs smallest;
    SpectralDensity density;
    try {
      traces = HutchPlusPlus.budget(seed, Math.min(TRACE_MATVECS, 3 * n)).estimate(hessian);
      largest = ThickRestart.top(top).withTolerance(TOLERANCE).withSeed(seed).withMaxMatvecs(Math.max(top, TOP_MATVECS)).solve(hessian);
      smallest =
          ThickRestart.bottom(bottom).withTolerance(TOLERANCE).withSeed(seed).withMaxMatvecs(Math.max(bottom, BOTTOM_MATVECS)).solve(hessian);
      density = LanczosQuadrature.of(seed).withSize(LanczosQuadrature.COUNT, steps).estimate(hessian);
    } finally {
      progress.end();
    }
    complain("top", largest);
    complain("bottom", smallest);
    Map<String, Object> fields = introduce();
    trace(fields, traces);
    List<Ritz> topPairs = pairs(largest.top());
    List<Ritz> bottomPairs = pairs(smallest.bottom());
    fields.put("top", topPairs);
    fields.put("bottom", bottomPairs);
    SpectrumTable.ends(topPairs, bottomPairs);
    outliers(fields, topPairs, density);
    fields.put("density", SpectrumTable.density(density, SpectrumTable.interval(topPairs, bottomPairs), svg, title));
    fields.put("products", hessian.products());
    return fields;
  }

  private int expected() {
    return TRACE_MATVECS + TOP_MATVECS / 2 + BOTTOM_MATVECS + LanczosQuadrature.OUTLIER_STEPS + LanczosQuadrature.COUNT * steps;
  }

  private static void complain(String end, Eigenpairs pairs) {
    if (!pairs.converged()) {
      System.err.println(
          "curvata: " + end + " eigenvalues not converged to " + TOLERANCE + " after " + pairs.matvecs() + " products: see the residuals");
    }
  }

  private Map<String, Object> introduce() {
    int rows = network.point().rows();
    String layers = network.model().layers().stream().map(String::valueOf).collect(Collectors.joining("-"));
    line("Hessian of the mean %s of a %s network %s, %,d parameters%n", network.model().loss().title(), network.model().activation(), layers,
        network.point().size());
    line("on %s%s, %,d of %,d training rows: loss %.6g, accuracy %.4f%n%n", network.data().replaceAll("\\p{Cntrl}", "?"),
        network.same() ? "" : " (not what it was trained on)", rows, network.trainingRows(), network.point().loss(), network.point().accuracy());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("layers", layers);
    fields.put("n", network.point().size());
    fields.put("data", network.data());
    fields.put("dataSha256", network.sha256());
    fields.put("trainedOnTheSameData", network.same());
    fields.put("rows", rows);
    fields.put("loss", network.point().loss());
    fields.put("accuracy", network.point().accuracy());
    return fields;
  }

  private static void trace(Map<String, Object> fields, HutchPlusPlus.Result traces) {
    Estimate trace = traces.trace();
    Estimate square = traces.squaredFrobenius();
    double frobenius = Math.sqrt(square.value());
    double error = frobenius == 0 ? 0 : square.standardError() / (2 * frobenius);
    fields.put("trace", trace.value());
    fields.put("traceError", trace.standardError());
    fields.put("frobenius", frobenius);
    fields.put("frobeniusError", error);
    line("trace           %.6g ± %.2g%n", trace.value(), trace.standardError());
    line("Frobenius norm  %.6g ± %.2g   (both from %d products)%n", frobenius, error, trace.matvecs());
  }

  private void outliers(Map<String, Object> fields, List<Ritz> pairs, SpectralDensity density) {
    double largest = pairs.getFirst().value();
    if (!(largest > 0)) {
      return;
    }
    double above = Outliers.SHARE * largest;
    int count = (int) pairs.stream().filter(pair -> pair.value() > above).count();
    boolean all = count < pairs.size() || count == network.point().size();
    double bulk = Outliers.bulk(density, largest);
    fields.put("outliers", count);
    fields.put("outliersAbove", above);
    fields.put("outliersComplete", all);
    fields.put("classes", network.classes());
    fields.put("bulk", bulk);
    fields.put("bulkWithin", Outliers.BULK * largest);
    line("%noutliers  %s%d eigenvalues are above a fifth of the largest, %.4g; there are %d classes%n", all ? "" : "at least ", count, above,
        network.classes());
    line("bulk      %.2f %% of all eigenvalues are within a hundredth of the largest around zero%n", 100 * bulk);
  }

  private static List<Ritz> pairs(List<Eigenpair> pairs) {
    return pairs.stream().map(pair -> new Ritz(pair.value(), pair.residual())).toList();
  }

  /** An operator that says how far it is. */
  private static final class Counted implements LinearOperator {
    private final LinearOperator operator;
    private final Progress progress;
    private final int expected;
    private int products;

    Counted(LinearOperator operator, Progress progress, int expected) {
      this.operator = operator;
      this.progress = progress;
      this.expected = expected;
      progress.at(0, expected);
    }

    @Override
    public int dimension() {
      return operator.dimension();
    }

    @Override
    public double relativeError() {
      return operator.relativeError();
    }

    @Override
    public void apply(float[] x, float[] y) {
      operator.apply(x, y);
      products++;
      progress.at(products, Math.max(products + 1, expected));
    }
  }
}
