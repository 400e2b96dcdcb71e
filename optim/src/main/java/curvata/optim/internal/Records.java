package curvata.optim.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** Records of numbers, flags, choices and names, read and rebuilt by component name; what makes one declaration of a hyperparameter enough. */
public final class Records {
  private Records() {}

  /** The names of the components, in order. */
  public static List<String> names(Record record) {
    return Arrays.stream(record.getClass().getRecordComponents()).map(RecordComponent::getName).toList();
  }

  /** The value of one component. */
  public static Object get(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(record.getClass().getName() + "." + component.getName() + " cannot be read, expected a public record", e);
    }
  }

  /**
   * A copy with one component changed.
   *
   * @param kind how messages call the record, as in {@code adamw}
   * @param value of the component's type, or text to parse
   * @throws IllegalArgumentException if there is no such component, the text is not of its type, or the record refuses the value
   */
  public static <R extends Record> R with(R record, String kind, String name, Object value) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    boolean found = false;
    for (int i = 0; i < components.length; i++) {
      values[i] = get(record, components[i]);
      if (Spelling.same(components[i].getName(), name)) {
        values[i] = convert(components[i], kind, value);
        found = true;
      }
    }
    if (!found) {
      throw new IllegalArgumentException(Spelling.unknown("option of " + kind, name, names(record)));
    }
    return rebuild(record, kind, components, values);
  }

  @SuppressWarnings("unchecked") // the constructor is that of the record's own class
  private static <R extends Record> R rebuild(R record, String kind, RecordComponent[] components, Object[] values) {
    try {
      Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
      return (R) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw new IllegalArgumentException(kind + ": " + refused.getMessage(), refused);
      }
      throw new IllegalStateException(record.getClass().getName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(record.getClass().getName() + " cannot be built, expected a public record", e);
    }
  }

  private static Object convert(RecordComponent component, String kind, Object value) {
    Class<?> type = component.getType();
    String name = component.getName();
    if (value instanceof Number number && type.isPrimitive() && type != boolean.class) {
      return number(type, number, kind, name);
    }
    if (!(value instanceof String text)) {
      if (type.isInstance(value) || type == boolean.class && value instanceof Boolean) {
        return value;
      }
      throw new IllegalArgumentException(kind + ": " + name + " = " + value + ", expected " + type.getSimpleName());
    }
    if (type.isEnum()) {
      return choice(type, text, kind + "." + name);
    }
    if (type == String.class) {
      return text; // the record knows which names there are
    }
    if (type == boolean.class) {
      if (text.equals("true") || text.equals("false")) {
        return Boolean.valueOf(text);
      }
      throw new IllegalArgumentException(kind + ": " + name + " = " + text + ", expected true or false");
    }
    try {
      Number number = type == double.class ? (Number) Double.valueOf(text) : (Number) Long.valueOf(text);
      return number(type, number, kind, name);
    } catch (NumberFormatException e) {
      String expected = type == double.class ? "a number" : "a whole number";
      throw new IllegalArgumentException(kind + ": " + name + " = " + text + ", expected " + expected, e);
    }
  }

  private static Object number(Class<?> type, Number value, String kind, String name) {
    if (type == double.class) {
      return value.doubleValue();
    }
    if (type == long.class && value.doubleValue() == value.longValue()) {
      return value.longValue();
    }
    if (type == int.class && value.doubleValue() == value.intValue()) {
      return value.intValue();
    }
    throw new IllegalArgumentException(kind + ": " + name + " = " + value + ", expected " + type.getSimpleName());
  }

  private static Object choice(Class<?> type, String text, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (Spelling.same(constant.toString(), text) || Spelling.same(((Enum<?>) constant).name(), text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(Spelling.unknown("value of " + name, text, choices(type)));
  }

  /** The spellings of an enum's constants. */
  public static List<String> choices(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(Records::text).toList();
  }

  /** A component's value as it is typed. */
  public static String text(Object value) {
    return value instanceof Enum<?> e ? e.toString().toLowerCase(java.util.Locale.ROOT) : String.valueOf(value);
  }
}
