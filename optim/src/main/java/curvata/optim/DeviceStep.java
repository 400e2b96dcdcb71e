package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.optim.transform.GradientTransform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of an optimizer on a device: one session, one program for each combination of the groups' kernels, one execution for a step.
 *
 * <p>Values and state stay on the device. A combination that was not seen when the session opened (a rule whose kernel changes late) opens it anew, with
 * everything as it was.
 */
final class DeviceStep implements DeviceTensors {
  private final Device device;
  private final DeviceGradients gradients; // null: they travel
  private final List<GradientTransform> transforms; // recorded where the gradients do not travel
  private final List<DeviceGroup> groups;
  private final Map<List<Kernel<?>>, Program> programs = new LinkedHashMap<>();
  private Session session;
  private boolean ahead; // of the host

  DeviceStep(Device device, List<Group> groups, DeviceGradients gradients, List<GradientTransform> transforms) {
    this.device = device;
    this.gradients = gradients;
    this.transforms = transforms;
    groups.forEach(g -> requireTwins(device, g));
    this.groups = groups.stream().map(DeviceGroup::of).toList();
    for (long step = 1; step <= 2; step++) {
      programs.put(kernels(step, 1), null);
    }
    open();
  }

  private static void requireTwins(Device device, Group group) {
    for (String kernel : DeviceGroup.kernels(group.rule)) {
      if (!device.kernels().contains(kernel)) {
        List<String> able = Rules.CATALOG.all().stream().filter(r -> device.kernels().containsAll(DeviceGroup.kernels(r))).map(Rule::name).toList();
        throw new DeviceException(
            "rule " + group.rule.name() + " of group \"" + group.name + "\" has no twin of its kernel " + kernel + " on device " + device
                + ", expected one of " + able);
      }
    }
  }

  private List<Kernel<?>> kernels(long step, double factor) {
    List<Kernel<?>> kernels = new ArrayList<>();
    for (DeviceGroup group : groups) {
      kernels.add(group.kernel(step, factor));
    }
    return kernels;
  }

  private void open() {
    session = device.open();
    groups.forEach(g -> g.open(session, gradients == null));
    if (gradients != null) {
      gradients.prepare(session, this);
    }
    programs.replaceAll((kernels, old) -> {
      Program program = session.program("step " + kernels.stream().map(Kernel::name).toList());
      if (gradients != null) {
        gradients.record(program, this);
        transforms.forEach(t -> t.record(new Recorded(program)));
      }
      for (int i = 0; i < kernels.size(); i++) {
        groups.get(i).record(program, kernels.get(i));
      }
      return program;
    });
  }

  /** The gradients of all groups, in a program that computes them. */
  private final class Recorded implements GradientTransform.OnDevice {
    private final Program program;

    Recorded(Program program) {
      this.program = program;
    }

    @Override
    public void clip(double norm) {
      program.clip(groups.stream().map(g -> g.segments).toList(), groups.stream().map(g -> g.buffer("g")).toList(), norm);
    }
  }

  void step(long step, double factor) {
    List<Kernel<?>> kernels = kernels(step, factor);
    if (!programs.containsKey(kernels)) {
      fetchValues();
      fetchState();
      session.close();
      programs.put(kernels, null);
      open();
    }
    Program program = programs.get(kernels);
    for (DeviceGroup group : groups) {
      group.send(step, gradients == null);
      group.scalars(program, step, factor);
    }
    program.run();
    ahead = true;
  }

  void fetchValues() {
    if (ahead) {
      groups.forEach(DeviceGroup::fetchValues);
    }
  }

  void fetchState() {
    if (ahead) {
      groups.forEach(DeviceGroup::fetchState);
    }
  }

  /** Values and state as they are on the host now. */
  void upload() {
    groups.forEach(DeviceGroup::upload);
  }

  Session session() {
    return session;
  }

  void close() {
    session.close();
  }

  @Override
  public DeviceBuffer value(String parameter) {
    return slice("theta", parameter);
  }

  @Override
  public DeviceBuffer grad(String parameter) {
    return slice("g", parameter);
  }

  private DeviceBuffer slice(String what, String parameter) {
    for (DeviceGroup group : groups) {
      int tensor = group.tensor(parameter);
      if (tensor >= 0) {
        return group.segments.slice(group.buffer(what), tensor);
      }
    }
    throw new IllegalArgumentException("parameter = \"" + parameter + "\", expected one of this optimizer's");
  }
}
