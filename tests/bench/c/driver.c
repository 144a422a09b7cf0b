// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a loaded program by its id, whoever reads what it sends:
 *   driver ID single COUNT GAP_US      one event at a time, with pauses
 *   driver ID flood MS RATE            on all CPUs; events/s, 0 is no limit
 * Prints how many events were sent, and the ns that it took.
 *   driver ID busy 0 0                 sends none: keeps all CPUs busy until
 *                                      the end of stdin
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull
#define BATCH 256

static unsigned char packet[64];
static int program;
static __u64 until;
static double gap; /* ns between one CPU's batches */

static void die(const char *what, int error)
{
	fprintf(stderr, "Cannot %s: %s\n", what, strerror(abs(error)));
	exit(69);
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NS_PER_S + time.tv_nsec;
}

static void sleep_until(__u64 time)
{
	struct timespec at = {time / NS_PER_S, time % NS_PER_S};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* What finds no room is the reader's loss, and no error here. */
static void send(int repeat)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = repeat);
	int error = bpf_prog_test_run_opts(program, &run);

	if (error)
		die("run the program", error);
}

static __u64 single(int count, int gap_us)
{
	for (int i = 0; i < count; i++) {
		sleep_until(now() + gap_us * 1000ull);
		send(1);
	}
	return count;
}

/* Batches at their times; one that is late is not made up for. */
static void *flood_cpu(void *cpu)
{
	__u64 sent = 0, time = now();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((long)cpu, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	while (now() < until) {
		send(BATCH);
		sent += BATCH;
		if (gap == 0)
			continue;
		time += gap;
		if (time > now())
			sleep_until(time);
		else
			time = now();
	}
	return (void *)sent;
}

static __u64 flood(int ms, double rate)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[cpus];
	__u64 sent = 0;

	until = now() + ms * 1000000ull;
	gap = rate > 0 ? (double)NS_PER_S * BATCH * cpus / rate : 0;
	for (long cpu = 0; cpu < cpus; cpu++)
		pthread_create(&threads[cpu], NULL, flood_cpu, (void *)cpu);
	for (long cpu = 0; cpu < cpus; cpu++) {
		void *part;

		pthread_join(threads[cpu], &part);
		sent += (__u64)part;
	}
	return sent;
}

static void *spin(void *unused)
{
	volatile __u64 turns = 0;

	while (++turns)
		;
	return NULL;
}

/* Threads of the usual priority, one for each CPU; says when they run. */
static int busy(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t thread;

	for (long cpu = 0; cpu < cpus; cpu++)
		pthread_create(&thread, NULL, spin, NULL);
	printf("%ld\n", cpus);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

int main(int argc, char **argv)
{
	__u64 began, sent;

	if (argc != 5)
		die("start: ID single|flood|busy NUMBER NUMBER", EINVAL);
	if (!strcmp(argv[2], "busy"))
		return busy();
	program = bpf_prog_get_fd_by_id(atoi(argv[1]));
	if (program < 0)
		die("find the program", program);
	began = now();
	sent = strcmp(argv[2], "single") ? flood(atoi(argv[3]), atof(argv[4]))
					 : single(atoi(argv[3]), atoi(argv[4]));
	printf("%llu %llu\n", sent, now() - began);
	return 0;
}
