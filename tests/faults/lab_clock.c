// SPDX-License-Identifier: Apache-2.0
/*
 * A wall clock that jumps: loaded before libc, it answers with what RINGSIDE_JUMP
 * holds, in seconds, added to the time, from two seconds after its first question
 * on. The clock that only counts stays as it is.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static long first;
	const char *jump = getenv("RINGSIDE_JUMP");
	long result = syscall(SYS_clock_gettime, clock, now);

	if (result != 0 || clock != CLOCK_REALTIME || !jump)
		return (int)result;
	if (!first)
		first = now->tv_sec;
	if (now->tv_sec - first >= 2)
		now->tv_sec += atol(jump);
	return 0;
}
