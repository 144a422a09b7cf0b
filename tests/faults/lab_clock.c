// SPDX-License-Identifier: Apache-2.0
/*
 * A wall clock that jumps: loaded before libc, it answers with what RINGSIDE_JUMP
 * holds, in seconds, added to the time, from when there is a file RINGSIDE_JUMP_BEHIND
 * on. The clock that only counts stays as it is.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* What is added now, in seconds. */
static long leap(void)
{
	static int jumped;
	const char *jump = getenv("RINGSIDE_JUMP"), *behind = getenv("RINGSIDE_JUMP_BEHIND");

	if (!jump || !behind)
		return 0;
	jumped = jumped || access(behind, F_OK) == 0;
	return jumped ? atol(jump) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	long result = syscall(SYS_clock_gettime, clock, now);

	if (result == 0 && clock == CLOCK_REALTIME)
		now->tv_sec += leap();
	return (int)result;
}

/* V8 asks this one. */
int gettimeofday(struct timeval *now, void *zone)
{
	long result = syscall(SYS_gettimeofday, now, zone);

	if (result == 0)
		now->tv_sec += leap();
	return (int)result;
}
