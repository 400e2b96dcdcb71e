package curvata.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotTest {
  private static Element parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<String> texts(Element svg) {
    List<String> texts = new ArrayList<>();
    NodeList nodes = svg.getElementsByTagName("text");
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  private static String points(Element svg, int line) {
    return ((Element) svg.getElementsByTagName("polyline").item(line)).getAttribute("points");
  }

  @Test
  void pointsLieBetweenTheAxes() throws Exception {
    Element svg = parse(new Plot("p", "a & b", "step").add("x < y", new double[] {0, 5, 10}, new double[] {1, 3, 2}).svg());
    assertThat(svg.getAttribute("aria-label")).isEqualTo("a & b");
    assertThat(points(svg, 0)).isEqualTo("64.0,254.0 265.0,34.0 466.0,144.0");
    assertThat(texts(svg)).contains("0", "2", "10", "step", "x < y", "1.0", "1.5", "3.0");
    assertThat(svg.getElementsByTagName("title").item(1).getTextContent()).isEqualTo("x < y, step 5: 3.000");
  }

  @Test
  void aLogarithmicAxisEndsAtPowersOfTen() throws Exception {
    Element svg = parse(new Plot("p", "loss", "step").logarithmic().add("a", new double[] {0, 1}, new double[] {0.5, 0.002}).svg());
    assertThat(texts(svg)).contains("10⁰", "10⁻¹", "10⁻²", "10⁻³").doesNotContain("10¹", "10⁻⁴");
    double share = (Math.log10(0.5) + 3) / 3;
    assertThat(points(svg, 0)).startsWith(String.format(java.util.Locale.ROOT, "64.0,%.1f ", 254 - share * 220));
  }

  @Test
  void manyPowersOfTenAreThinnedOut() throws Exception {
    Element svg = parse(new Plot("p", "loss", "step").logarithmic().add("a", new double[] {0, 1}, new double[] {1e3, 1e-20}).svg());
    assertThat(texts(svg).stream().filter(t -> t.startsWith("10")).count()).isBetween(3L, 7L);
  }

  @Test
  void whatCannotBeShownIsLeftOut() throws Exception {
    double[] x = {0, 1, 2, 3};
    double[] y = {Double.NaN, 0, Double.POSITIVE_INFINITY, 5};
    assertThat(points(parse(new Plot("p", "l", "s").logarithmic().add("a", x, y).svg()), 0).split(" ")).hasSize(1);
    assertThat(points(parse(new Plot("p", "l", "s").add("a", x, y).svg()), 0).split(" ")).hasSize(2);
    assertThat(points(parse(new Plot("p", "l", "s").logarithmic().add("a", new double[0], new double[0]).svg()), 0)).isEmpty();
  }

  @Test
  void degenerateRangesStillHaveAxes() throws Exception {
    for (double v : new double[] {0, 1, -3, 1e-300, 1e300}) {
      Element svg = parse(new Plot("p", "l", "s").add("a", new double[] {0}, new double[] {v}).svg());
      assertThat(points(svg, 0)).as("%s", v).isEqualTo("64.0,254.0");
      assertThat(svg.getElementsByTagName("text").getLength()).as("%s", v).isBetween(4, 20);
    }
  }

  @Test
  void aBandLiesBetweenItsLines() throws Exception {
    double[] x = {0, 1};
    Element svg = parse(new Plot("p", "l", "s").add("a", x, new double[] {1, 1}).band(x, new double[] {0, 0.5}, new double[] {2, 1.5}).svg());
    Element band = (Element) svg.getElementsByTagName("polygon").item(0);
    assertThat(band.getAttribute("points")).isEqualTo("64.0,34.0 466.0,89.0 466.0,199.0 64.0,254.0");
    assertThat(band.getAttribute("class")).isEqualTo("band b0");
  }

  @Test
  void aLogarithmicAxisAcrossLeavesOutWhatIsNotAboveZero() throws Exception {
    double[] x = {-1, 0, 0.1, 10};
    Element svg = parse(new Plot("p", "l", "s").logarithmicAcross().curve("a", x, new double[] {0, 0, 0, 1}).svg());
    assertThat(points(svg, 0)).isEqualTo("64.0,254.0 466.0,34.0");
    assertThat(texts(svg)).contains("10⁻¹", "10⁰", "10¹");
    assertThat(svg.getElementsByTagName("circle").getLength()).isZero();
  }

  @Test
  void valuesBelowZeroWidenTheAxisAcross() throws Exception {
    Element svg = parse(new Plot("p", "l", "s").curve("a", new double[] {-0.5, 1}, new double[] {1, 2}).svg());
    assertThat(texts(svg)).contains("-0.5", "0.0", "1.0");
  }

  @Test
  void sharesAreShownAsPercentages() throws Exception {
    Element svg = parse(new Plot("p", "l", "s").percent().range(0.9, 1).add("a", new double[] {0, 1}, new double[] {0.5, 0.975}).svg());
    assertThat(texts(svg)).contains("90 %", "92 %", "100 %");
    assertThat(svg.getElementsByTagName("title").item(1).getTextContent()).endsWith("97.50 %");
  }
}
