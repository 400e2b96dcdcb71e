package curvata.bench.verify;

import curvata.optim.Catalog;
import curvata.optim.Rule;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * How one reference implementation spells one of our rules: names and defaults of its hyperparameters, names of its state.
 *
 * <p>A hyperparameter that is not spelled here, or a value that our rule has no word for, makes a recording unsupported; it is never ignored.
 *
 * @param <R> our rule
 */
final class Reference<R extends Rule<R>> {
  /**
   * A state array.
   *
   * @param name as the reference calls it
   * @param squared whether it gathers squares of the gradient rather than the gradient
   */
  record StateName(String name, boolean squared) {}

  /** What the value of a hyperparameter sets. */
  private interface Meaning {
    /** Puts values by component; false where the value cannot be expressed. */
    boolean read(JsonNode value, Map<String, Object> components);
  }

  private final String optimizer;
  private final R defaults;
  private final Map<String, Meaning> meanings = new LinkedHashMap<>();
  private final Map<String, StateName> states = new LinkedHashMap<>();
  private final Map<String, String> signals = new HashMap<>();
  private ToDoubleFunction<R> coupledDecay = rule -> 0;
  private Set<Integer> axes = Set.of();

  /**
   * A reference without any spelling yet.
   *
   * @param optimizer what recordings call it
   * @param defaults our rule with the reference's defaults, so that an unlisted hyperparameter means what it means there
   */
  Reference(String optimizer, R defaults) {
    this.optimizer = optimizer;
    this.defaults = defaults;
  }

