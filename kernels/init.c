// SPDX-License-Identifier: Apache-2.0
/*
 * The guest's first process. It makes the place in which Deno can start, starts the program, waits
 * for it, tells the host how it ended, and powers the machine off.
 *
 * Why not let Deno be process 1: getrandom() blocks until the kernel has entropy, and before
 * 50ee7529ec45 ("random: try to actively add entropy rather than passively wait for it"), Linux 5.4,
 * a guest that nobody types at never gets any: Deno would hang before its first line. And if
 * process 1 dies the kernel panics: a crash of the program would look like the kernel's.
 *
 * Why no libc: a static libc is 800 KB and a package more on the host; this is 20 system calls.
 *
 * It talks to the host on the serial port that ringside.results= names, in lines that begin with "RS " and the nonce of
 * this boot, so that nothing that the program prints is taken for them:
 *
 *     RS <nonce> up
 *     RS <nonce> exit <status>  or  RS <nonce> signal <number>
 *
 * What is started is a loader (loader.ts). It opens the FIFO /ringside/order when all is loaded that
 * it can load without the program. Then host and guest say to each other, on the same port:
 *
 *     RS <nonce> ready   or, where no archive can be brought later,  RS <nonce> ready 0
 *                       <nonce> <seconds> <nanoseconds> <seed> <archives> <order>
 *     RS <nonce> go
 *
 * Between ready and the order the host may freeze the machine, and bring it back days later and as
 * often as it likes. So the order brings all that has to be fresh: a nonce for what is said from
 * now on, the time, a seed; and where <archives> is 1, the program's archive is brought to
 * /ringside/program. The rest of the line is the loader's, and goes into the FIFO.
 *
 * What goes wrong here is said on the console as "ringside: <action>: errno <number>".
 */

typedef unsigned int u32;
typedef unsigned long u64;

/* System calls, by the numbers of each architecture's asm/unistd.h. */
#if defined(__x86_64__)
enum {
	SYS_read = 0, SYS_write = 1, SYS_open = 2, SYS_close = 3, SYS_ioctl = 16, SYS_dup2 = 33,
	SYS_nanosleep = 35, SYS_clock_settime = 227,
	SYS_fork = 57, SYS_execve = 59, SYS_exit = 60, SYS_wait4 = 61, SYS_mkdir = 83,
	SYS_setsid = 112, SYS_mount = 165, SYS_reboot = 169, SYS_iopl = 172,
};

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

#define SYS(nr, a, b, c, d, e) call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define OPEN(path, flags) SYS(SYS_open, path, flags, 0, 0, 0)
#define MKDIR(path) SYS(SYS_mkdir, path, 0755, 0, 0, 0)
#define FORK() SYS(SYS_fork, 0, 0, 0, 0, 0)
#define DUP(from, to) SYS(SYS_dup2, from, to, 0, 0, 0)

static u64 cycles(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

/* The right to use the machine's ports; a kernel may refuse it (CONFIG_X86_IOPL_IOPERM, lockdown). */
static long open_ports(void)
{
	return SYS(SYS_iopl, 3, 0, 0, 0, 0);
}

/* QEMU's configuration device (its docs/specs/fw_cfg.rst): port 0x510 chooses an item. */
static void choose_item(unsigned short item)
{
	__asm__ volatile("outw %0, %1" : : "a"(item), "Nd"((unsigned short)0x510));
}

/* The item's next bytes, at port 0x511. */
static void read_item(void *into, u64 size)
{
	__asm__ volatile("rep insb"
			 : "+D"(into), "+c"(size)
			 : "d"((unsigned short)0x511)
			 : "memory");
}

/* The kernel enters with the stack pointer 16-aligned; a call pushes the 8 bytes that C expects. */
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tcall run\n\tud2\n");

#elif defined(__aarch64__)
/* aarch64 has only the *at() and clone() forms. */
enum {
	SYS_dup3 = 24, SYS_ioctl = 29, SYS_mkdirat = 34, SYS_mount = 40, SYS_openat = 56,
	SYS_close = 57, SYS_read = 63, SYS_write = 64, SYS_exit = 93, SYS_reboot = 142,
	SYS_nanosleep = 101, SYS_clock_settime = 112, SYS_setsid = 157, SYS_clone = 220, SYS_execve = 221, SYS_wait4 = 260,
};

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}

