package curvata.kernels.matrix;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;

/** Many small orthogonalizations on their way to other threads: a share of the matrices and a workspace for each. */
final class BatchTask implements Threads.Task {
  private static final int LARGE = 1 << 16; // elements of a matrix from which its own products are worth all threads
  private static final int MOST = Integer.MAX_VALUE - 64; // elements of an array
  private static final int SMALL = 1 << 18; // multiply-adds of all together below which a hand-over costs more than it saves

  private final Workspace[] workspaces = new Workspace[Threads.count()];
  private NewtonSchulz recipe;
  private int rows;
  private int cols;
  private float[] in;
  private int inAt;
  private float[] out;
  private int outAt;

  /** Elements of one of so many matrices; requires that all of them fit an array. */
  static int size(int count, int rows, int cols) {
    if (count < 0 || rows < 0 || cols < 0 || (long) rows * cols > MOST || (long) rows * cols * count > MOST) {
      throw new IllegalArgumentException(
          "x = " + count + " matrices of " + rows + " x " + cols + ", expected dimensions >= 0 and at most 2^31 - 65 elements");
    }
    return rows * cols;
  }

  static void apply(NewtonSchulz recipe, int count, int rows, int cols, float[] in, int inAt, float[] out, int outAt, Workspace ws) {
    int size = rows * cols;
    if (count < 2 || size >= LARGE || count * recipe.cost(rows, cols) < SMALL || Threads.count() == 1) {
      for (int i = 0; i < count; i++) {
        recipe.apply(rows, cols, in, inAt + i * size, out, outAt + i * size, ws);
      }
      return;
    }
    BatchTask task = ws.task(BatchTask.class, BatchTask::new);
    task.reserve(recipe, rows, cols);
    task.recipe = recipe;
    task.rows = rows;
    task.cols = cols;
    task.in = in;
    task.inAt = inAt;
    task.out = out;
    task.outAt = outAt;
    try {
      Threads.run(task, count);
    } finally {
      task.in = null;
      task.out = null;
      task.recipe = null;
    }
  }

  private void reserve(NewtonSchulz recipe, int rows, int cols) {
    for (int w = 0; w < workspaces.length; w++) {
      if (workspaces[w] == null) {
        workspaces[w] = new Workspace();
      }
      Scratch.reserve(recipe, rows, cols, workspaces[w]);
    }
  }

  @Override
  public void run(int part, int worker) {
    int offset = part * rows * cols;
    recipe.apply(rows, cols, in, inAt + offset, out, outAt + offset, workspaces[worker]);
  }
}
