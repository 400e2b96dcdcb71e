package curvata.bench.verify;

import curvata.optim.Rule;
import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inputs of a recorded trajectory, for tests outside {@code verify}: in its package, since it alone knows how other libraries spell our rules.
 *
 * @param rule with the recorded hyperparameters
 * @param steps how many
 * @param lr the rate of each
 * @param tensors the parameters: one group
 */
public record RecordedSteps(Rule<?> rule, int steps, double[] lr, List<Tensor> tensors) {
  /**
   * One parameter with what each step brings.
   *
   * @param name of the parameter
   * @param shape its axes
   * @param init its start
   * @param grad the gradient of step after step
   * @param signals further inputs of step after step
   */
  public record Tensor(String name, int[] shape, float[] init, float[] grad, Map<String, float[]> signals) {
    /** What a step brings of an input. */
    public float[] at(int step, float[] all) {
      return Arrays.copyOfRange(all, step * init.length, (step + 1) * init.length);
    }
  }

  /** Reads a recording that {@code verify} supports. */
  public static RecordedSteps read(Path path) throws IOException, UnsupportedException {
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      Reference.Spelled spelled = References.find(file.metadata().get("optimizer")).spell(GoldenFile.JSON.readTree(file.metadata().get("hyper")));
      int steps = Integer.parseInt(file.metadata().get("steps"));
      Set<String> signals = new LinkedHashSet<>();
      for (int t = 1; t <= steps; t++) {
        signals.addAll(spelled.rule().signals(t));
      }
      List<Tensor> tensors = new ArrayList<>();
      for (String init : file.names().stream().filter(n -> n.startsWith("param.") && n.endsWith(".init")).sorted().toList()) {
        String name = init.substring("param.".length(), init.length() - ".init".length());
        Map<String, float[]> inputs = new HashMap<>();
        for (String signal : signals) {
          inputs.put(signal, file.floats(spelled.input(signal, name)));
        }
        int[] shape = Arrays.stream(file.info(init).shape()).mapToInt(Math::toIntExact).toArray();
        tensors.add(new Tensor(name, shape, file.floats(init), file.floats(Trajectory.grad(name)), inputs));
      }
      return new RecordedSteps(spelled.rule(), steps, file.doubles("lr"), tensors);
    }
  }
}
