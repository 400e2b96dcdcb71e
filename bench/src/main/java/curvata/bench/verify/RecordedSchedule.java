package curvata.bench.verify;

import curvata.optim.schedule.Schedule;

/**
 * The inputs of one recorded learning-rate sequence.
 *
 * @param index its place in the file
 * @param name what the recording calls the schedule
 * @param steps number of rates recorded
 * @param lr the rate that the schedule multiplies
 * @param schedule the schedule in our words, or null where we have none
 * @param why why we have none
 */
record RecordedSchedule(int index, String name, int steps, double lr, Schedule schedule, String why) {
  /** The name of its sequence of rates. */
  String rates() {
    return index + "." + name + ".lr";
  }
}
