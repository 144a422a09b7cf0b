// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Two events, 1 and 2, that are begun in this order and sent in the other. */
#include "ringside.bpf.h"

struct ordered_event {
	__u32 number;
};
RINGSIDE_EVENTS(events, struct ordered_event, 64 * 1024);

RINGSIDE("tc", both, struct __sk_buff *)
{
	struct ordered_event *one = ringside_reserve(events, struct ordered_event);
	struct ordered_event *two;

	if (!one)
		return 0;
	two = ringside_reserve(events, struct ordered_event);
	if (!two) {
		ringside_discard(events, one, 0);
		return 0;
	}
	one->number = 1;
	two->number = 2;
	ringside_submit(events, two, 0);
	ringside_submit(events, one, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
