package curvata.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WorkspaceTest {
  @Test
  void takesFromTheTopAndGivesBack() {
    Workspace ws = new Workspace();
    ws.reserve(10, 4);
    int a = ws.takeFloats(6);
    int b = ws.takeFloats(4);
    assertThat(new int[] {a, b, ws.takeDoubles(4)}).containsExactly(0, 6, 0);
    ws.releaseFloats(b);
    assertThat(ws.takeFloats(4)).isEqualTo(6);
  }

  @Test
  void tooLittleIsOneClearLine() {
    Workspace ws = new Workspace();
    ws.reserve(10, 0);
    ws.takeFloats(8);
    assertThatThrownBy(() -> ws.takeFloats(3)).hasMessage("workspace holds 10 floats, expected 11");
    assertThatThrownBy(() -> ws.takeDoubles(1)).hasMessage("workspace holds 0 doubles, expected 1");
    assertThatThrownBy(() -> ws.reserve(20, 0)).hasMessageContaining("workspace in use: 8 floats");
  }

  @Test
  void keepsOneTaskOfEachType() {
    Workspace ws = new Workspace();
    assertThat(ws.task(A.class, A::new)).isSameAs(ws.task(A.class, A::new));
    assertThat((Object) ws.task(B.class, B::new)).isNotSameAs(ws.task(A.class, A::new));
  }

  private static final class A implements Threads.Task {
    @Override
    public void run(int part, int worker) {}
  }

  private static final class B implements Threads.Task {
    @Override
    public void run(int part, int worker) {}
  }
}
