// SPDX-License-Identifier: Apache-2.0
/*
 * Makes calls fail: a library for LD_PRELOAD, so that no hook for tests is in
 * what is tested. tests/faults/sdk_faults.ts builds it and tells it what to do,
 * by a file that both have mapped or open.
 *
 * Two kinds of calls are seen, and no other of the process, which is Deno's:
 * - those of Deno's FFI: what it asks dlsym() for by a library's handle is
 *   answered by a function of this file. They are called as in C: "mmap".
 * - those that libbpf and libelf make of the C library, known by the address that
 *   they return to: "libbpf:mmap".
 * A call of bpf(2) is called by its command: "bpf(MAP_CREATE)".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAME_BYTES 64

/* The file; tests/faults/sdk_faults.ts knows it too. */
struct control {
	uint32_t watch; /* calls are counted, written down, and may fail */
	uint32_t nth;	/* which call of `name` fails, from 1 on; 0: none */
	int32_t code;	/* the errno; 0: it succeeds without being made */
	uint32_t count; /* calls of `name` so far */
	uint32_t fired; /* whether one has failed */
	uint32_t guard; /* 1: FFI's mappings stand between pages nobody may read; 2: and lack one */
	uint32_t used;	/* bytes of the log */
	uint32_t room;	/* bytes that there are for it */
	char name[NAME_BYTES];
	char log[]; /* names of calls, each with a line's end */
};

static struct control *control;

typedef long (*call_fn)(long, long, long, long, long, long, long);

/* How a call says that it failed. */
enum failure { MINUS_ONE, NEGATIVE_ERRNO, NULL_POINTER };

static void *real_dlsym(void *handle, const char *symbol)
{
	static void *(*real)(void *, const char *);
	const char *versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" };

	for (size_t at = 0; real == NULL && at < 3; at++)
		*(void **)&real = dlvsym(RTLD_NEXT, "dlsym", versions[at]);
	return real(handle, symbol);
}

static void *next(const char *symbol)
{
	return real_dlsym(RTLD_NEXT, symbol);
}

__attribute__((constructor)) static void open_control(void)
{
	const char *path = getenv("RINGSIDE_FAULTS");
	call_fn map = next("mmap"), open_file = next("open");
	long fd, size = 1 << 20;
	void *at;

	if (path == NULL)
		return;
	fd = open_file((long)path, O_RDWR | O_CLOEXEC, 0, 0, 0, 0, 0);
	if (fd < 0)
		return;
	at = (void *)map(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0, 0);
	if (at == MAP_FAILED)
		return;
	control = at;
}

/* Whether an address is in libbpf's or libelf's code. */
static int is_libbpf(struct dl_phdr_info *info, size_t size, void *given)
{
	uintptr_t *address = given;
	const char *name = info->dlpi_name;

	if (!strstr(name, "libbpf.so") && !strstr(name, "libelf"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && *address >= start &&
		    *address < start + part->p_memsz)
			return 1;
	}
	return 0;
}

static int watched(void)
{
	return control && __atomic_load_n(&control->watch, __ATOMIC_ACQUIRE);
}

static int from_libbpf(void *caller)
{
	uintptr_t address = (uintptr_t)caller;

	return watched() && dl_iterate_phdr(is_libbpf, &address);
}

/* Writes the call down; whether it is the one that is to fail. */
static int fails(const char *name)
{
	size_t length = strlen(name) + 1;
	uint32_t at;

	if (!watched())
		return 0;
	at = __atomic_fetch_add(&control->used, length, __ATOMIC_RELAXED);
	if (at + length <= control->room) {
		memcpy(control->log + at, name, length);
		control->log[at + length - 1] = '\n';
	}
	if (strcmp(name, control->name) != 0)
		return 0;
	if (__atomic_add_fetch(&control->count, 1, __ATOMIC_RELAXED) !=
	    control->nth)
		return 0;
	__atomic_store_n(&control->fired, 1, __ATOMIC_RELEASE);
	return 1;
}

static long failure(enum failure how)
{
	errno = control->code;
	if (control->code == 0 || how == NULL_POINTER)
		return 0;
	return how == MINUS_ONE ? -1 : -control->code;
}

