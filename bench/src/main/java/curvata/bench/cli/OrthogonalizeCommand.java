package curvata.bench.cli;

import curvata.bench.Progress;
import curvata.bench.cli.MatrixInputs.Matrix;
import curvata.bench.cli.MatrixInputs.Source;
import curvata.bench.spectrum.SingularInterval;
import curvata.kernels.Workspace;
import curvata.kernels.device.Device;
import curvata.kernels.matrix.Guard;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Norm;
import curvata.kernels.matrix.Orthogonality;
import curvata.kernels.reduce.Reductions;
import curvata.optim.io.DType;
import curvata.optim.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orthogonalize}: Newton-Schulz on matrices of safetensors files. */
@Command(
    name = "orthogonalize",
    description = "Orthogonalizes matrices of safetensors files by Newton-Schulz iterations and shows their singular values before and after.",
    footer = {
      "",
      "Methods, N steps each: cubicN, quinticN, muonN, youN (N <= 5), polarN, polar105_N (N <= 5),",
      "polar_speedrunN (N <= 5), polar_l1e-6_N, degree9_N (N >= 3), aolN (N <= 4).",
      "muon5 is what Muon trains with: singular values end in [0.68, 1.13]. degree9_4 is best for its",
      "cost, within 0.02 of 1; polar8 reaches float accuracy; both for singular values from 0.001 of the",
      "norm on, smaller ones end below 1. polar_l1e-6_10 goes down to 0.000001. aolN rescales rows first,",
      "so that its result is not the polar factor.",
      "",
      "off is ||XX'-I||_F / sqrt(m), about twice the root mean square of the singular values' distances",
      "from 1. Some singular value lies within the error shown after +- of each end of an interval.",
      "What is shown after is of the tensor that is written, rounded to its type. Kernels of more than two",
      "axes count as first axis x rest. A device takes the Frobenius norm and all steps only.",
      "",
      "Exit code 0: done; 1: a device failed; 2: a file is not well-formed, or a tensor is no finite matrix",
      "of F32, F16 or BF16. After 1 and 2 nothing was written.",
      "",
      "Example:",
      "  ./curvata orthogonalize --input model.safetensors:layer0.weight --method polar8 --out polar.safetensors"
    },
    sortOptions = false,
    usageHelpWidth = 110,
    mixinStandardHelpOptions = true)
public final class OrthogonalizeCommand implements Callable<Integer> {
  @Mixin
  private CommonOptions common;

  @Option(
      names = "--input", required = true, arity = "1..*", paramLabel = "FILE:TENSOR",
      description = "A tensor of a safetensors file; several may follow. * in TENSOR stands for any characters, and then matrices alone are taken.")
  private List<String> inputs;

  @Option(
      names = "--method", defaultValue = "polar8", split = ",", paramLabel = "NAME",
      description = "See below; default: ${DEFAULT-VALUE}. With several, separated by commas, tensors are written as TENSOR.NAME.")
  private List<String> methods;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The safetensors file to write.")
  private Path out;

  @Option(
      names = "--dtype", defaultValue = "f32", paramLabel = "TYPE",
      description = "What is written: f32, bf16, f16, or same: each tensor as it came. Rounded to nearest; default: ${DEFAULT-VALUE}.")
  private String dtype;

  @Option(
      names = "--guard", defaultValue = "scale-invariant", paramLabel = "NAME",
      description = "scale-invariant: divide by the norm, however small; add: by norm + eps, as Muon; max: by max(norm, eps), as torch. "
          + "Default: ${DEFAULT-VALUE}.")
  private String guard;

  @Option(names = "--eps", defaultValue = "1e-7", paramLabel = "X", description = "For add and max; default: ${DEFAULT-VALUE}.")
  private double eps;

  @Option(
      names = "--norm", defaultValue = "frobenius", paramLabel = "NAME",
      description = "Bound on the largest singular value: frobenius, schatten-4, schatten-8 or row-sums; default: ${DEFAULT-VALUE}.")
  private String norm;

  @Option(names = "--tolerance", defaultValue = "0", paramLabel = "X", description = "Stop when ||XX'-I||_F / sqrt(m) is at most X; default: never.")
  private double tolerance;

  private DType written; // null: as it came
  private Device device;
  private Orthogonalizer orthogonalizer;

  /** For picocli. */
  public OrthogonalizeCommand() {}

