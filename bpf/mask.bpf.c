// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Makes a kernel refuse ring buffers as kernels before 5.8 do: BPF_MAP_CREATE
 * of a ring buffer answers EINVAL. Needs CONFIG_BPF_LSM and `lsm=bpf`.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

SEC("lsm/bpf")
int BPF_PROG(refuse_ring, int command, union bpf_attr *attr)
{
	if (command == BPF_MAP_CREATE && attr->map_type == BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	return 0;
}

char _license[] SEC("license") = "GPL";
