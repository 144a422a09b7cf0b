// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Takes what user space sends: BPF_MAP_TYPE_USER_RINGBUF, Linux 6.1. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

#define KEPT 8

/* The first values that came, in their order. */
struct taken {
	__u64 count;
	__u64 values[KEPT];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct taken);
} taken SEC(".maps");

static long take(struct bpf_dynptr *record, void *context)
{
	__u32 zero = 0;
	struct taken *t = bpf_map_lookup_elem(&taken, &zero);
	__u64 value;

	if (!t || bpf_dynptr_read(&value, sizeof(value), record, 0, 0))
		return 1; /* ends the drain */
	if (t->count < KEPT)
		t->values[t->count] = value;
	t->count += 1;
	return 0;
}

/* Answers how many records there were. */
SEC("tc") int drain(struct __sk_buff *skb)
{
	return bpf_user_ringbuf_drain(&ring, take, 0, 0);
}

char _license[] SEC("license") = "GPL";
