package curvata.kernels.matrix;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the test's own excerpt of recorded orthogonalizations; the file's metadata says where they come from. */
final class Goldens {
  private static final ByteBuffer FILE = read("orthogonalization.safetensors");
  private static final int DATA = 8 + (int) FILE.getLong(0);
  private static final String HEADER = new String(FILE.array(), 8, DATA - 8, StandardCharsets.UTF_8);

  private final int rows;
  private final int cols;
  private final double[] values;

  private Goldens(int rows, int cols, double[] values) {
    this.rows = rows;
    this.cols = cols;
    this.values = values;
  }

  int rows() {
    return rows;
  }

  int cols() {
    return cols;
  }

  double[] values() {
    return values;
  }

  float[] floats() {
    float[] x = new float[values.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) values[i];
    }
    return x;
  }

  static Goldens tensor(String name) {
    Matcher entry = Pattern.compile(
        "\"" + Pattern.quote(name) + "\":\\{\"dtype\":\"(F32|F64)\",\"shape\":\\[(\\d+)(?:, ?(\\d+))?],\"data_offsets\":\\[(\\d+), ?(\\d+)]}")
        .matcher(HEADER);
    if (!entry.find()) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    boolean wide = entry.group(1).equals("F64");
    int rows = Integer.parseInt(entry.group(2));
    int cols = entry.group(3) == null ? 1 : Integer.parseInt(entry.group(3));
    int from = DATA + Integer.parseInt(entry.group(4));
    double[] values = new double[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = wide ? FILE.getDouble(from + 8 * i) : FILE.getFloat(from + 4 * i);
    }
    return new Goldens(rows, cols, values);
  }

  private static ByteBuffer read(String resource) {
    try (InputStream in = Goldens.class.getResourceAsStream(resource)) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
