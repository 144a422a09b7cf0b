/**
 * The C library: each row stands under its C prototype.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { openLibrary } from "./library.ts";

/** In the order of their headers; a test compares the rows with the prototypes. */
export const libcSymbols = {
  /** int *__errno_location(void); */
  __errno_location: { parameters: [], result: "pointer" },
  /** int poll(struct pollfd *fds, nfds_t nfds, int timeout); */
  poll: {
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  /** int clock_gettime(int clockid, struct timespec *tp); */
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  /** int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask); */
  sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  /** int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *mask); */
  sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  /** int vsnprintf(char *str, size_t size, const char *format, va_list ap); */
  vsnprintf: {
    parameters: ["buffer", "usize", "pointer", "pointer"],
    result: "i32",
  },
  /** int eventfd(unsigned int initval, int flags); */
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  /** int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf); since glibc 2.28 */
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
    optional: true,
  },
  /** int open(const char *file, int oflag); */
  open: { parameters: ["buffer", "i32"], result: "i32" },
  /** int fcntl(int fd, int cmd, long arg); */
  fcntl: { parameters: ["i32", "i32", "i64"], result: "i32" },
  /** int ioctl(int fd, unsigned long request, long arg); */
  ioctl: { parameters: ["i32", "u64", "i64"], result: "i32" },
  /** int flock(int fd, int operation); */
  flock: { parameters: ["i32", "i32"], result: "i32" },
  /** int close(int fd); */
  close: { parameters: ["i32"], result: "i32" },
  /** int unlink(const char *name); */
  unlink: { parameters: ["buffer"], result: "i32" },
  /** ssize_t read(int fd, void *buf, size_t count); */
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  /** ssize_t write(int fd, const void *buf, size_t count); */
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  /** void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset); */
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "pointer",
  },
  /** int munmap(void *addr, size_t length); */
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  /** int mprotect(void *addr, size_t length, int prot); */
  mprotect: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  /** int epoll_create1(int flags); */
  epoll_create1: { parameters: ["i32"], result: "i32" },
  /** int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event); */
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  /** int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout); */
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  /** int capset(struct __user_cap_header_struct *hdrp, const struct __user_cap_data_struct *datap); */
  capset: { parameters: ["buffer", "buffer"], result: "i32" },
  /** int capget(struct __user_cap_header_struct *hdrp, struct __user_cap_data_struct *datap); */
  capget: { parameters: ["buffer", "buffer"], result: "i32" },
  /** int getrlimit(int resource, struct rlimit *rlim); */
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  /** int setrlimit(int resource, const struct rlimit *rlim); */
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  /** int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5); */
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  /** int klogctl(int type, char *bufp, int len); */
  klogctl: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  /** int getpagesize(void); */
  getpagesize: { parameters: [], result: "i32" },
  /** long syscall(long number, int cmd, void *attr, unsigned int size); */
  syscall: { parameters: ["i64", "i32", "buffer", "u32"], result: "i64" },
  /** long syscall(long number, struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd, __u64 flags); perf_event_open(2) */
  perf_event_open: {
    name: "syscall",
    parameters: ["i64", "buffer", "i32", "i32", "i32", "u64"],
    result: "i64",
  },
  /** long syscall(long number, int cmd, unsigned int flags, int cpu_id); membarrier(2) */
  membarrier: {
    name: "syscall",
    parameters: ["i64", "i32", "u32", "i32"],
    result: "i64",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of {@linkcode libcSymbols}. */
export type Libc = Deno.DynamicLibrary<typeof libcSymbols>["symbols"];

let library: Libc | undefined;

/** Where this thread keeps its errno. */
let place: Deno.UnsafePointerView | undefined;

/** The C library, opened at first use. */
export function libc(): Libc {
  if (library !== undefined) return library;
  library = openLibrary({
    name: "the C library",
    paths: ["libc.so.6"],
    remedy: "Ringside runs on Linux with glibc",
  }, libcSymbols);
  errno(); // V8 compiles it now
  return library;
}

/**
 * The errno of the synchronous call just made on this thread; after a nonblocking
 * one it is lost. As little as can be is done in between: where V8 waits for a
 * lock for the first time, as it may where it compiles, its library asks a file
 * for the processor's frequency, and what is found here is ENOENT.
 */
export function errno(): number {
  return (place ??= errnoPlace()).getInt32();
}

function errnoPlace(): Deno.UnsafePointerView {
  const location = libc().__errno_location();
  if (location !== null) return new Deno.UnsafePointerView(location);
  throw new BpfError("find errno", { cause: "the C library knows no place" });
}
