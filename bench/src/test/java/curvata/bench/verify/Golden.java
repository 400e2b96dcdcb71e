package curvata.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.optim.io.DType;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.SafetensorsWriter;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A recording in memory, to be written with something changed. */
final class Golden {
  private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream(), false);

  private record Tensor(DType type, int[] shape, double[] values) {}

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** A file of the test resources. */
  static Path resource(String name) {
    try {
      return Path.of(Golden.class.getResource("/goldens").toURI()).resolve(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The recordings among the test resources that are to pass. */
  static List<String> supported() throws IOException {
    try (Stream<Path> files = Files.list(resource(""))) {
      List<String> names =
          files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".safetensors") && !f.startsWith("cbo")).sorted().toList();
      assertThat(names).as("recordings").hasSizeGreaterThan(12);
      return names;
    }
  }

  static Golden empty() {
    return new Golden();
  }

  static Golden read(String name) throws IOException {
    Golden golden = new Golden();
    try (SafetensorsFile file = SafetensorsFile.read(resource(name))) {
      golden.metadata.putAll(file.metadata());
      for (String tensor : file.names()) {
        TensorInfo info = file.info(tensor);
        int[] shape = Arrays.stream(info.shape()).mapToInt(Math::toIntExact).toArray();
        golden.tensors.put(tensor, new Tensor(info.dtype(), shape, file.doubles(tensor)));
      }
    }
    return golden;
  }

  /** The names that are truth: what the reference computed. */
  List<String> truth() {
    return tensors.keySet().stream().filter(n -> n.endsWith(".f64") || n.endsWith(".final")).toList();
  }

  /** The names of all tensors; a copy. */
  List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  double[] values(String tensor) {
    return tensors.get(tensor).values;
  }

  int[] shape(String tensor) {
    return tensors.get(tensor).shape;
  }

  Golden metadata(String key, String value) {
    if (value == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, value);
    }
    return this;
  }

  Golden rename(UnaryOperator<String> newName) {
    Map<String, Tensor> old = new LinkedHashMap<>(tensors);
    tensors.clear();
    old.forEach((name, tensor) -> tensors.put(newName.apply(name), tensor));
    return this;
  }

  Golden drop(String name) {
    assertThat(tensors.remove(name)).as(name).isNotNull();
    return this;
  }

  Golden put(String name, DType type, int[] shape, double... values) {
    tensors.put(name, new Tensor(type, shape, values));
    return this;
  }

  Path write(Path path) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach((name, tensor) -> {
      if (tensor.type == DType.F64) {
        writer.addDoubles(name, tensor.shape, tensor.values);
      } else {
        float[] floats = new float[tensor.values.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) tensor.values[i];
        }
        writer.add(name, tensor.shape, floats);
      }
    });
    writer.write(path);
    return path;
  }

  static Report verify(Path... files) throws IOException {
    return Verification.run(List.of(files), null, SILENT);
  }

  static Report verify(Path dump, Path file) throws IOException {
    return Verification.run(List.of(file), dump, SILENT);
  }

  /** The names of the checks that ended so. */
  static List<String> names(Report report, Check.Status status) {
    return report.checks().stream().filter(c -> c.status() == status).map(Check::name).toList();
  }
}
