package curvata.bench.measure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One measured row of a device.
 *
 * @param kernel what was measured
 * @param n its size: elements, rows of a square matrix, or kernels in one execution
 * @param device the device's name
 * @param backend the software that drives it
 * @param firstSeconds the first run: compilation, allocation and the upload of all buffers
 * @param nsPerElement nanoseconds per element in steady state, nothing travelling but the scalars; median
 * @param bestNsPerElement the same in the fastest round
 * @param rate median GB/s, or GFLOP/s where {@code flops}; NaN where neither counts
 * @param flops whether operations are counted instead of bytes
 * @param limit GB/s of a copy on the device in the same rounds; NaN where no bytes are counted
 * @param fractionOfLimit median of the rounds; NaN where no bytes are counted
 * @param spread width of the middle half of the times, relative to the median
 */
public record DeviceRow(
    String kernel, int n, String device, String backend, double firstSeconds, double nsPerElement, double bestNsPerElement, double rate,
    boolean flops,
    double limit, double fractionOfLimit, double spread) {
  /** The fields as JSON reports name them. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kernel", kernel);
    fields.put("n", n);
    fields.put("device", device);
    fields.put("backend", backend);
    fields.put("firstSeconds", rounded(firstSeconds));
    fields.put("nsPerElement", rounded(nsPerElement));
    fields.put("bestNsPerElement", rounded(bestNsPerElement));
    fields.put(flops ? "gflops" : "gbPerSecond", rounded(rate));
    fields.put("limit", rounded(limit));
    fields.put("fractionOfLimit", rounded(fractionOfLimit));
    fields.put("spread", rounded(spread));
    return fields;
  }

  private static Double rounded(double x) {
    return Double.isFinite(x) ? Double.valueOf(String.format(Locale.ROOT, "%.4g", x)) : null;
  }
}
