package curvata.bench.cli;

import curvata.bench.Progress;
import curvata.bench.measure.DeviceBench;
import curvata.bench.measure.DeviceRow;
import curvata.kernels.device.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code bench --backend gpu}: first run, transfers and steady state of a device, apart. */
final class DeviceBenchRun {
  private static final int TRANSFER = 1 << 22;

  private DeviceBenchRun() {}

  /** Measures, prints, and writes what was asked for; {@code file} may be null. */
  static int run(CommonOptions common, List<String> kernels, List<Integer> sizes, int rounds, ResultFile file) throws IOException {
    Device device = common.device();
    for (String kernel : kernels) {
      if (!DeviceBench.names(device).contains(kernel)) {
        throw new UserException(
            "--kernels " + kernel + ": no such kernel on " + device + ", expected some of " + String.join(", ", DeviceBench.names(device)));
      }
    }
    DeviceBench bench = new DeviceBench(device, kernels, sizes);
    Progress progress = new Progress(System.err, "row");
    List<DeviceRow> rows = new ArrayList<>();
    System.out.printf("%s: %s, %s%n", device.id(), device.name(), device.backend());
    System.out.printf("%-18s %10s %9s %11s %14s %8s %8s %7s%n", "kernel", "n", "first s", "ns/element", "rate", "copy", "fraction", "spread");
    progress.at(0, bench.count());
    bench.run(rounds, row -> {
      rows.add(row);
      progress.end();
      System.out.println(line(row));
      progress.at(rows.size(), bench.count());
    });
    progress.end();
    double[] transfers = bench.transfers(TRANSFER, rounds);
    System.out.printf(Locale.ROOT, "transfers of %d bytes: %.1f GB/s up, %.1f GB/s down%n", 4L * TRANSFER, transfers[0], transfers[1]);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("device", device.name());
    fields.put("rows", rows.stream().map(DeviceRow::fields).toList());
    fields.put("upGbPerSecond", transfers[0]);
    fields.put("downGbPerSecond", transfers[1]);
    common.write("bench", true, fields);
    if (file != null) {
      file.append(device, rows, transfers, TRANSFER);
    }
    return CurvataCommand.OK;
  }

  private static String line(DeviceRow r) {
    if (Double.isNaN(r.rate())) {
      return String.format(Locale.ROOT, "%-18s %10d %9.2f %11.0f %32s %6.0f%%", r.kernel(), r.n(), r.firstSeconds(), r.nsPerElement(), "",
          100 * r.spread());
    }
    return String.format(
        Locale.ROOT, "%-18s %10d %9.2f %11.4f %7.1f %-7s %7s %9s %6.0f%%", r.kernel(), r.n(), r.firstSeconds(), r.nsPerElement(), r.rate(),
        r.flops() ? "GFLOP/s" : "GB/s", number("%.1f", r.limit()), number("%.2f", r.fractionOfLimit()), 100 * r.spread());
  }

  /** A copy says nothing about a product. */
  private static String number(String format, double x) {
    return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
  }
}
