package curvata.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program outside this build, compiled and run against the packaged jars as its users have them: on the class path and on the module path. Its lines
 * are those that the README shows, exactly as they stand there.
 */
class ConsumerIT {
  private static final String PROGRAM =
      """
          package consumer;

          import curvata.hessian.*;
          import curvata.hessian.operator.*;
          import curvata.hessian.spectrum.*;
          import curvata.hessian.trace.*;
          import curvata.optim.*;
          import curvata.optim.rule.*;
          import java.util.*;

          class Program {
            static void optimizer() {
          %s    System.out.print(Math.round(1000 * weights[0]) + " " + Math.round(1000 * weights[1]));
            }

            static void curvature() {
          %s    System.out.print(" " + Math.round(100 * top.value()) + " " + Math.round(100 * trace.value()) + " " + Math.round(100 * trace.standardError()));
            }

            public static void main(String[] args) {
              optimizer();
              curvature();
              System.out.println();
            }
          }
          """;
  /**
   * The decay takes lr · 0.01 = 0.5 %; the first step of Adam then goes lr against the sign of the gradient. Largest eigenvalue and trace of diag(1, 2, 3);
   * sign probes of a diagonal matrix have no deviation.
   */
  private static final String RESULT = "495 -1490 300 600 0";

  /** The README's blocks of Java, in order. */
  private static List<String> readme() throws IOException {
    Path root = Path.of(System.getProperty("curvata.test.lib")).resolve("../../..").normalize();
    Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(root.resolve("README.md")));
    List<String> found = new ArrayList<>();
    while (blocks.find()) {
      found.add(blocks.group(1));
    }
    assertThat(found).as("blocks of Java in README.md").hasSize(2).allMatch(block -> block.lines().count() <= 5);
    return found;
  }

  @TempDir
  private Path folder;
  private Path program;
  private Path classes;
  private String jars;

  private record Run(int exit, String out, String err) {}

  @BeforeEach
  void write() throws IOException {
    program =
        Files.writeString(Files.createDirectories(folder.resolve("src/consumer")).resolve("Program.java"), PROGRAM.formatted(readme().toArray()));
    classes = folder.resolve("classes");
    jars = String.join(File.pathSeparator, jar("curvata-kernels"), jar("curvata-optim"), jar("curvata-hessian"));
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
    Path module =
        Files.writeString(folder.resolve("src/module-info.java"), "module consumer {\n  requires curvata.optim;\n  requires curvata.hessian;\n}\n");
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
