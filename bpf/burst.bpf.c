// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Sends one numbered event each time it is run: the claims' producer. */
#include "ringside.bpf.h"

struct burst_event {
	__u64 sequence; /* counts up from where `next` stands */
	__u64 ktime;	/* bpf_ktime_get_ns(), ns */
	__u32 cpu;
	char tag[4]; /* "burs", no end of string: it fills its array */
};

RINGSIDE_EVENTS(events, struct burst_event, 64 * 1024);

/* The number of the next event; the programs run one after the other. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} next SEC(".maps");

RINGSIDE("tc", burst, struct __sk_buff *)
{
	__u64 *sequence = ringside_first(&next);
	struct burst_event *event;

	if (!sequence)
		return -EINVAL;
	*sequence += 1;
	event = ringside_reserve(events, struct burst_event);
	if (!event)
		return -ENOBUFS;
	event->sequence = *sequence - 1;
	event->ktime = bpf_ktime_get_ns();
	event->cpu = bpf_get_smp_processor_id();
	__builtin_memcpy(event->tag, "burst", sizeof(event->tag));
	return ringside_submit(events, event, 0);
}

char _license[] SEC("license") = "GPL";
