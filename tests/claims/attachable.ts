/**
 * The kinds of programs that attach where their sections say, bpf/kinds.bpf.c, and
 * how a kernel tells that it has not what one takes.
 *
 * The uprobes are on a function of libc's that ffi/bpf_syscall.ts calls, which asks
 * for bare programs too, and which mod.ts does not hand on.
 *
 * @module
 */

import {
  attachType,
  pageSize,
  type ProgramKind,
  programType,
} from "../../ffi/bpf_syscall.ts";
import { libbpfVersion } from "../../mod.ts";
import {
  type Missing,
  withoutFunction,
  withoutModule,
  withoutTypes,
} from "./built.ts";

/** What a kind of program is attached to, and what makes it run in this process. */
export interface Kind {
  readonly program: string;
  readonly act: () => void;
  /** What this kernel is built without; asked when it was refused. */
  readonly missing: () => Missing;
  /** What a security module may refuse whoever asks for it: EPERM. */
  readonly kind?: ProgramKind;
}

const comm = "/proc/thread-self/comm";
const rename = (): void =>
  Deno.writeTextFileSync(comm, Deno.readTextFileSync(comm).trimEnd());
const read = (): void => void Deno.readTextFileSync(comm);
const call = (): void => void pageSize();

/** Each has its own function of the kernel's, which tells whether it is built with it. */
const without = {
  nothing: () => undefined,
  // c4f6699dfcb8 ("bpf: introduce BPF_RAW_TRACEPOINT"), Linux 4.17, brought a
  // function for each tracepoint.
  rawTracepoints: () => withoutFunction("__bpf_trace_task_rename"),
  kprobes: () => withoutFunction("kprobe_dispatcher"),
  uprobes: () =>
    /^0\.[67]$/.test(libbpfVersion())
      ? "libbpf attaches uprobes by their section since 0.8"
      : withoutFunction("uprobe_dispatcher"),
  trampolines: () =>
    withoutTypes() ??
      withoutFunction("bpf_trampoline_link_prog", "register_ftrace_direct"),
  lsm: () =>
    withoutModule("bpf") ?? withoutFunction("bpf_lsm_file_open") ??
      without.trampolines(),
};

const fentry = {
  type: programType.tracing,
  attachType: attachType.traceFentry,
};
const lsm = { type: programType.lsm, attachType: attachType.lsmMac };

/** All of them. */
export const kinds: readonly Kind[] = [
  { program: "on_tracepoint", act: rename, missing: without.nothing },
  {
    program: "on_raw_tracepoint",
    act: rename,
    missing: without.rawTracepoints,
  },
  { program: "on_kprobe", act: read, missing: without.kprobes },
  { program: "on_kretprobe", act: read, missing: without.kprobes },
  { program: "on_uprobe", act: call, missing: without.uprobes },
  { program: "on_uretprobe", act: call, missing: without.uprobes },
  {
    ...{ program: "on_fentry", act: read, missing: without.trampolines },
    kind: fentry,
  },
  { program: "on_lsm", act: read, missing: without.lsm, kind: lsm },
];
