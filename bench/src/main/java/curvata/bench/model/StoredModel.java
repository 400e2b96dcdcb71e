package curvata.bench.model;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A network in a file as {@code train} writes it: {@code layerN.weight} (outputs × inputs) and {@code layerN.bias}, F32, metadata {@code layers} (sizes
 * with commas between) and {@code activation}; {@code loss} where it is another than cross-entropy.
 *
 * @param layers inputs, hidden widths, classes
 * @param activation of the hidden layers
 * @param loss of the outputs
 * @param theta all parameters, laid out as those of {@link Mlp}
 * @param metadata all of it
 */
public record StoredModel(List<Integer> layers, Activation activation, OutputLoss loss, float[] theta, Map<String, String> metadata) {
  private static final int MOST_LAYERS = 1000;

  /**
   * Reads a file; nothing is returned before all of it is checked.
   *
   * @throws MalformedFileException if it is no such file: a size, tensor or name is missing or wrong, or a parameter is not finite
   * @throws IOException if it cannot be read
   */
  public static StoredModel read(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      Map<String, String> metadata = file.metadata();
      List<Integer> layers = layers(path, metadata.get("layers"));
      Activation activation = choice(path, "activation", metadata.get("activation"), Activation.values());
      String loss = metadata.getOrDefault("loss", OutputLoss.SOFTMAX_CROSS_ENTROPY.toString());
      return new StoredModel(layers, activation, choice(path, "loss", loss, OutputLoss.values()), parameters(file, layers), metadata);
    }
  }

  private static List<Integer> layers(Path path, String text) throws MalformedFileException {
    if (text == null || !text.matches("[1-9]\\d{0,8}(,[1-9]\\d{0,8}){1," + MOST_LAYERS + "}")) {
      throw new MalformedFileException(path, "metadata layers = " + text + ", expected sizes such as 64,256,10, as train writes them");
    }
    return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
  }

  private static <E extends Enum<E>> E choice(Path path, String name, String text, E[] choices) throws MalformedFileException {
    for (E choice : choices) {
      if (choice.toString().equals(text)) {
        return choice;
      }
    }
    throw new MalformedFileException(path, "metadata " + name + " = " + text + ", expected one of " + Arrays.toString(choices));
  }

  private static float[] parameters(SafetensorsFile file, List<Integer> layers) throws IOException {
    List<String> names = new ArrayList<>();
    long size = 0;
    for (int n = 0; n + 1 < layers.size(); n++) {
      require(file, "layer" + n + ".weight", layers.get(n + 1), layers.get(n));
      require(file, "layer" + n + ".bias", layers.get(n + 1));
      names.add("layer" + n + ".weight");
      names.add("layer" + n + ".bias");
      size += layers.get(n + 1) * (layers.get(n) + 1L);
    }
    if (size > Integer.MAX_VALUE - 64) {
      throw new MalformedFileException(file.path(), size + " parameters, expected at most 2^31 - 65");
    }
    for (String name : file.names()) {
      if (!names.contains(name)) {
        throw new MalformedFileException(file.path(), "tensor " + name + " belongs to no layer of " + layers + ", expected " + names);
      }
    }
    float[] theta = new float[(int) size];
    int at = 0;
    for (String name : names) {
      float[] values = file.floats(name);
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw new MalformedFileException(file.path(), name + ", element " + i + " is " + values[i] + ", expected a finite number");
        }
      }
      System.arraycopy(values, 0, theta, at, values.length);
      at += values.length;
    }
    return theta;
  }

  private static void require(SafetensorsFile file, String name, int... shape) throws MalformedFileException {
    String expected = "expected F32 " + Arrays.toString(shape) + " (metadata layers)";
    if (!file.contains(name)) {
      throw new MalformedFileException(file.path(), "no tensor " + name + ", " + expected);
    }
    TensorInfo info = file.info(name);
    if (info.dtype() != DType.F32 || !info.hasShape(shape)) {
      throw new MalformedFileException(file.path(), name + " is " + info.dtype() + " " + Arrays.toString(info.shape()) + ", " + expected);
    }
  }
}
