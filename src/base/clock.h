/* SPDX-License-Identifier: MIT */
/* Time: wall clock in UNIX seconds, and a monotonic clock for intervals. */
#ifndef QUARRY_BASE_CLOCK_H
#define QUARRY_BASE_CLOCK_H

#include <stdint.h>

/* UNIX seconds and milliseconds. */
int64_t clock_wall_s(void);
int64_t clock_wall_ms(void);
/* Milliseconds and microseconds from an arbitrary start that never goes back. */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
/* Sleeps; returns early when a signal comes. */
void clock_sleep_ms(int64_t ms);

#endif
