// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One event for each program that runs. */
#include "ringside.bpf.h"

struct hello_event {
	__u32 pid;
	char comm[16];
};
RINGSIDE_EVENTS(events, struct hello_event, 64 * 1024);

RINGSIDE("tracepoint/sched/sched_process_exec", on_exec, void *)
{
	struct hello_event *event = ringside_reserve(events, struct hello_event);

	if (!event) /* no room: counted, and gone */
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	ringside_submit(events, event, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
