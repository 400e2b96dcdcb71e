package curvata.bench.train;

import curvata.hessian.spectrum.Quadrature;
import curvata.hessian.spectrum.SpectralDensity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The curvature of the loss at one step; one line of curvature.jsonl.
 *
 * @param step steps taken before it
 * @param lr the first group's rate η in the last of these steps (at the start: in the first)
 * @param rows training rows whose mean loss it is the Hessian of
 * @param sharpness the largest eigenvalue
 * @param residual ‖H x − λ x‖ of its vector: some eigenvalue lies within it
 * @param trace Hutchinson's estimate, the sum of all eigenvalues
 * @param traceError its standard error
 * @param frobenius ‖H‖_F, from the same products
 * @param frobeniusError its standard error
 * @param probes how many the trace took
 * @param layers traces of the diagonal blocks of the layers, from the same products
 * @param products Hessian-vector products in all
 * @param seconds they took
 * @param density the distribution of the eigenvalues; null where it was not taken
 */
public record Curvature(
    long step, double lr, int rows, double sharpness, double residual, double trace, double traceError, double frobenius, double frobeniusError,
    int probes, List<Layer> layers, int products, double seconds, SpectralDensity density) {
  /**
   * The trace of a layer's block.
   *
   * @param name of the layer
   * @param trace of its weights and biases
   * @param error standard error
   */
  public record Layer(String name, double trace, double error) {}

  /** Copies the list. */
  public Curvature {
    layers = List.copyOf(layers);
  }

  /** 2/η, what gradient descent can bear; infinite where the rate is zero. */
  public double limit() {
    return 2 / lr;
  }

  /** By the names that result files use; without the density. */
  public Map<String, Object> summary() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("step", step);
    fields.put("sharpness", sharpness);
    fields.put("sharpnessResidual", residual);
    fields.put("trace", trace);
    fields.put("traceError", traceError);
    fields.put("frobenius", frobenius);
    fields.put("frobeniusError", frobeniusError);
    fields.put("lr", lr);
    fields.put("rows", rows);
    fields.put("probes", probes);
    fields.put("products", products);
    fields.put("seconds", seconds);
    fields.put("layers", layers.stream().map(l -> Map.of("name", l.name(), "trace", l.trace(), "traceError", l.error())).toList());
    return fields;
  }

  /** All fields by name; of the density its nodes, weights and single eigenvalues. */
  Map<String, Object> named() {
    Map<String, Object> fields = summary();
    if (density != null) {
      fields.put("density", Map.of(
          "dimension", density.dimension(), "products", density.matvecs(), "deflated", density.deflated(),
          "nodes", density.quadratures().stream().map(Quadrature::nodes).toList(),
          "weights", density.quadratures().stream().map(Quadrature::weights).toList()));
    }
    return fields;
  }

  /**
   * From the fields that {@link #named} gives.
   *
   * @throws IllegalArgumentException if one is missing or not what it should be
   */
  static Curvature of(Map<?, ?> f) {
    List<Layer> layers = new ArrayList<>();
    for (Object layer : list(f, "layers")) {
      Map<?, ?> fields = map("layers", layer);
      layers.add(new Layer(String.valueOf(fields.get("name")), number(fields, "trace"), number(fields, "traceError")));
    }
    SpectralDensity density = f.get("density") == null ? null : density(map("density", f.get("density")));
    return new Curvature(
        (long) number(f, "step"), number(f, "lr"), (int) number(f, "rows"), number(f, "sharpness"), number(f, "sharpnessResidual"),
        number(f, "trace"), number(f, "traceError"), number(f, "frobenius"), number(f, "frobeniusError"), (int) number(f, "probes"), layers,
        (int) number(f, "products"), number(f, "seconds"), density);
  }

  private static SpectralDensity density(Map<?, ?> f) {
    List<?> nodes = list(f, "nodes");
    List<?> weights = list(f, "weights");
    if (nodes.size() != weights.size()) {
      throw new IllegalArgumentException("weights of " + weights.size() + " probes, expected " + nodes.size() + " as there are nodes of");
    }
    List<Quadrature> quadratures = new ArrayList<>();
    for (int j = 0; j < nodes.size(); j++) {
      quadratures.add(new Quadrature(numbers("nodes", nodes.get(j)), numbers("weights", weights.get(j))));
    }
    List<Double> deflated = new ArrayList<>();
    for (double value : numbers("deflated", f.get("deflated"))) {
      deflated.add(value);
    }
    return new SpectralDensity((int) number(f, "dimension"), quadratures, deflated, (int) number(f, "products"), OptionalLong.empty());
  }

  private static double number(Map<?, ?> fields, String name) {
    return number(name, fields.get(name));
  }

  private static double number(String name, Object value) {
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw new IllegalArgumentException(name + " = " + value + ", expected a number");
  }

  private static List<?> list(Map<?, ?> fields, String name) {
    if (fields.get(name) instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException(name + " = " + fields.get(name) + ", expected a list");
  }

  private static Map<?, ?> map(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(name + " = " + value + ", expected fields");
  }

  private static double[] numbers(String name, Object value) {
    if (value instanceof List<?> list) {
      return list.stream().mapToDouble(v -> number(name, v)).toArray();
    }
    throw new IllegalArgumentException(name + " = " + value + ", expected numbers");
  }
}
