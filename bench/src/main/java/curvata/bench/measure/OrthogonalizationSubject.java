package curvata.bench.measure;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Outcome;
import java.util.ArrayList;
import java.util.List;

/** A Newton–Schulz recipe on a matrix; counts the operations of the form that is chosen for its shape, a triangle of each symmetric product. */
final class OrthogonalizationSubject implements Subject {
  private static final double MUON_SLOPE = Math.pow(3.4445, 5);
  private static final int SHARED = 1 << 20; // multiply-adds from which a product uses all threads

  private final NewtonSchulz method;
  private final String shape;
  private final int rows;
  private final int cols;
  private long flops;

  /** Muon's five steps of a square matrix. */
  OrthogonalizationSubject(int n) {
    this(NewtonSchulz.muon5(), "", n, n);
  }

  /**
   * A recipe on a matrix.
   *
   * @param shape what the row's name has behind the recipe's
   */
  OrthogonalizationSubject(NewtonSchulz method, String shape, int rows, int cols) {
    this.method = method;
    this.shape = shape;
    this.rows = rows;
    this.cols = cols;
  }

  /** The recipes and shapes that are measured for a number of rows: square, four times as wide, and tall, of no round numbers if that is none. */
  static List<OrthogonalizationSubject> of(int n) {
    List<OrthogonalizationSubject> all = new ArrayList<>();
    for (NewtonSchulz method : List.of(NewtonSchulz.muon5(), NewtonSchulz.degree9(4))) {
      all.add(new OrthogonalizationSubject(method, "", n, n));
      all.add(new OrthogonalizationSubject(method, "-1x4", n, 4 * n));
      all.add(new OrthogonalizationSubject(method, "-10x3", n, Math.max(1, 3 * n / 10)));
    }
    return all;
  }

  @Override
  public String name() {
    return method.coefficients().name() + shape;
  }

  @Override
  public int n() {
    return rows;
  }

  @Override
  public long elements() {
    return (long) rows * cols;
  }

  @Override
  public long bytes() {
    return 0;
  }

  /** Of a call on the matrix that is measured: whether the Gram form restarts depends on it. */
  @Override
  public long flops() {
    if (flops == 0 && elements() > 0) {
      float[][] x = matrices();
      Outcome outcome = new Outcome();
      method.apply(rows, cols, x[0], 0, cols, x[1], 0, cols, outcome, workspace());
      flops = Math.round(2 * method.multiplyAdds(rows, cols, outcome));
    }
    return flops;
  }

  private float[][] matrices() {
    float[][] x = Values.arrays(2, rows * cols, 1);
    Values.sign(x[0]);
    return x;
  }

  private Workspace workspace() {
    Workspace ws = new Workspace();
    ws.reserve(method.required(rows, cols), method.requiredDoubles(rows, cols));
    return ws;
  }

  /** Of one matrix: a multiply-add is two. */
  static long flops(int rows, int cols, NewtonSchulz method) {
    return Math.round(2 * method.multiplyAdds(rows, cols));
  }

  @Override
  public int threads() {
    long shorter = Math.min(rows, cols);
    return shorter * shorter * shorter > SHARED ? Threads.count() : 1;
  }

  @Override
  public Prepared prepare() {
    return prepare(List.of());
  }

  @Override
  public Prepared prepare(List<Peer> peers) {
    float[][] x = matrices();
    Workspace ws = workspace();
    List<Rival> rivals = new ArrayList<>();
    for (Peer peer : peers) {
      Peer.Product rival = peer.muon(rows, cols, x[0]); // also for other recipes: what they are chosen instead of
      if (rival != null) {
        rivals.add(new Rival(rival.name(), rival));
      }
    }
    return new Prepared(() -> method.apply(rows, cols, x[0], 0, x[1], 0, ws), Bounds.flops(flops(), threads()), rivals);
  }

  /** The peer's result against {@code muon5}, in the Frobenius norm: both round, and the polynomials amplify that by no more than their slope at zero. */
  @Override
  public String difference(Peer peer) {
    float[][] x = matrices();
    Peer.Product rival = peer.muon(rows, cols, x[0]);
    if (rival == null) {
      return null;
    }
    NewtonSchulz muon = NewtonSchulz.muon5();
    Workspace ws = new Workspace();
    ws.reserve(muon.required(rows, cols), muon.requiredDoubles(rows, cols));
    muon.apply(rows, cols, x[0], 0, x[1], 0, ws);
    rival.run();
    double difference = distance(rival.result(), x[1]);
    double bound = MUON_SLOPE * rival.rounding();
    return difference <= bound ? null : rival.name() + ": relative difference " + difference + ", expected at most " + bound;
  }

  /** ‖a − b‖ / ‖b‖. */
  private static double distance(float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) a[i] - b[i];
      difference += d * d;
      norm += (double) b[i] * b[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** Its result has no simple reference: it is compared where it is tested. */
  @Override
  public String difference() {
    return null;
  }
}
