package curvata.bench.cli;

import curvata.bench.Progress;
import curvata.bench.measure.Bench;
import curvata.bench.measure.BlasPeer;
import curvata.bench.measure.Ceiling;
import curvata.bench.measure.Peer;
import curvata.bench.measure.Row;
import curvata.bench.measure.Streams;
import curvata.kernels.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench}: each kernel as a fraction of this machine's limit, measured in the same run. */
@Command(
    name = "bench",
    description = {
      "Measures each kernel in GB/s or GFLOP/s and as a fraction of this machine's limit, in turn with it.",
      "The limit is a loop with the same reads and writes and no arithmetic, the rate of the kernel's square roots and divisions, or the peak "
          + "of multiply-adds, whichever allows least. Spread is the width of the middle half of the times over their median.",
      "A row that ends in \"" + Bench.ALONE + "\" was measured before any other kernel had run in the JVM.",
      "Without --kernels, the machine's own limits follow the rows."},
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  private static final String HEAD =
      String.format(
          "%-18s %10s %7s %7s %11s %14s %8s %8s %7s %6s", "kernel", "n", "threads", "backend", "ns/element", "rate", "limit", "fraction", "spread",
          "bytes");

  @Mixin
  private CommonOptions common;

  @Option(names = "--kernels", paramLabel = "NAME", split = ",", description = "Only these; default: all.")
  private List<String> kernels = List.of();

  @Option(
      names = "--sizes", paramLabel = "N", split = ",",
      description = "Elements, and for products the rows of a square matrix up to 4096; default: 1000000, more for the first kernel, 256 and 512.")
  private List<Integer> sizes = List.of();

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "60", description = "Rounds per row, at least 3; default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--polluted", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Run every kernel in the JVM before those that are measured; default: yes.")
  private boolean polluted;

  @Option(
      names = "--peers",
      description = "Compare products with libtorch, OpenBLAS, netlib and EJML (the launcher downloads about 100 MB once).")
  private boolean peers;

  @Option(
      names = "--blas", paramLabel = "PATH[:PATH...]",
      description = "Compare products with these shared libraries, any with the Fortran interface of BLAS, and without --peers with nothing else. Those "
          + "they depend on come first.")
  private String blas;

  @Option(names = "--append", paramLabel = "FILE", description = "Also append the rows to a file of JSON lines, and write its table beside it (.md).")
  private Path append;

  /** For picocli. */
  public BenchCommand() {}

  @Override
  public Integer call() throws IOException {
    common.checkWithDevice();
    if (common.device() != Device.cpu()) {
      checkNumbers();
      if (peers || blas != null) {
        throw new UserException((peers ? "--peers" : "--blas") + ": is about products of the processor, expected no --backend " + common.device());
      }
      return DeviceBenchRun.run(common, kernels, sizes, rounds, append == null ? null : ResultFile.open(append));
    }
    check();
    ResultFile file = append == null ? null : ResultFile.open(append);
    Bench bench = new Bench(kernels, sizes, polluted, peers());
    Progress progress = new Progress(System.err, "row");
    List<Row> rows = new ArrayList<>();
    System.out.println(HEAD);
    progress.at(0, bench.count());
    int[] measured = {0};
    bench.run(rounds, made -> {
      rows.addAll(made);
      progress.end();
      System.out.println(line(made.getFirst()));
      made.stream().filter(row -> row.peer() != null).forEach(row -> System.out.println(ratio(row)));
      progress.at(++measured[0], bench.count());
    });
    progress.end();
    bench.differences().forEach(d -> System.out.println("FAIL " + d));
    List<Ceiling> ceilings = kernels.isEmpty() ? Ceiling.measure() : List.of();
    ceilings.forEach(System.out::println);
    boolean ok = bench.differences().isEmpty();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("rows", rows.stream().map(Row::fields).toList());
    fields.put("ceilings", ceilings.stream().map(Ceiling::fields).toList());
    common.write("bench", ok, fields);
    if (file != null) {
      file.append(rows, ceilings);
    }
    return ok ? CurvataCommand.OK : CurvataCommand.FAILED;
  }

  private void check() {
    for (String kernel : kernels) {
      if (!Bench.names().contains(kernel)) {
        throw new UserException("--kernels " + kernel + ": no such kernel, expected some of " + String.join(", ", Bench.names()));
      }
    }
    checkNumbers();
    if (!Streams.available()) {
      throw new UserException(
          "the limits are measured with the Vector API, expected the JVM flag --add-modules jdk.incubator.vector (./curvata sets it)");
    }
  }

  private void checkNumbers() {
    for (int n : sizes) {
      if (n < 1 || n > 1 << 28) {
        throw new UserException("--sizes " + n + ", expected 1 to " + (1 << 28));
      }
    }
    if (rounds < 3) {
      throw new UserException("--rounds " + rounds + ", expected 3 or more");
    }
  }

  private List<Peer> peers() {
    List<Peer> all = new ArrayList<>();
    if (peers) {
      all.addAll(Peer.find());
      if (all.isEmpty()) {
        throw new UserException(
            "--peers: none found, expected the jars that \"mvn -Ppeers -pl bench/peers -am package\" collects on the class path (./curvata does both)");
      }
    }
    if (blas != null) {
      try {
        all.addAll(BlasPeer.named(blas));
      } catch (IllegalArgumentException e) {
        throw new UserException("--blas " + e.getMessage());
      }
    }
    return all;
  }

  private static String ratio(Row r) {
    return String.format(Locale.ROOT, "%-18s %10d %7d  %.3f times as fast as %s", r.kernel(), r.n(), r.threads(), r.ratio(), r.peer());
  }

  private static String line(Row r) {
    return String.format(
        Locale.ROOT, "%-18s %10d %7d %7s %11.4f %7.1f %-7s %7.1f %9.2f %6.0f%% %6.0f", r.kernel(), r.n(), r.threads(), r.backend(), r.nsPerElement(),
        r.rate(), r.flops() ? "GFLOP/s" : "GB/s", r.limit(), r.fractionOfLimit(), 100 * r.spread(), r.bytesAllocated());
  }
}
