package curvata.kernels.layer;

import curvata.kernels.Workspace;
import curvata.kernels.elementary.Allocation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayerAllocationTest {
  @Test
  void warmCallsAllocateNothingAlsoAfterAllKernelsRanHere() {
    for (int[] shape : new int[][] {{37, 10}, {29, 300}, {37, 10}}) {
      int rows = shape[0];
      int cols = shape[1];
      int n = rows * cols;
      var random = new SplittableRandom(31);
      float[] x = LayerData.gaussian(random, n, 1);
      float[] y = LayerData.gaussian(random, n, 1);
      float[] bias = LayerData.gaussian(random, cols, 0.1);
      int[] labels = LayerData.labels(random, rows, cols);
      double[] losses = new double[rows];
      var ws = new Workspace();
      ws.reserve(SoftmaxCrossEntropy.requiredFloats(cols), Bias.requiredDoubles(cols));
      Allocation.assertNone("Bias.add", () -> Bias.add(x, 0, rows, cols, bias, 0));
      Allocation.assertNone("BiasTanh.forward", () -> BiasTanh.forward(x, 0, rows, cols, bias, 0));
      Allocation.assertNone("BiasTanh.backward", () -> BiasTanh.backward(x, y, 0, n));
      Allocation.assertNone("BiasRelu.forward", () -> BiasRelu.forward(x, 0, rows, cols, bias, 0));
      Allocation.assertNone("BiasRelu.backward", () -> BiasRelu.backward(x, y, 0, n));
      Allocation.assertNone("Bias.gradient", () -> Bias.gradient(x, 0, rows, cols, bias, 0, ws));
      Allocation.assertNone("losses", () -> SoftmaxCrossEntropy.losses(x, 0, rows, cols, labels, 0, losses, 0, ws));
      Allocation.assertNone("correct", () -> SoftmaxCrossEntropy.correct(x, 0, rows, cols, labels, 0));
      Allocation.assertNone("mean", () -> SoftmaxCrossEntropy.mean(losses, 0, rows));
      Allocation.assertNone("probabilities", () -> SoftmaxCrossEntropy.probabilities(x, 0, rows, cols));
      Allocation.assertNone("gradient", () -> SoftmaxCrossEntropy.gradient(x, 0, rows, cols, labels, 0, losses, 0, 1.0 / rows));
    }
  }
}
