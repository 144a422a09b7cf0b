// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* bpf_perf_event_output() as it is, with the flags that `flags` holds. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} flags SEC(".maps");

/* perf_fired.bpf.c makes another program of the same body. */
#ifndef OUTPUT
#define OUTPUT SEC("tc") int output(struct __sk_buff *skb)
#endif

OUTPUT
{
	__u32 zero = 0;
	__u64 *chosen = bpf_map_lookup_elem(&flags, &zero);
	__u64 event = 1;

	if (!chosen)
		return -EFAULT;
	return bpf_perf_event_output(skb, &events, *chosen, &event,
				     sizeof(event));
}

char _license[] SEC("license") = "GPL";
