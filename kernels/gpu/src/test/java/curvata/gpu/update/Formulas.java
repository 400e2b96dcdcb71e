package curvata.gpu.update;

import curvata.gpu.Running;
import curvata.kernels.Kernel;
import curvata.kernels.update.AdaGradUpdate;
import curvata.kernels.update.AdaHessianUpdate;
import curvata.kernels.update.AdamUpdate;
import curvata.kernels.update.AdamWUpdate;
import curvata.kernels.update.LionUpdate;
import curvata.kernels.update.MuonUpdate;
import curvata.kernels.update.Scale;
import curvata.kernels.update.SgdUpdate;
import curvata.kernels.update.SophiaGUpdate;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** The equations of all updates in running error analysis, written from the kernels' javadoc. */
final class Formulas {
  /** New operands from scalars and old operands, in the kernel's order. */
  interface Formula {
    Running[] next(float[] s, Running[] o);
  }

  static final Map<Kernel<?>, Formula> ALL = new LinkedHashMap<>();

  static {
    ALL.put(AdamWUpdate.KERNEL, (s, o) -> adamW(s, o, false));
    ALL.put(AdamWUpdate.AMSGRAD, (s, o) -> adamW(s, o, true));
    ALL.put(AdamUpdate.KERNEL, (s, o) -> adam(s, o, false));
    ALL.put(AdamUpdate.AMSGRAD, (s, o) -> adam(s, o, true));
    ALL.put(AdaHessianUpdate.KERNEL, (s, o) -> adaHessian(s, o, false));
    ALL.put(AdaHessianUpdate.POWER, (s, o) -> adaHessian(s, o, true));
    ALL.put(AdaGradUpdate.KERNEL, Formulas::adaGrad);
    ALL.put(LionUpdate.KERNEL, Formulas::lion);
    ALL.put(SgdUpdate.PLAIN, (s, o) -> new Running[] {o[0].minus(o[1].plus(o[0].times(c(s[1]))).times(c(s[0]))), o[1]});
    ALL.put(SgdUpdate.MOMENTUM, Formulas::sgdMomentum);
    ALL.put(SophiaGUpdate.KERNEL, Formulas::sophia);
    ALL.put(SophiaGUpdate.WITH_ESTIMATE, Formulas::sophiaEstimate);
    ALL.put(MuonUpdate.DIRECTION, Formulas::muonDirection);
    ALL.put(MuonUpdate.APPLY, (s, o) -> new Running[] {o[0].times(c(s[4])).minus(o[1].times(c(s[5]))), o[1]});
    ALL.put(Scale.KERNEL, (s, o) -> new Running[] {o[0].times(c(s[0]))});
  }

  private Formulas() {}

  /** The components of a record of floats, in order. */
  static float[] floats(Record record) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    float[] floats = new float[components.length];
    try {
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) components[i].getAccessor().invoke(record);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return floats;
  }

  private static Running c(float x) {
    return Running.of(x);
  }

  private static Running average(Running old, float keep, Running fresh, float weight) {
    return old.times(c(keep)).plus(fresh.times(c(weight)));
  }

  private static Running[] adamW(float[] s, Running[] o, boolean max) {
    Running m = average(o[2], s[2], o[1], s[3]);
    Running v = average(o[3], s[4], o[1].times(o[1]), s[5]);
    Running w = max ? o[4].max(v) : v;
    Running theta = o[0].times(c(s[0])).plus(m.times(c(s[1])).over(w.sqrt().times(c(s[6])).plus(c(s[7]))));
    return max ? new Running[] {theta, o[1], m, v, w} : new Running[] {theta, o[1], m, v};
  }

  private static Running[] adam(float[] s, Running[] o, boolean max) {
    Running g = o[0].times(c(s[0])).plus(o[1]);
    Running m = average(o[2], s[2], g, s[3]);
    Running v = average(o[3], s[4], g.times(g), s[5]);
    Running w = max ? o[4].max(v) : v;
    Running theta = o[0].plus(m.times(c(s[1])).over(w.sqrt().times(c(s[6])).plus(c(s[7]))));
    return max ? new Running[] {theta, o[1], m, v, w} : new Running[] {theta, o[1], m, v};
  }

  private static Running[] adaHessian(float[] s, Running[] o, boolean power) {
    Running m = average(o[2], s[2], o[1], s[3]);
    Running v = average(o[3], s[4], o[4].times(o[4]), s[5]);
    Running root = power ? v.sqrt().pow(s[6], AdaHessianGpu.POWER_ULP) : v.sqrt();
    Running theta = o[0].times(c(s[0])).plus(m.times(c(s[1])).over(root.times(c(s[7])).plus(c(s[8]))));
    return new Running[] {theta, o[1], m, v, o[4]};
  }

  private static Running[] adaGrad(float[] s, Running[] o) {
    Running g = o[1].plus(o[0].times(c(s[1])));
    Running a = o[2].plus(g.times(g));
    return new Running[] {o[0].minus(g.times(c(s[0])).over(a.sqrt().plus(c(s[2])))), o[1], a};
  }

  private static Running[] lion(float[] s, Running[] o) {
    Running direction = average(o[2], s[2], o[1], s[3]);
    return new Running[] {o[0].times(c(s[0])).minus(direction.signTimes(c(s[1]))), o[1], average(o[2], s[4], o[1], s[5])};
  }

  private static Running[] sgdMomentum(float[] s, Running[] o) {
    Running g = o[1].plus(o[0].times(c(s[1])));
    Running b = average(o[2], s[2], g, s[3]);
    return new Running[] {o[0].minus(average(g, s[4], b, s[5]).times(c(s[0]))), o[1], b};
  }

  private static Running[] sophia(float[] s, Running[] o) {
    Running m = average(o[2], s[2], o[1], s[3]);
    return new Running[] {sophiaTheta(s, o[0], m, o[3]), o[1], m, o[3]};
  }

  private static Running[] sophiaEstimate(float[] s, Running[] o) {
    Running h = average(o[3], s[4], o[4].times(o[4]), s[5]);
    Running m = average(o[2], s[2], o[1], s[3]);
    return new Running[] {sophiaTheta(s, o[0], m, h), o[1], m, h, o[4]};
  }

  private static Running sophiaTheta(float[] s, Running theta, Running m, Running h) {
    return theta.times(c(s[0])).plus(m.over(h.times(c(s[6])).plus(c(1e-15f))).clip().times(c(s[1])));
  }

  private static Running[] muonDirection(float[] s, Running[] o) {
    Running b = average(o[1], s[0], o[0], s[1]);
    return new Running[] {o[0], b, average(o[0], s[2], b, s[3])};
  }
}
