// SPDX-License-Identifier: Apache-2.0
/*
 * The C side of `deno task bench`: consumer OBJECT MODE TRANSPORT BYTES.
 *
 * It says its program's id, then answers each line of stdin with one of
 * numbers; tests/bench/ours.ts does the same by the SDK.
 */
#include "subject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MOST_EVENTS 65536

/* As struct event24 of bpf/bench.bpf.c. */
struct event24 {
	__u64 time;
	__u32 sequence, cpu, pid, kind;
};

static __u64 total; /* what is read must be used */
static __u64 taken;
static __u64 delays[MOST_EVENTS];

static inline void take_bytes(const void *data)
{
	taken++;
	total ^= *(const __u32 *)data;
}

static inline void take_fields(const void *data)
{
	const struct event24 *event = data;

	taken++;
	total ^= event->time ^ event->sequence ^ event->cpu ^ event->pid ^
		 event->kind;
}

static inline void take_delay(const void *data)
{
	delays[taken++ % MOST_EVENTS] = now() - *(const __u64 *)data;
}

TAKER(bytes, take_bytes, 64);
TAKER(fields, take_fields, 64);
TAKER(delay, take_delay, 1);

/* "FILLS": fills and drains the buffer so often; ns per record, the best. */
static void drain(const struct subject *subject, int fills)
{
	double best = 1e9;

	while (fills-- > 0) {
		__u64 began;
		double ns;

		subject_send(subject, subject->records);
		taken = 0;
		began = now();
		subject_consume(subject);
		ns = (double)(now() - began) / subject->records;
		if (taken != (__u64)subject->records)
			die("take every record", ENODATA);
		if (ns < best)
			best = ns;
	}
	printf("%.3f\n", best);
}

static int by_size(const void *one, const void *other)
{
	__u64 a = *(const __u64 *)one, b = *(const __u64 *)other;

	return a < b ? -1 : a > b;
}

/* "COUNT": waits for so many events; the delays' median and 99th percentile. */
static void wait_for(const struct subject *subject, __u64 count)
{
	struct epoll_event event;

	taken = 0;
	while (taken < count) {
		if (epoll_wait(subject->epoll_fd, &event, 1, -1) < 0)
			die("wait", errno);
		subject_consume(subject);
	}
	qsort(delays, count, sizeof(*delays), by_size);
	printf("%llu %llu\n", delays[count / 2], delays[count * 99 / 100]);
}

/* Takes what comes from this line to the next one; how many that were. */
static void take_all(const struct subject *subject)
{
	struct epoll_event all = {.events = EPOLLIN}, event;
	int epoll_fd = epoll_create1(0);
	char line[64];

	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &all);
	all.data.fd = subject->epoll_fd;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, subject->epoll_fd, &all);
	taken = 0;
	do {
		if (epoll_wait(epoll_fd, &event, 1, -1) < 0)
			die("wait", errno);
		subject_consume(subject);
	} while (event.data.fd == subject->epoll_fd);
	close(epoll_fd);
	if (fgets(line, sizeof(line), stdin))
		printf("%llu\n", taken);
}

static struct taker taker_of(const char *mode)
{
	if (!strcmp(mode, "latency"))
		return delay;
	return strcmp(mode, "fields") ? bytes : fields;
}

int main(int argc, char **argv)
{
	struct subject subject = {};
	char line[64];

	if (argc != 5)
		die("start: OBJECT MODE TRANSPORT BYTES", EINVAL);
	setvbuf(stdin, NULL, _IONBF, 0);
	subject_open(&subject, argv[1], argv[3], atoi(argv[4]),
		     taker_of(argv[2]));
	subject_ready(&subject);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(argv[2], "latency"))
			wait_for(&subject, strtoull(line, NULL, 10));
		else if (!strcmp(argv[2], "sustained"))
			take_all(&subject);
		else
			drain(&subject, atoi(line));
		fflush(stdout);
	}
	return total == 1;
}
