/**
 * What stands between this thread and bpf(2): asked only when something was
 * refused, to say by what.
 *
 * @module
 */

import { constants } from "node:os";
import { chargesMemlock, tryUnknownCommand } from "./bpf_syscall.ts";
import { effective } from "./capability.ts";
import { errnoName } from "./errno.ts";
import { memlockLimit } from "./memlock.ts";
import { readText } from "./text_file.ts";

/** How much a kernel that is locked down keeps to itself (Linux 5.4). */
export type Lockdown = "none" | "integrity" | "confidentiality";

/** The facts. */
export interface Restrictions {
  /** CAP_BPF or CAP_SYS_ADMIN is in the effective set. */
  readonly mayUseBpf: boolean;
  /** CAP_PERFMON or CAP_SYS_ADMIN is in the effective set. */
  readonly mayTrace: boolean;
  /** CAP_NET_ADMIN or CAP_SYS_ADMIN is in the effective set. */
  readonly mayNetwork: boolean;
  /** Capabilities are those of a user namespace other than the first. */
  readonly userNamespace: boolean;
  /** A seccomp filter is in force. */
  readonly seccomp: boolean;
  /** kernel.unprivileged_bpf_disabled; `undefined` without CONFIG_BPF_SYSCALL. */
  readonly unprivilegedDisabled: number | undefined;
  /** `undefined` where securityfs is not mounted, or the kernel has no lockdown. */
  readonly lockdown: Lockdown | undefined;
  /** RLIMIT_MEMLOCK in bytes; Infinity: none. */
  readonly memlock: number;
  /** Maps are charged against that limit: before Linux 5.11. */
  readonly charged: boolean;
  /** The errno of a command that bpf(2) does not have: EINVAL where nobody is in between. */
  readonly unknownCommand: number;
}

/** Why, and what to do about it. */
export interface Explanation {
  readonly cause?: string;
  readonly remedy: string;
}

/** Looks all of it up. */
export function readRestrictions(): Restrictions {
  const unprivileged = readText("/proc/sys/kernel/unprivileged_bpf_disabled");
  const status = readText("/proc/thread-self/status") ?? "";
  return {
    mayUseBpf: effective("BPF") || effective("SYS_ADMIN"),
    mayTrace: effective("PERFMON") || effective("SYS_ADMIN"),
    mayNetwork: effective("NET_ADMIN") || effective("SYS_ADMIN"),
    userNamespace: inUserNamespace(),
    seccomp: /^Seccomp:\s*2$/m.test(status),
    unprivilegedDisabled: unprivileged === undefined
      ? undefined
      : Number(unprivileged),
    lockdown: lockdownOf(readText("/sys/kernel/security/lockdown") ?? ""),
    memlock: memlockLimit(),
    charged: chargesMemlock(),
    unknownCommand: tryUnknownCommand(),
  };
}

/** In the first user namespace all ids are mapped to themselves (user_namespaces(7)). */
function inUserNamespace(): boolean {
  const map = readText("/proc/self/uid_map")?.trim();
  return map !== undefined && !/^0\s+0\s+4294967295$/.test(map);
}

/** `"none [integrity] confidentiality"`: the one in brackets. */
export function lockdownOf(text: string): Lockdown | undefined {
  const word = /\[(\w+)\]/.exec(text)?.[1];
  return (["none", "integrity", "confidentiality"] as const)
    .find((one) => one === word);
}

const { EACCES, EINVAL, ENOMEM, ENOSYS, EPERM } = constants.errno;

const capability: Explanation = { remedy: "run as root or grant CAP_BPF" };

const userNamespace: Explanation = {
  cause: "capabilities of a user namespace do not count for BPF",
  remedy: "run outside of it: a rootless container is one",
};

const seccomp: Explanation = {
  cause: "a seccomp filter refuses bpf(2)",
  remedy: "allow bpf in the container's seccomp profile",
};

const securityModule: Explanation = {
  cause: "a security module refuses it",
  remedy: "allow it in the policy of SELinux, AppArmor or the BPF LSM",
};

/**
 * Why BPF_MAP_CREATE of a ring was refused with an errno other than EINVAL.
 * Lockdown is no reason: bpf(2) asks it for helpers only, not for maps.
 */
export function whyNoRing(errno: number, facts: Restrictions): Explanation {
  if (errno === EPERM || errno === EACCES) return whyNoMap(facts);
  if (errno === ENOMEM) {
    return {
      cause: "there is no memory for a ring of one page",
      remedy: "free memory, or raise the memory limit of the cgroup",
    };
  }
  if (errno !== ENOSYS) {
    return { remedy: `${errnoName(errno)} is no answer known from kernels` };
  }
  return facts.unprivilegedDisabled !== undefined && facts.seccomp ? seccomp : {
    cause: "this kernel has no bpf(2)",
    remedy: "use a kernel with CONFIG_BPF_SYSCALL",
  };
}

function whyNoMap(facts: Restrictions): Explanation {
  const { mayUseBpf, unprivilegedDisabled, memlock, charged } = facts;
  // Where it is 0, anybody may make maps, and the cause is another one.
  const privileged = unprivilegedDisabled !== 0;
  if (privileged && !mayUseBpf) {
    const cause = `kernel.unprivileged_bpf_disabled is ${unprivilegedDisabled}`;
    return unprivilegedDisabled === undefined
      ? capability
      : { cause, ...capability };
  }
  if (privileged && facts.userNamespace) return userNamespace;
  if (facts.unknownCommand !== EINVAL) {
    return facts.seccomp ? seccomp : securityModule;
  }
  if (charged && memlock !== Infinity) {
    return {
      cause: `the locked-memory limit of ${memlock} bytes is too low`,
      remedy: "raise RLIMIT_MEMLOCK: ulimit -l unlimited",
    };
  }
  return securityModule;
}

/** What EPERM means of a load, an attachment or any other call. */
export function whyForbidden(facts: Restrictions): Explanation {
  if (!facts.mayUseBpf) return capability;
  if (facts.userNamespace) return userNamespace;
  if (!facts.mayTrace) return { remedy: "grant CAP_PERFMON too" };
  if (!facts.mayNetwork) {
    return { remedy: "grant CAP_NET_ADMIN too, if it is for the network" };
  }
  if (facts.unknownCommand !== EINVAL) {
    return facts.seccomp ? seccomp : securityModule;
  }
  // "lockdown: Lock down tracing and perf kprobes when in
  // confidentiality mode", Linux 5.4.
  if (facts.lockdown === "confidentiality") return lockedDown;
  return securityModule;
}

/** What the kernel keeps to itself in confidentiality mode. */
export const lockedDown: Explanation = {
  cause: "the kernel is locked down (confidentiality)",
  remedy:
    "boot with lockdown=integrity: kprobes and reading kernel memory are refused",
};
