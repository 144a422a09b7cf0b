/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One body, both transports.
 *
 * RINGSIDE_EVENTS() declares the maps of one stream of events, RINGSIDE() turns
 * one function body into two programs: NAME_ring writes to a BPF ring buffer,
 * NAME_perf to a perf buffer. The loader keeps one half and leaves the other
 * out, so that the same object serves kernels from 4.9 on.
 *
 * What is *not* used, so that old kernels load it: CO-RE and globals (they need
 * BTF or 5.2), string literals (clang puts them into .rodata.str, a global),
 * loops (5.3), atomics that return a value (5.12).
 */
#ifndef RINGSIDE_BPF_H
#define RINGSIDE_BPF_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

/*
 * The account of one stream on one CPU. At rest
 *   attempted = accepted + discarded + full + no_slot + refused
 * `accepted` is what the helper said: before -ENOSPC was handed on (seen in
 * 5.4, not in 4.19) a full perf buffer answers 0 and the event is gone all the
 * same, which only the reader can tell.
 */
struct ringside_count {
	__u64 attempted; /* events the program began */
	__u64 accepted;	 /* the helper took them */
	__u64 discarded; /* the program gave them up */
	__u64 full;	 /* no room: reserve was NULL, perf output -ENOSPC */
	__u64 no_slot;	 /* perf: nobody listens on this CPU */
	__u64 refused;	 /* any other error */
	__u64 every;	 /* set by the reader: wake it for one event in so many */
	__u64 unwoken;	 /* ring: events since it was woken */
};

/*
 * Where and when an event was reserved: as a member `stamp` of its struct, filled
 * by ringside_reserve_stamped(). The reader orders by it.
 */
struct ringside_stamp {
	__u64 time; /* bpf_ktime_get_ns(): ns since boot, without suspend */
	__u32 cpu;
};

/*
 * The perf program builds an event of up to this many bytes on its stack (512
 * bytes in all): 4.9 takes nothing but stack as the data of a helper, and
 * nothing can overwrite it there. Larger events are built in NAME_scratch, one
 * for each CPU: a program that interrupts another one's event of the same stream
 * overwrites it there. Such events have at most 32 KiB on perf, which is the most
 * that a per-CPU value has.
 */
#define RINGSIDE_STACK_BYTES 256

enum ringside_transport { RINGSIDE_RING, RINGSIDE_PERF };

/*
 * A stream: its ring, its perf buffers, a place to build large events, whose
 * value also tells the reader the type of an event, and the account.
 * `bytes` is the ring's size: a power of two and a multiple of the page size.
 */
#define RINGSIDE_EVENTS(name, event, bytes)                                    \
	struct {                                                               \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                            \
		__uint(max_entries, bytes);                                    \
	} name##_ring SEC(".maps");                                            \
	static __always_inline void *name##_here(void)                         \
	{                                                                      \
		return &name##_ring;                                           \
	}                                                                      \
	RINGSIDE_REST(name, event)

/*
 * The same with a ring of `bytes` for each CPU, as perf has its buffers: the
 * reader puts one into each CPU's slot. A CPU without one has nobody listening.
 */
#define RINGSIDE_EVENTS_PER_CPU(name, event, bytes)                            \
	struct name##_one {                                                    \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                            \
		__uint(max_entries, bytes);                                    \
	};                                                                     \
	struct {                                                               \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);                      \
		__uint(max_entries, 1);                                        \
		__type(key, __u32);                                            \
		__array(values, struct name##_one);                            \
	} name##_rings SEC(".maps");                                           \
	static __always_inline void *name##_here(void)                         \
	{                                                                      \
		__u32 cpu = bpf_get_smp_processor_id();                        \
                                                                               \
		return bpf_map_lookup_elem(&name##_rings, &cpu);               \
	}                                                                      \
	RINGSIDE_REST(name, event)

/* What every stream has beside its rings. */
#define RINGSIDE_REST(name, event)                                             \
	struct {                                                               \
		__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);                   \
		__uint(key_size, sizeof(__u32));                               \
		__uint(value_size, sizeof(__u32));                             \
	} name##_perf SEC(".maps");                                            \
	struct {                                                               \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                       \
		__uint(max_entries, 1);                                        \
		__type(key, __u32);                                            \
		__type(value, event);                                          \
	} name##_scratch SEC(".maps");                                         \
	struct {                                                               \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                       \
		__uint(max_entries, 1);                                        \
		__type(key, __u32);                                            \
		__type(value, struct ringside_count);                          \
	} name##_count SEC(".maps")

/*
 * A map beside the streams, which table() of mod.ts reads and writes:
 * RINGSIDE_TABLE(times, HASH, __u32, __u64, 1024) holds up to 1024 times.
 */
#define RINGSIDE_TABLE(name, kind, key_type, value_type, entries)              \
	struct {                                                               \
		__uint(type, BPF_MAP_TYPE_##kind);                             \
		__uint(max_entries, entries);                                  \
		__type(key, key_type);                                         \
		__type(value, value_type);                                     \
	} name SEC(".maps")

/* Two programs from the one body that follows; it is given `context` as ctx. */
#define RINGSIDE(section, name, context)                                       \
	static __always_inline int name##_body(                                \
		context ctx, const enum ringside_transport ringside_via);      \
	SEC(section) int name##_ring(context ctx)                              \
	{                                                                      \
		return name##_body(ctx, RINGSIDE_RING);                        \
	}                                                                      \
	SEC(section) int name##_perf(context ctx)                              \
	{                                                                      \
		return name##_body(ctx, RINGSIDE_PERF);                        \
	}                                                                      \
	static __always_inline int name##_body(                                \
		context ctx, const enum ringside_transport ringside_via)