  /** Hyperparameters that are ours but for underscores: {@code weight_decay} is {@code weightDecay}. */
  Reference<R> same(String... names) {
    for (String name : names) {
      renamed(name, Pattern.compile("_([a-z])").matcher(name).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT)));
    }
    return this;
  }

  /** A hyperparameter that we call otherwise. */
  Reference<R> renamed(String name, String component) {
    Class<?> type = type(component);
    meanings.put(name, (value, components) -> put(components, component, value(value, type)));
    return this;
  }

  /** A list of two that we have as two. */
  Reference<R> pair(String name, String first, String second) {
    Class<?> firstType = type(first);
    Class<?> secondType = type(second);
    meanings.put(name, (value, components) -> value.isArray() && value.size() == 2 && put(components, first, value(value.get(0), firstType))
        && put(components, second, value(value.get(1), secondType)));
    return this;
  }

  /** A number whose null we spell as 0, and whose 0 we have no word for. */
  Reference<R> zeroForNull(String name, String component) {
    type(component);
    meanings.put(name, (value, components) -> {
      double number = value.isNull() ? 0 : value.asDouble(0);
      return (value.isNull() || (value.isNumber() && number != 0)) && put(components, component, number);
    });
    return this;
  }

  /** A choice: JSON value by JSON value, what we call it. */
  Reference<R> choice(String name, String component, Map<String, ?> choices) {
    type(component);
    meanings.put(name, (value, components) -> put(components, component, choices.get(value.toString())));
    return this;
  }

  /** A hyperparameter that we have for this value only, written as JSON. */
  Reference<R> only(String name, String json) {
    JsonNode expected = GoldenFile.JSON.readTree(json);
    meanings.put(name, (value, components) -> equal(expected, value));
    return this;
  }

  /** A state array in which the gradient enters as it is: a sum or a running average. */
  Reference<R> linear(String name, String slot) {
    states.put(slot, new StateName(name, false));
    return this;
  }

  /** A state array in which the gradient enters squared. */
  Reference<R> squared(String name, String slot) {
    states.put(slot, new StateName(name, true));
    return this;
  }

  /** A further input that we call otherwise. */
  Reference<R> signal(String name, String signal) {
    signals.put(signal, name);
    return this;
  }

  /** Where weight decay is added to the gradient, so that state depends on the parameters. */
  Reference<R> coupledDecay(ToDoubleFunction<R> newCoupledDecay) {
    coupledDecay = newCoupledDecay;
    return this;
  }

  /** The numbers of axes that the reference takes as we do; all if never called. */
  Reference<R> axes(Integer... numbers) {
    axes = Set.of(numbers);
    return this;
  }

  /** What recordings call it. */
  String optimizer() {
    return optimizer;
  }

  /** The name of our rule in the catalog. */
  String rule() {
    return Catalog.name(defaults);
  }

  /** The reference's state arrays, by our slot. */
  Map<String, StateName> states() {
    return states;
  }

  /**
   * Refuses a tensor that the reference treats otherwise than our rule, or not at all.
   *
   * @throws UnsupportedException if it does
   */
  void requireAxes(String tensor, int count) throws UnsupportedException {
    if (!axes.isEmpty() && !axes.contains(count)) {
      throw new UnsupportedException(tensor + " has " + count + " axes, " + optimizer + " takes " + axes.stream().sorted().toList());
    }
  }

  /**
   * Our rule with recorded hyperparameters, and what follows from them.
   *
   * @throws UnsupportedException if one is unknown, or has a value that our rule cannot express; the message names it
   */
  Spelled spell(JsonNode hyper) throws UnsupportedException {
    Map<String, Object> components = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : hyper.properties()) {
      Meaning meaning = meanings.get(entry.getKey());
      if (meaning == null) {
        throw new UnsupportedException("hyperparameter " + entry.getKey() + " is none of " + optimizer + "'s that are known: " + meanings.keySet());
      }
      if (!meaning.read(entry.getValue(), components)) {
        throw new UnsupportedException("hyperparameter " + entry.getKey() + " = " + entry.getValue() + " cannot be expressed by rule " + rule());
      }
    }
    R rule = build(components);
    return new Spelled(rule, states, signals, coupledDecay.applyAsDouble(rule));
  }

  /**
   * A recording's rule in our words.
   *
   * @param rule with the recorded hyperparameters
   * @param states the reference's state arrays, by our slot
   * @param signals the reference's further inputs, by our signal, where the names differ
   * @param coupledDecay the weight decay that is added to the gradient; 0 where there is none
   */
  record Spelled(Rule<?> rule, Map<String, StateName> states, Map<String, String> signals, double coupledDecay) {
    /** The recorded tensor that holds a signal of a parameter. */
    String input(String signal, String parameter) {
      return "input." + signals.getOrDefault(signal, signal) + "." + parameter;
    }
  }

  /** In the order of the declaration: a component's check may look at those before it. */
  private R build(Map<String, Object> components) throws UnsupportedException {
    R rule = defaults;
    for (RecordComponent component : defaults.getClass().getRecordComponents()) {
      Object value = components.get(component.getName());
      if (value != null) {
        try {
          rule = rule.with(component.getName(), value);
        } catch (IllegalArgumentException e) {
          throw new UnsupportedException(e.getMessage());
        }
      }
    }
    return rule;
  }

  private Class<?> type(String component) {
    for (RecordComponent c : defaults.getClass().getRecordComponents()) {
      if (c.getName().equals(component)) {
        return c.getType();
      }
    }
    throw new IllegalArgumentException("component " + component + " of reference " + optimizer + ", expected one of rule " + rule());
  }

  private static boolean put(Map<String, Object> components, String component, Object value) {
    if (value != null) {
      components.put(component, value);
    }
    return value != null;
  }

  /** The value as the component's type, or null if it is not of it. */
  private static Object value(JsonNode value, Class<?> type) {
    if (type == boolean.class) {
      return value.isBoolean() ? value.booleanValue() : null;
    }
    if (!value.isNumber()) {
      return null;
    }
    double number = value.doubleValue();
    if (type == double.class) {
      return number;
    }
    return number == (int) number ? (int) number : null;
  }

  /** Equal as JSON, 5 and 5.0 being the same number. */
  private static boolean equal(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.doubleValue() == b.doubleValue();
    }
    if (!a.isArray() || !b.isArray()) {
      return a.equals(b);
    }
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same = equal(a.get(i), b.get(i));
    }
    return same;
  }
}
