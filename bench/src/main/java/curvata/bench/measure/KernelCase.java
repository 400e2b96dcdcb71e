package curvata.bench.measure;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import curvata.optim.Catalog;
import curvata.optim.ElementRule;
import curvata.optim.MatrixRule;
import curvata.optim.Rule;
import curvata.optim.Rules;
import curvata.optim.ScopedMeasure;
import curvata.optim.StepContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A kernel with scalars that a rule of the catalog gives it.
 *
 * <p>The list is found, not written down: every rule with its defaults, with each option that has few choices at each of them and with each number at
 * 0 and 0.5, in a step that brings the rule's signals and in one that does not.
 *
 * @param kernel the kernel
 * @param scalars the scalars of a step
 */
public record KernelCase<S extends Record>(Kernel<S> kernel, S scalars) {
  /**
   * A first pass with scalars that a rule of the catalog gives it.
   *
   * @param kernel the pass
   * @param scalars the scalars of a step
   */
  public record Measuring<S extends Record>(MeasuringKernel<S> kernel, S scalars) {}

  /** All kernels that rules of the catalog reach, each once, in the order of the catalog. */
  public static List<KernelCase<?>> all() {
    Map<Kernel<?>, KernelCase<?>> found = new LinkedHashMap<>();
    for (Rule<?> rule : Rules.CATALOG.all()) {
      for (Rule<?> variant : variants(rule)) {
        switch (variant) {
          case ElementRule<?, ?> r -> element(r, found);
          case MatrixRule<?, ?> r -> matrix(r, found);
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** All first passes of the catalog. */
  public static List<Measuring<?>> measuring() {
    Map<MeasuringKernel<?>, Measuring<?>> found = new LinkedHashMap<>();
    for (Rule<?> rule : Rules.CATALOG.all()) {
      if (rule instanceof ElementRule<?, ?> r && r.first() != null) {
        found.put(r.first(), first(r));
      }
    }
    return List.copyOf(found.values());
  }

  /** The case of a kernel's name. */
  public static KernelCase<?> of(String name) {
    return all().stream().filter(c -> c.kernel().name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("kernel " + name + ", expected one that a rule of the catalog reaches"));
  }

  private static Collection<Rule<?>> variants(Rule<?> rule) {
    List<Rule<?>> variants = new ArrayList<>();
    variants.add(rule);
    for (Catalog.Option option : Rules.CATALOG.options(rule.name())) {
      for (String value : option.choices().isEmpty() ? List.of("0", "0.5") : option.choices()) {
        try {
          variants.add(rule.with(option.name(), value));
        } catch (IllegalArgumentException e) {
          continue; // out of the option's range, or not without another option: the rule's own business
        }
      }
    }
    return variants;
  }

  private static <S extends Record> void element(ElementRule<?, S> rule, Map<Kernel<?>, KernelCase<?>> found) {
    for (long step = 1; step <= 2; step++) {
      for (List<String> signals : List.of(List.<String>of(), rule.signals(step))) {
        StepContext c = context(rule, step, signals);
        found.putIfAbsent(rule.kernel(c), new KernelCase<>(rule.kernel(c), rule.scalars(c)));
      }
    }
  }

  private static <S extends Record> void matrix(MatrixRule<?, S> rule, Map<Kernel<?>, KernelCase<?>> found) {
    S scalars = rule.scalars(StepContext.of(1, rule.lr(), 512, 512));
    found.putIfAbsent(rule.direction(), new KernelCase<>(rule.direction(), scalars));
    found.putIfAbsent(rule.apply(), new KernelCase<>(rule.apply(), scalars));
  }

  private static <S extends Record> Measuring<S> first(ElementRule<?, S> rule) {
    return new Measuring<>(rule.first(), rule.scalars(context(rule, 1, rule.signals(1))));
  }

  /** A step of the rule with these signals, every measure 1. */
  static StepContext context(ElementRule<?, ?> rule, long step, List<String> signals) {
    Map<String, Double> measures = new HashMap<>();
    for (ScopedMeasure m : rule.measures()) {
      measures.put(m.measure().name(), 1.0);
    }
    if (rule.first() != null) {
      rule.first().sums().forEach(sum -> measures.put(sum, 1.0));
    }
    return StepContext.of(step, rule.lr(), signals, measures, 512, 512);
  }
}
