package curvata.bench;

import curvata.kernels.Backend;
import curvata.kernels.Threads;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a result was made with: Java, processor, backend, vector width, threads, flags. */
public final class Environment {
  private static final Pattern DOORS = Pattern.compile("--add-(exports|opens|reads)=.*");
  private static final Pattern FOLDERS = Pattern.compile("(?<![^=:;,\\s\"'])(?:[A-Za-z]:)?[/\\\\][^:;,=\\s\"']*[/\\\\]"); // of an absolute path

  private Environment() {}

  /** The environment, in the order in which reports show it; flags name no folders. */
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
    e.put("flags", shortened(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    return e;
  }

  /** A JVM's flags without the hundreds of doors into the JDK that TornadoVM's argfile opens, paths cut down to their last names. */
  static List<String> shortened(List<String> flags) {
    return flags.stream().filter(f -> !DOORS.matcher(f).matches()).map(f -> FOLDERS.matcher(f).replaceAll("…/")).toList();
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
