package curvata.gpu;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;

/** Whether a process may put our kernels into a graph of its own. */
final class GraphProbe {
  private GraphProbe() {}

  /** Prints one line. */
  public static void main(String[] args) {
    try {
      new GraphKernels(new TaskGraph("theirs"), new GridScheduler());
      System.out.println("graph taken");
    } catch (RuntimeException e) {
      System.out.println("graph " + e);
    }
  }
}
