package curvata.bench.spectrum;

import curvata.hessian.Interval;
import curvata.hessian.spectrum.Cumulative;
import curvata.hessian.spectrum.SpectralDensity;
import java.util.Locale;

/**
 * A spectral density as a picture of its own: how many eigenvalues lie where, and below it the share at or below each value, with its bounds.
 *
 * <p>SVG with its style inside, light or dark as the reader's system says. The horizontal axis is logarithmic on both sides of zero.
 */
public final class DensityPlot {
  private static final int WIDTH = 640;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int BARS_TOP = 56;
  private static final int BARS_BOTTOM = 240;
  private static final int SHARE_TOP = 300;
  private static final int HEIGHT = 560;
  private static final int SHARE_BOTTOM = 500;
  private static final int BINS = 90;
  private static final String STYLE =
      """
          <style>
          svg { background: #fff; color: #1a1a1a; font: 13px system-ui, sans-serif; }
          text { fill: currentColor; } .axis { stroke: currentColor; } .grid { stroke: currentColor; opacity: .15; }
          .bar { fill: #2563a8; } .band { fill: #2563a8; opacity: .25; } .middle { fill: none; stroke: #2563a8; stroke-width: 2; }
          @media (prefers-color-scheme: dark) { svg { background: #16181c; color: #e6e6e6; } .bar, .band { fill: #6cabf0; } .middle { stroke: #6cabf0; } }
          </style>
          """;

  private final SpectralDensity density;
  private final String title;
  private final SignedLog scale;
  private final Interval ends;
  private final StringBuilder out = new StringBuilder();

  /** A plot of this density between these ends, which must not be the same. */
  public DensityPlot(SpectralDensity density, Interval ends, String title) {
    this.density = density;
    this.title = title;
    this.ends = ends;
    this.scale = SignedLog.of(Math.max(Math.abs(ends.lower()), Math.abs(ends.upper())));
  }

  /** The picture. */
  public String svg() {
    out.append(
        String.format(
            Locale.ROOT, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n", WIDTH, HEIGHT,
            escape(title)));
    out.append(STYLE);
    text("start", LEFT, 18, title);
    verticals();
    bars();
    share();
    return out.append("</svg>\n").toString();
  }

  private double x(double t) {
    double from = scale.at(ends.lower());
    return LEFT + (WIDTH - LEFT - RIGHT) * (scale.at(t) - from) / (scale.at(ends.upper()) - from);
  }

  private void verticals() {
    double largest = Math.max(Math.abs(ends.lower()), Math.abs(ends.upper()));
    int power = (int) Math.floor(Math.log10(largest));
    tick(0);
    for (int p = power; p > power - 4; p--) {
      tick(Math.pow(10, p));
      tick(-Math.pow(10, p));
    }
    text("middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "eigenvalue");
  }

  private void tick(double t) {
    if (ends.contains(t)) {
      line("grid", x(t), BARS_TOP, x(t), BARS_BOTTOM);
      line("grid", x(t), SHARE_TOP, x(t), SHARE_BOTTOM);
      text("middle", x(t), SHARE_BOTTOM + 20, String.format(Locale.ROOT, Math.abs(t) >= 1e4 || t != 0 && Math.abs(t) < 1e-2 ? "%.0e" : "%.3g", t)
          .replaceAll("(\\.\\d*?)0+$", "$1").replaceAll("\\.$", ""));
    }
  }

  /** Numbers of eigenvalues per bin, each node as narrow as it is, from a tenth of one on. */
  private void bars() {
    int n = density.dimension();
    double[] edges = scale.grid(ends.lower(), ends.upper(), BINS + 1);
    edges[0] = Math.nextDown(edges[0]); // an edge belongs to the bin that it ends
    double[] share = density.binned(edges, 0);
    double top = Math.ceil(Math.log10(n));
    for (int p = -1; p <= top; p++) {
      double y = height(p, top);
      line(p == -1 ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
      text("end", LEFT - 8, y + 4, p == -1 ? "0.1" : String.format(Locale.ROOT, "%.0f", Math.pow(10, p)));
    }
    text("start", LEFT, BARS_TOP - 10, "eigenvalues per bin");
    for (int i = 0; i < share.length; i++) {
      double y = height(Math.log10(Math.max(share[i] * n, 0.1)), top);
      if (y < BARS_BOTTOM) {
        out.append(
            String.format(
                Locale.ROOT, "<rect class=\"bar\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>%.4g to %.4g: %.3g</title></rect>%n",
                x(edges[i]), y, Math.max(1, x(edges[i + 1]) - x(edges[i])), BARS_BOTTOM - y, edges[i], edges[i + 1], share[i] * n));
      }
    }
  }

  private static double height(double power, double top) {
    return BARS_BOTTOM - (BARS_BOTTOM - BARS_TOP) * (power + 1) / (top + 1);
  }

  private void share() {
    double[] t = scale.grid(ends.lower(), ends.upper(), 4 * BINS + 1);
    Cumulative c = density.cumulative(t);
    for (int i = 0; i <= 4; i++) {
      double y = level(i / 4.0);
      line(i == 0 ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
      text("end", LEFT - 8, y + 4, 25 * i + " %");
    }
    text("start", LEFT, SHARE_TOP - 10, "share at or below, with its bounds");
    StringBuilder upper = new StringBuilder();
    StringBuilder lower = new StringBuilder();
    StringBuilder middle = new StringBuilder();
    for (int i = 0; i < t.length; i++) {
      upper.append(point(t[i], c.upper()[i]));
      lower.insert(0, point(t[i], c.lower()[i]));
      middle.append(point(t[i], c.middle()[i]));
    }
    out.append("<polygon class=\"band\" points=\"").append(upper).append(lower).append("\"/>\n");
    out.append("<polyline class=\"middle\" points=\"").append(middle).append("\"/>\n");
  }

  private String point(double t, double share) {
    return String.format(Locale.ROOT, "%.2f,%.2f ", x(t), level(share));
  }

  private static double level(double share) {
    return SHARE_BOTTOM - (SHARE_BOTTOM - SHARE_TOP) * share;
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    out.append(String.format(Locale.ROOT, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", kind, x1, y1, x2, y2));
  }

  private void text(String anchor, double x, double y, String text) {
    out.append(String.format(Locale.ROOT, "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", anchor, x, y, escape(text)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;").replaceAll("\\p{Cntrl}", "?");
  }
}
