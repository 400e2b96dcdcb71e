package curvata.bench.cli;

import static curvata.bench.cli.SpectrumTable.line;

import curvata.bench.spectrum.SymmetricMatrix;
import curvata.bench.spectrum.TrainedNetwork;
import curvata.hessian.Estimate;
import curvata.hessian.OperatorException;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.hessian.spectrum.SpectrumEnd;
import curvata.hessian.trace.XTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spectrum}: trace, norm, both ends and density of a symmetric matrix, or of the Hessian of a trained network. */
@Command(
    name = "spectrum",
    description = {
      "Shows trace, Frobenius norm, top and bottom eigenvalues with residuals, and spectral density with bounds: of a symmetric matrix, or of the",
      "Hessian of a network that train wrote."},
    footer = {
      "",
      "An eigenvalue lies within the residual of each value shown. Trace and norm of a matrix are exact but for rounding; those of a network are",
      "estimates by Hutch++ with their standard errors.",
      "The density comes from random vectors: its bounds hold for them, the whole matrix differs by the sampling error shown.",
      "Exit code 0: done; 2: a file is missing or not as it must be: no finite symmetric matrix of F32 or F64, no network, no labelled rows.",
      "",
      "Example: ./curvata train --out runs/a; ./curvata spectrum --model runs/a/model.safetensors --svg spectrum.svg"
    },
    sortOptions = false,
    usageHelpWidth = 100,
    mixinStandardHelpOptions = true)
public final class SpectrumCommand implements Callable<Integer> {
  private static final double TOLERANCE = 1e-6;
  private static final int BASIS = 40;
  private static final int MAX_MATVECS = 2000;
  private static final int TRACE_MATVECS = 60;

  @Mixin
  private CommonOptions common;

  @Option(names = "--matrix", paramLabel = "FILE:TENSOR", description = "A square symmetric matrix in a safetensors file.")
  private String matrix;

  @Option(names = "--model", paramLabel = "FILE", description = "A network, model.safetensors of train.")
  private Path model;

  @Option(names = "--data", paramLabel = "FILE",
      description = "With --model: images and labels, as for train. Default: what the model was trained on.")
  private String data;

  @Option(names = "--rows", paramLabel = "N", description = "With --model: training rows whose mean loss it is the Hessian of. Default: all.")
  private Integer rows;

  @Option(names = "--k", paramLabel = "N",
      description = "Eigenvalues at each end. Default: 5, or n where that is less; with --model twice as many as classes at the top.")
  private Integer k;

  @Option(names = "--svg", paramLabel = "FILE", description = "Also write the density as a picture.")
  private Path svg;

  /** For picocli. */
  public SpectrumCommand() {}

  @Override
  public Integer call() throws IOException {
    common.check();
    checkSvg();
    if ((matrix == null) == (model == null)) {
      throw new UserException(
          (matrix == null ? "no --matrix and no --model" : "--matrix and --model") + ", expected --matrix FILE:TENSOR or --model FILE");
    }
    if (model != null) {
      network();
    } else {
      matrix();
    }
    return CurvataCommand.OK;
  }

  private void checkSvg() {
    Path folder = svg == null ? null : svg.toAbsolutePath().getParent();
    if (svg != null && (Files.isDirectory(svg) || folder == null || !Files.isDirectory(folder))) {
      throw new UserException("--svg " + svg + ": expected a file in a folder that exists");
    }
  }

  private void network() throws IOException {
    if (rows != null && rows < 1) {
      throw new UserException("--rows " + rows + ": expected 1 or more");
    }
    TrainedNetwork network = TrainedNetwork.read(model, data, rows == null ? 0 : rows, common.seed());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.toString());
    try {
      String title = model.getFileName() + ", n = " + network.point().size();
      fields.putAll(new NetworkSpectrum(network, k, common.seed(), svg, title).show());
    } catch (OperatorException e) {
      throw new UserException("--model " + model + ": " + e.getMessage());
    }
    common.write("spectrum", true, fields);
  }

  private void matrix() throws IOException {
    if (data != null || rows != null) {
      throw new UserException((data != null ? "--data " + data : "--rows " + rows) + " with --matrix, expected with --model only");
    }
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
    SpectrumTable.ends(top, bottom);
    int steps = Math.min(LanczosQuadrature.STEPS, n);
    SpectralDensity density = LanczosQuadrature.of(common.seed()).withSize(LanczosQuadrature.COUNT, steps).estimate(a.operator());
    String title = Path.of(matrix.substring(0, matrix.lastIndexOf(':'))).getFileName() + matrix.substring(matrix.lastIndexOf(':')) + ", n = " + n;
    fields.put("density", SpectrumTable.density(density, SpectrumTable.interval(top, bottom), svg, title));
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
}
