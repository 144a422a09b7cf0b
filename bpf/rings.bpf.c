// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* A ring for each CPU, found by the CPU's number in an array of maps. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct ring low SEC(".maps");
struct ring high SEC(".maps");

/* Slots are filled by user space; max_entries is the number of CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

/* Sends the CPU's number into its own ring: -ENOENT where it has none. */
SEC("tc") int send(struct __sk_buff *skb)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	__u64 *record;

	if (!ring)
		return -ENOENT;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return -ENOBUFS;
	*record = cpu;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
