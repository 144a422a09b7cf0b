// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* An event of 20 bytes; every third one is begun and given up. */
#include "ringside.bpf.h"

struct roomy_event {
	__u32 number;
	char text[16];
};
RINGSIDE_EVENTS(events, struct roomy_event, 4096);

RINGSIDE_TABLE(next, ARRAY, __u32, __u32, 1);

RINGSIDE("tc", one, struct __sk_buff *)
{
	struct roomy_event *event;
	__u32 *number = ringside_first(&next);

	if (!number)
		return 0;
	*number += 1;
	event = ringside_reserve(events, struct roomy_event);
	if (!event)
		return 0;
	event->number = *number;
	if (*number % 3)
		ringside_submit(events, event, 0);
	else
		ringside_discard(events, event, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
