package curvata.bench.verify;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The parameters of one recorded schedule, read by name; whatever stays unread makes the entry unsupported. */
final class ScheduleParams {
  private final JsonNode params;
  private final Set<String> unread = new LinkedHashSet<>();

  ScheduleParams(JsonNode params) {
    this.params = params;
    for (Map.Entry<String, JsonNode> entry : params.properties()) {
      unread.add(entry.getKey());
    }
  }

  /** The rate that the schedule multiplies. */
  double lr() throws UnsupportedException {
    double lr = number("lr");
    if (!(lr > 0)) {
      throw new UnsupportedException("lr = " + lr + ", expected lr > 0");
    }
    return lr;
  }

  double number(String name, double otherwise) throws UnsupportedException {
    return params.has(name) ? number(name) : otherwise;
  }

  long positive(String name, long otherwise) throws UnsupportedException {
    return params.has(name) ? positive(name) : otherwise;
  }

  /** A whole number of at least 1. */
  long positive(String name) throws UnsupportedException {
    return whole(name, 1);
  }

  /** A whole number of at least 0. */
  long whole(String name) throws UnsupportedException {
    return whole(name, 0);
  }

  private long whole(String name, long least) throws UnsupportedException {
    double number = number(name);
    if (number != Math.rint(number) || number < least || number > 1e15) {
      throw new UnsupportedException(name + " = " + number + ", expected a whole number >= " + least);
    }
    return (long) number;
  }

  private double number(String name) throws UnsupportedException {
    JsonNode value = params.path(name);
    if (!value.isNumber()) {
      throw new UnsupportedException("parameter " + name + " is " + (value.isMissingNode() ? "missing" : value.toString()) + ", expected a number");
    }
    unread.remove(name);
    return value.doubleValue();
  }

  String text(String name, String otherwise) {
    unread.remove(name);
    return params.path(name).asString(otherwise);
  }

  void requireAllRead() throws UnsupportedException {
    if (!unread.isEmpty()) {
      throw new UnsupportedException("parameter " + String.join(", ", unread) + " is none of those known for this schedule");
    }
  }
}
