package curvata.optim;

import curvata.kernels.reduce.Measure;
import curvata.kernels.update.Scale;
import curvata.optim.transform.GradientTransform;
import java.util.List;

/** The gradients of all parameters, as transforms see them. */
final class Gradients implements GradientTransform.Gradients {
  private final MeasurePass squares;
  private final ElementPass<Scale.Scalars> scaling;
  private final float[][][] operands;

  Gradients(List<Parameter> parameters) {
    Tensors tensors = new Tensors(parameters);
    squares = new MeasurePass(tensors, List.of(Measure.sumOfSquares("gradSquared", "g")), (t, operand) -> parameters.get(t).grad());
    scaling = new ElementPass<>(tensors);
    operands = new float[tensors.count()][][];
    for (int t = 0; t < operands.length; t++) {
      operands[t] = new float[][] {parameters.get(t).grad()};
    }
  }

  @Override
  public double sumOfSquares() {
    squares.run();
    return squares.overAll(0);
  }

  @Override
  public void scale(double factor) {
    scaling.run(Scale.KERNEL, operands, new Scale.Scalars((float) factor));
  }
}
