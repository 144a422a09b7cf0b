/**
 * Asks the running kernel whether it has BPF ring buffers.
 *
 * @module
 */

import { constants } from "node:os";
import {
  mapType,
  overwriteFlag,
  pageSize,
  tryMap,
} from "../ffi/bpf_syscall.ts";
import { BpfError } from "../ffi/error.ts";
import { raiseMemlock } from "../ffi/memlock.ts";
import { readRestrictions, whyNoRing } from "../ffi/restrictions.ts";
import { checkOptions } from "./check_options.ts";

/** The kernel's answer. */
export interface RingProbe {
  /** Whether such a ring buffer could be created. */
  readonly has: boolean;
  /** The question and its answer, in one line. */
  readonly reason: string;
  /** The errno of the refusal; 0 where `has` is true. */
  readonly errno: number;
}

/** What kind of ring to ask for. */
export interface ProbeOptions {
  /** One that gives up its oldest records when it is full: BPF_F_RB_OVERWRITE, Linux 6.19. */
  readonly overwrite?: boolean | undefined;
}

const { EINVAL, EPERM } = constants.errno;

/**
 * Creates a ring buffer of one page by bpf(2), never by a version number:
 * distributions carry the ring back to kernels before 5.8. Only EINVAL means
 * that there is none (457f44363a88 ("bpf: Implement BPF ring buffer and
 * verifier support for it"), Linux 5.8); any other refusal throws, because a
 * fallback would hide it. The error tells what stands in between: capabilities
 * and kernel.unprivileged_bpf_disabled, a user namespace, a seccomp filter, a
 * security module, RLIMIT_MEMLOCK, memory, a kernel without bpf(2). Lockdown does
 * not (it refuses helpers and kprobes), nor does the size of pages: the ring has
 * one of the running kernel's. It needs CAP_BPF where
 * kernel.unprivileged_bpf_disabled is not 0.
 *
 * @throws {BpfError} EPERM, EACCES, ENOMEM, ENOSYS.
 */
export function probeRing(options: ProbeOptions = {}): RingProbe {
  checkOptions(options);
  const plain = ask("RINGBUF", 0);
  if (!plain.has || !options.overwrite) return plain;
  return ask("RINGBUF, BPF_F_RB_OVERWRITE", overwriteFlag);
}

/** What EINVAL says of a ring without and with flags. */
const lacks = {
  plain: "this kernel has no ring buffer",
  flagged: "this kernel's ring buffer cannot overwrite",
};

function ask(kind: string, flags: number): RingProbe {
  const question = `BPF_MAP_CREATE(${kind})`;
  const errno = create(flags);
  if (errno === 0) return { has: true, errno, reason: `${question}: ok` };
  if (errno === EINVAL) {
    const lack = flags === 0 ? lacks.plain : lacks.flagged;
    return { has: false, errno, reason: `${question}: EINVAL: ${lack}` };
  }
  throw new BpfError(`ask the kernel for a ring buffer by ${question}`, {
    ...{ errno, ...whyNoRing(errno, readRestrictions()) },
  });
}

/**
 * Before 5.11 the limit on locked memory refuses maps by EPERM, root's too; it
 * is lifted then, as libbpf does when it loads.
 */
function create(flags: number): number {
  const ring = { type: mapType.ringbuf, maxEntries: pageSize(), flags };
  const errno = tryMap(ring);
  return errno === EPERM && raiseMemlock() ? tryMap(ring) : errno;
}
