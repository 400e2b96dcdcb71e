package curvata.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program outside this build, compiled and run against the packaged jars as its users have them: on the class path and on the module path. */
class ConsumerIT {
  private static final String PROGRAM = """
      package consumer;

      import curvata.optim.Optimizer;
      import curvata.optim.Parameter;
      import curvata.optim.rule.AdamW;
      import java.util.List;

      class Program {
        public static void main(String[] args) {
          Parameter p = Parameter.of("w", new float[] {1, -2}, new float[] {3, -4}, 2);
          try (Optimizer opt = Optimizer.builder().group("all", AdamW.defaults().withLr(0.5), List.of(p)).build()) {
            opt.step();
          }
          System.out.println(Math.round(1000 * p.value()[0]) + " " + Math.round(1000 * p.value()[1]));
        }
      }
      """;
  /** The decay takes lr · 0.01 = 0.5 %; the first step of Adam then goes lr against the sign of the gradient. */
  private static final String RESULT = "495 -1490";

  @TempDir
  private Path folder;
  private Path program;
  private Path classes;
  private String jars;

  private record Run(int exit, String out, String err) {}

  @BeforeEach
  void write() throws IOException {
    program = Files.writeString(Files.createDirectories(folder.resolve("src/consumer")).resolve("Program.java"), PROGRAM);
    classes = folder.resolve("classes");
    jars = jar("curvata-kernels") + File.pathSeparator + jar("curvata-optim");
  }

  @Test
  void classPathWithSimd() throws Exception {
    compile("-cp", jars, program.toString());
    Run run = run("java", "--add-modules", "jdk.incubator.vector", "-cp", jars + File.pathSeparator + classes, "consumer.Program");
    assertThat(run).extracting(Run::exit, Run::out).containsExactly(0, RESULT);
  }

  @Test
  void classPathWithoutSimd() throws Exception {
    compile("-cp", jars, program.toString());
    Run run = run("java", "-cp", jars + File.pathSeparator + classes, "consumer.Program");
    assertThat(run).extracting(Run::exit, Run::out).containsExactly(0, RESULT);
    assertThat(run.err()).contains("--add-modules jdk.incubator.vector");
  }

  @Test
  void modulePath() throws Exception {
    Path module = Files.writeString(folder.resolve("src/module-info.java"), "module consumer {\n  requires curvata.optim;\n}\n");
    compile("-p", jars, program.toString(), module.toString());
    Run run = run("java", "-p", jars + File.pathSeparator + classes, "-m", "consumer/consumer.Program");
    assertThat(run).extracting(Run::exit, Run::out).containsExactly(0, RESULT);
    assertThat(run.err()).doesNotContain("--add-modules");
  }

  private void compile(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("-d", classes.toString()));
    command.addAll(List.of(args));
    Run run = run("javac", command.toArray(String[]::new));
    assertThat(run.exit()).as(run.err()).isZero();
  }

  private Run run(String tool, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
    command.addAll(List.of(args));
    Path out = folder.resolve(tool + ".out");
    Path err = folder.resolve(tool + ".err");
    Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    return new Run(process.waitFor(), Files.readString(out).strip(), Files.readString(err));
  }

  private static String jar(String artifact) throws IOException {
    try (var files = Files.newDirectoryStream(Path.of(System.getProperty("curvata.test.lib")), artifact + "-*.jar")) {
      return files.iterator().next().toString();
    }
  }
}
