package curvata.bench.verify;

import curvata.bench.Progress;
import curvata.bench.spectrum.PolarDecomposition;
import curvata.kernels.Workspace;
import curvata.kernels.device.Device;
import curvata.kernels.matrix.Form;
import curvata.kernels.matrix.NewtonSchulz;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Orthogonalizes the recorded matrices by every method they were recorded with: {@code .f64} in double with the digits of the recorded set, {@code
 * .f32} in float with the library's set, and the largest difference of the two under {@code .f32maxdiff}. Floats on X itself, as they were recorded:
 * the Gram form has tolerances of its own, which its test holds.
 *
 * @param cases the matrices
 * @param methods recipes by name
 * @param sets the recorded coefficient sets by name
 */
record OrthogonalizationReplay(List<Case> cases, Map<String, Optional<NewtonSchulz>> methods, Map<String, Rows> sets) implements Recording.OnDevice {
  /** Methods that are recorded without a line in the metadata. */
  static final String AOL = "aol4";

  /**
   * One recorded matrix, or a stack of them.
   *
   * @param name of the case
   * @param shape two or three axes
   * @param x the elements
   * @param recorded names of what was recorded of it, without the case's
   */
  record Case(String name, int[] shape, float[] x, List<String> recorded) {
    int rows() {
      return shape[shape.length - 2];
    }

    int cols() {
      return shape[shape.length - 1];
    }

    int count() {
      return shape.length == 3 ? shape[0] : 1;
    }
  }

  /**
   * A recorded coefficient set.
   *
   * @param shape rows and columns
   * @param values row after row
   */
  record Rows(int[] shape, double[] values) {}

  /** The recipe of a method, if the library has it. */
  static Optional<NewtonSchulz> recipe(Map<String, Optional<NewtonSchulz>> methods, String method) {
    return method.equals(AOL) ? Optional.of(NewtonSchulz.named(AOL)) : methods.getOrDefault(method, Optional.empty());
  }

  @Override
  public Results run() {
    Results results = new Results();
    cases.forEach(c -> run(c, results));
    sets.forEach((name, rows) -> set(name, rows.shape, results));
    return results;
  }

  @Override
  public Results run(Device device, Progress progress) {
    return new OrthogonalizationOnDevice(this).run(device, progress);
  }

  private static void set(String name, int[] shape, Results results) {
    double[] rows = NewtonSchulzMethods.set(name, shape[0], shape[1]);
    if (rows != null) {
      results.add(OrthogonalizationFormat.SET + name, shape, rows);
      if (name.startsWith("delta")) {
        double[] left = {NewtonSchulzMethods.left(name, shape[0])};
        results.add(OrthogonalizationFormat.SET + name + OrthogonalizationFormat.LEFT, new int[] {1}, left);
      }
    }
  }

  private void run(Case c, Results results) {
    for (String name : c.recorded) {
      int dot = name.lastIndexOf('.');
      if (name.equals("polar_exact") || name.equals("singular_values")) {
        exact(c, name, results);
      } else if (dot > 0 && name.endsWith(".f64")) {
        recipe(methods, name.substring(0, dot)).ifPresent(recipe -> run(c, name.substring(0, dot), recipe, results));
      }
    }
  }

  private static void exact(Case c, String name, Results results) {
    if (c.shape.length != 2) {
      return;
    }
    PolarDecomposition exact = new PolarDecomposition(doubles(c.x), c.rows(), c.cols());
    double[] values = name.equals("polar_exact") ? exact.polar() : exact.values();
    results.add(c.name + "." + name, name.equals("polar_exact") ? c.shape : new int[] {values.length}, values);
  }

  private void run(Case c, String method, NewtonSchulz recipe, Results results) {
    Rows rows = sets.get(NewtonSchulzMethods.setOf(method));
    double[] wide = wide(c, rows == null ? recipe : NewtonSchulzMethods.withRows(recipe, rows.values, rows.shape[1]));
    double[] narrow = doubles(narrow(c, recipe.with(Form.STANDARD)));
    double largest = 0;
    for (int i = 0; i < wide.length; i++) {
      largest = Math.max(largest, Math.abs(wide[i] - narrow[i])); // NaN stays
    }
    results.add(c.name + "." + method + ".f64", c.shape, wide);
    results.add(c.name + "." + method + ".f32", c.shape, narrow);
    results.add(c.name + "." + method + ".f32maxdiff", new int[] {1}, new double[] {largest});
  }

  private static double[] wide(Case c, NewtonSchulz recipe) {
    double[] y = doubles(c.x);
    Workspace ws = new Workspace();
    ws.reserve(0, recipe.requiredWide(c.rows(), c.cols()));
    for (int i = 0; i < c.count(); i++) {
      int at = i * c.rows() * c.cols();
      recipe.apply(c.rows(), c.cols(), y, at, y, at, null, ws);
    }
    return y;
  }

  private static float[] narrow(Case c, NewtonSchulz recipe) {
    float[] y = c.x.clone();
    Workspace ws = new Workspace();
    ws.reserve(recipe.required(c.rows(), c.cols()), recipe.requiredDoubles(c.rows(), c.cols()));
    recipe.applyAll(c.count(), c.rows(), c.cols(), y, 0, y, 0, ws);
    return y;
  }

  static double[] doubles(float[] x) {
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    return wide;
  }
}
