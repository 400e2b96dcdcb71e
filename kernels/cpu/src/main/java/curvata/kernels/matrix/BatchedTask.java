package curvata.kernels.matrix;

import curvata.kernels.Threads;

/** A batch of products while it runs: a product for each thread, moved from matrix to matrix. */
final class BatchedTask implements Threads.Task {
  private static final long LARGE = 1 << 20; // multiply-adds of all together; below it a hand-over costs more than it saves

  private final ProductTask[] products = new ProductTask[Threads.count()];
  int aAt;
  int aDistance;
  int bAt;
  int bDistance;
  int cAt;
  int cDistance;
  private float[] scratch;
  private int scratchAt;
  private int scratchEach;

  BatchedTask() {
    for (int w = 0; w < products.length; w++) {
      products[w] = new ProductTask();
    }
  }

  /** How many threads share so many products. */
  static int workers(int count, int m, int n, int k) {
    return (double) count * m * n * k > LARGE ? Math.min(Threads.count(), count) : 1;
  }

  /** The products to set operands of; no matter at which offsets. */
  ProductTask[] products() {
    return products;
  }

  /** Computes all. */
  void compute(int count, int workers, float[] room, int at, int each) {
    scratch = room;
    scratchAt = at;
    scratchEach = each;
    if (workers > 1) {
      Threads.run(this, count);
    } else {
      for (int i = 0; i < count; i++) {
        run(i, 0);
      }
    }
  }

  /** Lets go of the arrays, so that a workspace keeps nothing alive. */
  void clear() {
    scratch = null;
    for (ProductTask t : products) {
      t.clear();
    }
  }

  @Override
  public void run(int part, int worker) {
    ProductTask t = products[worker];
    t.aAt = aAt + part * aDistance;
    t.bAt = bAt + part * bDistance;
    t.cAt = cAt + part * cDistance;
    t.dAt = t.cAt;
    int rows = t.m;
    t.plan();
    t.computeAlone(scratch, scratchAt + worker * scratchEach);
    if (t.m != rows) {
      t.transpose(); // back, for the next
    }
  }
}
