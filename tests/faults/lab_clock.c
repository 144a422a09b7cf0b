// SPDX-License-Identifier: Apache-2.0
/*
 * A wall clock that jumps: loaded before libc, it answers with what RINGSIDE_JUMP
 * holds, in seconds, added to the time, from when there is a file RINGSIDE_JUMP_BEHIND
 * on. The clock that only counts stays as it is.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int jumped;
	const char *jump = getenv("RINGSIDE_JUMP"), *behind = getenv("RINGSIDE_JUMP_BEHIND");
	long result = syscall(SYS_clock_gettime, clock, now);

	if (result != 0 || clock != CLOCK_REALTIME || !jump || !behind)
		return (int)result;
	jumped = jumped || access(behind, F_OK) == 0;
	if (jumped)
		now->tv_sec += atol(jump);
	return 0;
}
