package curvata.gpu;

import curvata.kernels.Checks;
import curvata.kernels.device.Call;
import java.util.Objects;

/** Scalars of one recorded kernel: rows of its program's array. */
final class TornadoCall<S extends Record> implements Call<S> {
  final int rows;
  private final TornadoProgram program;
  private final ScalarLayout layout;
  private final int at;
  private final boolean each;

  TornadoCall(TornadoProgram program, Class<S> type, int segments, boolean each) {
    this.program = program;
    this.each = each;
    layout = new ScalarLayout(type);
    rows = each ? segments : 1;
    at = program.reserveScalars(layout.width() * rows);
  }

  /** Where the first row begins. */
  int at() {
    return at;
  }

  /** Floats from one tensor's row to the next; 0 where all share one. */
  int stride() {
    return each ? layout.width() : 0;
  }

  @Override
  public void set(S scalars) {
    for (int row = 0; row < rows; row++) {
      layout.write(Objects.requireNonNull(scalars, "scalars"), program.scalarValues(), at + row * layout.width());
    }
  }

  @Override
  public void set(int segment, S scalars) {
    Checks.that(each, "segment", segment, "no segment: the kernel was recorded with one record for all");
    Objects.checkIndex(segment, rows);
    layout.write(Objects.requireNonNull(scalars, "scalars"), program.scalarValues(), at + segment * layout.width());
  }
}
