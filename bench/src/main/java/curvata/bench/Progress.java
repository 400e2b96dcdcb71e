package curvata.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * How far a command is, on stderr, once it has lasted two seconds: one line that is rewritten on a terminal, elsewhere a line every five seconds.
 *
 * <p>The launcher says whether stderr is a terminal ({@code -Dcurvata.stderr.terminal=true}), since Java cannot tell.
 */
public final class Progress {
  private static final double PATIENCE = 2;
  private static final double TERMINAL_PAUSE = 0.2;
  private static final double PLAIN_PAUSE = 5;

  private final PrintStream out;
  private final boolean terminal;
  private final String unit;
  private final DoubleSupplier seconds;
  private double next = PATIENCE;
  private long first = -1;
  private double firstAt;
  private int shown;

  /**
   * The progress of a run that begins now.
   *
   * @param out where lines go: stderr, or what stands for it
   * @param unit what is counted, in the singular
   */
  public Progress(PrintStream out, String unit) {
    this(out, Boolean.getBoolean("curvata.stderr.terminal"), unit, since(System.nanoTime()));
  }

  Progress(PrintStream out, boolean terminal, String unit, DoubleSupplier seconds) {
    this.seconds = seconds;
    this.out = out;
    this.terminal = terminal;
    this.unit = unit;
  }

  private static DoubleSupplier since(long start) {
    return () -> (System.nanoTime() - start) * 1e-9;
  }

  /** So much is done of so much; cheap, so call it often, the first time when the run begins. */
  public void at(long done, long of) {
    at(done, of, "", 0);
  }

  /**
   * So much is done of so much; cheap, so call it often.
   *
   * @param detail a format for the value, such as {@code ", loss %.4g"}
   */
  public void at(long done, long of, String detail, double value) {
    double now = seconds.getAsDouble();
    if (first < 0) {
      first = done; // a resumed run's rate is that of this process
      firstAt = now;
      return;
    }
    if (now < next || done >= of) {
      return;
    }
    next = now + (terminal ? TERMINAL_PAUSE : PLAIN_PAUSE);
    show(line(done, of, String.format(Locale.ROOT, detail, value), (done - first) / (now - firstAt)));
  }

  private String line(long done, long of, String detail, double rate) {
    String left = rate > 0 ? duration((of - done) / rate) + " left" : "";
    return String.format(Locale.ROOT, "%s %,d of %,d (%d %%)%s, %s %ss/s, %s", unit, done, of, 100 * done / of, detail,
        String.format(Locale.ROOT, rate < 10 ? "%.2g" : "%,.0f", rate), unit, left);
  }

  private static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 60 ? s + " s" : s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s / 60 % 60 + " min";
  }

  private void show(String line) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
      out.flush();
      shown = line.length();
    } else {
      out.println(line);
    }
  }

  /** Takes the line off a terminal. */
  public void end() {
    if (shown > 0) {
      out.print("\r" + " ".repeat(shown) + "\r");
      out.flush();
    }
  }
}
