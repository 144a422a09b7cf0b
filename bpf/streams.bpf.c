// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Two streams of stamped events: one over a ring of all CPUs, one over a ring
 * for each.
 */
#include "ringside.bpf.h"

struct stamped_event {
	struct ringside_stamp stamp;
	__u64 sequence; /* counts up over both streams */
};

RINGSIDE_EVENTS(one, struct stamped_event, 64 * 1024);
RINGSIDE_EVENTS_PER_CPU(each, struct stamped_event, 16 * 1024);

/* The number of the next event; the programs run one after the other. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} next SEC(".maps");

/* How much older than it is an event says it is, ns. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} age SEC(".maps");

#define SEND(events)                                                           \
	__u64 *sequence = ringside_first(&next), *ns = ringside_first(&age);   \
	struct stamped_event *event;                                           \
                                                                               \
	if (!sequence || !ns)                                                  \
		return -EINVAL;                                                \
	*sequence += 1;                                                        \
	event = ringside_reserve_stamped(events, struct stamped_event);        \
	if (!event)                                                            \
		return -ENOBUFS;                                               \
	event->stamp.time -= *ns;                                              \
	event->sequence = *sequence - 1;                                       \
	return ringside_submit(events, event, 0)

RINGSIDE("tc", to_one, struct __sk_buff *)
{
	SEND(one);
}

RINGSIDE("tc", to_each, struct __sk_buff *)
{
	SEND(each);
}

char _license[] SEC("license") = "GPL";
