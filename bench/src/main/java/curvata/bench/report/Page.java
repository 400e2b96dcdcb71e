package curvata.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A self-contained page: one file, its style inside, no script, no address outside.
 *
 * <p>One column on a phone, two plots side by side where there is room; light or dark as the reader's system says.
 */
public final class Page {
  private final StringBuilder body = new StringBuilder();
  private final String title;

  /**
   * A page that begins with its result.
   *
   * @param title the result in one line
   * @param lead what it is the result of
   */
  public Page(String title, String lead) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n<p class=\"lead\">").append(escape(lead)).append("</p>\n");
  }

  /** Begins a grid of plots and small tables, which {@link #figure} and {@link #panel} fill. */
  public Page beginPlots() {
    body.append("<div class=\"plots\">\n");
    return this;
  }

  /** Adds a plot with a heading above and a sentence below. */
  public Page figure(String heading, Plot plot, String sentence) {
    body.append("<figure><h2>").append(escape(heading)).append("</h2>\n").append(plot.svg());
    body.append("<figcaption>").append(breakable(sentence)).append("</figcaption></figure>\n");
    return this;
  }

  /** Adds a table in the grid of plots. */
  public Page panel(String heading, Map<String, ?> rows) {
    body.append("<section>");
    table(heading, rows);
    body.append("</section>\n");
    return this;
  }

  /** Ends the grid. */
  public Page endPlots() {
    body.append("</div>\n");
    return this;
  }

  /** Adds a table of names and values. */
  public Page table(String heading, Map<String, ?> rows) {
    body.append("<h2>").append(escape(heading)).append("</h2>\n<table>\n");
    rows.forEach((name, value) -> body.append("<tr><th scope=\"row\">").append(escape(name)).append("</th><td>")
        .append(breakable(String.valueOf(value))).append("</td></tr>\n"));
    body.append("</table>\n");
    return this;
  }

  /** The whole page. */
  public String html() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title) + "</title>\n<style>\n" + style()
        + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream("page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Text that may be broken after commas: spellings of rules are long and have no spaces. */
  private static String breakable(String text) {
    return escape(text).replaceAll(",(?=\\p{Alpha})", ",<wbr>");
  }

  /** Text as it stands in HTML and in attributes between double quotes. */
  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
