package curvata.bench.verify;

import curvata.kernels.matrix.Coefficients;
import curvata.kernels.matrix.Guard;
import curvata.kernels.matrix.Minimax;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.OddPolynomial;
import curvata.optim.io.MalformedFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Recorded spellings of orthogonalizations: methods of the metadata as recipes of the library, and recorded coefficient sets as the library has
 * them.
 */
final class NewtonSchulzMethods {
  private static final double TOLERATED = 0.3; // δ of the recorded δ-orthogonalizations
  private static final String DELTA = "delta0.3_degree";

  private NewtonSchulzMethods() {}

  /**
   * The recipes of a file by their names; those the library does not have are empty.
   *
   * @throws MalformedFileException if the metadata is not as it must be
   */
  static Map<String, Optional<NewtonSchulz>> read(GoldenFile.Tensors file) throws MalformedFileException {
    JsonNode root;
    try {
      root = GoldenFile.JSON.readTree(file.metadata("methods"));
    } catch (JacksonException e) {
      throw new MalformedFileException(file.path(), "metadata \"methods\": not JSON, " + GoldenFile.oneLine(e));
    }
    if (!root.isObject()) {
      throw new MalformedFileException(file.path(), "metadata \"methods\": got a JSON " + root.getNodeType() + ", expected an object");
    }
    Map<String, Optional<NewtonSchulz>> methods = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      methods.put(entry.getKey(), method(file, entry.getKey(), entry.getValue()));
    }
    return methods;
  }

  private static Optional<NewtonSchulz> method(GoldenFile.Tensors file, String name, JsonNode node) throws MalformedFileException {
    double margin = number(file, name, node, "norm_multiplier");
    double eps = number(file, name, node, "eps");
    double steps = number(file, name, node, "steps");
    try {
      NewtonSchulz recipe = NewtonSchulz.named(name);
      if (recipe.coefficients().steps().size() != steps) {
        throw new MalformedFileException(
            file.path(), "metadata \"methods\": " + name + ".steps = " + steps + ", expected " + recipe.coefficients().steps().size());
      }
      return Optional.of(recipe.withScale(margin).with(Guard.ADD, eps));
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private static double number(GoldenFile.Tensors file, String name, JsonNode node, String field) throws MalformedFileException {
    JsonNode value = node.path(field);
    if (!value.isNumber() || !(value.asDouble() >= 0) || Double.isInfinite(value.asDouble())) {
      throw new MalformedFileException(file.path(), "metadata \"methods\": " + name + "." + field + " = " + value + ", expected a number >= 0");
    }
    return value.asDouble();
  }

  /** The recorded set that a method takes its rows from. */
  static String setOf(String method) {
    String family = method.replaceAll("\\d+$", "");
    return switch (family) {
      case "polar" -> "polar_safe101";
      case "polar105_" -> "polar_safe105";
      case "polar_l1e-6_" -> "polar_l1e-6_safe1001";
      case "degree9_", "aol" -> method;
      default -> family;
    };
  }

  /** A recipe with the rows of a recorded set, its last row repeated as often as it takes: what the double results were recorded with. */
  static NewtonSchulz withRows(NewtonSchulz recipe, double[] rows, int cols) {
    List<OddPolynomial> steps = new ArrayList<>();
    for (int i = 0; i < recipe.coefficients().steps().size(); i++) {
      int from = Math.min(i * cols, rows.length - cols);
      steps.add(OddPolynomial.of(Arrays.copyOfRange(rows, from, from + cols)));
    }
    NewtonSchulz recorded = new NewtonSchulz(new Coefficients(recipe.coefficients().name(), steps), recipe.guard(), recipe.scale(), recipe.eps());
    return recorded.with(recipe.norm());
  }

  /**
   * The library's own rows of a recorded set ({@code coef.NAME}), as they are recorded: one row per step, lowest degree first; null if it has none.
   */
  static double[] set(String name, int rows, int cols) {
    Coefficients set = coefficients(name, rows);
    if (set == null) {
      return null;
    }
    double[] values = new double[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = set.steps().get(i / cols).coefficient(i % cols);
    }
    return values;
  }

  /** The l of a recorded δ-orthogonalization of so many steps. */
  static double left(String name, int steps) {
    return Minimax.left(degree(name), steps, TOLERATED);
  }

  private static Coefficients coefficients(String name, int rows) {
    if (name.startsWith(DELTA)) {
      return Minimax.delta(name, degree(name), rows, TOLERATED);
    }
    try {
      return switch (name) {
        case "cubic", "quintic" -> Coefficients.named(name + rows);
        case "muon", "you", "polar_speedrun", "aol" -> Coefficients.named(name + rows);
        case "aol4", "degree9_3", "degree9_4" -> Coefficients.named(name);
        case "polar_raw" -> raw(rows);
        case "polar_safe101" -> Coefficients.polar(rows);
        case "polar_safe105" -> Coefficients.polarSafe105(rows);
        case "polar_l1e-6_safe1001" -> Coefficients.polarWide(rows);
        default -> null;
      };
    } catch (IllegalArgumentException unknown) {
      return null;
    }
  }

  /** The safety taken out again. */
  private static Coefficients raw(int rows) {
    Coefficients safe = Coefficients.polar(rows);
    return new Coefficients(
        "polar_raw", safe.steps().stream().map(p -> p.equals(OddPolynomial.QUINTIC) ? p : p.stretched(1 / 1.01)).toList());
  }

  private static int degree(String name) {
    return Integer.parseInt(name.substring(DELTA.length(), DELTA.length() + 1));
  }
}
