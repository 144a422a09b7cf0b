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
  const errno = ask();
  if (errno === 0) return { has: true, errno, reason: `${question}: ok` };
  if (errno === constants.errno.EINVAL) {
    return {
      has: false,
      errno,
      reason: `${question}: EINVAL: this kernel has no ring buffer`,
    };
  }
  throw refusal(errno);
}

/**
 * Before 5.11 the limit on locked memory refuses maps by EPERM, root's too; it
 * is lifted then, as libbpf does when it loads.
 */
function ask(): number {
  const ring = { type: mapType.ringbuf, maxEntries: pageSize() };
  const errno = tryMap(ring);
  const limited = errno === constants.errno.EPERM && raiseMemlock();
  return limited ? tryMap(ring) : errno;
}

/** Capability bits of linux/capability.h. */
const capability = { SYS_ADMIN: 21n, BPF: 39n };

function refusal(errno: number): BpfError {
  const action = `ask the kernel for a ring buffer by ${question}`;
  const { EPERM, ENOMEM, ENOSYS } = constants.errno;
  if (errno === EPERM && mayUseBpf()) {
    return new BpfError(action, {
      errno,
      cause: "the locked-memory limit is too low",
      remedy: "raise RLIMIT_MEMLOCK: ulimit -l unlimited",
    });
  }
  const remedies: Record<number, string> = {
    [EPERM]: "run as root or grant CAP_BPF",
    [ENOMEM]: "free memory, or raise the cgroup's memory limit",
    [ENOSYS]: "use a kernel with CONFIG_BPF_SYSCALL",
  };
  const remedy = remedies[errno] ??
    `${errnoName(errno)} is no answer that the kernel is known to give here`;
  return new BpfError(action, { errno, remedy });
}

/** Whether this process has CAP_BPF or CAP_SYS_ADMIN (CapEff of /proc/self/status). */
function mayUseBpf(): boolean {
  const status = Deno.readTextFileSync("/proc/self/status");
  const effective = BigInt(`0x${/CapEff:\s*(\w+)/.exec(status)?.[1] ?? "0"}`);
  return [capability.SYS_ADMIN, capability.BPF]
    .some((bit) => ((effective >> bit) & 1n) === 1n);
}
