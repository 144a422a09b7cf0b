// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One event for each program that is started, and one for each process' end. */
#include "ringside.bpf.h"

struct life_event {
	struct ringside_stamp stamp;
	__u32 pid;
	__u32 ends; /* 0: exec, 1: exit */
};

RINGSIDE_EVENTS(events, struct life_event, 64 * 1024);

/* The processes whose exec was sent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} started SEC(".maps");

static __always_inline void fill(struct life_event *event, __u32 ends)
{
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->ends = ends;
}

RINGSIDE("tracepoint/sched/sched_process_exec", on_exec, void *)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct life_event *event;

	event = ringside_reserve_stamped(events, struct life_event);
	if (!event)
		return 0;
	fill(event, 0);
	ringside_submit(events, event, 0);
	bpf_map_update_elem(&started, &pid, &pid, BPF_ANY);
	return 0;
}

/* The tracepoint tells of every thread; a process ends with its first one. */
RINGSIDE("tracepoint/sched/sched_process_exit", on_exit, void *)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct life_event *event;

	if (id >> 32 != (__u32)id)
		return 0;
	event = ringside_reserve_stamped(events, struct life_event);
	if (!event)
		return 0;
	fill(event, 1);
	ringside_submit(events, event, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
