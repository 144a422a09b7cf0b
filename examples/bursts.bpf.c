// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* One numbered event of 1 KiB each time that it is run. */
#include "ringside.bpf.h"

struct numbered_event {
	__u64 number;
	char ballast[1016];
};
RINGSIDE_EVENTS(events, struct numbered_event, 64 * 1024);

RINGSIDE_TABLE(next, ARRAY, __u32, __u64, 1);

RINGSIDE("tc", burst, struct __sk_buff *)
{
	struct numbered_event *event;
	__u64 *number = ringside_first(&next);

	if (!number)
		return 0;
	*number += 1; /* counted whether there is room for it or not */
	event = ringside_reserve(events, struct numbered_event);
	if (!event)
		return 0;
	event->number = *number;
	ringside_submit(events, event, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
