package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.NewtonSchulz;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A group with a matrix rule: direction, orthogonalization, apply, tensor by tensor through one scratch. */
final class MatrixGroup<S extends Record> extends Group {
  private final MatrixRule<?, S> rule;
  private final NewtonSchulz orthogonalization;
  private final List<ElementPass<S>> passes = new ArrayList<>();
  private final List<float[][][]> directionOperands = new ArrayList<>();
  private final List<float[][][]> applyOperands = new ArrayList<>();
  private final StepContext context = new StepContext(List.of());
  private final int[][] shapes;
  private final float[] direction;
  private final float[] orthogonal;
  private final Workspace workspace = new Workspace();

  MatrixGroup(String name, MatrixRule<?, S> rule, List<Parameter> parameters) {
    super(name, rule, parameters);
    this.rule = rule;
    orthogonalization = rule.orthogonalization();
    int length = 0;
    int scratch = 0;
    int scratchDoubles = 0;
    for (Parameter p : this.parameters) {
      if (p.axes() < 2) {
        throw new IllegalArgumentException(
            "parameter \"" + p.name() + "\" has shape " + Arrays.toString(p.shape()) + ", expected at least two axes for rule " + rule.name()
                + " of group \"" + name + "\": put it in a group with an element-wise rule, as adamw");
      }
      length = Math.max(length, p.offset() + p.size());
      scratch = Math.max(scratch, orthogonalization.required(p.rows(), p.cols()));
      scratchDoubles = Math.max(scratchDoubles, orthogonalization.requiredDoubles(p.rows(), p.cols()));
    }
    workspace.reserve(scratch, scratchDoubles);
    direction = new float[length];
    orthogonal = new float[length];
    shapes = this.parameters.stream().map(Parameter::shape).toArray(int[][]::new);
    for (int t = 0; t < this.parameters.size(); t++) {
      passes.add(new ElementPass<>(new Tensors(List.of(this.parameters.get(t)))));
      directionOperands.add(bindAll(t, rule.direction()));
      applyOperands.add(bindAll(t, rule.apply()));
    }
  }

  @Override
  void step(long step, double factor) {
    context.begin(step, lr * factor, factor, List.of());
    for (int t = 0; t < shapes.length; t++) {
      Parameter p = parameters.get(t);
      context.shape(shapes[t]);
      S scalars = rule.scalars(context);
      passes.get(t).run(rule.direction(), directionOperands.get(t), scalars);
      orthogonalization.apply(p.rows(), p.cols(), direction, p.offset(), orthogonal, p.offset(), workspace);
      passes.get(t).run(rule.apply(), applyOperands.get(t), scalars);
    }
  }

  private float[][][] bindAll(int tensor, Kernel<S> kernel) {
    List<Operand> operands = kernel.operands();
    float[][] arrays = new float[operands.size()][];
    for (int o = 0; o < arrays.length; o++) {
      arrays[o] = switch (operands.get(o).name()) {
        case "u" -> direction;
        case "o" -> orthogonal;
        default -> bind(tensor, operands.get(o).name());
      };
    }
    return new float[][][] {arrays};
  }
}
