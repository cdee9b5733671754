/**
 * The scheduler: events and time in, decisions out. Pure: no clock, thread, random number or I/O inside, so that the
 * simulator and the live server run the very same object. Start with {@link io.ppipe.schedule.Scheduler}.
 */
@NullMarked
package io.ppipe.schedule;

import org.jspecify.annotations.NullMarked;
