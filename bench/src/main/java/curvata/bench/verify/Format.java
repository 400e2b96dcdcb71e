package curvata.bench.verify;

import java.io.IOException;

/** One kind of recorded file: how it is recognized, and how it becomes a replay and a judge. */
interface Format {
  /** Whether the file is of this kind; looks at what it says it is and at names, not at values. */
  boolean recognizes(GoldenFile file);

  /**
   * Reads all inputs and checks the whole file; the values of truth are not read.
   *
   * @throws curvata.optim.io.MalformedFileException if something is missing or has another type or shape than it must
   * @throws IOException if the file cannot be read
   */
  Recording read(GoldenFile file) throws IOException;
}
