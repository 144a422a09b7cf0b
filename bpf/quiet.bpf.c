// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Events of an odd size, sent with and without a wakeup of the ring's reader.
 */
#include "ringside.bpf.h"

struct quiet_event {
	char bytes[13]; /* "abcdefghijklm", no end of string */
};

RINGSIDE_EVENTS(events, struct quiet_event, 64 * 1024);

/* Not from a string: that would be a map of read-only data, which needs 5.2. */
static __always_inline void fill(struct quiet_event *event)
{
#pragma unroll
	for (int i = 0; i < sizeof(event->bytes); i++)
		event->bytes[i] = 'a' + i;
}

RINGSIDE("tc", submit, struct __sk_buff *)
{
	struct quiet_event *event =
		ringside_reserve(events, struct quiet_event);

	if (!event)
		return -ENOBUFS;
	fill(event);
	return ringside_submit(events, event, 0);
}

RINGSIDE("tc", submit_quietly, struct __sk_buff *)
{
	struct quiet_event *event =
		ringside_reserve(events, struct quiet_event);

	if (!event)
		return -ENOBUFS;
	fill(event);
	return ringside_submit(events, event, BPF_RB_NO_WAKEUP);
}

RINGSIDE("tc", discard_quietly, struct __sk_buff *)
{
	struct quiet_event *event =
		ringside_reserve(events, struct quiet_event);

	if (!event)
		return -ENOBUFS;
	ringside_discard(events, event, BPF_RB_NO_WAKEUP);
	return 0;
}

char _license[] SEC("license") = "GPL";
