// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Each file that openat(2) opens or fails to open, for one process or all. */
#include "ringside.bpf.h"

struct open_event {
	__u32 pid;
	__s32 result; /* its descriptor, or -errno */
	char comm[16];
	char path[160];
};
RINGSIDE_EVENTS(events, struct open_event, 256 * 1024);

/* n: process n alone; -n: all but process n. */
RINGSIDE_TABLE(whom, ARRAY, __u32, __s32, 1);
/* Where the path stands that a thread asks for, until it is told. */
RINGSIDE_TABLE(asked, LRU_HASH, __u64, __u64, 8192);

SEC("tracepoint/syscalls/sys_enter_openat") int on_enter(__u64 *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid(), path = ctx[3];
	__s32 pid = thread >> 32, *whose = ringside_first(&whom);

	if (whose && (*whose < 0 ? pid != -*whose : pid == *whose))
		bpf_map_update_elem(&asked, &thread, &path, BPF_ANY);
	return 0;
}

/* The path is read here, where the kernel has had it in memory for sure. */
RINGSIDE("tracepoint/syscalls/sys_exit_openat", on_exit, __u64 *)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u64 *path = bpf_map_lookup_elem(&asked, &thread);
	struct open_event *event;

	if (!path)
		return 0;
	event = ringside_reserve(events, struct open_event);
	if (event) {
		event->pid = thread >> 32;
		event->result = ctx[2];
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		bpf_probe_read_str(event->path, 160, (void *)*path);
		ringside_submit(events, event, 0);
	}
	bpf_map_delete_elem(&asked, &thread);
	return 0;
}

char _license[] SEC("license") = "GPL";
