/**
 * Learning-rate schedules: pure functions of the step, as factors of each group's own rate.
 *
 * <p>Nothing that remembers earlier steps belongs here: a resumed run asks for any step again.
 */
package curvata.optim.schedule;
