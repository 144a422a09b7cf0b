/**
 * Asks the running kernel whether it has BPF ring buffers.
 *
 * @module
 */

import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../ffi/bpf_syscall.ts";
import { BpfError } from "../ffi/error.ts";
import { errnoName } from "../ffi/errno.ts";
import { raiseMemlock } from "../ffi/memlock.ts";

/** The kernel's answer. */
export interface RingProbe {
  /** Whether a ring buffer could be created. */
  readonly has: boolean;
  /** The question and its answer, in one line. */
  readonly reason: string;
  /** The errno of the refusal; 0 where `has` is true. */
  readonly errno: number;
}

const question = "BPF_MAP_CREATE(RINGBUF)";

/**
 * Creates a ring buffer of one page by bpf(2), never by a version number:
 * distributions carry the ring back to kernels before 5.8. Only EINVAL means
 * that there is none (457f44363a88 ("bpf: Implement BPF ring buffer and
 * verifier support for it"), Linux 5.8); any other refusal throws, because a
 * fallback would hide it.
 */
export function probeRing(): RingProbe {
  const { errno, lifted } = ask();
  if (errno === 0) return { has: true, errno, reason: `${question}: ok` };
  if (errno === constants.errno.EINVAL) {
    return {
      has: false,
      errno,
      reason: `${question}: EINVAL: this kernel has no ring buffer`,
    };
  }
  throw new BpfError(`ask the kernel for a ring buffer by ${question}`, {
    errno,
    ...(errno === constants.errno.EPERM ? forbidden(lifted) : refused(errno)),
  });
}

/** The kernel's errno, and whether the limit on locked memory cannot be its cause. */
interface Answer {
  readonly errno: number;
  readonly lifted: boolean;
}

/**
 * Before 5.11 the limit on locked memory refuses maps by EPERM, root's too; it
 * is lifted then, as libbpf does when it loads.
 */
function ask(): Answer {
  const ring = { type: mapType.ringbuf, maxEntries: pageSize() };
  const errno = tryMap(ring);
  if (errno !== constants.errno.EPERM || !raiseMemlock()) {
    return { errno, lifted: false };
  }
  return { errno: tryMap(ring), lifted: true };
}

/** Why, and what to do about it. */
type Explanation = { readonly cause?: string; readonly remedy: string };

/** EPERM has many causes; what can be looked up is told apart. */
function forbidden(lifted: boolean): Explanation {
  if (!mayUseBpf()) return { remedy: "run as root or grant CAP_BPF" };
  if (inUserNamespace()) {
    return {
      cause: "capabilities of a user namespace do not count for BPF",
      remedy: "run outside of it: a rootless container is one",
    };
  }
  if (!lifted) {
    return {
      cause: "the locked-memory limit is too low",
      remedy: "raise RLIMIT_MEMLOCK: ulimit -l unlimited",
    };
  }
  return {
    cause: "a seccomp filter or a security module refuses bpf(2)",
    remedy: "allow it in the container's profile",
  };
}

function refused(errno: number): Explanation {
  const { ENOMEM, ENOSYS } = constants.errno;
  const remedies: Record<number, string> = {
    [ENOMEM]: "free memory, or raise the cgroup's memory limit",
    [ENOSYS]: "use a kernel with CONFIG_BPF_SYSCALL",
  };
  const unknown = `${errnoName(errno)} is no answer known from kernels`;
  return { remedy: remedies[errno] ?? unknown };
}

/** Capability bits of linux/capability.h. */
const capability = { SYS_ADMIN: 21n, BPF: 39n };

/** Whether this thread has CAP_BPF or CAP_SYS_ADMIN (CapEff of its status). */
function mayUseBpf(): boolean {
  const status = Deno.readTextFileSync("/proc/thread-self/status");
  const effective = BigInt(`0x${/CapEff:\s*(\w+)/.exec(status)?.[1] ?? "0"}`);
  return [capability.SYS_ADMIN, capability.BPF]
    .some((bit) => ((effective >> bit) & 1n) === 1n);
}

/** In the first user namespace all ids are mapped to themselves (user_namespaces(7)). */
function inUserNamespace(): boolean {
  const map = Deno.readTextFileSync("/proc/self/uid_map").trim();
  return !/^0\s+0\s+4294967295$/.test(map);
}
