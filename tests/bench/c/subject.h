/* SPDX-License-Identifier: Apache-2.0 */
/* One stream of bpf/bench.bpf.c, loaded and read by libbpf. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <linux/types.h>

/* Bytes of a ring, and of each CPU's perf buffer: as tests/bench/sizes.ts. */
#define BUFFER_BYTES (4 << 20)

struct subject {
	struct bpf_object *object;
	struct bpf_program *program;
	struct ring_buffer *ring; /* this one or */
	struct perf_buffer *perf; /* that one */
	int epoll_fd;
	int bytes;
	int records; /* of one fill of the buffer */
};

/* What is done with one record, as libbpf wants it on either transport. */
struct taker {
	ring_buffer_sample_fn ring;
	perf_buffer_event_fn perf;
	int wakeup_events; /* perf: wakes for one event in so many */
};

/* A PERF_RECORD_SAMPLE of BPF output. */
struct raw_sample {
	struct perf_event_header header;
	__u32 size;
	char data[];
};

/*
 * Defines a taker of that name out of an inline function `body(data)`. Perf by
 * the raw callback: the plain one wakes for each event, and is one call more.
 */
#define TAKER(name, body, every)                                               \
	static int name##_ring(void *context, void *data, size_t size)         \
	{                                                                      \
		body(data);                                                    \
		return 0;                                                      \
	}                                                                      \
	static enum bpf_perf_event_ret name##_perf(                            \
		void *context, int cpu, struct perf_event_header *event)       \
	{                                                                      \
		if (event->type == PERF_RECORD_SAMPLE)                         \
			body(((struct raw_sample *)event)->data);              \
		return LIBBPF_PERF_EVENT_CONT;                                 \
	}                                                                      \
	static const struct taker name = {name##_ring, name##_perf, every}

/* Loads the half of `transport` ("ring", "perf") for events of `bytes`. */
void subject_open(struct subject *subject, const char *path,
		  const char *transport, int bytes, struct taker taker);

/* Takes what is there. */
void subject_consume(const struct subject *subject);

/* Runs the program `repeat` times on this CPU. */
void subject_send(const struct subject *subject, int repeat);

/* Tells that the process is ready: the program's id, for the driver. */
void subject_ready(const struct subject *subject);

/* Prints what could not be done, and ends the process. */
void die(const char *what, int error) __attribute__((noreturn));

/* ns of CLOCK_MONOTONIC, which is the clock of bpf_ktime_get_ns(). */
__u64 now(void);

#endif
