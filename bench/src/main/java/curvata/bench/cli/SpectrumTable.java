package curvata.bench.cli;

import curvata.bench.spectrum.DensityPlot;
import curvata.bench.spectrum.SignedLog;
import curvata.bench.spectrum.SymmetricMatrix.Ritz;
import curvata.hessian.Interval;
import curvata.hessian.spectrum.Cumulative;
import curvata.hessian.spectrum.SpectralDensity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How {@code spectrum} shows what it found: tables on stdout, fields for JSON, a picture. */
final class SpectrumTable {
  private static final int ROWS = 11;
  private static final int POINTS = 201;
  private static final double ROUNDING = 1e-6; // by which the ends are widened, of the norm

  private SpectrumTable() {}

  /** Prints a line as it is everywhere. */
  static void line(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }

  /** Prints both ends, the shorter one padded with nothing. */
  static void ends(List<Ritz> top, List<Ritz> bottom) {
    line("%n    %20s %10s  %20s %10s%n", "top", "residual", "bottom", "residual");
    for (int i = 0; i < Math.max(top.size(), bottom.size()); i++) {
      line("%3d %s  %s%n", i + 1, pair(top, i), pair(bottom, i).stripTrailing());
    }
  }

  private static String pair(List<Ritz> pairs, int i) {
    return i < pairs.size() ? String.format(Locale.ROOT, "%20.10g %10.1e", pairs.get(i).value(), pairs.get(i).residual()) : " ".repeat(31);
  }

  /** The interval from the smallest to the largest value, a little wider, so that it is one for a single value too. */
  static Interval interval(List<Ritz> top, List<Ritz> bottom) {
    double low = bottom.getFirst().value();
    double high = top.getFirst().value();
    double norm = Math.max(Math.abs(low), Math.abs(high));
    double margin = ROUNDING * (norm > 0 ? norm : 1);
    return new Interval(low - margin, high + margin);
  }

  /**
   * Prints the share of eigenvalues at some points, and writes the picture where there is a file for it.
   *
   * @param svg may be null
   * @param title of the picture
   * @return the same at many points, by name
   */
  static Map<String, Object> density(SpectralDensity density, Interval ends, Path svg, String title) throws IOException {
    SignedLog scale = SignedLog.of(Math.max(Math.abs(ends.lower()), Math.abs(ends.upper())));
    Cumulative few = density.cumulative(scale.grid(ends.lower(), ends.upper(), ROWS));
    line("%n%20s %9s %9s %9s %9s%n", "share at or below", "at least", "about", "at most", "±");
    for (int i = 0; i < ROWS; i++) {
      line("%20.6g %9.4f %9.4f %9.4f %9.4f%n", few.x()[i], few.lower()[i], few.middle()[i], few.upper()[i], few.samplingError()[i]);
    }
    int steps = density.quadratures().stream().mapToInt(q -> q.nodes().length).max().orElseThrow();
    line("%nfrom %d random vectors of %d steps, %d products%n", density.quadratures().size(), steps, density.matvecs());
    if (svg != null) {
      Files.writeString(svg, new DensityPlot(density, ends, title).svg());
    }
    Cumulative many = density.cumulative(scale.grid(ends.lower(), ends.upper(), POINTS));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("x", many.x());
    fields.put("lower", many.lower());
    fields.put("share", many.middle());
    fields.put("upper", many.upper());
    fields.put("samplingError", many.samplingError());
    return fields;
  }
}
