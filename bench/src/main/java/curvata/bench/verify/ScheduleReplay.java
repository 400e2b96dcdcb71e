package curvata.bench.verify;

import java.util.List;

/** Computes the rates of every recorded schedule that we have: lr[t] = lr · f(t), as the optimizer does. */
final class ScheduleReplay implements Recording.Replay {
  private final List<RecordedSchedule> schedules;

  ScheduleReplay(List<RecordedSchedule> schedules) {
    this.schedules = schedules;
  }

  @Override
  public Results run() {
    Results results = new Results();
    for (RecordedSchedule recorded : schedules) {
      if (recorded.schedule() != null) {
        double[] rates = new double[recorded.steps()];
        for (int t = 0; t < rates.length; t++) {
          rates[t] = recorded.lr() * recorded.schedule().at(t);
        }
        results.add(recorded.rates(), new int[] {rates.length}, rates);
      }
    }
    return results;
  }
}
