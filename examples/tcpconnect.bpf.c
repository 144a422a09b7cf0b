// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Each TCP connection that a process of this machine asks for. */
#include "ringside.bpf.h"

struct connect_event {
	__u32 pid;
	__u32 port;
	char comm[16];
	__u8 to[16]; /* IPv6; an IPv4 address stands in the last four bytes */
};
RINGSIDE_EVENTS(events, struct connect_event, 64 * 1024);

/* Where the record has its daddr_v6: that moved, so the reader asks tracefs. */
RINGSIDE_TABLE(offset, ARRAY, __u32, __u32, 1);

struct record { /* inet_sock_set_state's, as far as it never moved */
	__u64 head, sock;
	__u32 old_state, new_state;
	__u16 source, port;
};

RINGSIDE("tracepoint/sock/inet_sock_set_state", on_state, struct record *)
{
	__u32 *at = ringside_first(&offset);
	struct connect_event *event;

	if (ctx->new_state != BPF_TCP_SYN_SENT || !at)
		return 0;
	event = ringside_reserve(events, struct connect_event);
	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->port = ctx->port;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_probe_read(event->to, sizeof(event->to), (void *)ctx + *at);
	return ringside_submit(events, event, 0);
}

char _license[] SEC("license") = "GPL";
