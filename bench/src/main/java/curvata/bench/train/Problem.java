package curvata.bench.train;

import curvata.bench.model.Dataset;
import curvata.bench.model.Digits;
import curvata.bench.model.LabelledFile;
import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a run trains on and is judged by.
 *
 * <p>Rows whose index is divisible by five are test rows, whatever the data. To choose settings by, the rows after them are held out of the training
 * rows instead, and the test rows stay untouched.
 *
 * @param name of the data: digits, or the file it was read from
 * @param sha256 of all inputs and labels, by which data is told from other data
 * @param training rows that gradients are taken of
 * @param heldOut rows that nothing but the reported numbers depends on
 * @param heldOutName what those are called: test or validation
 */
public record Problem(String name, String sha256, Dataset training, Dataset heldOut, String heldOutName) {
  /** The name of the digits that come with the program. */
  public static final String DIGITS = "digits";

  private static final int SPLIT = 5;

  /** Data that was made here and is not told from other data. */
  public Problem(String name, Dataset training, Dataset heldOut, String heldOutName) {
    this(name, "", training, heldOut, heldOutName);
  }

  /** The digits with their test rows, or their validation rows. */
  public static Problem digits(boolean validate) {
    return split(DIGITS, Digits.load().all(), validate);
  }

  /** The same with the means of the training rows' columns taken off all inputs; they are summed in double. */
  public Problem centered() {
    int cols = training.cols();
    double[] mean = new double[cols];
    for (int i = 0; i < training.inputs().length; i++) {
      mean[i % cols] += training.inputs()[i];
    }
    for (int j = 0; j < cols; j++) {
      mean[j] /= training.rows();
    }
    return new Problem(name, sha256, less(training, mean), less(heldOut, mean), heldOutName);
  }

  private static Dataset less(Dataset data, double[] mean) {
    float[] x = data.inputs().clone();
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (x[i] - mean[i % mean.length]);
    }
    return new Dataset(x, data.labels(), data.cols(), data.classes());
  }

  /**
   * The rows of a file as {@link LabelledFile} reads it.
   *
   * @throws MalformedFileException if the file is not as it must be, or has too few rows to split
   * @throws IOException if it cannot be read
   */
  public static Problem of(Path file, boolean validate) throws IOException {
    Dataset all = LabelledFile.read(file);
    int least = validate ? 3 : 2;
    if (all.rows() < least) {
      throw new MalformedFileException(file, all.rows() + " rows, expected at least " + least + ": rows 0, 5, 10, ... are test rows");
    }
    return split(file.toString(), all, validate);
  }

  /**
   * The data of this name.
   *
   * @param data {@link #DIGITS} or a file
   * @throws IOException if the file cannot be read or is not as it must be
   */
  public static Problem named(String data, boolean validate, boolean center) throws IOException {
    Problem problem = data.equals(DIGITS) ? digits(validate) : of(Path.of(data), validate);
    return center ? problem.centered() : problem;
  }

  private static Problem split(String name, Dataset all, boolean validate) {
    String sha256 = sha256(all);
    Dataset training = all.where(i -> validate ? i % SPLIT > 1 : i % SPLIT != 0);
    Dataset heldOut = all.where(i -> i % SPLIT == (validate ? 1 : 0));
    return new Problem(name, sha256, training, heldOut, validate ? "validation" : "test");
  }

  private static String sha256(Dataset data) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer row = ByteBuffer.allocate((data.cols() + 1) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < data.rows(); i++) {
        row.clear().asFloatBuffer().put(data.inputs(), i * data.cols(), data.cols());
        row.putInt(data.cols() * Float.BYTES, data.labels()[i]);
        digest.update(row.array());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
