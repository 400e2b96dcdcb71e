package curvata.bench.model;

import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The digits that come with the program: 1797 handwritten digits of 8×8 pixels, and how they are split.
 *
 * <pre>
 *   inputs = images / 16
 *   test: index mod 5 = 0 (360 rows)      training: the rest (1437)      validation: index mod 5 = 1, out of training (360)
 * </pre>
 *
 * <p>Test rows are for the final number alone; settings are chosen on the validation rows.
 *
 * @see <a href="https://doi.org/10.24432/C50P49">Alpaydin, Kaynak: Optical Recognition of Handwritten Digits</a> (CC BY 4.0)
 */
public final class Digits {
  private static final int PIXELS = 64;
  private static final int CLASSES = 10;
  private static final float FULL = 16;
  private static final int SPLIT = 5;

  private final Dataset all;

  private Digits(Dataset all) {
    this.all = all;
  }

  /** Reads the digits. */
  public static Digits load() {
    try {
      Path copy = Files.createTempFile("digits", ".safetensors"); // the reader wants a file, and a resource may be inside a jar
      try (InputStream in = Digits.class.getResourceAsStream("/curvata/bench/data/digits.safetensors")) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return read(copy);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Digits read(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      float[] x = file.floats("images");
      for (int i = 0; i < x.length; i++) {
        x[i] = x[i] / FULL;
      }
      return new Digits(new Dataset(x, file.ints("labels"), PIXELS, CLASSES));
    }
  }

  /** All rows, in the order of the file. */
  public Dataset all() {
    return all;
  }

  /** The 1437 rows to train on. */
  public Dataset training() {
    return all.where(i -> i % SPLIT != 0);
  }

  /** The 360 rows that nothing but the final number may depend on. */
  public Dataset test() {
    return all.where(i -> i % SPLIT == 0);
  }

  /** The 1077 training rows that are left where {@link #validation} is held out. */
  public Dataset reducedTraining() {
    return all.where(i -> i % SPLIT > 1);
  }

  /** The 360 training rows that settings are chosen on. */
  public Dataset validation() {
    return all.where(i -> i % SPLIT == 1);
  }
}
