// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* A program that is not GPL: its license below is what the verifier goes by. */
#include "ringside.bpf.h"

struct proprietary_event {
	__u64 value;
};

RINGSIDE_EVENTS(events, struct proprietary_event, 4096);

RINGSIDE("tc", send, struct __sk_buff *)
{
	struct proprietary_event *event =
		ringside_reserve(events, struct proprietary_event);

	if (!event)
		return -ENOBUFS;
	event->value = 7;
	return ringside_submit(events, event, 0);
}

char _license[] SEC("license") = "Proprietary";
