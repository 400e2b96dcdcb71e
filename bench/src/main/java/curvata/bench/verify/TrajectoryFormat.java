package curvata.bench.verify;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Recorded trajectories of a rule: start, gradients and further inputs of every step; parameters of every step and the last state as truth.
 *
 * <p>Loads the inputs and checks the shapes of everything. A tensor that belongs to no known name is left to the judge, which reports it; one that
 * is an input makes the recording unsupported, because the reference did something with it that we would not.
 */
final class TrajectoryFormat implements Format {
  /** What these files say they are. */
  static final String NAME = "golden-optimizer-1";

  /** The metadata that holds the largest error of the reference's own run in float32. */
  static final String FLOAT32_ERROR = "f32_max_abs_error";

  private static final Set<String> KINDS = Set.of("reference", "independent");

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors && file.format().equals(NAME);
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    String optimizer = file.metadata("optimizer");
    int steps = steps(file);
    JsonNode hyper = hyper(file);
    double float32Error = float32Error(file);
    Reference<?> reference = References.find(optimizer);
    if (reference == null) {
      return Recording.unsupported(file, optimizer, "no rule of this version follows optimizer " + optimizer);
    }
    try {
      requireKind(file);
      Trajectory trajectory = new Reader(file, steps).read(reference, reference.spell(hyper));
      return new Recording(new TrajectoryReplay(trajectory), new TrajectoryJudge(file, trajectory, new TrajectoryTolerance(float32Error)));
    } catch (UnsupportedException e) {
      return Recording.unsupported(file, optimizer, e.getMessage());
    }
  }

  private static int steps(GoldenFile.Tensors file) throws MalformedFileException {
    String text = file.metadata("steps");
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new MalformedFileException(file.path(), "steps = " + Report.oneLine(text) + ", expected a whole number of at least 1");
    }
    return Integer.parseInt(text);
  }

  private static JsonNode hyper(GoldenFile.Tensors file) throws MalformedFileException {
    try {
      JsonNode hyper = GoldenFile.JSON.readTree(file.metadata("hyper"));
      if (hyper.isObject()) {
        return hyper;
      }
      throw new MalformedFileException(file.path(), "hyper is a JSON " + hyper.getNodeType() + ", expected an object");
    } catch (JacksonException e) {
      throw new MalformedFileException(file.path(), "hyper is not JSON, " + GoldenFile.oneLine(e));
    }
  }

  /** Largest error of the reference's own float32 run; NaN where it was not recorded. */
  private static double float32Error(GoldenFile.Tensors file) throws MalformedFileException {
    String text = file.tensors().metadata().get(FLOAT32_ERROR);
    double error = text == null ? Double.NaN : number(text);
    if (text != null && !(error >= 0 && error < Double.POSITIVE_INFINITY)) {
      throw new MalformedFileException(file.path(), FLOAT32_ERROR + " = " + Report.oneLine(text) + ", expected a finite number >= 0");
    }
    return error;
  }

  /** NaN where the text is no number. */
  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static void requireKind(GoldenFile.Tensors file) throws UnsupportedException {
    String kind = file.tensors().metadata().getOrDefault("kind", "reference");
    if (!KINDS.contains(kind)) {
      throw new UnsupportedException("kind " + kind + " is none of those known: reference, independent");
    }
  }

  /** Reads the inputs of one file. */
  private static final class Reader {
    private final GoldenFile.Tensors golden;
    private final SafetensorsFile file;
    private final int steps;

    Reader(GoldenFile.Tensors golden, int steps) {
      this.golden = golden;
      this.file = golden.tensors();
      this.steps = steps;
    }

    Trajectory read(Reference<?> reference, Reference.Spelled spelled) throws IOException, UnsupportedException {
      List<String> names = names();
      for (String name : names) {
        requireThere(Trajectory.grad(name), perStep(shape(Trajectory.init(name))));
      }
      Set<String> signals = new LinkedHashSet<>();
      for (int t = 1; t <= steps; t++) { // no more than there are gradients
        signals.addAll(spelled.rule().signals(t));
      }
      List<Trajectory.Tensor> tensors = new ArrayList<>();
      for (String name : names) {
        Trajectory.Tensor tensor = tensor(name, spelled, signals);
        reference.requireAxes(Trajectory.init(name), tensor.shape().length);
        requireTruthShapes(tensor, spelled);
        tensors.add(tensor);
      }
      Trajectory trajectory = new Trajectory(spelled, steps, lr(), List.copyOf(tensors));
      requireNoFurtherInputs(trajectory.inputs(), reference);
      return trajectory;
    }

    /** The parameters' names, in order: X of every param.X.init. */
    private List<String> names() throws MalformedFileException {
      List<String> names = new ArrayList<>();
      for (String tensor : file.names()) {
        if (tensor.startsWith("param.") && tensor.endsWith(".init") && tensor.length() > 11) {
          names.add(tensor.substring(6, tensor.length() - 5));
        }
      }
      if (names.isEmpty()) {
        throw new MalformedFileException(golden.path(), "no tensor param.X.init, expected at least one parameter");
      }
      names.sort(null);
      return names;
    }

    private void requireNoFurtherInputs(Set<String> inputs, Reference<?> reference) throws UnsupportedException {
      for (String tensor : file.names()) {
        if ((tensor.startsWith("grad.") || tensor.startsWith("input.")) && !inputs.contains(tensor)) {
          throw new UnsupportedException("input " + tensor + " is none that rule " + reference.rule() + " takes here");
        }
      }
    }

    private Trajectory.Tensor tensor(String name, Reference.Spelled spelled, Set<String> signals) throws IOException {
      int[] shape = shape(Trajectory.init(name));
      Map<String, float[]> values = new LinkedHashMap<>();
      for (String signal : signals) {
        values.put(signal, floats(spelled.input(signal, name), perStep(shape)));
      }
      return new Trajectory.Tensor(name, shape, floats(Trajectory.init(name), shape), floats(Trajectory.grad(name), perStep(shape)),
          Map.copyOf(values));
    }

    private int[] shape(String name) throws MalformedFileException {
      TensorInfo info = file.info(name);
      if (info.elements() == 0 || info.elements() * steps > Integer.MAX_VALUE - 64L) {
        throw new MalformedFileException(
            golden.path(), name + " has shape " + Arrays.toString(info.shape()) + ", expected 1 to 2^31 - 65 elements over all steps");
      }
      return Arrays.stream(info.shape()).mapToInt(Math::toIntExact).toArray();
    }

    private int[] perStep(int[] shape) {
      int[] all = new int[shape.length + 1];
      all[0] = steps;
      System.arraycopy(shape, 0, all, 1, shape.length);
      return all;
    }

    private float[] floats(String name, int[] shape) throws IOException {
      requireThere(name, shape);
      return file.floats(name);
    }

    private void requireThere(String name, int[] shape) throws MalformedFileException {
      if (!file.contains(name)) {
        throw new MalformedFileException(golden.path(), "no tensor " + name + ", expected with shape " + Arrays.toString(shape));
      }
      require(name, DType.F32, shape);
    }

    private double[] lr() throws IOException {
      if (!file.contains("lr")) {
        return null;
      }
      require("lr", DType.F64, steps);
      double[] lr = file.doubles("lr");
      for (int t = 0; t < steps; t++) {
        if (!(lr[t] >= 0 && lr[t] < Double.POSITIVE_INFINITY)) {
          throw new MalformedFileException(golden.path(), "lr[" + t + "] = " + lr[t] + ", expected a finite number >= 0");
        }
      }
      return lr;
    }

    /** Truth may be missing, which is a failed check later; where it is there, its form must be right. */
    private void requireTruthShapes(Trajectory.Tensor tensor, Reference.Spelled spelled) throws MalformedFileException {
      requireIfThere(tensor.path(), DType.F64, perStep(tensor.shape()));
      requireIfThere(tensor.last32(), DType.F32, tensor.shape());
      for (Reference.StateName state : spelled.states().values()) {
        requireIfThere(tensor.state(state.name()), DType.F64, tensor.shape());
      }
    }

    private void requireIfThere(String name, DType type, int... shape) throws MalformedFileException {
      if (file.contains(name)) {
        require(name, type, shape);
      }
    }

    private void require(String name, DType type, int... shape) throws MalformedFileException {
      TensorInfo info = file.info(name);
      if (info.dtype() != type || !info.hasShape(shape)) {
        throw new MalformedFileException(
            golden.path(), name + " is " + info.dtype() + " " + Arrays.toString(info.shape()) + ", expected " + type + " " + Arrays.toString(shape));
      }
    }
  }
}
