// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* What becomes of processes: execve(2) asked for and done, and their ends. */
#include "ringside.bpf.h"

struct life_event {
	__u32 pid;
	__u32 step; /* 0: it asks for a program, 1: it runs it, 2: it ends */
	char comm[16];
	char words[6][32]; /* what it asks for: its first arguments, cut */
};
RINGSIDE_EVENTS(events, struct life_event, 256 * 1024);

static __always_inline int tell(__u64 *ctx, int ringside_via, __u32 step)
{
	struct life_event *event = ringside_reserve(events, struct life_event);
	const char *word = (void *)ctx; /* anything but NULL */

	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->step = step;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
#pragma unroll
	for (int i = 0; i < 6; i++) {
		if (step != 0 || !word)
			continue;
		bpf_probe_read(&word, sizeof(word), (char **)ctx[3] + i);
		bpf_probe_read_str(event->words[i], 32, word);
	}
	return ringside_submit(events, event, 0);
}

RINGSIDE("tracepoint/syscalls/sys_enter_execve", on_execve, __u64 *)
{
	return tell(ctx, ringside_via, 0);
}

RINGSIDE("tracepoint/sched/sched_process_exec", on_exec, __u64 *)
{
	return tell(ctx, ringside_via, 1);
}

RINGSIDE("tracepoint/sched/sched_process_exit", on_exit, __u64 *)
{
	__u64 id = bpf_get_current_pid_tgid();

	return id >> 32 == (__u32)id ? tell(ctx, ringside_via, 2) : 0;
}

char _license[] SEC("license") = "GPL";
