package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.util.List;

/** All kinds of recorded files: the only list, one line each. */
final class Formats {
  private static final List<Format> ALL =
      List.of(
          new TrajectoryFormat(),
          new ScheduleFormat(),
          new MatrixFormat(),
          new LargeOperatorFormat(),
          new MlpFormat(),
          new EdgeFormat(),
          new OrthogonalizationFormat(),
          new InverseRootsFormat());

  private Formats() {}

  /**
   * Reads a file of whatever kind it is.
   *
   * @throws MalformedFileException if it is of none, or not as its kind demands
   * @throws IOException if it cannot be read
   */
  static Recording read(GoldenFile file) throws IOException {
    for (Format format : ALL) {
      if (format.recognizes(file)) {
        return format.read(file);
      }
    }
    throw new MalformedFileException(
        file.path(), "format = \"" + Report.oneLine(file.format()) + "\", expected a recording: " + TrajectoryFormat.NAME + ", " + ScheduleFormat.NAME
            + ", or a golden file of matrices, networks or Newton-Schulz");
  }
}
