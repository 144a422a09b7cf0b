// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Records of any size, some of them given up, one a run: what two readers of
 * the same buffer are compared by.
 */
#include "ringside.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

struct state {
	__u64 random;	 /* never 0 */
	__u64 sent;	 /* records that were taken */
	__u64 discarded; /* and given up */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state);
} state SEC(".maps");

/* What records are cut from; filled by user space. */
struct payload {
	__u8 bytes[8192];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct payload);
} payload SEC(".maps");

/* xorshift64 */
static __always_inline __u64 roll(struct state *s)
{
	__u64 x = s->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return s->random = x;
}

/* 1 to 256 bytes, of every eighth record 1 to 4096. */
static __always_inline __u64 size_of(__u64 random)
{
	__u64 size = random & 0xfff;

	if (random >> 12 & 7)
		size &= 0xff;
	return size + 1;
}

/* Where in the payload a record begins; its first words are its number. */
static __always_inline void *cut(struct payload *p, __u64 random, __u64 number)
{
	__u64 *words = (void *)p->bytes + (random >> 16 & 0xff8);

	*words = number;
	return words;
}

SEC("tc") int mix_ring(struct __sk_buff *skb)
{
	struct payload *p = ringside_first(&payload);
	struct state *s = ringside_first(&state);
	__u64 random, *record;
	long error;

	if (!p || !s)
		return -EINVAL;
	random = roll(s);
	if (random >> 60 < 4) { /* a fourth of them is discarded */
		record = bpf_ringbuf_reserve(&ring, 40, 0);
		if (!record)
			return -ENOBUFS;
		*record = random;
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		s->discarded += 1;
		return 0;
	}
	error = bpf_ringbuf_output(&ring, cut(p, random, s->sent),
				   size_of(random), BPF_RB_NO_WAKEUP);
	if (!error)
		s->sent += 1;
	return error;
}

SEC("tc") int mix_perf(struct __sk_buff *skb)
{
	struct payload *p = ringside_first(&payload);
	struct state *s = ringside_first(&state);
	__u64 random;
	long error;

	if (!p || !s)
		return -EINVAL;
	random = roll(s);
	error = bpf_perf_event_output(skb, &perf, BPF_F_CURRENT_CPU,
				      cut(p, random, s->sent), size_of(random));
	if (!error)
		s->sent += 1;
	return error;
}

char _license[] SEC("license") = "GPL";
