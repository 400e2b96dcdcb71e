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
  @Mixin
  private CommonOptions common;

  /** For picocli. */
  public DevicesCommand() {}

  @Override
  public Integer call() throws IOException {
    common.checkWithDevice();
    Map<String, Object> environment = Environment.describe();
    environment.forEach((name, value) -> System.out.printf("%-14s %s%n", name, value));
    if (Boolean.FALSE.equals(environment.get("hardwareFma"))) {
      System.out
          .println("note           this processor or JVM has no fused multiply-add: results may differ from other machines, and products are slow");
    }
    List<Map<String, Object>> devices = new ArrayList<>();
    devices.add(Map.of("name", "cpu", "backend", environment.get("backend"), "available", true));
    for (Device device : Devices.all().subList(1, Devices.all().size())) {
      System.out.printf(Locale.ROOT, "%-14s %s, %s, %.1f GB for a session%n", device.id(), device.name(), device.backend(), device.memory() / 1e9);
      System.out.printf("%-14s %s%n", "", "kernels: " + String.join(" ", device.kernels()));
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
}
