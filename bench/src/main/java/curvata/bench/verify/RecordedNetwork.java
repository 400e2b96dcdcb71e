package curvata.bench.verify;

import curvata.bench.model.Activation;
import curvata.bench.model.Dataset;
import curvata.bench.model.Digits;
import curvata.bench.model.OutputLoss;
import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.TensorInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a recording says about its network, in our words: rows of the shipped digits, sizes, activation, loss.
 *
 * @param layers inputs, hidden widths, outputs
 * @param activation of the hidden layers
 * @param loss of the outputs
 * @param data the rows
 */
record RecordedNetwork(List<Integer> layers, Activation activation, OutputLoss loss, Dataset data) {
  private static final Pattern ROWS = Pattern.compile("digits rows (\\d{1,6})\\.\\.(\\d{1,6}), images/16( minus the column means.*)?");
  private static final Map<String, OutputLoss> LOSSES =
      Map.of("mean softmax cross-entropy", OutputLoss.SOFTMAX_CROSS_ENTROPY, "0.5 * sum of squared errors", OutputLoss.SQUARED_ERROR);

  /**
   * Reads the metadata.
   *
   * @throws MalformedFileException if an entry is missing or the sizes make no network
   * @throws UnsupportedException if an entry means something that we do not have
   */
  static RecordedNetwork read(GoldenFile.Tensors file) throws MalformedFileException, UnsupportedException {
    String layers = file.metadata("layers");
    if (!layers.matches("[1-9]\\d{0,5}(-[1-9]\\d{0,5})+")) {
      throw new MalformedFileException(file.path(), "layers = " + Report.oneLine(layers) + ", expected sizes such as 64-4-10");
    }
    Dataset data = rows(file);
    List<Integer> sizes = Arrays.stream(layers.split("-")).map(Integer::valueOf).toList();
    if (sizes.getFirst() != data.cols() || sizes.getLast() != data.classes()) {
      throw new UnsupportedException("layers = " + layers + ", expected " + data.cols() + " inputs, " + data.classes() + " outputs for the digits");
    }
    String order = file.metadata("parameter_order").replaceAll("\\[[^]]*\\]| row-major| ", "");
    if (!order.equals(order(sizes.size() - 1))) {
      throw new UnsupportedException("parameter_order = " + Report.oneLine(order) + ", expected " + order(sizes.size() - 1));
    }
    return new RecordedNetwork(sizes, activation(file.metadata("activation")), loss(file.metadata("loss")), data);
  }

  private static String order(int depth) {
    StringBuilder order = new StringBuilder("W1,b1");
    for (int n = 2; n <= depth; n++) {
      order.append(",W").append(n).append(",b").append(n);
    }
    return order.toString();
  }

  private static Activation activation(String text) throws UnsupportedException {
    for (Activation activation : Activation.values()) {
      if (text.startsWith(activation + " ") || text.equals(activation.toString())) {
        return activation;
      }
    }
    throw new UnsupportedException("activation = " + Report.oneLine(text) + ", expected one of " + Arrays.toString(Activation.values()));
  }

  private static OutputLoss loss(String text) throws UnsupportedException {
    for (Map.Entry<String, OutputLoss> loss : LOSSES.entrySet()) {
      if (text.startsWith(loss.getKey())) {
        return loss.getValue();
      }
    }
    throw new UnsupportedException("loss = " + Report.oneLine(text) + " is none that is known: " + LOSSES.keySet());
  }

  private static Dataset rows(GoldenFile.Tensors file) throws MalformedFileException, UnsupportedException {
    String text = file.metadata("data");
    Matcher rows = ROWS.matcher(text);
    if (!rows.matches()) {
      throw new UnsupportedException("data = " + Report.oneLine(text) + ", expected digits rows A..B, images/16, maybe minus the column means");
    }
    int first = Integer.parseInt(rows.group(1));
    int last = Integer.parseInt(rows.group(2));
    Dataset all = Digits.load().all();
    if (first > last || last >= all.rows()) {
      throw new MalformedFileException(file.path(), "data = " + text + ", expected rows within 0.." + (all.rows() - 1));
    }
    Dataset chosen = all.where(i -> i >= first && i <= last);
    return rows.group(3) == null ? chosen : centred(chosen);
  }

  /** Less the columns' means, which are taken in double. */
  private static Dataset centred(Dataset data) {
    float[] x = data.inputs().clone();
    for (int j = 0; j < data.cols(); j++) {
      double sum = 0;
      for (int i = j; i < x.length; i += data.cols()) {
        sum += x[i];
      }
      for (int i = j; i < x.length; i += data.cols()) {
        x[i] = (float) (x[i] - sum / data.rows());
      }
    }
    return new Dataset(x, data.labels(), data.cols(), data.classes());
  }

  /** Number of parameters. */
  int size() {
    long size = 0;
    for (int n = 1; n < layers.size(); n++) {
      size += (long) layers.get(n) * (layers.get(n - 1) + 1);
    }
    return Math.toIntExact(size);
  }

  /**
   * The floats of an input of so many axes, the last of them the parameters.
   *
   * @throws MalformedFileException if it is missing, not finite or of another type or shape
   */
  float[] floats(GoldenFile.Tensors file, String name, int axes) throws IOException {
    if (!file.tensors().contains(name)) {
      throw new MalformedFileException(file.path(), "no tensor " + name + ", expected F32 with " + size() + " parameters");
    }
    TensorInfo info = file.tensors().info(name);
    long[] shape = info.shape();
    if (info.dtype() != DType.F32 || shape.length != axes || shape[axes - 1] != size() || info.elements() == 0) {
      throw new MalformedFileException(
          file.path(), name + " is " + info.dtype() + " " + Arrays.toString(shape) + ", expected F32 with " + axes + " axes, the last of " + size());
    }
    float[] values = file.tensors().floats(name);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new MalformedFileException(file.path(), name + "[" + i + "] = " + values[i] + ", expected a finite number");
      }
    }
    return values;
  }
}
