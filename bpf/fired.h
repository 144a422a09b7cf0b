/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * How a program of the claims is driven where none runs by command
 * (BPF_PROG_TEST_RUN is of 4.12): it is attached to the tracepoint of renames,
 * and runs each time the thread named "ringside" is given a name, on the CPU
 * that the thread is on. The tracepoint is hit while the old name still stands.
 */
#ifndef RINGSIDE_FIRED_H
#define RINGSIDE_FIRED_H

#include "ringside.bpf.h"

#define FIRED SEC("tracepoint/task/task_rename")

struct told {
	__u64 times;  /* how often the program ran */
	__s64 answer; /* what it returned at last */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct told);
} told SEC(".maps");

/* The name is compared byte by byte: a string would be a global. */
static __always_inline bool is_ours(void)
{
	char name[16] = {};

	bpf_get_current_comm(name, sizeof(name));
	return name[0] == 'r' && name[1] == 'i' && name[2] == 'n' &&
	       name[3] == 'g' && name[4] == 's' && name[5] == 'i' &&
	       name[6] == 'd' && name[7] == 'e' && !name[8];
}

static __always_inline int tell(int answer)
{
	struct told *last = ringside_first(&told);

	if (last) {
		last->times += 1;
		last->answer = answer;
	}
	return 0;
}

#endif
