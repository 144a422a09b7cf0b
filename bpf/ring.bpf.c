// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* The ring buffer's helpers as they are: one program a helper, driven by
 * `control`. */
#include "ringside.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

/* What the host asks for and, in `answer`, what it gets beside the result. */
struct control {
	__u64 size;  /* bytes to output, at most 65535 */
	__u64 flags; /* of output, submit or discard */
	__u64 reserve_flags;
	__u64 query; /* flag of bpf_ringbuf_query() */
	__u64 value; /* what the record holds */
	__u64 answer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct control);
} control SEC(".maps");

/* The bytes that `output` sends. */
struct payload {
	__u8 bytes[65536];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct payload);
} payload SEC(".maps");

/* Between `hold`, which runs on its CPU, and user space on another one. */
struct handshake {
	__u32 cpu;   /* where `hold` has to run */
	__u32 holds; /* a record is reserved, not yet submitted */
	__u32 go;    /* user space has looked */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct handshake);
} handshake SEC(".maps");

/* What `hold` is told by two queries of AVAIL_DATA, of which nothing but user
 * space's `go` lies in between.
 */
struct snapshots {
	__u64 before;
	__u64 after;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct snapshots);
} snapshots SEC(".maps");

/* Copying one of these onto the other is how a program waits where no kernel
 * helper sleeps: about half a millisecond a copy.
 */
struct ballast {
	__u8 bytes[4 << 20];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct ballast);
} ballast SEC(".maps");

#define PATIENCE 1000 /* copies */

SEC("tc") int output(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);
	struct payload *p = ringside_first(&payload);

	if (!c || !p)
		return -EINVAL;
	return bpf_ringbuf_output(&ring, p, c->size & 0xffff, c->flags);
}

/* The record that `control` asks for, or NULL. */
static __always_inline __u64 *reserve(struct control *c)
{
	__u64 *record =
		bpf_ringbuf_reserve(&ring, sizeof(*record), c->reserve_flags);

	if (record)
		*record = c->value;
	return record;
}

/* -ENOBUFS stands for the NULL of a failed reserve. */
SEC("tc") int submit(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);
	__u64 *record = c ? reserve(c) : 0;

	if (!record)
		return -ENOBUFS;
	bpf_ringbuf_submit(record, c->flags);
	return 0;
}

SEC("tc") int discard(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);
	__u64 *record = c ? reserve(c) : 0;

	if (!record)
		return -ENOBUFS;
	bpf_ringbuf_discard(record, c->flags);
	return 0;
}

SEC("tc") int query(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);

	if (!c)
		return -EINVAL;
	c->answer = bpf_ringbuf_query(&ring, c->query);
	return 0;
}

/* Whether a record of this size could be reserved. */
static __always_inline int reserves(const __u64 size)
{
	void *record = bpf_ringbuf_reserve(&ring, size, 0);

	if (!record)
		return 0;
	bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
	return 1;
}

/* A bit for each size that could be reserved: one that fits, one beyond the
 * ring, the largest that a record's header can tell, one more, and one whose
 * sum with the header is 0 in 32 bits.
 */
SEC("tc") int reserve_beyond(struct __sk_buff *skb)
{
	return reserves(8) | reserves(0x100001) << 1 |
	       reserves(0x3fffffff) << 2 | reserves(0x40000000) << 3 |
	       reserves(0xfffffff8) << 4;
}

