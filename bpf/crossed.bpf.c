// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * A ring's helper on maps that are no ring. These are there to be refused by
 * the verifier; where one is accepted it must not be run: the helper would take
 * the map for a ring.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

#define OUTPUT_TO(map)                                                         \
	SEC("tc") int output_to_##map(struct __sk_buff *skb)                   \
	{                                                                      \
		__u64 event = 1;                                               \
                                                                               \
		return bpf_ringbuf_output(&map, &event, sizeof(event), 0);     \
	}

OUTPUT_TO(ring)
OUTPUT_TO(perf)
OUTPUT_TO(array)

char _license[] SEC("license") = "GPL";
