package curvata.bench.cli;

import curvata.bench.spectrum.DensityPlot;
import curvata.bench.spectrum.SignedLog;
import curvata.bench.spectrum.SpectrumEnd;
import curvata.bench.spectrum.SymmetricMatrix;
import curvata.hessian.Estimate;
import curvata.hessian.Interval;
import curvata.hessian.OperatorException;
import curvata.hessian.spectrum.Cumulative;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.hessian.trace.XTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spectrum}: trace, norm, both ends and density of a symmetric matrix. */
@Command(
    name = "spectrum",
    description = "Shows trace, Frobenius norm, top and bottom eigenvalues with residuals, and spectral density with bounds of a symmetric matrix.",
    footer = {
      "",
      "Trace and norm of a matrix are exact but for rounding; an eigenvalue of the matrix lies within the residual of each value shown.",
      "The density comes from random vectors: its bounds hold for them, the whole matrix differs by the sampling error shown.",
      "Exit code 0: done; 2: the file has no such tensor, or it is no finite symmetric matrix of F32 or F64."
    },
    mixinStandardHelpOptions = true)
public final class SpectrumCommand implements Callable<Integer> {
  private static final double TOLERANCE = 1e-6;
  private static final int BASIS = 40;
  private static final int MAX_MATVECS = 2000;
  private static final int TRACE_MATVECS = 60;
  private static final double ROUNDING = 1e-6; // by which the ends are widened, of the norm
  private static final int ROWS = 11;
  private static final int POINTS = 201;

  @Mixin
  private CommonOptions common;

  @Option(names = "--matrix", required = true, paramLabel = "FILE:TENSOR", description = "A square symmetric matrix in a safetensors file.")
  private String matrix;

  @Option(names = "--k", paramLabel = "N", description = "Eigenvalues at each end; default: 5, or n where that is less.")
  private Integer k;

  @Option(names = "--svg", paramLabel = "FILE", description = "Also write the density as a picture.")
  private Path svg;

  /** For picocli. */
  public SpectrumCommand() {}

  @Override
  public Integer call() throws IOException {
    common.check();
    checkSvg();
    int colon = matrix.lastIndexOf(':');
    if (colon < 1 || colon == matrix.length() - 1) {
      throw new UserException("--matrix " + matrix + ": expected FILE:TENSOR");
    }
    SymmetricMatrix a = SymmetricMatrix.read(Path.of(matrix.substring(0, colon)), matrix.substring(colon + 1));
    int count = k == null ? Math.min(5, a.dimension()) : k;
    if (count < 1 || count > a.dimension()) {
      throw new UserException("--k " + count + ": expected 1 to " + a.dimension() + " (rows of the matrix)");
    }
    try {
      show(a, count);
    } catch (OperatorException e) {
      throw new UserException("--matrix " + matrix + ": " + e.getMessage());
    }
    return CurvataCommand.OK;
  }

  private void checkSvg() {
    Path folder = svg == null ? null : svg.toAbsolutePath().getParent();
    if (svg != null && (Files.isDirectory(svg) || folder == null || !Files.isDirectory(folder))) {
      throw new UserException("--svg " + svg + ": expected a file in a folder that exists");
    }
  }

  private void show(SymmetricMatrix a, int count) throws IOException {
    int n = a.dimension();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("matrix", matrix);
    fields.put("n", n);
    fields.put("trace", a.trace());
    fields.put("traceError", a.traceError());
    fields.put("frobenius", a.frobenius());
    line("%s, %d x %d%n%n", matrix.replaceAll("\\p{Cntrl}", "?"), n, n);
    line("trace           %.8g ± %.1g%n", a.trace(), a.traceError());
    line("Frobenius norm  %.8g%n", a.frobenius());
    if (n >= 2) {
      Estimate trace = XTrace.budget(common.seed(), Math.min(2 * n, TRACE_MATVECS)).estimate(a.operator()).trace();
      fields.put("traceEstimate", trace.value());
      fields.put("traceEstimateError", trace.standardError());
      line("XTrace          %.6g ± %.2g from %d products alone%n", trace.value(), trace.standardError(), trace.matvecs());
    }
    List<SymmetricMatrix.Ritz> top = end(a, count, true);
    List<SymmetricMatrix.Ritz> bottom = end(a, count, false);
    fields.put("top", top);
    fields.put("bottom", bottom);
    line("%n    %20s %10s  %20s %10s%n", "top", "residual", "bottom", "residual");
    for (int i = 0; i < count; i++) {
      line("%3d %20.10g %10.1e  %20.10g %10.1e%n", i + 1, top.get(i).value(), top.get(i).residual(), bottom.get(i).value(), bottom.get(i).residual());
    }
    double norm = Math.max(Math.abs(bottom.getFirst().value()), Math.abs(top.getFirst().value()));
    double margin = ROUNDING * (norm > 0 ? norm : 1);
    fields.put("density", density(a, new Interval(bottom.getFirst().value() - margin, top.getFirst().value() + margin)));
    common.write("spectrum", true, fields);
  }

  private List<SymmetricMatrix.Ritz> end(SymmetricMatrix a, int count, boolean top) {
    SpectrumEnd.Found found = new SpectrumEnd(count, top, TOLERANCE, BASIS, MAX_MATVECS, common.seed()).find(a.operator());
    if (!found.converged()) {
      System.err.println(
          "curvata: " + (top ? "top" : "bottom") + " eigenvalues not converged to " + TOLERANCE + " after " + found.matvecs()
              + " products: see the residuals");
    }
    return found.pairs().stream().map(pair -> a.ritz(pair.vector())).toList();
  }

  private Map<String, Object> density(SymmetricMatrix a, Interval ends) throws IOException {
    int steps = Math.min(LanczosQuadrature.STEPS, a.dimension());
    SpectralDensity density = LanczosQuadrature.of(common.seed()).withSize(LanczosQuadrature.COUNT, steps).estimate(a.operator());
    SignedLog scale = SignedLog.of(Math.max(Math.abs(ends.lower()), Math.abs(ends.upper())));
    Cumulative few = density.cumulative(scale.grid(ends.lower(), ends.upper(), ROWS));
    line("%n%20s %9s %9s %9s %9s%n", "share at or below", "at least", "about", "at most", "±");
    for (int i = 0; i < ROWS; i++) {
      line("%20.6g %9.4f %9.4f %9.4f %9.4f%n", few.x()[i], few.lower()[i], few.middle()[i], few.upper()[i], few.samplingError()[i]);
    }
    line("%nfrom %d random vectors of %d steps, %d products%n", density.quadratures().size(), steps, density.matvecs());
    if (svg != null) {
      String name = Path.of(matrix.substring(0, matrix.lastIndexOf(':'))).getFileName() + matrix.substring(matrix.lastIndexOf(':'));
      Files.writeString(svg, new DensityPlot(density, ends, name + ", n = " + a.dimension()).svg());
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

  private static void line(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
