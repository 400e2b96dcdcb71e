package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import curvata.optim.schedule.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Recorded learning-rate sequences: name, parameters and number of steps of each; the rate of every step as truth.
 *
 * <p>The truth of entry i is compared, and dumped, as {@code i.name.lr}.
 */
final class ScheduleFormat implements Format {
  /** What these files say they are. */
  static final String NAME = "golden-schedules-1";

  private static final Set<String> DESCRIPTION = Set.of("format", "note", "schedules");
  private static final int MOST_STEPS = 1 << 24;

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Json && file.format().equals(NAME);
  }

  @Override
  public Recording read(GoldenFile golden) throws MalformedFileException {
    GoldenFile.Json file = (GoldenFile.Json) golden;
    JsonNode schedules = file.root().path("schedules");
    if (!schedules.isArray()) {
      throw new MalformedFileException(file.path(), "schedules is " + schedules.getNodeType() + ", expected an array");
    }
    List<RecordedSchedule> entries = new ArrayList<>();
    for (int i = 0; i < schedules.size(); i++) {
      entries.add(entry(file.path(), i, schedules.get(i)));
    }
    return new Recording(new ScheduleReplay(List.copyOf(entries)), new ScheduleJudge(file, List.copyOf(entries), others(file)));
  }

  private static RecordedSchedule entry(Path path, int index, JsonNode entry) throws MalformedFileException {
    String where = "schedules[" + index + "]";
    JsonNode name = entry.path("name");
    JsonNode params = entry.path("params");
    JsonNode steps = entry.path("steps");
    if (!name.isString() || !params.isObject() || !steps.isIntegralNumber() || !steps.canConvertToInt()) {
      throw new MalformedFileException(path, where + " lacks name, params or steps, expected a string, an object and a whole number");
    }
    if (steps.intValue() < 0 || steps.intValue() > MOST_STEPS) {
      throw new MalformedFileException(path, where + ".steps = " + steps.intValue() + ", expected 0 to " + MOST_STEPS);
    }
    requireSeries(path, where + ".lr", entry.path("lr"), steps.intValue());
    try {
      Schedule schedule = ScheduleSpellings.read(name.stringValue(), new ScheduleParams(params));
      return new RecordedSchedule(index, name.stringValue(), steps.intValue(), params.path("lr").doubleValue(), schedule, "");
    } catch (UnsupportedException e) {
      return new RecordedSchedule(index, name.stringValue(), steps.intValue(), Double.NaN, null, e.getMessage());
    }
  }

  /** The form of the truth only; where it is missing, that is a failed check later. */
  private static void requireSeries(Path path, String where, JsonNode series, int steps) throws MalformedFileException {
    if (series.isMissingNode()) {
      return;
    }
    boolean numbers = series.isArray() && series.size() == steps;
    for (int t = 0; numbers && t < steps; t++) {
      numbers = series.get(t).isNumber();
    }
    if (!numbers) {
      throw new MalformedFileException(path, where + " is no array of " + steps + " numbers, expected one for each of the entry's steps");
    }
  }

  /** What else the file records, none of which can be replayed: a name for every entry. */
  private static List<String> others(GoldenFile.Json file) {
    List<String> others = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : file.root().properties()) {
      if (DESCRIPTION.contains(field.getKey())) {
        continue;
      }
      JsonNode value = field.getValue();
      for (int i = 0; i < value.size(); i++) {
        String rule = value.path(i).path("rule").asString("");
        others.add(field.getKey() + "." + i + (rule.isEmpty() ? "" : "." + rule));
      }
      if (value.isEmpty()) {
        others.add(field.getKey());
      }
    }
    return others;
  }
}
