package curvata.bench.verify;

import curvata.bench.Progress;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceException;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes the recorded steps with our rule: sets the rate, hands in the gradients and what the rule asks for, steps, keeps what came out. */
final class TrajectoryReplay implements Recording.OnDevice {
  private static final String GROUP = "all";

  private final Trajectory trajectory;

  TrajectoryReplay(Trajectory trajectory) {
    this.trajectory = trajectory;
  }

  @Override
  public Results run() {
    return run(Device.cpu(), null);
  }

  @Override
  public Results run(Device device, Progress progress) {
    Results results = new Results();
    List<Parameter> parameters = new ArrayList<>();
    Map<String, Track> tracks = new HashMap<>();
    for (Trajectory.Tensor tensor : trajectory.tensors()) {
      parameters.add(Parameter.of(tensor.name(), tensor.init().clone(), new float[tensor.size()], tensor.shape()));
      tracks.put(tensor.name(), new Track(tensor, trajectory.steps()));
    }
    Optimizer built;
    try {
      built = Optimizer.builder().group(GROUP, trajectory.spelled().rule(), parameters).device(device).build();
    } catch (DeviceException e) {
      return Results.refused(e.getMessage());
    }
    try (Optimizer optimizer = built) {
      Optimizer.StateVisitor keep = (parameter, slot, array, offset) -> tracks.get(parameter.name()).keep(slot, array, offset);
      optimizer.state(keep);
      for (int t = 0; t < trajectory.steps(); t++) {
        supply(optimizer, t);
        optimizer.step();
        optimizer.sync();
        for (Parameter parameter : parameters) {
          tracks.get(parameter.name()).keep(t, parameter);
        }
        optimizer.state(keep);
      }
      if (device != Device.cpu()) {
        results.ran(optimizer.session().tasks());
      }
    }
    trajectory.tensors().forEach(tensor -> tracks.get(tensor.name()).into(results));
    return results;
  }

  private void supply(Optimizer optimizer, int t) {
    if (trajectory.lr() != null) {
      optimizer.setLr(GROUP, trajectory.lr()[t]);
    }
    List<Parameter> parameters = optimizer.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      System.arraycopy(trajectory.tensors().get(i).grad(), t * parameter.size(), parameter.grad(), 0, parameter.size());
    }
    for (Optimizer.Need need : optimizer.needs()) {
      int index = parameters.indexOf(need.parameter());
      float[] values = new float[need.parameter().size()];
      System.arraycopy(trajectory.tensors().get(index).signals().get(need.signal()), t * values.length, values, 0, values.length);
      optimizer.supply(need.parameter().name(), need.signal(), values);
    }
  }

  /** What one parameter and its state went through. */
  private final class Track {
    private final Trajectory.Tensor tensor;
    private final double[] path;
    private final Map<String, double[]> last = new HashMap<>();
    private final Map<String, double[]> sums = new HashMap<>();

    Track(Trajectory.Tensor tensor, int steps) {
      this.tensor = tensor;
      path = new double[steps * tensor.size()];
    }

    void keep(int t, Parameter parameter) {
      for (int i = 0; i < tensor.size(); i++) {
        path[t * tensor.size() + i] = parameter.value()[i];
      }
    }

    void keep(String slot, float[] array, int offset) {
      double[] now = last.computeIfAbsent(slot, s -> new double[tensor.size()]);
      double[] sum = sums.computeIfAbsent(slot, s -> new double[tensor.size()]);
      for (int i = 0; i < now.length; i++) {
        now[i] = array[offset + i];
        sum[i] += Math.abs(now[i]);
      }
    }

    void into(Results results) {
      int[] all = new int[tensor.shape().length + 1];
      all[0] = trajectory.steps();
      System.arraycopy(tensor.shape(), 0, all, 1, tensor.shape().length);
      results.add(tensor.path(), all, path);
      trajectory.spelled().states().forEach((slot, state) -> {
        if (last.containsKey(slot)) {
          results.add(tensor.state(state.name()), tensor.shape(), last.get(slot), sums.get(slot));
        }
      });
    }
  }
}
