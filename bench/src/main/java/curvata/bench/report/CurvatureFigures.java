package curvata.bench.report;

import curvata.bench.spectrum.Outliers;
import curvata.bench.train.Curvature;
import curvata.bench.train.Outcome;
import curvata.bench.train.Run;
import curvata.hessian.spectrum.Cumulative;
import curvata.hessian.spectrum.Curve;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.optim.Catalog;
import curvata.optim.Optimizer;
import curvata.optim.Rule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** The figures of a training page that show curvature: sharpness and trace against 2/\u03b7, densities, eigenvalue counts with bounds, layers. */
final class CurvatureFigures {
  private static final int LIMITS = 300; // points of 2/\u03b7, which is known everywhere
  private static final double ROOM = 100; // 2/\u03b7 is followed this far above what matters
  private static final int GRID = 400;
  private static final double BIN = 0.01; // of the largest eigenvalue
  private static final double FLOOR = 0.01; // eigenvalues per bin that are still drawn
  private static final double DECADES = 1e-3; // of the last sharpness, down to which eigenvalues are counted
  private static final double NEAR = 0.9; // of 2/\u03b7
  private static final int SERIES = 5; // that can be told apart

  private final Run run;
  private final List<Curvature> points;
  private final List<Curvature> densities;
  private final double[] steps;

  CurvatureFigures(Run run, Outcome outcome) {
    this.run = run;
    points = outcome.curvature();
    densities = points.stream().filter(c -> c.density() != null && c.sharpness() > 0).toList();
    steps = column(Curvature::step);
  }

  /** Adds what there is. */
  void add(Page page) {
    if (points.isEmpty()) {
      return;
    }
    page.figure("Sharpness", sharpness(), sharpnessSentence());
    page.figure("Trace", trace(), traceSentence());
    if (!densities.isEmpty()) {
      page.figure("Spectral density", density(), densitySentence());
      page.figure("Eigenvalues above a value", counts(), countsSentence());
    }
    if (first().layers().size() <= SERIES) {
      page.figure("Trace by layer", layers(), layersSentence());
    } else {
      page.panel("Trace by layer at step " + text("%,d", last().step()), layerTable());
    }
  }

  private Rule<?> rule() {
    return run.trainer().optimizer().rules().values().iterator().next();
  }

  /** Whether it is gradient descent, with no momentum. */
  private boolean plain() {
    return rule().name().equals("sgd") && Catalog.format(rule()).contains("momentum=0.0,") && run.settings().transforms().isEmpty();
  }

  /** Whether 2/\u03b7 is a line that gradient descent can be seen to hover at: the rate is constant, and sharpness of its size. */
  private boolean edge() {
    return plain() && points.stream().allMatch(c -> c.limit() == last().limit()) && last().sharpness() > 0.2 * last().limit();
  }

  private Curvature first() {
    return points.getFirst();
  }

  private Curvature last() {
    return points.getLast();
  }

  private Plot sharpness() {
    if (edge()) {
      double[] y = column(Curvature::sharpness);
      double limit = last().limit();
      double high = Math.max(limit, Arrays.stream(y).max().orElse(limit));
      return new Plot("sharpness", "Largest eigenvalue of the Hessian over steps, with 2/\u03b7", "step").range(0, 1.1 * high)
          .add("sharpness", steps, y).curve("2/\u03b7", new double[] {0, run.settings().steps()}, new double[] {limit, limit});
    }
    return limited("sharpness", "Largest eigenvalue of the Hessian over steps, logarithmic, with 2/\u03b7", Curvature::sharpness);
  }

  private Plot trace() {
    return limited("trace", "Trace of the Hessian over steps, logarithmic, with two standard errors and 2/\u03b7", Curvature::trace);
  }

