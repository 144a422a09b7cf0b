// SPDX-License-Identifier: Apache-2.0
/* One stream of bpf/bench.bpf.c, loaded and read by libbpf. */
#include "subject.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Zeroes, the smallest frame of Ethernet. */
static unsigned char packet[64];

void die(const char *what, int error)
{
	fprintf(stderr, "Cannot %s: %s\n", what, strerror(abs(error)));
	exit(69);
}

__u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Leaves all out but the maps and the one program of the half. */
static void choose(struct subject *subject, const char *transport)
{
	struct bpf_program *program;
	struct bpf_map *map;
	bool ring = !strcmp(transport, "ring");
	char name[32], prefix[32], scratch[32];
	int bytes = subject->bytes;

	snprintf(name, sizeof(name), "send%d_%s", bytes, transport);
	bpf_object__for_each_program(program, subject->object) {
		bool wanted = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, wanted);
		if (wanted)
			subject->program = program;
	}
	snprintf(prefix, sizeof(prefix), "events%d_", bytes);
	snprintf(name, sizeof(name), "events%d_%s", bytes,
		 ring ? "perf" : "ring");
	snprintf(scratch, sizeof(scratch), "events%d_scratch", bytes);
	bpf_object__for_each_map(map, subject->object) {
		const char *own = bpf_map__name(map);

		if (strncmp(own, prefix, strlen(prefix)) || !strcmp(own, name) ||
		    (ring && !strcmp(own, scratch)))
			bpf_map__set_autocreate(map, false);
	}
}

static struct bpf_map *buffer(const struct subject *subject,
			      const char *transport)
{
	char name[32];

	snprintf(name, sizeof(name), "events%d_%s", subject->bytes, transport);
	return bpf_object__find_map_by_name(subject->object, name);
}

/* Nine tenths of what fits, as tests/bench/sizes.ts has it. */
static int records_of(int bytes, int header)
{
	return (int)(BUFFER_BYTES * 0.9) / ((bytes + header + 7) & ~7);
}

static void read_ring(struct subject *subject, struct taker taker)
{
	int fd = bpf_map__fd(buffer(subject, "ring"));

	subject->ring = ring_buffer__new(fd, taker.ring, NULL, NULL);
	if (!subject->ring)
		die("read the ring", -1);
	subject->epoll_fd = ring_buffer__epoll_fd(subject->ring);
	subject->records = records_of(subject->bytes, 8);
}

static void read_perf(struct subject *subject, struct taker taker)
{
	int fd = bpf_map__fd(buffer(subject, "perf"));
	int pages = BUFFER_BYTES / getpagesize();
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_RAW,
		.wakeup_events = taker.wakeup_events,
	};

	subject->perf =
		perf_buffer__new_raw(fd, pages, &attr, taker.perf, NULL, NULL);
	if (!subject->perf)
		die("read the perf buffers", -1);
	subject->epoll_fd = perf_buffer__epoll_fd(subject->perf);
	subject->records = records_of(subject->bytes, 12);
}

void subject_open(struct subject *subject, const char *path,
		  const char *transport, int bytes, struct taker taker)
{
	bool ring = !strcmp(transport, "ring");
	int error;

	subject->object = bpf_object__open(path);
	if (!subject->object)
		die("open the object", -1);
	subject->bytes = bytes;
	choose(subject, transport);
	if (ring)
		bpf_map__set_max_entries(buffer(subject, "ring"), BUFFER_BYTES);
	error = bpf_object__load(subject->object);
	if (error)
		die("load the object", error);
	if (ring)
		read_ring(subject, taker);
	else
		read_perf(subject, taker);
}

void subject_consume(const struct subject *subject)
{
	int error = subject->ring ? ring_buffer__consume(subject->ring)
				  : perf_buffer__consume(subject->perf);

	if (error < 0)
		die("consume", error);
}

void subject_send(const struct subject *subject, int repeat)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = repeat);
	int fd = bpf_program__fd(subject->program);
	int error = bpf_prog_test_run_opts(fd, &run);

	if (error || run.retval)
		die("send", error ? error : (int)run.retval);
}

void subject_ready(const struct subject *subject)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_program__fd(subject->program);
	int error = bpf_obj_get_info_by_fd(fd, &info, &size);

	if (error)
		die("ask the program", error);
	printf("%u\n", info.id);
	fflush(stdout);
}
