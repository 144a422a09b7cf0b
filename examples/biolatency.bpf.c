// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* How long each request to a block device takes, and a histogram of them. */
#include "ringside.bpf.h"

struct io_event {
	__u64 dev, sector, us;
};
RINGSIDE_EVENTS(events, struct io_event, 256 * 1024);
/* When each was issued, in ns; the key's `us` is 0. */
RINGSIDE_TABLE(issued, LRU_HASH, struct io_event, __u64, 8192);
/* [n] counts those that took 2^n us or more, but less than twice as much. */
RINGSIDE_TABLE(histogram, ARRAY, __u32, __u64, 32);

/* Both records have the device at byte 8 and the sector at 16, everywhere. */
SEC("tracepoint/block/block_rq_issue") int on_issue(__u64 *ctx)
{
	struct io_event request = {(__u32)ctx[1], ctx[2]};
	__u64 now = bpf_ktime_get_ns();

	return bpf_map_update_elem(&issued, &request, &now, BPF_ANY);
}

RINGSIDE("tracepoint/block/block_rq_complete", on_complete, __u64 *)
{
	struct io_event *event, request = {(__u32)ctx[1], ctx[2]};
	__u64 *count, *since = bpf_map_lookup_elem(&issued, &request);
	__u32 n = 0;

	if (!since)
		return 0;
	request.us = (bpf_ktime_get_ns() - *since) / 1000;
#pragma unroll
	for (int step = 16; step > 0; step /= 2) /* the logarithm */
		n += request.us >> (n + step) ? step : 0;
	count = bpf_map_lookup_elem(&histogram, &n);
	if (count)
		__sync_fetch_and_add(count, 1);
	event = ringside_reserve(events, struct io_event);
	if (!event)
		return 0;
	*event = request;
	return ringside_submit(events, event, 0);
}

char _license[] SEC("license") = "GPL";
