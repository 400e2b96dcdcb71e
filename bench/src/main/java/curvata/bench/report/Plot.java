package curvata.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line plot as inline SVG: axes with round ticks, one line per series, values shown when the pointer rests on a point.
 *
 * <p>Colours are classes that the page styles, so that the plot follows light and dark mode. Values that are not finite, and those not above zero on
 * a logarithmic axis, are left out.
 */
public final class Plot {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 300;
  private static final int LEFT = 64;
  private static final int RIGHT = 14;
  private static final int TOP = 34;
  private static final int BOTTOM = 46;

  private static final double LETTER = 10; // width of one, at most

  private record Series(String name, double[] x, double[] y, boolean spots) {}

  private record Band(double[] x, double[] low, double[] high, int style) {}

  private final String id;
  private final String label;
  private final String xLabel;
  private final List<Series> series = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();
  private boolean logX;
  private boolean log;
  private boolean percent;
  private double low = Double.NaN;
  private double high = Double.NaN;

  /**
   * An empty plot.
   *
   * @param id unique on its page
   * @param label what the plot shows, for those who cannot see it
   * @param xLabel what is along the horizontal axis
   */
  public Plot(String id, String label, String xLabel) {
    this.id = id;
    this.label = label;
    this.xLabel = xLabel;
  }

  /** Makes the vertical axis logarithmic. */
  public Plot logarithmic() {
    log = true;
    return this;
  }

  /** Shows shares as percentages. */
  public Plot percent() {
    percent = true;
    return this;
  }

  /** Fixes the vertical range; lines beyond it are cut off at the frame. */
  public Plot range(double from, double to) {
    low = from;
    high = to;
    return this;
  }

  /** Makes the horizontal axis logarithmic. */
  public Plot logarithmicAcross() {
    logX = true;
    return this;
  }

  /** Adds a line through points in order. */
  public Plot add(String name, double[] x, double[] y) {
    series.add(new Series(name, x.clone(), y.clone(), true));
    return this;
  }

  /** Adds a line through so many points that they are not told one by one. */
  public Plot curve(String name, double[] x, double[] y) {
    series.add(new Series(name, x.clone(), y.clone(), false));
    return this;
  }

  /** Shades what lies between two lines, in the colour of the line added last. */
  public Plot band(double[] x, double[] low, double[] high) {
    bands.add(new Band(x.clone(), low.clone(), high.clone(), series.size() - 1));
    return this;
  }

  /** The plot as an svg element. */
  public String svg() {
    Axis x = horizontal();
    Axis y = vertical();
    StringBuilder out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n", WIDTH, HEIGHT, Page.escape(label)));
    out.append(
        String.format(
            Locale.ROOT, "<clipPath id=\"%s-frame\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>%n", id, LEFT, TOP - 3,
            WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM + 6));
    for (double tick : y.ticks()) {
      line(out, "grid", LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
      text(out, "end", LEFT - 8, y.at(tick) + 5, name(tick, y));
    }
    for (double tick : x.ticks()) {
      line(out, "grid", x.at(tick), HEIGHT - BOTTOM, x.at(tick), HEIGHT - BOTTOM + 5);
      String name = x.name(tick);
      text(out, "middle", Math.min(x.at(tick), WIDTH - LETTER * name.length() / 2), HEIGHT - BOTTOM + 21, name); // inside the picture
    }
    line(out, "axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    text(out, "middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, xLabel);
    bands.forEach(band -> shade(out, band, x, y));
    for (int s = 0; s < series.size(); s++) {
      draw(out, s, x, y);
    }
    legend(out);
    return out.append("</svg>\n").toString();
  }

  private Axis horizontal() {
    double min = logX ? Double.POSITIVE_INFINITY : 0;
    double max = 0;
    for (Series s : series) {
      for (double v : s.x()) {
        max = Math.max(max, v);
        min = logX && v <= 0 ? min : Math.min(min, v);
      }
    }
    if (logX) {
      return Axis.logarithmic(max > 0 ? min : 0.1, max > 0 ? max : 1, LEFT, WIDTH - RIGHT);
    }
    return Axis.linear(min, max > min ? max : 1, LEFT, WIDTH - RIGHT);
  }

  private Axis vertical() {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Series s : series) {
      for (double v : s.y()) {
        if (shown(v)) {
          min = Math.min(min, v);
          max = Math.max(max, v);
        }
      }
    }
    for (Band band : bands) {
      for (double v : band.low()) {
        min = shown(v) ? Math.min(min, v) : min;
      }
      for (double v : band.high()) {
        max = shown(v) ? Math.max(max, v) : max;
      }
    }
    if (min > max) {
      min = log ? 0.1 : 0;
      max = 1;
    }
    min = Double.isNaN(low) ? min : low;
    max = Double.isNaN(high) ? max : high;
    return log ? Axis.logarithmic(min, max, HEIGHT - BOTTOM, TOP) : Axis.linear(min, max, HEIGHT - BOTTOM, TOP);
  }

