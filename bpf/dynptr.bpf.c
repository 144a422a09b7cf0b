// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* bpf_ringbuf_reserve_dynptr(), Linux 5.19: apart, so that older kernels can do
 * without. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

/* What of an empty ring no payload takes: a header, and the last 8 bytes. */
#define NEVER_GIVEN 16

/* Fills the ring, then reserves 8 bytes more: the answer is that second one's.
 * A dynptr is handed back even if its reserve failed.
 */
SEC("tc") int reserve_full(struct __sk_buff *skb)
{
	__u32 size = bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE);
	struct bpf_dynptr whole, more;
	long first, second;

	first = bpf_ringbuf_reserve_dynptr(&ring, size - NEVER_GIVEN, 0, &whole);
	second = bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &more);
	bpf_ringbuf_discard_dynptr(&more, 0);
	bpf_ringbuf_discard_dynptr(&whole, 0);
	return first ? first - 1000 : second;
}

char _license[] SEC("license") = "GPL";
