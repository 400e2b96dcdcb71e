package curvata.bench.verify;

import curvata.optim.schedule.Constant;
import curvata.optim.schedule.Cosine;
import curvata.optim.schedule.Linear;
import curvata.optim.schedule.Schedule;
import curvata.optim.schedule.Wsd;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The one place that knows how recordings spell our schedules: an entry per name. */
final class ScheduleSpellings {
  /** How the parameters of one name become our schedule. */
  private interface Meaning {
    Schedule read(ScheduleParams params) throws UnsupportedException;
  }

  private static final Map<String, Meaning> ALL = new LinkedHashMap<>();

  static {
    ALL.put("constant", p -> new Constant(1, 0));
    ALL.put("linear", p -> new Linear(p.number("start_factor", 1.0 / 3), p.number("end_factor", 1), p.positive("total_iters", 5)));
    ALL.put("linear_decay", p -> new Linear(p.number("start_factor", 1), p.number("end_factor", 0), p.positive("total_iters")));
    ALL.put("cosine", p -> new Cosine(p.positive("T_max"), p.number("eta_min", 0) / p.lr()));
    ALL.put("wsd",
        p -> new Wsd(p.whole("warmup"), p.whole("stable"), p.whole("decay"), p.number("min_lr", 0) / p.lr(), shape(p.text("shape", "linear"))));
  }

  private ScheduleSpellings() {}

  /**
   * Our schedule for a recorded entry; it multiplies the entry's own rate.
   *
   * @throws UnsupportedException if the name, a parameter or a value is not one of ours; the message names it
   */
  static Schedule read(String name, ScheduleParams params) throws UnsupportedException {
    Meaning meaning = ALL.get(name);
    if (meaning == null) {
      throw new UnsupportedException("no schedule " + name + " in this version");
    }
    try {
      params.lr();
      Schedule schedule = meaning.read(params);
      params.requireAllRead();
      return schedule;
    } catch (IllegalArgumentException e) {
      throw new UnsupportedException(e.getMessage());
    }
  }

  private static Wsd.Shape shape(String spelling) throws UnsupportedException {
    return switch (spelling.toLowerCase(Locale.ROOT).replaceAll("[ _()]", "")) {
      case "linear", "1-x" -> Wsd.Shape.LINEAR;
      case "1-sqrt", "1-sqrtx", "sqrt", "1sqrt", "1minussqrt", "oneminussqrt" -> Wsd.Shape.ONE_MINUS_SQRT;
      case "1-square", "1-x²", "1-x^2", "1-x2", "1-x**2", "square", "1square", "1minussquare", "oneminussquare", "quadratic" ->
          Wsd.Shape.ONE_MINUS_SQUARE;
      case "cosine", "cos" -> Wsd.Shape.COSINE;
      case "exp", "exponential" -> Wsd.Shape.EXP;
      case "inverse", "reciprocal", "inverse-proportional" -> Wsd.Shape.INVERSE;
      default -> throw new UnsupportedException("shape = " + spelling + " is none of wsd's");
    };
  }
}
