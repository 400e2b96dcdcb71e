package curvata.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Lines about the progress of a long run: none in the first two seconds, then one every two; on a terminal they overwrite each other. */
public final class Progress {
  private static final long EVERY = 2_000_000_000L;

  private final PrintStream out;
  private final String command;
  private final String unit;
  private final double all;
  private final boolean terminal = Boolean.getBoolean("curvata.stderr.terminal"); // the launcher's: Java cannot tell
  private final long started = System.nanoTime();
  private long last = started;
  private boolean shown;

  /**
   * The progress of a run that begins now.
   *
   * @param command what lines begin with
   * @param unit what is counted, in the plural
   * @param all how many there are
   */
  public Progress(PrintStream out, String command, String unit, double all) {
    this.out = out;
    this.command = command;
    this.unit = unit;
    this.all = all;
  }

  /** So many are done; the detail ends the line. */
  public void done(double done, String detail) {
    long now = System.nanoTime();
    if (now - last < EVERY || done <= 0) {
      return;
    }
    last = now;
    shown = true;
    double rate = done / ((now - started) * 1e-9);
    String line =
        String.format(
            Locale.ROOT, "%s: %.0f of %.0f %s, %.3g %s/s, %.0f s left%s", command, done, all, unit, rate, unit, Math.max(0, (all - done) / rate),
            detail.isEmpty() ? "" : ", " + detail);
    out.print(terminal ? "\r\033[K" + line : line + System.lineSeparator());
    out.flush();
  }

  /** All are done: clears the terminal's line. */
  public void end() {
    if (terminal && shown) {
      out.print("\r\033[K");
      out.flush();
    }
  }
}
