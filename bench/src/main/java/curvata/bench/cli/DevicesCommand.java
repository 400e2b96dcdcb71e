package curvata.bench.cli;

import curvata.bench.Environment;
import curvata.kernels.device.Device;
import curvata.kernels.device.Devices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code devices}: what this process computes on, and why something is not there. */
@Command(
    name = "devices",
    description = "Shows backend, vector width, threads and devices, and why something is not there.",
    mixinStandardHelpOptions = true)
public final class DevicesCommand implements Callable<Integer> {
  private static final int WIDTH = 130;

  @Mixin
  private CommonOptions common;

  /** For picocli. */
  public DevicesCommand() {}

  @Override
  public Integer call() throws IOException {
    common.checkWithDevice();
    Map<String, Object> environment = Environment.describe();
    environment.forEach((name, value) -> System.out.printf("%-14s %s%n", name, name.equals("flags") ? jvm() : value));
    if (Boolean.FALSE.equals(environment.get("hardwareFma"))) {
      System.out
          .println("note           this processor or JVM has no fused multiply-add: results may differ from other machines, and products are slow");
    }
    List<Map<String, Object>> devices = new ArrayList<>();
    devices.add(Map.of("name", "cpu", "backend", environment.get("backend"), "available", true));
    for (Device device : Devices.all().subList(1, Devices.all().size())) {
      System.out.printf(Locale.ROOT, "%-14s %s, %s, %.1f GB for a session%n", device.id(), device.name(), device.backend(), device.memory() / 1e9);
      wrapped("kernels: " + String.join(" ", device.kernels())).forEach(line -> System.out.printf("%-14s %s%n", "", line));
      devices.add(
          Map.of(
              "name", device.id(), "backend", device.backend(), "available", true, "device", device.name(), "memory", device.memory(), "kernels",
              device.kernels()));
    }
    Devices.reasons().forEach(r -> System.out.printf("%-14s none: %s%n", "gpu", r));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("devices", devices);
    fields.put("gpu", Devices.reasons().isEmpty() ? "available" : "none: " + String.join("; ", Devices.reasons()));
    common.write("devices", true, fields);
    return CurvataCommand.OK;
  }

  private static String jvm() {
    return jvm(Runtime.getRuntime().maxMemory(), System.getenv("CURVATA_JVM_OPTS"));
  }

  /** Of the JVM's flags what the user chose, on one line; the launcher's and an SDK's own are in the JSON object. */
  static String jvm(long heap, String options) {
    String chosen = options == null ? "" : options.strip().replaceAll("\\s+", " ");
    String line = String.format(Locale.ROOT, "heap up to %.1f GB, ", heap / 1e9) + (chosen.isEmpty() ? "none in CURVATA_JVM_OPTS" : chosen);
    return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 1) + "…";
  }

  /** Words on lines of so many columns. */
  static List<String> wrapped(String words) {
    List<String> lines = new ArrayList<>();
    for (String word : words.split(" ")) {
      if (lines.isEmpty() || lines.getLast().length() + 1 + word.length() > WIDTH) {
        lines.add(word);
      } else {
        lines.add(lines.removeLast() + " " + word);
      }
    }
    return lines;
  }
}