#define AT_FDCWD -100
#define SIGCHLD 17
#define SYS(nr, a, b, c, d, e) call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define OPEN(path, flags) SYS(SYS_openat, AT_FDCWD, path, flags, 0, 0)
#define MKDIR(path) SYS(SYS_mkdirat, AT_FDCWD, path, 0755, 0, 0)
#define FORK() SYS(SYS_clone, SIGCHLD, 0, 0, 0, 0)
#define DUP(from, to) SYS(SYS_dup3, from, to, 0, 0, 0)

static u64 cycles(void)
{
	u64 now;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
	return now;
}

/* There the device is memory, and no machine is brought back yet. */
static long open_ports(void)
{
	const long ENOSYS = 38;

	return -ENOSYS;
}

static void choose_item(unsigned short item)
{
	(void)item;
}

static void read_item(void *into, u64 size)
{
	(void)into;
	(void)size;
}

__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tbl run\n\tbrk #1\n");

#else
#error "Ringside's first process has no system calls for this architecture yet"
#endif

#define O_RDONLY 0
#define O_WRONLY 1
#define O_NONBLOCK 04000
#define O_RDWR 2
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_NOCTTY 0400

/* Without libc the compiler may still ask for these two. */
void *memset(void *to, int byte, u64 size)
{
	for (u64 i = 0; i < size; i++)
		((volatile char *)to)[i] = byte;
	return to;
}

void *memcpy(void *to, const void *from, u64 size)
{
	for (u64 i = 0; i < size; i++)
		((volatile char *)to)[i] = ((const char *)from)[i];
	return to;
}

/* Text is gathered and written by one system call, so that no kernel message cuts a line. */
struct line {
	char text[256];
	u64 size;
};

static void add(struct line *line, const char *text)
{
	while (*text && line->size < sizeof(line->text))
		line->text[line->size++] = *text++;
}

static void add_number(struct line *line, u64 number)
{
	char digits[24];
	u64 at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number);
	add(line, digits + at);
}

static u64 length(const char *text)
{
	u64 size = 0;

	while (text[size])
		size++;
	return size;
}

static void say(int fd, struct line *line)
{
	SYS(SYS_write, fd, line->text, line->size, 0, 0);
}

/* One complaint on the console; the host shows it as the reason why the guest was lost. */
static void complain(const char *action, const char *thing, long result)
{
	struct line line = { .size = 0 };

	add(&line, "ringside: ");
	add(&line, action);
	add(&line, thing);
	add(&line, ": errno ");
	add_number(&line, -result);
	add(&line, "\n");
	say(2, &line);
}

/* The whole file as text with a NUL behind it, or nothing. */
static u64 slurp(const char *path, char *into, u64 size)
{
	long fd = OPEN(path, O_RDONLY);
	u64 had = 0;

	if (fd >= 0) {
		long got;

		while (had < size - 1 &&
		       (got = SYS(SYS_read, fd, into + had, size - 1 - had, 0, 0)) > 0)
			had += got;
		SYS(SYS_close, fd, 0, 0, 0, 0);
	}
	into[had] = 0;
	return had;
}

/*
 * The place. tracefs and debugfs are where tracepoints and kprobes are named, securityfs names the
 * active security modules, bpffs is where BPF objects are pinned. A small own kernel lacks some of
 * them: the program will miss it and say so, hence a mount that fails is no reason to stop.
 */
static const struct {
	const char *at, *type, *options;
} mounts[] = {
	{ "/proc", "proc", 0 },
	{ "/sys", "sysfs", 0 },
	{ "/dev", "devtmpfs", 0 },
	{ "/tmp", "tmpfs", "mode=1777" },
	{ "/sys/kernel/debug", "debugfs", 0 },
	{ "/sys/kernel/tracing", "tracefs", 0 },
	{ "/sys/kernel/security", "securityfs", 0 },
	{ "/sys/fs/bpf", "bpf", 0 },
	{ "/sys/fs/cgroup", "cgroup2", 0 },
	{ "/dev/shm", "tmpfs", "mode=1777" },
};

