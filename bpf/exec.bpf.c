// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One event for each program that is started. */
#include "ringside.bpf.h"

struct exec_event {
	__u32 pid;
	__u32 uid;
	__u64 ktime; /* ns since boot, without suspend */
	char comm[16];
};

RINGSIDE_EVENTS(events, struct exec_event, 256 * 1024);

RINGSIDE("tracepoint/sched/sched_process_exec", on_exec, void *)
{
	struct exec_event *event = ringside_reserve(events, struct exec_event);

	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = (__u32)bpf_get_current_uid_gid();
	event->ktime = bpf_ktime_get_ns();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	ringside_submit(events, event, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