/* Three records or none: 1, 2, 3. */
SEC("tc") int together(struct __sk_buff *skb)
{
	__u64 *one, *two = 0, *three = 0;

	one = bpf_ringbuf_reserve(&ring, sizeof(*one), 0);
	if (!one)
		return -ENOBUFS;
	two = bpf_ringbuf_reserve(&ring, sizeof(*two), 0);
	if (!two)
		goto discard_one;
	three = bpf_ringbuf_reserve(&ring, sizeof(*three), 0);
	if (!three)
		goto discard_two;
	*one = 1;
	*two = 2;
	*three = 3;
	bpf_ringbuf_submit(one, BPF_RB_NO_WAKEUP);
	bpf_ringbuf_submit(two, BPF_RB_NO_WAKEUP);
	bpf_ringbuf_submit(three, BPF_RB_NO_WAKEUP);
	return 0;
discard_two:
	bpf_ringbuf_discard(two, BPF_RB_NO_WAKEUP);
discard_one:
	bpf_ringbuf_discard(one, BPF_RB_NO_WAKEUP);
	return -ENOBUFS;
}

/* Reserves 1 and 2, then submits 2 adaptively and 1 with the flags asked for.
 */
SEC("tc") int backwards(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);
	__u64 *early, *late;

	if (!c)
		return -EINVAL;
	early = bpf_ringbuf_reserve(&ring, sizeof(*early), 0);
	if (!early)
		return -ENOBUFS;
	*early = 1;
	late = bpf_ringbuf_reserve(&ring, sizeof(*late), 0);
	if (late) {
		*late = 2;
		bpf_ringbuf_submit(late, 0);
	}
	bpf_ringbuf_submit(early, c->flags);
	return late ? 0 : -ENOBUFS;
}

/* Answers AVAIL_DATA while the ring holds one submitted, one discarded, one
 * busy and one submitted record of 5 bytes each, in this order.
 */
SEC("tc") int query_mixed(struct __sk_buff *skb)
{
	struct control *c = ringside_first(&control);
	__u8 *done, *gone, *busy, *last;

	if (!c)
		return -EINVAL;
	done = bpf_ringbuf_reserve(&ring, 5, 0);
	if (!done)
		return -ENOBUFS;
	bpf_ringbuf_submit(done, BPF_RB_NO_WAKEUP);
	gone = bpf_ringbuf_reserve(&ring, 5, 0);
	if (!gone)
		return -ENOBUFS;
	bpf_ringbuf_discard(gone, BPF_RB_NO_WAKEUP);
	busy = bpf_ringbuf_reserve(&ring, 5, 0);
	if (!busy)
		return -ENOBUFS;
	last = bpf_ringbuf_reserve(&ring, 5, 0);
	if (last)
		bpf_ringbuf_submit(last, BPF_RB_NO_WAKEUP);
	c->answer = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	bpf_ringbuf_submit(busy, BPF_RB_NO_WAKEUP);
	return last ? 0 : -ENOBUFS;
}

/* Reserves 1, reserves and submits 2, and holds 1 back until user space has
 * looked: -EXDEV on another CPU than the one asked for, -ETIME if that took
 * too long. `go` is read before record 1 is submitted: 0 says that it was held
 * during the whole look.
 */
SEC("tc") int hold(struct __sk_buff *skb)
{
	volatile struct handshake *h = ringside_first(&handshake);
	struct snapshots *s = ringside_first(&snapshots);
	struct ballast *b = ringside_first(&ballast);
	__u64 *early, *late;
	__u32 second = 1, looked;

	if (!h || !s || !b)
		return -EINVAL;
	if (bpf_get_smp_processor_id() != h->cpu)
		return -EXDEV;
	early = bpf_ringbuf_reserve(&ring, sizeof(*early), 0);
	if (!early)
		return -ENOBUFS;
	*early = 1;
	late = bpf_ringbuf_reserve(&ring, sizeof(*late), 0);
	if (!late) {
		bpf_ringbuf_discard(early, 0);
		return -ENOBUFS;
	}
	*late = 2;
	bpf_ringbuf_submit(late, 0);
	s->before = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	h->holds = 1;
	for (int i = 0; i < PATIENCE && !h->go; i++)
		bpf_map_update_elem(&ballast, &second, b, BPF_ANY);
	looked = h->go;
	s->after = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	bpf_ringbuf_submit(early, 0);
	return looked ? 0 : -ETIME;
}

char _license[] SEC("license") = "GPL";
