// SPDX-License-Identifier: Apache-2.0
/*
 * What a fault in a guest needs and no script can do: a processor that takes no interrupts, one
 * that lets nobody else run, a device that writes over the kernel's own code. Run as root:
 *
 *     rogue deaf CPUS                     interrupts off on each CPU, for ever (Linux before 5.5)
 *     rogue greedy CPUS                   the highest real-time priority on each CPU, for ever
 *     rogue overwrite ADDRESS SKIP SIZE   bytes of the kernel's command line to a physical address
 *     rogue read PATH                     reads a file, for its side effects
 *
 * Free of a libc as kernels/init.c is, and for the same reason.
 */

typedef unsigned int u32;
typedef unsigned long u64;

enum {
	SYS_read = 0, SYS_open = 2, SYS_lseek = 8, SYS_nanosleep = 35, SYS_fork = 57, SYS_exit = 60,
	SYS_sched_setscheduler = 144, SYS_iopl = 172, SYS_sched_setaffinity = 203,
};

static long call(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

#define CALL(nr, a, b, c) call(nr, (long)(a), (long)(b), (long)(c))

/* The steps that can fail end the program with a status of their own. */
static void must(int status, long result)
{
	if (result < 0)
		CALL(SYS_exit, status, 0, 0);
}

static u64 number(const char *digits)
{
	u64 value = 0;

	while (*digits >= '0' && *digits <= '9')
		value = value * 10 + (u64)(*digits++ - '0');
	return value;
}

/* One process on each CPU; they wait for one another's arrival before any goes on. */
static void occupy(u64 cpus)
{
	const u64 second[2] = { 1, 0 };
	u64 mask = 1;

	for (u64 cpu = 1; cpu < cpus && CALL(SYS_fork, 0, 0, 0) == 0; cpu++)
		mask <<= 1;
	must(2, CALL(SYS_sched_setaffinity, 0, sizeof(mask), &mask));
	CALL(SYS_nanosleep, second, 0, 0);
}

static void deaf(u64 cpus)
{
	occupy(cpus);
	must(3, CALL(SYS_iopl, 3, 0, 0));
	__asm__ volatile("cli");
	for (;;)
		;
}

static void greedy(u64 cpus)
{
	const long SCHED_FIFO = 1;
	const int priority = 99;

	occupy(cpus);
	must(4, CALL(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority));
	for (;;)
		;
}

/* A command of QEMU's firmware configuration device, in its byte order; it answers in `control`. */
static struct {
	volatile u32 control;
	u32 size;
	u64 address;
} command __attribute__((aligned(16)));

/* Where `command` lies in physical memory. */
static u64 physical(void)
{
	const u64 page = 4096, at = (u64)&command;
	u64 entry = 0;
	long fd = CALL(SYS_open, "/proc/self/pagemap", 0, 0);

	must(5, fd);
	must(5, CALL(SYS_lseek, fd, at / page * sizeof(entry), 0));
	must(5, CALL(SYS_read, fd, &entry, sizeof(entry)));
	return (entry & ((1UL << 55) - 1)) * page + at % page;
}

static void out(u32 port, u32 value)
{
	__asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port));
}

static void carry_out(u32 control, u64 address, u32 size)
{
	const u64 where = physical();

	command.control = __builtin_bswap32(control);
	command.size = __builtin_bswap32(size);
	command.address = __builtin_bswap64(address);
	out(0x514, __builtin_bswap32((u32)(where >> 32)));
	out(0x518, __builtin_bswap32((u32)where));
	must(6, command.control == 0 ? 0 : -1);
}

/* What a device with a wrong address does: it asks no page table. */
static void overwrite(u64 address, u32 skip, u32 size)
{
	const u32 item = 0x15u << 16, select = 8, pass = 4, read = 2;

	command.control = 0;
	must(3, CALL(SYS_iopl, 3, 0, 0));
	carry_out(item | select | pass, 0, skip);
	carry_out(read, address, size);
}

static void look(const char *path)
{
	char bytes[256];
	long fd = CALL(SYS_open, path, 0, 0);

	must(7, fd);
	must(7, CALL(SYS_read, fd, bytes, sizeof(bytes)));
}

__attribute__((noreturn, used)) void run(long count, char **words)
{
	const char verb = count > 2 ? words[1][0] : 0;

	if (verb == 'd')
		deaf(number(words[2]));
	if (verb == 'g')
		greedy(number(words[2]));
	if (verb == 'r')
		look(words[2]);
	if (verb == 'o' && count > 4)
		overwrite(number(words[2]), (u32)number(words[3]), (u32)number(words[4]));
	CALL(SYS_exit, verb == 'r' || verb == 'o' ? 0 : 64, 0, 0);
	for (;;)
		;
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov (%rsp), %rdi\n\tlea 8(%rsp), %rsi\n"
	"\tand $-16, %rsp\n\tcall run\n\tud2\n");
