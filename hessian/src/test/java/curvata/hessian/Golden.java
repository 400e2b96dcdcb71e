package curvata.hessian;

import curvata.hessian.operator.DenseOperator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recorded estimates for a matrix of known spectrum; the file's metadata says where they come from. */
public final class Golden {
  private final String name;
  private final ByteBuffer file;
  private final int data;
  private final String header;

  private Golden(String name) {
    this.name = name;
    try (InputStream in = Golden.class.getResourceAsStream("matrix_" + name + ".safetensors")) {
      file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    data = 8 + (int) file.getLong(0);
    header = new String(file.array(), 8, data - 8, StandardCharsets.UTF_8);
  }

  /** All files. */
  public static List<Golden> all() {
    return List.of(new Golden("indefinite"), new Golden("bulk_outliers"), new Golden("slow_decay"));
  }

  /** Whether the file has this tensor. */
  public boolean has(String tensor) {
    return header.contains("\"" + tensor + "\"");
  }

  /** The numbers of a tensor. */
  public double[] doubles(String tensor) {
    Matcher entry = Pattern.compile(
        "\"" + Pattern.quote(tensor) + "\":\\{\"dtype\":\"(F32|F64)\",\"shape\":\\[[\\d,]*],\"data_offsets\":\\[(\\d+),(\\d+)]}").matcher(header);
    if (!entry.find()) {
      throw new IllegalArgumentException("no tensor " + tensor + " in " + name);
    }
    boolean wide = entry.group(1).equals("F64");
    int from = data + Integer.parseInt(entry.group(2));
    double[] values = new double[(data + Integer.parseInt(entry.group(3)) - from) / (wide ? 8 : 4)];
    Arrays.setAll(values, i -> wide ? file.getDouble(from + 8 * i) : file.getFloat(from + 4 * i));
    return values;
  }

  /** Row i of a tensor. */
  public double[] row(String tensor, int i, int length) {
    return Arrays.copyOfRange(doubles(tensor), i * length, (i + 1) * length);
  }

  /** The numbers of a tensor, rounded. */
  public float[] floats(String tensor) {
    double[] wide = doubles(tensor);
    float[] x = new float[wide.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) wide[i];
    }
    return x;
  }

  /** n. */
  public int n() {
    return doubles("eig_float64").length;
  }

  /** The matrix. */
  public DenseOperator operator() {
    return new DenseOperator(floats("A"), n());
  }

  /** The first {@code count} recorded probes of a kind. */
  public Probes probes(String kind, int count) {
    return Probes.of(Arrays.copyOf(floats("probes_" + kind), count * n()), count);
  }

  /** Eigenvalues, ascending. */
  public double[] eigenvalues() {
    return doubles("eig_float64");
  }

  /** ‖A‖₂. */
  public double norm() {
    double[] e = eigenvalues();
    return Math.max(Math.abs(e[0]), Math.abs(e[e.length - 1]));
  }

  /** ‖A‖_F. */
  public double frobenius() {
    return Math.sqrt(Arrays.stream(eigenvalues()).map(x -> x * x).sum());
  }

  /** tr A. */
  public double trace() {
    return Arrays.stream(eigenvalues()).sum();
  }

  @Override
  public String toString() {
    return name;
  }
}
