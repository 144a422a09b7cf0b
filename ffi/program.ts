/**
 * A program of a BPF object.
 *
 * @module
 */

import { constants } from "node:os";
import { fromCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { BpfLink } from "./link.ts";
import type { Lease } from "./map.ts";
import { pin, unpin } from "./pin.ts";
import { recursionMisses } from "./program_info.ts";
import { checkPointer, checkResult, type Remedies } from "./result.ts";
import { readText } from "./text_file.ts";
import {
  type TestRun,
  testRunElsewhere,
  testRunOf,
  type TestRunOptions,
} from "./test_run.ts";

/** One program; it lives as long as the {@linkcode BpfObject} it was taken from. */
export class BpfProgram {
  readonly #lease: Lease;
  /** The program's name in the source. */
  readonly name: string;
  /** The section it stands in, `"tc"` or `"tracepoint/sched/sched_process_exec"`. */
  readonly section: string;

  /** Made by {@linkcode BpfObject}. */
  constructor(lease: Lease) {
    this.#lease = lease;
    this.name = fromCString(libbpf().bpf_program__name(lease()));
    this.section = fromCString(libbpf().bpf_program__section_name(lease()));
  }

  /** The program's file descriptor, from load to close. */
  get fd(): number {
    const fd = libbpf().bpf_program__fd(this.#lease());
    if (fd >= 0) return fd;
    throw new BpfError(`use program "${this.name}"`, {
      cause: "it is not loaded",
      remedy: "load its object first, and do not leave the program out",
    });
  }

  /** Whether the object's load takes this program along. */
  get autoload(): boolean {
    return libbpf().bpf_program__autoload(this.#lease());
  }

  /** Only before load: `false` leaves the program out. */
  set autoload(load: boolean) {
    checkResult(
      `leave out program "${this.name}"`,
      libbpf().bpf_program__set_autoload(this.#lease(), load),
    );
  }

  /**
   * Attaches the program where its section says, until the link is closed:
   * `tracepoint/CATEGORY/NAME`, `raw_tp/NAME` (Linux 4.17), `kprobe/FUNCTION`,
   * `kretprobe/FUNCTION`, `uprobe/FILE:FUNCTION`, `uretprobe/FILE:FUNCTION`
   * (libbpf 0.8), `fentry/FUNCTION`, `fexit/FUNCTION` (Linux 5.5, BTF) and
   * `lsm/HOOK` (Linux 5.7, BTF, `bpf` among the active security modules). Other
   * sections are an error. It needs CAP_PERFMON, for `lsm/` CAP_MAC_ADMIN, for
   * uprobes CAP_SYS_ADMIN from Linux 6.16 on.
   */
  attach(): BpfLink {
    const action = `attach program "${this.name}" (${this.section})`;
    if (this.section.startsWith("lsm")) checkLsm(action);
    try {
      const link = libbpf().bpf_program__attach(this.#lease());
      return new BpfLink(
        checkPointer(action, link, remediesOf(this.section)),
        this.name,
      );
    } catch (error) {
      throw error instanceof BpfError ? unattachable(action, error) : error;
    }
  }

  /**
   * Runs the program by BPF_PROG_TEST_RUN (Linux 4.12) on the CPU that the
   * calling thread stands on. Network programs run on a packet, raw tracepoints
   * and `"syscall"` programs on a context; other types are ENOTSUPP. It needs
   * CAP_BPF.
   */
  testRun(options: TestRunOptions = {}): TestRun {
    return testRunOf(this.fd, this.name, options);
  }

  /**
   * The same on another thread, for a program that has to run while this thread
   * goes on. It runs on the CPU that thread stands on.
   */
  testRunElsewhere(options: TestRunOptions = {}): Promise<TestRun> {
    return testRunElsewhere(this.fd, this.name, options);
  }

  /**
   * How often the kernel came to where this program is attached and did not run
   * it: events that no account has, as no program counted them. `undefined`
   * where the kernel counts nothing.
   *
   * Kprobes' and tracepoints' programs are not run on a CPU that is at that
   * moment in another such program, or in bpf(2) at work on a map's entries; that
   * is counted since dd8657894c11 ("bpf: Count missed stats in trace_call_bpf"),
   * Linux 6.7. Programs of `fentry/` and `fexit/` are not run within themselves,
   * which is counted since 9ed9e9ba2337 ("bpf: Count the number of times
   * recursion was prevented"), Linux 5.12; those of `raw_tp/` since 05b24ff9b2cf
   * ("bpf: Prevent bpf program recursion for raw tracepoint probes"), Linux 6.1.
   * What a kernel from 5.12 on does not count yet is 0.
   */
  get recursionMisses(): number | undefined {
    return recursionMisses(this.fd, this.name);
  }

  /** Gives the loaded program a name below a bpffs, which keeps it when all are closed. It needs CAP_BPF, and write access there. */
  pin(path: string): void {
    pin(`program "${this.name}"`, this, path);
  }

  /** Removes that name; what is not this program's is left alone, and an error. */
  unpin(path: string): void {
    unpin(`program "${this.name}"`, this, path);
  }
}

/** What to do where there is nothing of a section's name to attach to. */
function remediesOf(section: string): Remedies {
  const EACCES =
    "grant CAP_PERFMON, and access to tracefs: it is root's, or CAP_DAC_READ_SEARCH's";
  if (/^k(ret)?probe/.test(section)) {
    const ENOENT =
      "check the function's name, and that the kernel has CONFIG_KPROBE_EVENTS";
    return { EACCES, ENOENT, ESRCH: ENOENT };
  }
  if (/^u(ret)?probe/.test(section)) {
    const ENOENT =
      "check the file and the function, and that the kernel has CONFIG_UPROBE_EVENTS";
    // ba677dbe77af ("perf: Revert to requiring CAP_SYS_ADMIN for uprobes"),
    // Linux 6.16 and the stable kernels of its time; CAP_PERFMON before.
    const EACCES =
      "grant CAP_SYS_ADMIN, which uprobes need from Linux 6.16 on; before, CAP_PERFMON and access to tracefs";
    return { EACCES, ENOENT, ESRCH: ENOENT };
  }
  if (/^(raw_tp|raw_tracepoint)/.test(section)) {
    return { EACCES, ENOENT: "check the name of the tracepoint" };
  }
  return {
    EACCES,
    ENOENT:
      "mount tracefs (for libbpf before 1.0: debugfs), and check the name of the section",
    EBUSY: "check that the kernel has CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
  };
}

/** A section without an own way: EOPNOTSUPP, of libbpf below 1.0 ESRCH and no word. */
function unattachable(action: string, error: BpfError): BpfError {
  const { EOPNOTSUPP, ESRCH } = constants.errno;
  const { errno, log } = error;
  const known = [EOPNOTSUPP, ESRCH].includes(errno) && log === "";
  if (!known) return error;
  return new BpfError(action, {
    ...{ errno, log },
    cause: "libbpf cannot attach this section by itself",
    remedy: "open with attach: false and drive it with testRun()",
  });
}

/** The kernel attaches LSM programs even where it never asks them. */
function checkLsm(action: string): void {
  const active = activeModules();
  if (active === undefined || active.includes("bpf")) return;
  throw new BpfError(action, {
    cause: `the active security modules are ${active.join(", ")}`,
    remedy: "boot with bpf in lsm=",
  });
}

/** The active security modules; `undefined` where securityfs is not to be read. */
function activeModules(): string[] | undefined {
  return readText("/sys/kernel/security/lsm")?.trim().split(",");
}