  /** A value over steps with 2/\u03b7, which goes to infinity where the rate goes to zero and then leaves the frame. */
  private Plot limited(String name, String label, ToDoubleFunction<Curvature> value) {
    double[] y = column(value);
    Optimizer optimizer = run.trainer().optimizer();
    String group = optimizer.rules().keySet().iterator().next();
    long end = run.settings().steps() - 1;
    double[] x = LongStream.rangeClosed(0, LIMITS).map(i -> end * i / LIMITS).distinct().asDoubleStream().toArray();
    double[] limit = Arrays.stream(x).map(step -> 2 / (optimizer.lr(group) * optimizer.schedule().at((long) step))).toArray();
    double low = Arrays.stream(y).filter(v -> v > 0).min().orElse(0.1);
    double high = Arrays.stream(y).max().orElse(1);
    double lowest = Arrays.stream(limit).filter(Double::isFinite).min().orElse(high);
    Plot plot =
        new Plot(name, label, "step").logarithmic().range(Math.min(low, lowest) / 2, Math.max(2 * high, Math.min(lowest * 2, high * ROOM * ROOM)));
    plot.add(name, steps, y);
    if (name.equals("trace")) {
      double[] below = column(c -> c.trace() - 2 * c.traceError());
      double[] above = column(c -> c.trace() + 2 * c.traceError());
      plot.band(steps, below, above);
    }
    return plot.curve("2/\u03b7", x, limit);
  }

  private String sharpnessSentence() {
    Curvature peak = first();
    for (Curvature c : points) {
      peak = c.sharpness() / c.limit() > peak.sharpness() / peak.limit() ? c : peak;
    }
    String meaning = plain() ? "; gradient descent is stable below 2/\u03b7"
        : "; 2/\u03b7 is the limit of plain gradient descent, for " + rule().name() + " it is no more than a scale";
    int all = run.trainer().problem().training().rows();
    String rows = last().rows() < all ? text(" on %,d of %,d training rows", last().rows(), all) : "";
    if (edge()) {
      return text("The largest eigenvalue of the loss's Hessian%s goes from %.3g to %.3g%s. %s", rows, first().sharpness(), last().sharpness(),
          meaning,
          hovering());
    }
    return text("The largest eigenvalue of the loss's Hessian%s goes from %.3g to %.3g%s. Its highest is %.3g times 2/\u03b7, at step %,d.", rows,
        first().sharpness(), last().sharpness(), meaning, peak.sharpness() / peak.limit(), peak.step());
  }

  /** Where sharpness passes 2/\u03b7, after its last look below 90 % of it, and between what it stays from there on. */
  private String hovering() {
    int from = points.size();
    for (int i = points.size() - 1; i >= 0 && points.get(i).sharpness() >= NEAR * points.get(i).limit(); i--) {
      from = points.get(i).sharpness() >= points.get(i).limit() ? i : from;
    }
    if (from >= points.size() - 1) {
      return text("It ends at %.3g times 2/\u03b7.", last().sharpness() / last().limit());
    }
    double[] ratios = points.subList(from, points.size()).stream().mapToDouble(c -> c.sharpness() / c.limit()).toArray();
    return text("It passes 2/\u03b7 at step %,d and stays between %.2f and %.2f of it from there on: the edge of stability.", points.get(from).step(),
        Arrays.stream(ratios).min().orElseThrow(), Arrays.stream(ratios).max().orElseThrow());
  }

  private String traceSentence() {
    boolean stochastic = run.settings().batch() < run.trainer().problem().training().rows();
    String meaning = plain() && stochastic
        ? text(" Stochastic gradient descent stays only at minima whose trace is below 2/\u03b7; this is %.3g times that.",
            last().trace() / last().limit())
        : plain() ? " Steps that take all rows are bound by the largest eigenvalue alone, not by the trace." : "";
    return text("The sum of all eigenvalues is %.3g \u00b1 %.1g at step %,d, from %,d random probes; shaded are two standard errors.%s",
        last().trace(), last().traceError(), last().step(), last().probes(), meaning);
  }

  /** Each spectrum in units of its largest eigenvalue, so that spectra of all sizes share one axis. */
  private Plot density() {
    Plot plot = new Plot("density", "Eigenvalues per hundredth of the largest one, logarithmic", "eigenvalue / largest eigenvalue").logarithmic();
    double top = 1;
    for (Curvature c : densities) {
      SpectralDensity d = c.density();
      if (d.range().lower() < d.range().upper()) {
        Curve curve = d.nodeWidth(GRID, d.range());
        double[] x = Arrays.stream(curve.x()).map(v -> v / c.sharpness()).toArray();
        double[] y = Arrays.stream(curve.y()).map(v -> Math.max(v * d.dimension() * BIN * c.sharpness(), FLOOR / 10)).toArray();
        top = Math.max(top, Arrays.stream(y).max().orElse(1));
        plot.curve(when(c), x, y);
      }
    }
    return plot.range(FLOOR, top);
  }

