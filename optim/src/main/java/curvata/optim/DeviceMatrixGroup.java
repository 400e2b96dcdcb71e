package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.device.Call;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Norm;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A group with a matrix rule on a device: the direction of all tensors at once, the orthogonalization of each, then all applied at once. */
final class DeviceMatrixGroup<S extends Record> extends DeviceGroup {
  /** The scalars of one program. */
  private record Calls<S extends Record>(Call<S> direction, Call<S> apply) {}

  private final MatrixRule<?, S> rule;
  private final NewtonSchulz orthogonalization;
  private final StepContext context = new StepContext(List.of());
  private final Map<Program, Calls<S>> calls = new IdentityHashMap<>();

  DeviceMatrixGroup(Group group, MatrixRule<?, S> rule) {
    super(group);
    this.rule = rule;
    orthogonalization = rule.orthogonalization();
    if (orthogonalization.norm() != Norm.FROBENIUS || orthogonalization.tolerance() > 0) {
      throw new DeviceException(
          "method " + orthogonalization.coefficients().name() + " of rule " + rule.name() + " of group \"" + group.name
              + "\" has no twin for devices: "
              + "they divide by the Frobenius norm and take all steps, as with muon5, polar8, degree9_4");
    }
  }

  @Override
  void open(Session session, boolean gradientsTravel) {
    calls.clear();
    super.open(session, gradientsTravel);
    add(session, "u", Kind.FLOAT, segments.size());
    add(session, "o", Kind.FLOAT, segments.size());
  }

  @Override
  Kernel<S> kernel(long step, double factor) {
    return rule.apply();
  }

  @Override
  void record(Program program, Kernel<?> kernel) {
    Call<S> direction = program.updateEach(rule.direction(), segments, null, 0, 0, operands(rule.direction().operands()));
    for (int t = 0; t < segments.count(); t++) {
      Parameter p = group.parameters.get(t);
      program.polar(orthogonalization, p.rows(), p.cols(), segments.slice(buffer("u"), t), segments.slice(buffer("o"), t));
    }
    calls.put(program, new Calls<>(direction, program.updateEach(rule.apply(), segments, null, 0, 0, operands(rule.apply().operands()))));
  }

  @Override
  void scalars(Program program, long step, double factor) {
    Calls<S> recorded = calls.get(program);
    context.begin(step, group.lr * factor, factor, List.of());
    for (int t = 0; t < segments.count(); t++) {
      context.shape(group.parameters.get(t).shape());
      S scalars = rule.scalars(context);
      recorded.direction.set(t, scalars);
      recorded.apply.set(t, scalars);
    }
  }
}
