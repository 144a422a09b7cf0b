// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One event for each update of a hash map by one process, and a program that
 * makes such an update.
 */
#include "ringside.bpf.h"

struct update_event {
	__u32 cpu;
};

RINGSIDE_EVENTS(events, struct update_event, 64 * 1024);

RINGSIDE_TABLE(owner, ARRAY, __u32, __u32, 1);
RINGSIDE_TABLE(updated, HASH, __u32, __u32, 16);

/* What an update comes to, be it of bpf(2) or of a program. */
RINGSIDE("kprobe/htab_map_update_elem", on_update, void *)
{
	__u32 *pid = ringside_first(&owner);
	struct update_event *event;

	if (!pid || *pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	event = ringside_reserve(events, struct update_event);
	if (!event)
		return 0;
	event->cpu = bpf_get_smp_processor_id();
	return ringside_submit(events, event, 0);
}

SEC("tc") int update(struct __sk_buff *skb)
{
	__u32 key = 1;

	return bpf_map_update_elem(&updated, &key, &key, BPF_ANY);
}

char _license[] SEC("license") = "GPL";
