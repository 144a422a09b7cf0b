// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Producers that run at once on two CPUs: on the ring that stands in the CPU's
 * slot, which may be one for both, or on the CPU's perf buffer. Nobody is woken
 * by the ring.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

/* Inner maps are all of one size before 5.10. */
struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 19);
};

struct ring low SEC(".maps");
struct ring high SEC(".maps");

/* max_entries is the number of CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events_perf SEC(".maps");

/* Events that each CPU has sent. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sent SEC(".maps");

static __always_inline __u64 *count(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&sent, &zero);
}

SEC("tc") int send_ring(struct __sk_buff *skb)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	__u64 *record, *sent = count();

	if (!ring || !sent)
		return -ENOENT;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return -ENOBUFS;
	*record = cpu;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	*sent += 1;
	return 0;
}

SEC("tc") int send_perf(struct __sk_buff *skb)
{
	__u64 *sent = count(), event = 1;
	long error;

	if (!sent)
		return -ENOENT;
	error = bpf_perf_event_output(skb, &events_perf, BPF_F_CURRENT_CPU,
				      &event, sizeof(event));
	if (!error)
		*sent += 1;
	return error;
}

char _license[] SEC("license") = "GPL";
