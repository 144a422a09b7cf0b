// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* A program of each kind that is attached by its section's name; each counts
 * how often it ran for one process. They are loaded one at a time.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

struct seen {
	__u64 pid; /* written by user space */
	__u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct seen);
} seen SEC(".maps");

static __always_inline int note(void)
{
	__u32 zero = 0;
	struct seen *s = bpf_map_lookup_elem(&seen, &zero);

	if (s && s->pid == bpf_get_current_pid_tgid() >> 32)
		__sync_fetch_and_add(&s->count, 1);
	return 0;
}

/* A rename is of the thread that runs. */
SEC("tracepoint/task/task_rename") int on_tracepoint(void *ctx)
{
	return note();
}

SEC("raw_tp/task_rename") int on_raw_tracepoint(void *ctx)
{
	return note();
}

SEC("kprobe/vfs_read") int on_kprobe(void *ctx)
{
	return note();
}

SEC("kretprobe/vfs_read") int on_kretprobe(void *ctx)
{
	return note();
}

SEC("uprobe/libc.so.6:getpagesize") int on_uprobe(void *ctx)
{
	return note();
}

SEC("uretprobe/libc.so.6:getpagesize") int on_uretprobe(void *ctx)
{
	return note();
}

SEC("fentry/vfs_read") int on_fentry(void *ctx)
{
	return note();
}

SEC("lsm/file_open") int on_lsm(void *ctx)
{
	return note();
}

/* Nobody's to attach: it turns the packet's first byte round, makes it longer,
 * and answers the context's priority, which it doubles.
 */
SEC("tc") int on_packet(struct __sk_buff *skb)
{
	__u32 priority = skb->priority;
	__u8 first = 0;

	bpf_skb_change_tail(skb, skb->len + 4, 0);
	if (bpf_skb_load_bytes(skb, 0, &first, sizeof(first)))
		return -1;
	first = ~first;
	if (bpf_skb_store_bytes(skb, 0, &first, sizeof(first), 0))
		return -1;
	skb->priority = priority * 2;
	return priority;
}

char _license[] SEC("license") = "GPL";
