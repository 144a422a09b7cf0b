// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Events beyond the 64 KiB that the header of a perf record can tell. */
#include "ringside.bpf.h"

struct huge_event {
	char bytes[70000];
};

RINGSIDE_EVENTS(events, struct huge_event, 256 * 1024);

RINGSIDE("tc", submit, struct __sk_buff *)
{
	struct huge_event *event = ringside_reserve(events, struct huge_event);

	if (!event)
		return -ENOBUFS;
	event->bytes[0] = 1;
	event->bytes[sizeof(event->bytes) - 1] = 2;
	return ringside_submit(events, event, 0);
}

char _license[] SEC("license") = "GPL";
