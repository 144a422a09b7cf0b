// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One event for each update of a map by one process, be it by bpf(2) or by a
 * program, and a program that makes such updates.
 */
#include "ringside.bpf.h"

struct update_event {
	__u32 cpu;
};

RINGSIDE_EVENTS(events, struct update_event, 64 * 1024);

RINGSIDE_TABLE(owner, HASH, __u32, __u32, 1);
RINGSIDE_TABLE(in_hash, HASH, __u32, __u32, 16);
RINGSIDE_TABLE(in_array, ARRAY, __u32, __u32, 16);

#define SEND()                                                                 \
	__u32 pid = bpf_get_current_pid_tgid() >> 32;                          \
	struct update_event *event;                                            \
                                                                               \
	if (!bpf_map_lookup_elem(&owner, &pid))                                \
		return 0;                                                      \
	event = ringside_reserve(events, struct update_event);                 \
	if (!event)                                                            \
		return 0;                                                      \
	event->cpu = bpf_get_smp_processor_id();                               \
	return ringside_submit(events, event, 0)

RINGSIDE("kprobe/htab_map_update_elem", on_hash, void *)
{
	SEND();
}

RINGSIDE("kprobe/array_map_update_elem", on_array, void *)
{
	SEND();
}

SEC("tc") int update(struct __sk_buff *skb)
{
	__u32 key = 1;

	bpf_map_update_elem(&in_hash, &key, &key, BPF_ANY);
	return bpf_map_update_elem(&in_array, &key, &key, BPF_ANY);
}

char _license[] SEC("license") = "GPL";