static void mount_all(void)
{
	for (u64 i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		MKDIR(mounts[i].at);
		SYS(SYS_mount, mounts[i].type, mounts[i].at, mounts[i].type, 0, mounts[i].options);
	}
}

/* The value of `name=value` on the kernel's command line, its end at a blank; or nothing. */
static const char *parameter(const char *cmdline, const char *name)
{
	for (const char *at = cmdline; *at;) {
		const char *want = name;

		while (*want && *at == *want)
			at++, want++;
		if (!*want)
			return at;
		while (*at && *at != ' ' && *at != '\n')
			at++;
		while (*at == ' ' || *at == '\n')
			at++;
	}
	return 0;
}

static int nibble(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

/*
 * Credits entropy with the host's seed (512 bits, fresh for each boot and for each order) so that
 * getrandom() does not block, and two lives of one frozen machine do not draw the same numbers. The
 * seed is readable in /proc/cmdline: right for a guest that keeps no secret and lives for seconds,
 * wrong for any other machine. The cycle counter keeps two guests apart should a host ever hand out
 * the same seed.
 */
static void credit_entropy(const char *seed)
{
	struct {
		int bits, size;
		unsigned char bytes[64];
	} pool = { .size = 0 };
	const long RNDADDENTROPY = 0x40085203; /* _IOW('R', 0x03, int[2]) of linux/random.h */
	const long RNDRESEEDCRNG = 0x5207; /* _IO('R', 0x07); before 4.17 there is none */
	long fd, result;
	u64 now = cycles();

	while (pool.size < 64 && nibble(seed[0]) >= 0 && nibble(seed[1]) >= 0) {
		pool.bytes[pool.size] = nibble(seed[0]) << 4 | nibble(seed[1]);
		pool.bytes[pool.size] ^= now >> (pool.size % 8 * 8);
		pool.size++;
		seed += 2;
	}
	pool.bits = pool.size * 8;
	fd = OPEN("/dev/urandom", O_RDWR);
	result = fd < 0 ? fd : SYS(SYS_ioctl, fd, RNDADDENTROPY, &pool, 0, 0);
	if (result < 0)
		complain("credit entropy by ", "/dev/urandom", result);
	else
		SYS(SYS_ioctl, fd, RNDRESEEDCRNG, 0, 0, 0);
	if (fd >= 0)
		SYS(SYS_close, fd, 0, 0, 0, 0);
}

/* struct termios of asm-generic/termbits.h, as the kernel (not libc) has it. */
struct termios {
	u32 input, output, control, local;
	unsigned char discipline, characters[19];
};

/* The results' port, raw: no echo, no \n to \r\n, the highest speed that 8250 knows. */
static long open_results(const char *name)
{
	char path[32] = "/dev/";
	const long TCGETS = 0x5401, TCSETS = 0x5402;
	const u32 B115200 = 010002, CS8 = 060, CREAD = 0200, CLOCAL = 04000;
	struct termios mode;
	long fd, result;

	for (u64 at = 0; name && at < sizeof(path) - 6; at++) {
		path[at + 5] = name[at] == ' ' || name[at] == '\n' ? 0 : name[at];
		if (!path[at + 5])
			break;
	}
	fd = OPEN(path, O_RDWR | O_NOCTTY);
	result = fd < 0 ? fd : SYS(SYS_ioctl, fd, TCGETS, &mode, 0, 0);

	if (result >= 0) {
		mode.input = mode.output = mode.local = 0;
		mode.control = B115200 | CS8 | CREAD | CLOCAL;
		result = SYS(SYS_ioctl, fd, TCSETS, &mode, 0, 0);
	}
	if (result < 0)
		complain("open the results' port ", path, result);
	return fd;
}

/* `RS <nonce> <word>[ <number>]`, out of the port before we go on (tcdrain). */
static void report(int fd, const char *nonce, const char *word, long number)
{
	const long TCSBRK = 0x5409;
	struct line line = { .size = 0 };

	add(&line, "RS ");
	while (nonce && nibble(*nonce) >= 0) {
		char digit[2] = { *nonce++, 0 };

		add(&line, digit);
	}
	add(&line, " ");
	add(&line, word);
	if (number >= 0) {
		add(&line, " ");
		add_number(&line, number);
	}
	add(&line, "\n");
	say(fd, &line);
	SYS(SYS_ioctl, fd, TCSBRK, 1, 0, 0);
}

/* NUL separated words of a file as a NULL terminated vector. */
#define WORDS 512
static void words(char *text, u64 size, char **into)
{
	const long E2BIG = 7;
	u64 count = 0;

	for (u64 at = 0; at < size && count < WORDS - 1; count++) {
		into[count] = text + at;
		while (at < size && text[at])
			at++;
		at++;
	}
	if (count == WORDS - 1)
		complain("hand over all words of ", "a command", -E2BIG);
	into[count] = 0;
}

static char argv_text[65536], environ_text[16384], cmdline[4096];
static char *argv[WORDS], *environ[WORDS];

/*
 * The program, or why there is none. Its stdout is the results' port, its stderr the console, its
 * stdin empty.
 */
static long start(int results)
{
	long child = FORK(), null, result;

	if (child)
		return child;
	SYS(SYS_setsid, 0, 0, 0, 0, 0);
	null = OPEN("/dev/null", O_RDONLY);
	if (null >= 0)
		DUP(null, 0);
	DUP(results, 1);
	result = SYS(SYS_execve, argv[0], argv, environ, 0, 0);
	complain("start ", argv[0] ? argv[0] : "nothing", result);
	SYS(SYS_exit, 127, 0, 0, 0, 0);
	return 0;
}

/* Waits for the program and, as process 1 has to, for every orphan. */
static int wait_for(long child)
{
	int status = 0;
	long ended;

	do {
		ended = SYS(SYS_wait4, -1, &status, 0, 0, 0);
	} while (ended >= 0 && ended != child);
	return status;
}

/* The number at `*text`, which is moved behind it and the blank that follows. */
static long number_at(const char **text)
{
	long number = 0;

	while (**text >= '0' && **text <= '9')
		number = number * 10 + *(*text)++ - '0';
	if (**text == ' ')
		++*text;
	return number;
}

/* Behind the next blank. */
static const char *word_behind(const char *text)
{
	while (*text && *text != ' ')
		text++;
	return *text ? text + 1 : text;
}

static char order[32768];

/* One line of the results' port, without its end; its length, or what is wrong. */
static long read_order(int results)
{
	const long E2BIG = 7;
	u64 had = 0;

	while (had < sizeof(order)) {
		long got = SYS(SYS_read, results, order + had, sizeof(order) - had, 0, 0);

		if (got <= 0)
			return got;
		had += got;
		if (order[had - 1] == '\n') {
			order[--had] = 0;
			return had;
		}
	}
	return -E2BIG;
}

/* What the device's table of contents says of an item; its numbers are big-endian. */
struct item {
	u32 size;
	unsigned short key, reserved;
	char name[56];
};

/* Finds the item of that name; its size, chosen to be read, or what is wrong. */
static long find_item(const char *name)
{
	const unsigned short SIGNATURE = 0, CONTENTS = 0x19;
	const u32 QEMU = 0x554d4551;
	const long ENOENT = 2, ENXIO = 6;
	struct item item;
	u32 count;

	choose_item(SIGNATURE);
	read_item(&count, sizeof(count));
	if (count != QEMU)
		return -ENXIO;
	choose_item(CONTENTS);
	read_item(&count, sizeof(count));
	for (count = __builtin_bswap32(count); count > 0; count--) {
		u64 at = 0;

		read_item(&item, sizeof(item));
		while (name[at] && name[at] == item.name[at])
			at++;
		if (name[at] || item.name[at])
			continue;
		choose_item(__builtin_bswap16(item.key));
		return __builtin_bswap32(item.size);
	}
	return -ENOENT;
}

static char block[65536];

/* Brings the program's archive from the host; 0, or what is wrong. */
static long bring_program(void)
{
	const long EIO = 5;
	long left = find_item("opt/ringside/program"), fd, put;

	if (left < 0)
		return left;
	fd = OPEN("/ringside/program", O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return fd;
	while (left > 0) {
		long size = left < (long)sizeof(block) ? left : (long)sizeof(block);

		read_item(block, size);
		for (long had = 0; had < size; had += put) {
			put = SYS(SYS_write, fd, block + had, size - had, 0, 0);
			if (put <= 0) {
				SYS(SYS_close, fd, 0, 0, 0, 0);
				return put ? put : -EIO;
			}
		}
		left -= size;
	}
	return SYS(SYS_close, fd, 0, 0, 0, 0);
}

/*
 * Waits until the program reads from the FIFO of orders. Its file to write to; or -1, when there is
 * no such FIFO, or when the program ended, with its end in `status`.
 */
static long reader_of_orders(long child, int *status)
{
	const long ENXIO = 6, WNOHANG = 1;
	const struct {
		long seconds, nanoseconds;
	} pause = { 0, 2000000 };

	for (;;) {
		long fd = OPEN("/ringside/order", O_WRONLY | O_NONBLOCK);

		if (fd != -ENXIO)
			return fd < 0 ? -1 : fd;
		*status = -1;
		if (SYS(SYS_wait4, child, status, WNOHANG, 0, 0) == child)
			return -1;
		SYS(SYS_nanosleep, &pause, 0, 0, 0, 0);
	}
}

static void power_off(void)
{
	/* RB_POWER_OFF of linux/reboot.h with its two magic numbers. */
	SYS(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0, 0);
	/* A kernel that cannot: the host has read the last line and ends QEMU. */
	for (;;)
		SYS(SYS_wait4, -1, 0, 0, 0, 0);
}

/* Takes an order to the program. The nonce that it came with. */
static const char *take_order(int results, int reader, const char *nonce)
{
	const long CLOCK_REALTIME = 0;
	struct {
		long seconds, nanoseconds;
	} now;
	const char *text = order, *seed;
	long result;

	report(results, nonce, "ready", open_ports() < 0 ? 0 : -1);
	result = read_order(results);
	if (result <= 0) {
		complain("start ", "without an order", result);
		SYS(SYS_close, reader, 0, 0, 0, 0);
		return nonce;
	}
	nonce = text;
	text = word_behind(text);
	now.seconds = number_at(&text);
	now.nanoseconds = number_at(&text);
	seed = text;
	text = word_behind(text);
	result = SYS(SYS_clock_settime, CLOCK_REALTIME, &now, 0, 0, 0);
	if (result < 0)
		complain("start ", "with the time set", result);
	credit_entropy(seed);
	result = number_at(&text) ? bring_program() : 0;
	if (result < 0) {
		complain("start ", "without its program's archive", result);
		power_off();
	}
	report(results, nonce, "go", -1);
	SYS(SYS_write, reader, text, length(text), 0, 0);
	SYS(SYS_close, reader, 0, 0, 0, 0);
	return nonce;
}

/* The program from its start to its end: its status, and the nonce for what is said after that. */
static int live(int results, const char **nonce)
{
	int status = -1;
	long child = start(results), reader;

	if (child < 0) {
		complain("start ", argv[0] ? argv[0] : "nothing", child);
		return 127 << 8; /* As where there is no such program. */
	}
	reader = reader_of_orders(child, &status);
	if (reader >= 0)
		*nonce = take_order(results, reader, *nonce);
	return status == -1 ? wait_for(child) : status;
}

__attribute__((noreturn, used)) void run(void)
{
	const char *nonce, *seed;
	int results, status = 0;

	mount_all();
	slurp("/proc/cmdline", cmdline, sizeof(cmdline));
	nonce = parameter(cmdline, "ringside.nonce=");
	seed = parameter(cmdline, "ringside.seed=");
	if (seed)
		credit_entropy(seed);
	results = open_results(parameter(cmdline, "ringside.results="));
	report(results, nonce, "up", -1);
	if (!parameter(cmdline, "ringside.bare")) {
		words(argv_text, slurp("/ringside/argv", argv_text, sizeof(argv_text)), argv);
		words(environ_text, slurp("/ringside/environ", environ_text, sizeof(environ_text)),
		      environ);
		status = live(results, &nonce);
	}
	if (status & 0x7f)
		report(results, nonce, "signal", status & 0x7f);
	else
		report(results, nonce, "exit", status >> 8 & 0xff);
	power_off();
	for (;;)
		;
}
