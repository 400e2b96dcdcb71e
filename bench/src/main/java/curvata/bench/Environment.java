package curvata.bench;

import curvata.kernels.Backend;
import curvata.kernels.Threads;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What a result was made with: Java, processor, backend, vector width, threads, flags. */
public final class Environment {
  private Environment() {}

  /** The environment, in the order in which reports show it. */
  public static Map<String, Object> describe() {
    Map<String, Object> e = new LinkedHashMap<>();
    e.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    e.put("cpu", cpu() + ", " + Runtime.getRuntime().availableProcessors() + " processors");
    e.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    e.put("backend", Backend.current().name().toLowerCase(Locale.ROOT));
    e.put("backendReason", Backend.reason());
    e.put("species", Backend.vectorBits() == 0 ? "none" : Backend.vectorBits() + " bits, " + Backend.vectorBits() / 32 + " floats");
    e.put("threads", Threads.count());
    Boolean fma = Backend.hardwareFma();
    e.put("hardwareFma", fma == null ? "unknown" : fma);
    // The hundreds of doors into the JDK that TornadoVM's argfile opens say nothing about a result.
    e.put("flags",
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(f -> !f.matches("--add-(exports|opens|reads)=.*")).toList());
    return e;
  }

  private static String cpu() {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      try (Stream<String> lines = Files.lines(info)) {
        return lines.filter(l -> l.startsWith("model name")).map(l -> l.substring(l.indexOf(':') + 1).trim()).findFirst().orElse("unknown");
      } catch (IOException e) {
        return "unknown"; // a report without it is better than none
      }
    }
    return "unknown";
  }
}
