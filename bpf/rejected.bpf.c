// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Programs that the verifier must refuse, each for one mistake, and one without
 * a mistake. They are loaded one by one. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

SEC("tc") int fine(struct __sk_buff *skb)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return -ENOBUFS;
	*record = skb->len;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* Of a long packet the record is neither submitted nor discarded. */
SEC("tc") int kept(struct __sk_buff *skb)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return -ENOBUFS;
	if (skb->len > 1000)
		return 0;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("tc") int unchecked(struct __sk_buff *skb)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	*record = skb->len;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("tc") int past_end(struct __sk_buff *skb)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return -ENOBUFS;
	record[1] = skb->len;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("tc") int twice(struct __sk_buff *skb)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return -ENOBUFS;
	bpf_ringbuf_submit(record, 0);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* Bounded, and yet no constant. */
SEC("tc") int any_size(struct __sk_buff *skb)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, skb->len & 0xff, 0);

	if (!record)
		return -ENOBUFS;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
