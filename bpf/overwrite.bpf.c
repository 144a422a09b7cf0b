// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* A ring in which old records give way to new ones, Linux 6.19. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

/* Younger than the headers of Debian 12: enum in include/uapi/linux/bpf.h of
 * Linux 6.19. */
#ifndef BPF_F_RB_OVERWRITE
#define BPF_F_RB_OVERWRITE (1U << 19)
#endif
#ifndef BPF_RB_OVERWRITE_POS
#define BPF_RB_OVERWRITE_POS 4
#endif

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_RB_OVERWRITE);
} ring SEC(".maps");

/* `next` is the number of the next record, `overwrite` what the query told. */
struct state {
	__u64 next;
	__u64 overwrite;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state);
} state SEC(".maps");

#define WORDS 7 /* with its header a record takes 64 bytes */

/* Every word of a record is its number: one that is torn has two. */
SEC("tc") int send(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct state *s = bpf_map_lookup_elem(&state, &zero);
	__u64 *record;

	if (!s)
		return -EINVAL;
	record = bpf_ringbuf_reserve(&ring, WORDS * sizeof(*record), 0);
	if (!record)
		return -ENOBUFS;
#pragma unroll
	for (int i = 0; i < WORDS; i++)
		record[i] = s->next;
	s->next += 1;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tc") int query(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct state *s = bpf_map_lookup_elem(&state, &zero);

	if (!s)
		return -EINVAL;
	s->overwrite = bpf_ringbuf_query(&ring, BPF_RB_OVERWRITE_POS);
	return 0;
}

char _license[] SEC("license") = "GPL";