/* What is given back is gone also where the call says that it failed. */
static int gives_back(const char *name)
{
	return strcmp(name, "close") == 0 || strcmp(name, "munmap") == 0 ||
	       strcmp(name, "bpf_link__destroy") == 0;
}

/* Maps between two pages that nobody may read. */
static long map_guarded(call_fn real, long length, long protection, long flags,
			long fd, long offset)
{
	long page = getpagesize();
	long whole = real(0, length + 2 * page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, 0);
	long most = length;

	if (whole == -1)
		return -1;
	if (control->guard == 2 && length > page)
		most -= page;
	return real(whole + page, most, protection, flags | MAP_FIXED, fd,
		    offset, 0);
}

static long perform(const char *name, call_fn real, enum failure how, long a,
		    long b, long c, long d, long e, long f, long g)
{
	if (fails(name)) {
		if (gives_back(name))
			real(a, b, c, d, e, f, g);
		return failure(how);
	}
	if (control && control->guard && strcmp(name, "mmap") == 0)
		return map_guarded(real, b, c, d, (int)e, f);
	if (control && control->guard && strcmp(name, "munmap") == 0)
		return real(a - getpagesize(), b + 2 * getpagesize(), 0, 0, 0,
			    0, 0);
	return real(a, b, c, d, e, f, g);
}

static const char *commands[] = {
	"MAP_CREATE", "MAP_LOOKUP_ELEM", "MAP_UPDATE_ELEM", "MAP_DELETE_ELEM",
	"MAP_GET_NEXT_KEY", "PROG_LOAD", "OBJ_PIN", "OBJ_GET", "PROG_ATTACH",
	"PROG_DETACH", "PROG_TEST_RUN", "PROG_GET_NEXT_ID", "MAP_GET_NEXT_ID",
	"PROG_GET_FD_BY_ID", "MAP_GET_FD_BY_ID", "OBJ_GET_INFO_BY_FD",
	"PROG_QUERY", "RAW_TRACEPOINT_OPEN", "BTF_LOAD",
};

/* The name of a call that goes through syscall(2). */
static const char *named(char *name, const char *before, long number,
			 long command)
{
	size_t known = sizeof(commands) / sizeof(*commands);

	if (number == SYS_bpf && command >= 0 && (size_t)command < known)
		snprintf(name, NAME_BYTES, "%sbpf(%s)", before,
			 commands[command]);
	else if (number == SYS_bpf)
		snprintf(name, NAME_BYTES, "%sbpf(%ld)", before, command);
	else if (number == SYS_perf_event_open)
		snprintf(name, NAME_BYTES, "%sperf_event_open", before);
	else if (number == SYS_membarrier)
		snprintf(name, NAME_BYTES, "%smembarrier", before);
	else
		snprintf(name, NAME_BYTES, "%ssyscall(%ld)", before, number);
	return name;
}

static long ffi_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	char name[NAME_BYTES];

	return perform(named(name, "", n, (int)a), next("syscall"), MINUS_ONE,
		       n, a, b, c, d, e, f);
}

