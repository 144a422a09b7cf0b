// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Events whose reader is notified of every one, of one in so many, or by the
 * ring's own rule. Of perf that is an attribute of the event.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 128 << 10);
} events_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events_perf SEC(".maps");

struct notice {
	__u64 every; /* forced after so many events; 0: the ring's own rule */
	__u64 sent;
	__u64 cpu; /* that sent the last one */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct notice);
} notice SEC(".maps");

static __always_inline struct notice *first_notice(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&notice, &zero);
}

SEC("tc") int send_ring(struct __sk_buff *skb)
{
	struct notice *n = first_notice();
	__u64 *record, flags = 0;

	if (!n)
		return -EINVAL;
	record = bpf_ringbuf_reserve(&events_ring, sizeof(*record), 0);
	if (!record)
		return -ENOBUFS;
	n->cpu = bpf_get_smp_processor_id();
	*record = n->sent++;
	if (n->every)
		flags = n->sent % n->every ? BPF_RB_NO_WAKEUP
					   : BPF_RB_FORCE_WAKEUP;
	bpf_ringbuf_submit(record, flags);
	return 0;
}

SEC("tc") int send_perf(struct __sk_buff *skb)
{
	struct notice *n = first_notice();

	if (!n)
		return -EINVAL;
	n->cpu = bpf_get_smp_processor_id();
	n->sent++;
	return bpf_perf_event_output(skb, &events_perf, BPF_F_CURRENT_CPU,
				     &n->sent, sizeof(n->sent));
}

char _license[] SEC("license") = "GPL";
