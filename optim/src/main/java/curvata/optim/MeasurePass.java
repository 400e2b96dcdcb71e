package curvata.optim;

import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Sweep;
import java.util.List;

/** Several measures over all tensors of a group in one sweep of memory. */
final class MeasurePass extends BlockPass {
  /** Finds the array behind an operand's name. */
  interface Binding {
    float[] bind(int tensor, String operand);
  }

  private final Sweep sweep;
  private final float[][][] arrays;
  private final double[] values;

  MeasurePass(Tensors tensors, List<Measure> measures, Binding binding) {
    this(tensors, Sweep.of(measures), binding);
  }

  private MeasurePass(Tensors tensors, Sweep sweep, Binding binding) {
    super(tensors, sweep.stride());
    this.sweep = sweep;
    values = new double[tensors.count() * sweep.measures().size()];
    arrays = new float[tensors.count()][sweep.operands().size()][];
    for (int t = 0; t < arrays.length; t++) {
      for (int o = 0; o < arrays[t].length; o++) {
        arrays[t][o] = binding.bind(t, sweep.operands().get(o));
      }
    }
  }

  /** Takes all measures of all tensors. */
  void run() {
    start();
    for (int t = 0; t < arrays.length; t++) {
      sweep.tree(partials(), partialsOf(t), blocksOf(t), values, t * sweep.measures().size());
    }
  }

  @Override
  void block(int tensor, int from, int to, int worker, double[] partials, int at) {
    sweep.block(arrays[tensor], from, to, partials, at);
  }

  /** The value of one tensor. */
  double of(int tensor, int measure) {
    return values[tensor * sweep.measures().size() + measure];
  }

  /** The value over all tensors, brought together in their order. */
  double overAll(int measure) {
    double value = 0;
    for (int t = 0; t < arrays.length; t++) {
      value = sweep.measures().get(measure).operation().combine(value, of(t, measure));
    }
    return value;
  }
}
