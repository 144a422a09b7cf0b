// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Two reservations that overlap if the kernel believes a consumer position
 * which user space made up: CVE-2024-41009. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#define RING 0x4000
#define LARGE 0x3000

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING);
} ring SEC(".maps");

/*
 * With the consumer position at LARGE the first record leaves no room for a
 * second one of its size. 0: the second one is refused; 1: it is granted, on
 * top of the first one's header. Neither is written to.
 */
SEC("tc") int overlap(struct __sk_buff *skb)
{
	void *first, *second;

	first = bpf_ringbuf_reserve(&ring, LARGE, 0);
	if (!first)
		return -ENOBUFS;
	second = bpf_ringbuf_reserve(&ring, LARGE, 0);
	if (second)
		bpf_ringbuf_discard(second, BPF_RB_NO_WAKEUP);
	bpf_ringbuf_discard(first, BPF_RB_NO_WAKEUP);
	return second ? 1 : 0;
}

char _license[] SEC("license") = "GPL";