  @Override
  public Integer call() throws IOException {
    common.checkWithDevice();
    device = common.device();
    orthogonalizer = new Orthogonalizer(device);
    written = written();
    List<NewtonSchulz> recipes = methods.stream().map(this::recipe).toList();
    List<Source> sources = MatrixInputs.sources(inputs);
    checkOut(sources);
    checkNames(sources);
    for (Source source : sources) {
      MatrixInputs.read(source); // all are checked before anything is computed
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.metadata("method", String.join(",", methods));
    line("%-28s %12s %-15s %32s %32s %9s %5s%n", "tensor", "shape", "method", "singular values before", "after", "off", "steps");
    Progress progress = new Progress(System.err, "tensor");
    int done = 0;
    for (Source source : sources) {
      Matrix matrix = MatrixInputs.read(source);
      SingularInterval before = SingularInterval.of(matrix.x(), matrix.rows(), matrix.cols(), common.seed());
      for (NewtonSchulz recipe : recipes) {
        progress.at(done++, (long) sources.size() * recipes.size());
        rows.add(orthogonalize(matrix, recipe, before, writer));
      }
    }
    progress.end();
    writer.write(out);
    line("%n%s%n", out);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("out", out.toString());
    fields.put("tensors", rows);
    if (device != Device.cpu()) {
      line("%s: %s, %s; %d kernels run%n", device.id(), device.name(), device.backend(), orthogonalizer.deviceTasks());
      fields.put("device", device.name());
      fields.put("deviceBackend", device.backend());
      fields.put("deviceTasks", orthogonalizer.deviceTasks());
    }
    common.write("orthogonalize", true, fields);
    return CurvataCommand.OK;
  }

  private DType written() {
    return switch (dtype.toLowerCase(Locale.ROOT)) {
      case "same" -> null;
      case "f32" -> DType.F32;
      case "bf16" -> DType.BF16;
      case "f16" -> DType.F16;
      default -> throw new UserException("--dtype " + dtype + ": expected one of same, f32, bf16, f16");
    };
  }

  private NewtonSchulz recipe(String method) {
    NewtonSchulz recipe;
    try {
      recipe = NewtonSchulz.named(method);
    } catch (IllegalArgumentException unknown) {
      throw new UserException("--method " + method + ": " + unknown.getMessage().replace("method = " + method + ", ", ""));
    }
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new UserException("--eps " + eps + ": expected a number >= 0");
    }
    if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new UserException("--tolerance " + tolerance + ": expected a number >= 0");
    }
    Norm bound = choice("--norm", norm, EnumSet.complementOf(EnumSet.of(Norm.ROW_RESCALED)));
    Guard by = choice("--guard", guard, EnumSet.allOf(Guard.class));
    recipe = recipe.norm() == Norm.ROW_RESCALED ? recipe : recipe.with(bound);
    if (device != Device.cpu() && (recipe.norm() != Norm.FROBENIUS || tolerance > 0)) {
      throw new UserException(
          "--backend " + device + ": " + method + " with --norm " + spelling(recipe.norm()) + " --tolerance " + tolerance
              + ": expected frobenius and 0: a device does not show what they are chosen by");
    }
    return recipe.with(by, eps).withTolerance(tolerance);
  }

  private static <E extends Enum<E>> E choice(String option, String name, Set<E> choices) {
    for (E choice : choices) {
      if (spelling(choice).equals(name.toLowerCase(Locale.ROOT))) {
        return choice;
      }
    }
    String expected = choices.stream().map(OrthogonalizeCommand::spelling).collect(Collectors.joining(", "));
    throw new UserException(option + " " + name + ": expected one of " + expected);
  }

  private static String spelling(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void checkOut(List<Source> sources) throws IOException {
    Path folder = out.toAbsolutePath().getParent();
    if (Files.isDirectory(out) || folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new UserException("--out " + out + ": expected a file in a folder that exists and can be written");
    }
    for (Source source : sources) {
      if (Files.exists(out) && Files.isSameFile(out, source.file())) {
        throw new UserException("--out " + out + ": is an input, expected another file");
      }
    }
  }

  private void checkNames(List<Source> sources) {
    Map<String, Source> seen = new HashMap<>();
    for (Source source : sources) {
      Source other = seen.put(source.tensor(), source);
      if (other != null) {
        throw new UserException(
            "--input: tensor " + source.tensor() + " of " + other.file() + " and of " + source.file() + " would have one name in " + out
                + ", expected each name once");
      }
    }
    if (methods.stream().distinct().count() < methods.size()) {
      throw new UserException("--method " + String.join(",", methods) + ": expected each name once");
    }
  }

  private Map<String, Object> orthogonalize(Matrix matrix, NewtonSchulz recipe, SingularInterval before, SafetensorsWriter writer) {
    int rows = matrix.rows();
    int cols = matrix.cols();
    String method = recipe.coefficients().name();
    DType type = written == null ? matrix.type() : written;
    float[] y = new float[matrix.x().length];
    long start = System.nanoTime();
    Orthogonalizer.Told told = orthogonalizer.apply(recipe, rows, cols, matrix.x(), matrix.type(), y, type);
    double seconds = (System.nanoTime() - start) * 1e-9;
    Workspace ws = new Workspace();
    ws.reserve(Orthogonality.required(rows, cols), Reductions.requiredDoubles(Math.min(rows, cols)));
    double off = Orthogonality.residual(rows, cols, y, 0, cols, ws);
    SingularInterval after = SingularInterval.of(y, rows, cols, common.seed());
    writer.add(methods.size() == 1 ? matrix.source().tensor() : matrix.source().tensor() + "." + method, type, matrix.shape(), y);
    line(
        "%-28s %12s %-15s %32s %32s %9.2e %5d%n", matrix.source().tensor().replaceAll("\\p{Cntrl}", "?"), rows + " x " + cols, method, shown(before),
        shown(after), off, told.steps());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", matrix.source().file().toString());
    fields.put("tensor", matrix.source().tensor());
    fields.put("dtype", matrix.type().name());
    fields.put("dtypeWritten", type.name());
    fields.put("shape", matrix.shape());
    fields.put("method", method);
    fields.put("norm", told.norm());
    fields.put("steps", told.steps());
    fields.put("form", told.gram() ? "gram" : "standard");
    fields.put("before", before);
    fields.put("after", after);
    fields.put("residual", off);
    fields.put("seconds", seconds);
    return fields;
  }

  private static String shown(SingularInterval interval) {
    return String.format(Locale.ROOT, "[%.5g, %.5g] +-%.0e", interval.low(), interval.high(), Math.max(interval.lowError(), interval.highError()));
  }

  private static void line(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
