package curvata.bench.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A folder that takes every computed tensor: one safetensors file per input, of the same name. */
final class Dump {
  private static final Dump NONE = new Dump(null);

  private final Path folder;

  private Dump(Path folder) {
    this.folder = folder;
  }

  /**
   * A dump into a folder, which is made if it is not there; into nothing if it is null.
   *
   * @throws IllegalArgumentException if the folder cannot be written to, two inputs would share a file, or an input would be overwritten
   */
  static Dump into(Path folder, List<Path> inputs) throws IOException {
    if (folder == null) {
      return NONE;
    }
    Map<Path, Path> inputOf = new HashMap<>();
    for (Path input : inputs) {
      Path target = target(folder, input);
      Path other = inputOf.put(target, input);
      if (other != null) {
        throw new IllegalArgumentException(
            "--dump " + folder + ": " + other + " and " + input + " would both be written to " + target + ", expected distinct names");
      }
      if (Files.exists(target) && Files.isSameFile(target, input)) {
        throw new IllegalArgumentException("--dump " + folder + ": would overwrite the input " + input + ", expected another folder");
      }
    }
    make(folder);
    return new Dump(folder);
  }

  private static void make(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalArgumentException("--dump " + folder + ": cannot be made (" + e + "), expected a folder that can be written to");
    }
    if (!Files.isWritable(folder)) {
      throw new IllegalArgumentException("--dump " + folder + ": cannot be written to, expected a folder that can");
    }
  }

  /** The input's own name; {@code .safetensors} in the place of {@code .json}. */
  private static Path target(Path folder, Path input) {
    return folder.resolve(input.getFileName().toString().replaceFirst("\\.json$", ".safetensors"));
  }

  /**
   * Writes the results of one input, whole or not at all; nothing where nothing was computed.
   *
   * @throws IOException if the file cannot be written
   */
  void write(Path input, Results results) throws IOException {
    if (folder != null && !results.tensors().isEmpty()) {
      results.writer().write(target(folder, input));
    }
  }
}
