// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* A record whose size is known at run time only: dynptrs, Linux 5.19. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#define LARGEST 2048

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct order {
	__u64 size; /* bytes to send, at most LARGEST */
	__u8 bytes[LARGEST];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct order);
} order SEC(".maps");

/* Sends the first `size` bytes of the order in a record of just that size. */
SEC("tc") int send(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct order *o = bpf_map_lookup_elem(&order, &zero);
	struct bpf_dynptr record;
	__u64 size;
	long error;

	if (!o)
		return -EFAULT;
	size = o->size;
	if (size > LARGEST)
		return -E2BIG;
	error = bpf_ringbuf_reserve_dynptr(&ring, size, 0, &record);
	if (!error)
		error = bpf_dynptr_write(&record, 0, o->bytes, size, 0);
	if (error) /* a dynptr is handed back even if its reserve failed */
		bpf_ringbuf_discard_dynptr(&record, 0);
	else
		bpf_ringbuf_submit_dynptr(&record, 0);
	return error;
}

char _license[] SEC("license") = "GPL";
