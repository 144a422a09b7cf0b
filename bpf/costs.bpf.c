// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One event a run, in each way in which it can be sent, for what that costs:
 * 4096 bytes that the program fills, and 8. Nobody is woken.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events_perf SEC(".maps");

struct large {
	__u64 words[512];
};

/* Where an event is built that is not built in the ring. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct large);
} scratch SEC(".maps");

static __always_inline void fill(struct large *event, __u64 value)
{
#pragma clang loop unroll(full)
	for (int i = 0; i < 512; i++)
		event->words[i] = value;
}

static __always_inline struct large *room(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

/* -ENOBUFS stands for the NULL of a failed reserve. */
SEC("tc") int reserve_large(struct __sk_buff *skb)
{
	struct large *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event)
		return -ENOBUFS;
	fill(event, skb->len);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tc") int output_large(struct __sk_buff *skb)
{
	struct large *event = room();

	if (!event)
		return -EINVAL;
	fill(event, skb->len);
	return bpf_ringbuf_output(&ring, event, sizeof(*event),
				  BPF_RB_NO_WAKEUP);
}

SEC("tc") int reserve_small(struct __sk_buff *skb)
{
	__u64 *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event)
		return -ENOBUFS;
	*event = skb->len;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tc") int output_small(struct __sk_buff *skb)
{
	__u64 event = skb->len;

	return bpf_ringbuf_output(&ring, &event, sizeof(event),
				  BPF_RB_NO_WAKEUP);
}

SEC("tc") int perf_large(struct __sk_buff *skb)
{
	struct large *event = room();

	if (!event)
		return -EINVAL;
	fill(event, skb->len);
	return bpf_perf_event_output(skb, &events_perf, BPF_F_CURRENT_CPU,
				     event, sizeof(*event));
}

/* What of perf_large is left without the filling. */
SEC("tc") int perf_unfilled(struct __sk_buff *skb)
{
	struct large *event = room();

	if (!event)
		return -EINVAL;
	return bpf_perf_event_output(skb, &events_perf, BPF_F_CURRENT_CPU,
				     event, sizeof(*event));
}

char _license[] SEC("license") = "GPL";
