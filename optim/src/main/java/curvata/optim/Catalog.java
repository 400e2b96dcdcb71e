package curvata.optim;

import curvata.optim.internal.Records;
import curvata.optim.internal.Spelling;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Named records with their defaults: the one list that parsing, help texts, tests, benchmarks and checkpoints read.
 *
 * <p>An entry is spelled {@code name} or {@code name:key=value,key=value}; the keys are the record's components, and case, hyphens and underscores do
 * not matter. {@link #format} and {@link #parse} are inverse to each other.
 *
 * @param <T> what all entries are
 */
public final class Catalog<T> {
  /**
   * One option of an entry.
   *
   * @param name the record component
   * @param defaultValue the default, as text
   * @param choices the valid spellings where they are few, else empty
   */
  public record Option(String name, String defaultValue, List<String> choices) {}

  private final String kind;
  private final Map<String, T> entries = new LinkedHashMap<>();

  /**
   * A catalog of records, each with its defaults; an entry's name is its class name in lower case.
   *
   * @param kind how messages call an entry
   */
  @SafeVarargs
  public Catalog(String kind, T... defaults) {
    this.kind = kind;
    for (T entry : defaults) {
      if (entries.put(name(entry), entry) != null) {
        throw new IllegalArgumentException(kind + " " + name(entry) + " is listed twice, expected once");
      }
    }
  }

  /** The name of any value of an entry's class. */
  public static String name(Object entry) {
    return entry.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** The names, in the order of the list. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** The entries with their defaults, in the order of the list. */
  public List<T> all() {
    return List.copyOf(entries.values());
  }

  /**
   * The entry of this name with its defaults.
   *
   * @throws IllegalArgumentException if there is none; the message has the nearest names
   */
  public T get(String name) {
    for (Map.Entry<String, T> entry : entries.entrySet()) {
      if (Spelling.same(entry.getKey(), name)) {
        return entry.getValue();
      }
    }
    throw new IllegalArgumentException(Spelling.unknown(kind, name, entries.keySet()));
  }

  /** The options of an entry, in order. */
  public List<Option> options(String name) {
    Record entry = (Record) get(name);
    List<Option> options = new ArrayList<>();
    for (RecordComponent c : entry.getClass().getRecordComponents()) {
      List<String> choices =
          c.getType().isEnum() ? Records.choices(c.getType()) : c.getType() == boolean.class ? List.of("true", "false") : List.of();
      options.add(new Option(c.getName(), Records.text(Records.get(entry, c)), choices));
    }
    return options;
  }

  /**
   * Reads {@code name} or {@code name:key=value,…}.
   *
   * @throws IllegalArgumentException if the name, a key or a value is not valid; the message says what was got and what is expected
   */
  public T parse(String spec) {
    int colon = spec.indexOf(':');
    String name = colon < 0 ? spec : spec.substring(0, colon);
    T entry = get(name.trim());
    if (colon < 0) {
      return entry;
    }
    for (String part : spec.substring(colon + 1).split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(name(entry) + ": \"" + part + "\", expected key=value");
      }
      entry = set(entry, part.substring(0, equals).trim(), part.substring(equals + 1).trim());
    }
    return entry;
  }

  /** A copy with one option changed; the value is of the option's type or text. */
  public static <T> T set(T entry, String option, Object value) {
    @SuppressWarnings("unchecked") // a record's copy is of the record's class
    T changed = (T) Records.with((Record) entry, name(entry), option, value);
    return changed;
  }

  /** The full spelling of a value: every option, in order. */
  public static String format(Object entry) {
    StringBuilder text = new StringBuilder(name(entry));
    char separator = ':';
    for (RecordComponent c : entry.getClass().getRecordComponents()) {
      text.append(separator).append(c.getName()).append('=').append(Records.text(Records.get((Record) entry, c)));
      separator = ',';
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return kind + " catalog " + Arrays.toString(entries.keySet().toArray());
  }
}