/*
 * Room for one event, or NULL, which is counted as lost; in either case the
 * attempt is counted. An event of up to RINGSIDE_STACK_BYTES comes cleared, so
 * that both transports carry the same bytes in fields that nobody sets.
 * Every event is handed to ringside_submit() or ringside_discard(), just once,
 * within the block of the reserve: on perf a small event is that block's. Only
 * within RINGSIDE(), and `event` is a struct.
 */
#define ringside_reserve(events, event)                                        \
	((event *)ringside_reserve_event(                                      \
		ringside_via,                                                  \
		ringside_via == RINGSIDE_RING ? events##_here() : (void *)0,   \
		&events##_count, sizeof(event),                                \
		ringside_via == RINGSIDE_RING ? (void *)0                      \
		: sizeof(event) <= RINGSIDE_STACK_BYTES                        \
			? (void *)&(event){}                                   \
			: ringside_first(&events##_scratch)))

/* The same with the event's member `stamp` filled. */
#define ringside_reserve_stamped(events, event)                                \
	((event *)ringside_stamped(ringside_reserve(events, event),            \
				   __builtin_offsetof(event, stamp)))

/*
 * Sends the event: 0, or what the perf helper refused it with (counted).
 * `flags` are those of bpf_ringbuf_submit(); perf wakes by its own settings.
 * With 0 a reader that asked to be woken for one event in N is, on both.
 */
#define ringside_submit(events, event, flags)                                  \
	ringside_submit_event(                                                 \
		ringside_via, ctx, &events##_perf, &events##_count, event,     \
		sizeof(*(event)),                                              \
		ringside_via == RINGSIDE_RING                                  \
			? ringside_wakeup(events##_here(), &events##_count,    \
					  flags)                               \
			: (flags))

/* Gives the event up: it is counted, and never delivered. */
#define ringside_discard(events, event, flags)                                 \
	ringside_discard_event(ringside_via, &events##_count, event, flags)

static __always_inline void *ringside_first(void *map)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map, &zero);
}

/*
 * The maps are per CPU, yet an interrupt may run a program inside another one:
 * hence an atomic add. Its result is not used, which is BPF_XADD, known to all
 * kernels; a used result would need 5.12.
 */
#define ringside_add(counts, field)                                            \
	do {                                                                   \
		struct ringside_count *count = ringside_first(counts);         \
		if (count)                                                     \
			__sync_fetch_and_add(&count->field, 1);                \
	} while (0)

static __always_inline void *
ringside_reserve_event(const enum ringside_transport via, void *ring,
		       void *counts, const __u64 size, void *room)
{
	void *event = room;

	ringside_add(counts, attempted);
	if (via == RINGSIDE_RING) {
		if (!ring) {
			ringside_add(counts, no_slot);
			return ring;
		}
		event = bpf_ringbuf_reserve(ring, size, 0);
	}
	if (!event) {
		if (via == RINGSIDE_RING)
			ringside_add(counts, full);
		else
			ringside_add(counts, refused);
		return event;
	}
	if (size <= RINGSIDE_STACK_BYTES)
		__builtin_memset(event, 0, size);
	return event;
}

static __always_inline void *ringside_stamped(void *event, const __u64 offset)
{
	struct ringside_stamp *stamp;

	if (!event)
		return event;
	stamp = event + offset;
	stamp->time = bpf_ktime_get_ns();
	stamp->cpu = bpf_get_smp_processor_id();
	return event;
}

/*
 * Forced and not adaptive: behind records that woke nobody an adaptive commit
 * wakes nobody either, since the reader does not stand on it. A ring that is
 * half full wakes all the same, as a perf buffer does.
 */
static __always_inline __u64 ringside_wakeup(void *ring, void *counts,
					     __u64 flags)
{
	struct ringside_count *count = ringside_first(counts);

	if (!count || count->every <= 1 || flags)
		return flags;
	count->unwoken += 1;
	if (count->unwoken < count->every &&
	    (!ring || 2 * bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) <
			      bpf_ringbuf_query(ring, BPF_RB_RING_SIZE)))
		return BPF_RB_NO_WAKEUP;
	count->unwoken = 0;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline long
ringside_submit_event(const enum ringside_transport via, void *ctx, void *perf,
		      void *counts, void *event, const __u64 size, __u64 flags)
{
	long error = 0;

	if (via == RINGSIDE_RING)
		bpf_ringbuf_submit(event, flags);
	else
		error = bpf_perf_event_output(ctx, perf, BPF_F_CURRENT_CPU,
					      event, size);
	if (!error)
		ringside_add(counts, accepted);
	else if (error == -ENOSPC)
		ringside_add(counts, full);
	else if (error == -ENOENT || error == -EOPNOTSUPP)
		ringside_add(counts, no_slot);
	else
		ringside_add(counts, refused);
	return error;
}

static __always_inline void
ringside_discard_event(const enum ringside_transport via, void *counts,
		       void *event, __u64 flags)
{
	if (via == RINGSIDE_RING)
		bpf_ringbuf_discard(event, flags);
	ringside_add(counts, discarded);
}

#endif
