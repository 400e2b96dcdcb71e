package curvata.bench.cli;

import curvata.kernels.matrix.Coefficients;
import curvata.optim.Catalog;
import curvata.optim.Rules;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.Transforms;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code --help} says of rules, schedules and transforms: read from the catalogs, so that it lists what there is. */
public final class TrainHelp implements IModelTransformer {
  private static final int WIDTH = 98; // below the width that picocli breaks lines at

  /** For picocli. */
  public TrainHelp() {}

  @Override
  public CommandSpec transform(CommandSpec command) {
    List<String> lines = new ArrayList<>();
    section(lines, "Rules, with their defaults (NAME or NAME:option=value,option=value):", Rules.CATALOG);
    methods(lines);
    section(lines, "Schedules, joined by + where one follows another; steps=0, stable=0: whatever the run has:", Schedules.CATALOG);
    section(lines, "Transforms of the gradient:", Transforms.CATALOG);
    command.usageMessage().footer(lines.toArray(String[]::new));
    return command;
  }

  private static void section(List<String> lines, String title, Catalog<?> catalog) {
    lines.add("");
    lines.add(title);
    for (String name : catalog.names()) {
      StringBuilder line = new StringBuilder("  " + name);
      String indent = " ".repeat(4);
      for (Catalog.Option option : catalog.options(name)) {
        String word = option.name() + "=" + option.defaultValue() + (option.choices().size() > 2 || isChoice(option) ? choices(option) : "");
        if (line.length() + 1 + word.length() > WIDTH) {
          lines.add(escaped(line));
          line = new StringBuilder(indent);
        }
        line.append(' ').append(word);
      }
      lines.add(escaped(line));
    }
  }

  /** What may stand for {@code method}: too many to be listed one by one. */
  private static void methods(List<String> lines) {
    StringBuilder line = new StringBuilder("  method of muon, N a number of steps:");
    for (String name : Coefficients.names()) {
      if (line.length() + 1 + name.length() > WIDTH) {
        lines.add(escaped(line));
        line = new StringBuilder(" ".repeat(4));
      }
      line.append(' ').append(name);
    }
    lines.add(escaped(line));
  }

  private static boolean isChoice(Catalog.Option option) {
    return !option.choices().isEmpty() && !option.choices().contains("true");
  }

  private static String choices(Catalog.Option option) {
    return " (" + String.join(" | ", option.choices()) + ")";
  }

  /** picocli formats footers. */
  private static String escaped(StringBuilder line) {
    return line.toString().replace("%", "%%");
  }
}