/* What libbpf and libelf call of the C library, and Deno too. */
#define INNER(symbol, how)                                                     \
	long inner_##symbol(long, long, long, long, long, long, long)          \
		__asm__(#symbol);                                              \
	long inner_##symbol(long a, long b, long c, long d, long e, long f,    \
			    long g)                                            \
	{                                                                      \
		static call_fn real;                                           \
                                                                               \
		if (!real)                                                     \
			*(void **)&real = next(#symbol);                       \
		if (!from_libbpf(__builtin_return_address(0)))                 \
			return real(a, b, c, d, e, f, g);                      \
		if (fails("libbpf:" #symbol)) {                                \
			if (gives_back(#symbol))                               \
				real(a, b, c, d, e, f, g);                     \
			return failure(how);                                   \
		}                                                              \
		return real(a, b, c, d, e, f, g);                              \
	}

INNER(open, MINUS_ONE)
INNER(open64, MINUS_ONE)
INNER(fopen64, NULL_POINTER)
INNER(fmemopen, NULL_POINTER)
INNER(read, MINUS_ONE)
INNER(pread, MINUS_ONE)
INNER(fstat, MINUS_ONE)
INNER(statfs64, MINUS_ONE)
INNER(faccessat, MINUS_ONE)
INNER(close, MINUS_ONE)
INNER(fcntl, MINUS_ONE)
INNER(fcntl64, MINUS_ONE)
INNER(dup3, MINUS_ONE)
INNER(ioctl, MINUS_ONE)
INNER(mmap, MINUS_ONE)
INNER(mmap64, MINUS_ONE)
INNER(munmap, MINUS_ONE)
INNER(epoll_create1, MINUS_ONE)
INNER(epoll_ctl, MINUS_ONE)
INNER(epoll_wait, MINUS_ONE)
INNER(setrlimit64, MINUS_ONE)
INNER(getrlimit64, MINUS_ONE)
INNER(unlink, MINUS_ONE)
INNER(uname, MINUS_ONE)
INNER(strdup, NULL_POINTER)

long inner_syscall(long, long, long, long, long, long, long) __asm__("syscall");
long inner_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	static call_fn real;
	char name[NAME_BYTES];

	if (!real)
		*(void **)&real = next("syscall");
	if (from_libbpf(__builtin_return_address(0)) &&
	    fails(named(name, "libbpf:", n, (int)a)))
		return failure(MINUS_ONE);
	return real(n, a, b, c, d, e, f);
}

/* Memory: dlsym() itself asks for some, so these are had by their other names. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *malloc(size_t size)
{
	if (from_libbpf(__builtin_return_address(0)) && fails("libbpf:malloc"))
		return (void *)failure(NULL_POINTER);
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (from_libbpf(__builtin_return_address(0)) && fails("libbpf:calloc"))
		return (void *)failure(NULL_POINTER);
	return __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	if (from_libbpf(__builtin_return_address(0)) && fails("libbpf:realloc"))
		return (void *)failure(NULL_POINTER);
	return __libc_realloc(at, size);
}

/* What Deno's FFI calls, by the way in which each says that it failed. */
#define EACH(FFI)                                                              \
	FFI(poll, MINUS_ONE)                                                   \
	FFI(clock_gettime, MINUS_ONE)                                          \
	FFI(sched_setaffinity, MINUS_ONE)                                      \
	FFI(sched_getaffinity, MINUS_ONE)                                      \
	FFI(eventfd, MINUS_ONE)                                                \
	FFI(statx, MINUS_ONE)                                                  \
	FFI(open, MINUS_ONE)                                                   \
	FFI(fcntl, MINUS_ONE)                                                  \
	FFI(ioctl, MINUS_ONE)                                                  \
	FFI(flock, MINUS_ONE)                                                  \
	FFI(close, MINUS_ONE)                                                  \
	FFI(unlink, MINUS_ONE)                                                 \
	FFI(read, MINUS_ONE)                                                   \
	FFI(write, MINUS_ONE)                                                  \
	FFI(mmap, MINUS_ONE)                                                   \
	FFI(munmap, MINUS_ONE)                                                 \
	FFI(mprotect, MINUS_ONE)                                               \
	FFI(epoll_create1, MINUS_ONE)                                          \
	FFI(epoll_ctl, MINUS_ONE)                                              \
	FFI(epoll_wait, MINUS_ONE)                                             \
	FFI(capset, MINUS_ONE)                                                 \
	FFI(capget, MINUS_ONE)                                                 \
	FFI(getrlimit, MINUS_ONE)                                              \
	FFI(setrlimit, MINUS_ONE)                                              \
	FFI(prctl, MINUS_ONE)                                                  \
	FFI(klogctl, MINUS_ONE)                                                \
	FFI(vsnprintf, MINUS_ONE)                                              \
	FFI(bpf_map_update_elem, NEGATIVE_ERRNO)                               \
	FFI(bpf_map_lookup_elem, NEGATIVE_ERRNO)                               \
	FFI(bpf_map_delete_elem, NEGATIVE_ERRNO)                               \
	FFI(bpf_map_get_next_key, NEGATIVE_ERRNO)                              \
	FFI(bpf_obj_pin, NEGATIVE_ERRNO)                                       \
	FFI(bpf_obj_get, NEGATIVE_ERRNO)                                       \
	FFI(bpf_prog_get_fd_by_id, NEGATIVE_ERRNO)                             \
	FFI(bpf_map_get_fd_by_id, NEGATIVE_ERRNO)                              \
	FFI(bpf_obj_get_info_by_fd, NEGATIVE_ERRNO)                            \
	FFI(bpf_prog_test_run_opts, NEGATIVE_ERRNO)                            \
	FFI(btf__raw_data, NULL_POINTER)                                       \
	FFI(bpf_object__open_file, NULL_POINTER)                               \
	FFI(bpf_object__load, NEGATIVE_ERRNO)                                  \
	FFI(bpf_object__btf, NULL_POINTER)                                     \
	FFI(bpf_program__set_autoload, NEGATIVE_ERRNO)                         \
	FFI(bpf_program__fd, NEGATIVE_ERRNO)                                   \
	FFI(bpf_program__attach, NULL_POINTER)                                 \
	FFI(bpf_link__destroy, NEGATIVE_ERRNO)                                 \
	FFI(bpf_map__set_autocreate, NEGATIVE_ERRNO)                           \
	FFI(bpf_map__fd, NEGATIVE_ERRNO)                                       \
	FFI(bpf_map__set_type, NEGATIVE_ERRNO)                                 \
	FFI(bpf_map__set_max_entries, NEGATIVE_ERRNO)                          \
	FFI(bpf_map__set_map_flags, NEGATIVE_ERRNO)                            \
	FFI(bpf_map__set_key_size, NEGATIVE_ERRNO)                             \
	FFI(bpf_map__set_value_size, NEGATIVE_ERRNO)                           \
	FFI(bpf_map__set_inner_map_fd, NEGATIVE_ERRNO)                         \
	FFI(ring_buffer__new, NULL_POINTER)                                    \
	FFI(ring_buffer__add, NEGATIVE_ERRNO)                                  \
	FFI(ring_buffer__poll, NEGATIVE_ERRNO)                                 \
	FFI(ring_buffer__consume, NEGATIVE_ERRNO)                              \
	FFI(ring_buffer__epoll_fd, NEGATIVE_ERRNO)                             \
	FFI(user_ring_buffer__new, NULL_POINTER)                               \
	FFI(user_ring_buffer__reserve, NULL_POINTER)                           \
	FFI(perf_buffer__new, NULL_POINTER)                                    \
	FFI(perf_buffer__epoll_fd, NEGATIVE_ERRNO)                             \
	FFI(perf_buffer__poll, NEGATIVE_ERRNO)                                 \
	FFI(perf_buffer__consume_buffer, NEGATIVE_ERRNO)                       \
	FFI(perf_buffer__buffer_fd, NEGATIVE_ERRNO)

#define FFI(symbol, how)                                                       \
	static call_fn real_##symbol;                                          \
	static long ffi_##symbol(long a, long b, long c, long d, long e,       \
				 long f, long g)                               \
	{                                                                      \
		return perform(#symbol, real_##symbol, how, a, b, c, d, e, f,  \
			       g);                                             \
	}
EACH(FFI)
#undef FFI

static const struct {
	const char *name;
	call_fn *real;
	call_fn ours;
} table[] = {
#define FFI(symbol, how) { #symbol, &real_##symbol, ffi_##symbol },
	EACH(FFI)
};

void *dlsym(void *handle, const char *symbol)
{
	void *real = real_dlsym(handle, symbol);

	if (real == NULL || handle == RTLD_NEXT || handle == RTLD_DEFAULT)
		return real;
	if (strcmp(symbol, "syscall") == 0)
		return ffi_syscall;
	for (size_t at = 0; at < sizeof(table) / sizeof(*table); at++) {
		if (strcmp(symbol, table[at].name) != 0)
			continue;
		*(void **)table[at].real = real;
		return table[at].ours;
	}
	return real;
}
