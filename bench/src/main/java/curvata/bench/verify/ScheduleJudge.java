package curvata.bench.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Compares rates with the recorded ones: at most 1e-12 of the largest rate apart at every step.
 *
 * <p>That is the recordings' own tolerance; it is for references that compute by recurrence.
 */
final class ScheduleJudge implements Recording.Judge {
  private static final double OF_PEAK = 1e-12;
  private static final Set<String> DESCRIPTION = Set.of("name", "source", "params", "steps", "note", "lr");

  private final GoldenFile.Json golden;
  private final String file;
  private final List<RecordedSchedule> schedules;
  private final List<String> others;

  ScheduleJudge(GoldenFile.Json golden, List<RecordedSchedule> schedules, List<String> others) {
    this.golden = golden;
    this.file = golden.path().toString();
    this.schedules = schedules;
    this.others = others;
  }

  @Override
  public List<Check> judge(Results results) {
    List<Check> checks = new ArrayList<>();
    for (RecordedSchedule recorded : schedules) {
      if (recorded.schedule() == null) {
        checks.add(Check.unsupported(file, recorded.rates(), recorded.why()));
      } else {
        judge(recorded, results.get(recorded.rates()).values(), golden.root().get("schedules").get(recorded.index()), checks);
      }
    }
    others.forEach(name -> checks.add(Check.unsupported(file, name, "not computed by this version")));
    return checks;
  }

  private void judge(RecordedSchedule recorded, double[] rates, JsonNode entry, List<Check> checks) {
    JsonNode truth = entry.path("lr");
    checks.add(truth.isMissingNode() ? Check.missing(file, recorded.rates()) : compare(recorded.rates(), rates, truth));
    for (Map.Entry<String, JsonNode> field : entry.properties()) {
      if (!DESCRIPTION.contains(field.getKey())) {
        String name = recorded.index() + "." + recorded.name() + "." + field.getKey();
        checks.add(Check.unsupported(file, name, "not computed by this version"));
      }
    }
  }

  private Check compare(String name, double[] rates, JsonNode truth) {
    double peak = 0;
    for (double rate : rates) {
      peak = Math.max(peak, rate);
    }
    Worst worst = new Worst();
    for (int t = 0; t < rates.length; t++) {
      worst.add(Math.abs(rates[t] - truth.get(t).doubleValue()), OF_PEAK * peak, t);
    }
    return Check.compared(file, name, worst, "t = " + worst.index());
  }
}
