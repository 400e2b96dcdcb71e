package curvata.bench.verify;

import curvata.bench.Progress;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.kernels.matrix.Form;
import curvata.kernels.matrix.NewtonSchulz;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Orthogonalizes recorded matrices on a device, in float32: {@code muon5}, {@code polar8} and {@code degree9_4}, whatever else was recorded.
 *
 * <p>On X itself, as they were recorded: the Gram form has tolerances of its own. Matrices of one shape share a session, which compiles once for each method.
 */
final class OrthogonalizationOnDevice {
  private static final List<String> METHODS = List.of("muon5", "polar8", "degree9_4");

  private final Map<String, NewtonSchulz> recipes = new LinkedHashMap<>();
  private final Map<List<Integer>, List<OrthogonalizationReplay.Case>> byShape = new LinkedHashMap<>();

  OrthogonalizationOnDevice(OrthogonalizationReplay replay) {
    for (String method : METHODS) {
      OrthogonalizationReplay.recipe(replay.methods(), method).ifPresent(recipe -> recipes.put(method, recipe));
    }
    for (OrthogonalizationReplay.Case c : replay.cases()) {
      byShape.computeIfAbsent(List.of(c.rows(), c.cols()), shape -> new ArrayList<>()).add(c);
    }
  }

  Results run(Device device, Progress progress) {
    Results results = new Results();
    int done = 0;
    progress.at(done, byShape.size());
    for (List<OrthogonalizationReplay.Case> cases : byShape.values()) {
      run(device, cases, results);
      progress.at(++done, byShape.size());
    }
    return results;
  }

  private void run(Device device, List<OrthogonalizationReplay.Case> cases, Results results) {
    int rows = cases.getFirst().rows();
    int cols = cases.getFirst().cols();
    try (Session session = device.open()) {
      DeviceBuffer in = session.input("in", Kind.FLOAT, rows * cols);
      DeviceBuffer out = session.buffer("out", Kind.FLOAT, rows * cols);
      Map<String, Program> programs = new LinkedHashMap<>();
      recipes.forEach((method, recipe) -> {
        if (cases.stream().anyMatch(c -> c.recorded().contains(method + ".f64"))) {
          programs.put(method, session.program(method));
          programs.get(method).polar(recipe.with(Form.STANDARD), rows, cols, in, out);
        }
      });
      for (OrthogonalizationReplay.Case c : cases) {
        programs.forEach((method, program) -> {
          if (c.recorded().contains(method + ".f64")) {
            results.add(c.name() + "." + method + ".f32", c.shape(), OrthogonalizationReplay.doubles(run(c, in, program, out)));
          }
        });
      }
      results.ran(session.tasks());
    }
  }

  /** One matrix, or each of a stack. */
  private static float[] run(OrthogonalizationReplay.Case c, DeviceBuffer in, Program program, DeviceBuffer out) {
    float[] y = new float[c.x().length];
    for (int at = 0; at < y.length; at += c.rows() * c.cols()) {
      in.write(c.x(), at);
      program.run();
      out.read(y, at);
    }
    return y;
  }
}
