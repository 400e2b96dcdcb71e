package curvata.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How values become positions along an axis, and which of them are named.
 *
 * @param from value at the start
 * @param to value at the end
 * @param scale how it runs between
 * @param start position of the start
 * @param end position of the end
 */
record Axis(double from, double to, Scale scale, double start, double end) {
  /** What ticks an axis has. */
  enum Scale {
    /** Multiples of 1, 2 or 5 times a power of ten. */
    LINEAR,
    /** Logarithmic over little: 1, 2, 5 times powers of ten. */
    FRACTIONS,
    /** Logarithmic over much: powers of ten. */
    POWERS
  }

  private static final int TICKS = 6;
  private static final double LITTLE = 30;
  private static final double CLOSE = 1 + 1e-9;

  /** From value to value; where they are the same, something above. */
  static Axis linear(double min, double max, double start, double end) {
    return new Axis(min, max > min ? max : min + Math.max(Math.abs(min), 1), Scale.LINEAR, start, end);
  }

  /** From tick to tick around values above zero. */
  static Axis logarithmic(double min, double max, double start, double end) {
    Scale scale = max > min * LITTLE ? Scale.POWERS : Scale.FRACTIONS;
    double from = min;
    double to = max;
    for (double tick = power(min); tick <= min * CLOSE; tick = next(tick, scale)) {
      from = tick;
    }
    for (to = next(from, scale); to * CLOSE < max; to = next(to, scale)) {
      continue;
    }
    return new Axis(from, to, scale, start, end);
  }

  /** The power of ten that is not above v. */
  private static double power(double v) {
    return Math.pow(10, Math.floor(Math.log10(v) + 1e-12));
  }

  /** The tick after a tick of a logarithmic axis. */
  private static double next(double tick, Scale scale) {
    double power = power(tick * CLOSE);
    double factor = tick / power;
    return power * (scale == Scale.POWERS || factor > 4 ? 10 : factor > 1.5 ? 5 : 2);
  }

  /** The position of a value. */
  double at(double v) {
    double share = scale == Scale.LINEAR ? (v - from) / (to - from) : Math.log(v / from) / Math.log(to / from);
    return start + share * (end - start);
  }

  /** The values to name. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (scale == Scale.LINEAR) {
      double every = every();
      for (long i = (long) Math.ceil(from / every - 1e-9); i * every <= to + every * 1e-9; i++) {
        ticks.add(i * every);
      }
      return ticks;
    }
    for (double tick = from; tick <= to * CLOSE; tick = next(tick, scale)) {
      ticks.add(tick);
    }
    int stride = (ticks.size() - 2) / TICKS + 1;
    int last = ticks.size() - 1;
    ticks.removeIf(tick -> (last - Math.round(Math.log10(tick / from))) % stride != 0 && scale == Scale.POWERS);
    return ticks;
  }

  /** The distance of linear ticks: 1, 2 or 5 times a power of ten. */
  private double every() {
    double rough = (to - from) / (TICKS - 1);
    double power = power(rough);
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= rough) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** A tick as it is written. */
  String name(double tick) {
    return switch (scale) {
      case POWERS -> "10" + superscript((int) Math.round(Math.log10(tick)));
      case FRACTIONS -> {
        BigDecimal rounded = new BigDecimal(tick).round(new MathContext(1)).stripTrailingZeros();
        yield Math.abs(rounded.scale()) <= 5 ? rounded.toPlainString() : rounded.toString();
      }
      case LINEAR -> {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(every()) - 1e-9));
        yield decimals > 5 || Math.abs(tick) > 1e7 ? String.format(Locale.ROOT, "%.1e", tick)
            : String.format(Locale.ROOT, "%,." + decimals + "f", tick);
      }
    };
  }

  private static String superscript(int n) {
    StringBuilder out = new StringBuilder(n < 0 ? "⁻" : "");
    for (char c : Integer.toString(Math.abs(n)).toCharArray()) {
      out.append("⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
    }
    return out.toString();
  }
}
