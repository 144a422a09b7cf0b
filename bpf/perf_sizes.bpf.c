// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* bpf_perf_event_output() as it is, driven by `control`. */
#include "ringside.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

struct control {
	__u64 size; /* bytes to output, at most 131071 */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct control);
} control SEC(".maps");

/* The bytes that `output` sends. */
struct payload {
	__u8 bytes[131072];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct payload);
} payload SEC(".maps");

SEC("tc") int output(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);
	struct payload *p = ringside_first(&payload);

	if (!c || !p)
		return -EINVAL;
	return bpf_perf_event_output(skb, &perf, BPF_F_CURRENT_CPU, p,
				     c->size & 0x1ffff);
}

char _license[] SEC("license") = "GPL";
