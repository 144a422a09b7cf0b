// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Sends one event each time it is run, of 8 to 1024 bytes: `deno task bench`.
 * The C program and the SDK read the same streams of this object.
 */
#include "ringside.bpf.h"

struct event8 {
	__u64 time; /* bpf_ktime_get_ns() right before it was sent */
};

struct event24 {
	__u64 time;
	__u32 sequence;
	__u32 cpu;
	__u32 pid;
	__u32 kind;
};

struct event128 {
	__u64 time;
	__u64 words[15];
};

struct event1024 {
	__u64 time;
	__u64 words[127];
};

/* The reader sets the sizes. */
RINGSIDE_EVENTS(events8, struct event8, 64 * 1024);
RINGSIDE_EVENTS(events24, struct event24, 64 * 1024);
RINGSIDE_EVENTS(events128, struct event128, 64 * 1024);
RINGSIDE_EVENTS(events1024, struct event1024, 64 * 1024);

#define SEND(bytes)                                                            \
	RINGSIDE("tc", send##bytes, struct __sk_buff *)                        \
	{                                                                      \
		struct event##bytes *event =                                   \
			ringside_reserve(events##bytes, struct event##bytes);  \
                                                                               \
		if (!event)                                                    \
			return -ENOBUFS;                                       \
		event->time = bpf_ktime_get_ns();                              \
		return ringside_submit(events##bytes, event, 0);               \
	}

SEND(8)
SEND(24)
SEND(128)
SEND(1024)

char _license[] SEC("license") = "GPL";