  private String densitySentence() {
    Curvature c = densities.getLast();
    double near = BIN * c.sharpness();
    Cumulative f = c.density().cumulative(new double[] {-near, near});
    return text(
        "How many eigenvalues lie in each hundredth of the axis: at step %,d about %.4g\u00a0%% of the %,d are within a hundredth of the largest "
            + "around zero, the bulk; the bumps to its right are single eigenvalues.",
        c.step(), 100 * (f.middle()[1] - f.middle()[0]),
        c.density().dimension());
  }

  private Plot counts() {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    int size = 0;
    for (Curvature c : densities) {
      low = Math.min(low, c.sharpness() * DECADES);
      high = Math.max(high, c.sharpness());
      size = c.density().dimension();
    }
    Plot plot = new Plot("counts", "How many eigenvalues are above a value, both axes logarithmic, with bounds", "eigenvalue").logarithmic()
        .logarithmicAcross().range(1, size);
    for (Curvature c : densities) {
      double from = c.sharpness() * DECADES;
      double to = c.sharpness() * 1.02;
      double[] x = new double[GRID];
      Arrays.setAll(x, i -> from * Math.pow(to / from, i / (GRID - 1.0)));
      Cumulative f = c.density().cumulative(x);
      int n = c.density().dimension();
      double[] middle = new double[GRID];
      double[] least = new double[GRID];
      double[] most = new double[GRID];
      for (int i = 0; i < GRID; i++) {
        middle[i] = Math.max(n * (1 - f.middle()[i]), 1e-3);
        least[i] = Math.max(n * (1 - f.upper()[i] - 2 * f.samplingError()[i]), 1e-3);
        most[i] = Math.max(n * (1 - f.lower()[i] + 2 * f.samplingError()[i]), 1e-3);
      }
      plot.curve(when(c), x, middle).band(x, least, most);
    }
    return plot;
  }

  private String countsSentence() {
    Curvature c = densities.getLast();
    Cumulative f = c.density().cumulative(new double[] {Outliers.SHARE * c.sharpness()});
    int n = c.density().dimension();
    return text("At step %,d about %.0f eigenvalues are above a fifth of the largest; there are %d classes. Shaded: between the bounds that the "
        + "quadrature proves for its probe, widened by two standard errors of sampling.", c.step(), n * (1 - f.middle()[0]),
        run.trainer().problem().training().classes());
  }

  private Plot layers() {
    Plot plot = new Plot("layers", "Trace of each layer's block over steps, logarithmic", "step").logarithmic();
    for (int n = 0; n < first().layers().size(); n++) {
      int layer = n;
      plot.add(first().layers().get(n).name(), steps, column(c -> c.layers().get(layer).trace()));
    }
    return plot;
  }

  private String layersSentence() {
    StringBuilder parts = new StringBuilder();
    for (Curvature.Layer layer : last().layers()) {
      parts.append(parts.isEmpty() ? "" : ", ").append(layer.name()).append(' ').append(value(layer));
    }
    return text("The same probes tell how much of the trace lies in each layer: at step %,d %s.", last().step(), parts);
  }

  private Map<String, Object> layerTable() {
    Map<String, Object> rows = new LinkedHashMap<>();
    last().layers().forEach(layer -> rows.put(layer.name(), value(layer)));
    return rows;
  }

  private String value(Curvature.Layer layer) {
    return text("%.3g \u00b1 %.1g (%.0f\u00a0%%)", layer.trace(), layer.error(), 100 * layer.trace() / last().trace());
  }

  private String when(Curvature c) {
    return c.step() == 0 ? "start"
        : c.step() == run.settings().steps() ? "end" : c.step() == run.settings().steps() / 2 ? "middle" : "step " + c.step();
  }

  private double[] column(ToDoubleFunction<Curvature> value) {
    return points.stream().mapToDouble(value).toArray();
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
