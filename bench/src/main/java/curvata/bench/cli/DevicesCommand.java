package curvata.bench.cli;

import curvata.bench.Environment;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
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
    common.check();
    Map<String, Object> environment = Environment.describe();
    environment.forEach((name, value) -> System.out.printf("%-14s %s%n", name, value));
    if (Boolean.FALSE.equals(environment.get("hardwareFma"))) {
      System.out
          .println("note           this processor or JVM has no fused multiply-add: results may differ from other machines, and products are slow");
    }
    String gpu = "none: this build has no GPU module";
    System.out.printf("%-14s %s%n", "gpu", gpu);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("devices", List.of(Map.of("name", "cpu", "backend", environment.get("backend"), "available", true)));
    fields.put("gpu", gpu);
    common.write("devices", true, fields);
    return CurvataCommand.OK;
  }
}