  private boolean shown(double v) {
    return Double.isFinite(v) && (!log || v > 0);
  }

  private void draw(StringBuilder out, int s, Axis x, Axis y) {
    StringBuilder points = new StringBuilder();
    StringBuilder spots = new StringBuilder();
    Series line = series.get(s);
    for (int i = 0; i < line.x().length; i++) {
      if (shown(line.y()[i]) && (!logX || line.x()[i] > 0)) {
        String at = String.format(Locale.ROOT, "%.1f,%.1f", x.at(line.x()[i]), y.at(line.y()[i]));
        points.append(points.isEmpty() ? "" : " ").append(at);
        spots.append(
            !line.spots() ? "" : String.format(
                Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\"><title>%s, %s %,.0f: %s</title></circle>%n", x.at(line.x()[i]),
                y.at(line.y()[i]), Page.escape(line.name()), Page.escape(xLabel), line.x()[i], value(line.y()[i])));
      }
    }
    out.append(
        String.format(
            Locale.ROOT, "<g clip-path=\"url(#%s-frame)\"><polyline class=\"line s%d\" points=\"%s\"/>%n%s</g>%n", id, s, points, spots));
  }

  private void shade(StringBuilder out, Band band, Axis x, Axis y) {
    StringBuilder there = new StringBuilder();
    StringBuilder back = new StringBuilder();
    for (int i = 0; i < band.x().length; i++) {
      if (Double.isFinite(band.high()[i]) && Double.isFinite(band.low()[i]) && shown(band.high()[i]) && (!logX || band.x()[i] > 0)) {
        double low = log ? Math.max(band.low()[i], y.from()) : band.low()[i];
        there.append(String.format(Locale.ROOT, "%.1f,%.1f ", x.at(band.x()[i]), y.at(band.high()[i])));
        back.insert(0, String.format(Locale.ROOT, "%.1f,%.1f ", x.at(band.x()[i]), y.at(low)));
      }
    }
    out.append(
        String.format(
            Locale.ROOT, "<polygon class=\"band b%d\" clip-path=\"url(#%s-frame)\" points=\"%s\"/>%n", band.style(), id,
            there.append(back).toString().strip()));
  }

  private void legend(StringBuilder out) {
    double at = LEFT;
    for (int s = 0; s < series.size(); s++) {
      String name = series.get(s).name();
      out.append(String.format(Locale.ROOT, "<line class=\"line s%d\" x1=\"%.1f\" y1=\"14\" x2=\"%.1f\" y2=\"14\"/>%n", s, at, at + 28));
      text(out, "start", at + 35, 19, name);
      at += 35 + LETTER * name.length() + 16;
    }
  }

  private String name(double tick, Axis y) {
    return percent ? String.format(Locale.ROOT, "%.3g %%", tick * 100).replaceAll("\\.0+ ", " ") : y.name(tick);
  }

  private String value(double v) {
    return percent ? String.format(Locale.ROOT, "%.2f %%", v * 100) : String.format(Locale.ROOT, "%.4g", v);
  }

  private static void line(StringBuilder out, String kind, double x1, double y1, double x2, double y2) {
    out.append(String.format(Locale.ROOT, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", kind, x1, y1, x2, y2));
  }

  private static void text(StringBuilder out, String anchor, double x, double y, String text) {
    out.append(String.format(Locale.ROOT, "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", anchor, x, y, Page.escape(text)));
  }
}
